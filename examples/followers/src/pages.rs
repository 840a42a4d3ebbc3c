use std::fmt;
use std::sync::Arc;

use cors_core::{Deployment, PolicyHandle};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::Counts;

/// What each of the services has: a greeting, the version of its policy, and its metrics.
#[derive(Clone)]
pub struct Pages {
    policy: PolicyHandle,
    metrics: PrometheusHandle,
}

impl Pages {
    /// The pages of a service under this policy.
    #[must_use]
    pub const fn new(policy: PolicyHandle, metrics: PrometheusHandle) -> Self {
        Self { policy, metrics }
    }

    /// What the middleware of the service is made of.
    pub(crate) fn deployment(&self) -> Deployment {
        Deployment::new(&self.policy).observe(Arc::new(Counts))
    }

    /// The text at a path.
    pub(crate) fn at(&self, path: &str) -> Option<String> {
        match path {
            "/" => Some("hello\n".into()),
            "/health" => Some(self.policy.policy().version().to_string()),
            "/metrics" => Some(self.metrics.render()),
            _ => None,
        }
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("policy", &self.policy).finish_non_exhaustive()
    }
}
