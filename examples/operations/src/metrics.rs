use cors_axum::{LoadError, ObservedRequest, Observer, Outcome, Policy, Refusal};
use prometheus_client::metrics::{counter::Counter, family::Family};
use prometheus_client::registry::Registry;

/// What becomes of requests and of policy files, counted.
///
/// No label is what a request says: anybody could make up new ones without end.
#[derive(Clone, Default)]
pub(crate) struct Metrics {
    allowed: Counter,
    refused: Counters<1>,
    differed: Counter,
    reloads: Counters<2>,
}

type Counters<const LABELS: usize> = Family<[(&'static str, String); LABELS], Counter>;

impl Metrics {
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let Self { allowed, refused, differed, reloads } = Self::default();
        registry.register(
            "cors_allowed_requests",
            "Requests that may do what they ask for",
            allowed.clone(),
        );
        registry.register("cors_refused_requests", "Requests that may not", refused.clone());
        registry.register(
            "cors_differed_requests",
            "Requests that the candidate answers otherwise",
            differed.clone(),
        );
        registry.register("cors_policy_reloads", "Policy files that changed", reloads.clone());
        Self { allowed, refused, differed, reloads }
    }

    pub(crate) fn reloaded(&self, file: &str, result: Result<&Policy, &LoadError>) {
        let result = if result.is_ok() { "in force" } else { "invalid" };
        let labels = [("file", file.into()), ("result", result.into())];
        self.reloads.get_or_create(&labels).inc();
    }
}

impl Observer for Metrics {
    fn allowed(&self, _: &ObservedRequest<'_>) {
        self.allowed.inc();
    }

    fn refused(&self, _: &ObservedRequest<'_>, refusal: Refusal) {
        self.refused.get_or_create(&[("reason", refusal.as_str().into())]).inc();
    }

    fn differed(&self, _: &ObservedRequest<'_>, _: &Outcome, _: &Outcome) {
        self.differed.inc();
    }
}
