//! Sends a running service the requests that browsers would send, and compares its answers with a
//! policy, or, without one, with what is safe.
//!
//! `plan` chooses the requests, from origins inside each pattern and just outside of it, which `page`
//! makes. `run` sends them. `compare` judges the answers by the browser of `cors-core`, `headers` looks
//! at the header lines, and `vary` at what caches make of them. `audit` needs no policy.

mod audit;
mod compare;
mod compared;
mod error;
mod headers;
mod page;
mod plan;
mod question;
mod report;
mod run;
mod send;
mod target;
mod vary;

use std::time::{Duration, Instant};

use cors_core::Policy;

pub use error::ProbeError;
use plan::Plan;
use report::Findings;
pub use report::{Deviation, Report};
use send::Client;
use target::Target;

/// How a service is probed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Further paths of the service.
    pub paths: Vec<String>,
    /// Headers of every request other than preflights, which browsers send without credentials.
    pub headers: Vec<(String, String)>,
    /// Methods that are sent after their preflights, besides GET and HEAD.
    pub methods: Vec<String>,
    /// Origins that the service probably allows, for a probe without a policy.
    pub origins: Vec<String>,
    /// Accept any certificate.
    pub insecure: bool,
    /// No more requests are sent.
    pub max_requests: usize,
    /// After this time, no more requests are sent.
    pub max_time: Duration,
    /// Codes of deviations that are meant.
    pub accept: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            paths: Vec::new(),
            headers: Vec::new(),
            methods: Vec::new(),
            origins: Vec::new(),
            insecure: false,
            max_requests: 2000,
            max_time: Duration::from_secs(60),
            accept: Vec::new(),
        }
    }
}

/// A service that is about to be probed.
#[derive(Debug)]
#[must_use = "a probe does nothing until it is run"]
pub struct Probe<'p> {
    target: Target,
    policy: Option<&'p Policy>,
    options: Options,
    client: Client,
    plan: Plan,
}

impl<'p> Probe<'p> {
    /// Plans the requests that show whether a service keeps to a policy or, without one, whether it has
    /// a hole that is often found.
    ///
    /// # Errors
    ///
    /// The URL, a path, a method or a header cannot be sent.
    pub fn new(
        url: &str,
        policy: Option<&'p Policy>,
        options: Options,
    ) -> Result<Self, ProbeError> {
        let target = Target::new(url, &options.paths)?;
        let is_method = |method: &&String| {
            let request = cors_core::explain::BrowserRequest::new("null").method(*method);
            let mut cache = cors_core::explain::PreflightCache::default();
            cors_core::explain::Fetch::new(&request, url, &mut cache).next_request().is_some()
        };
        if let Some(method) = options.methods.iter().find(|method| !is_method(method)) {
            return Err(ProbeError::InvalidMethod { method: method.clone() });
        }
        let client = Client::new(&options.headers, options.insecure)?;
        let plan = match policy {
            Some(policy) => Plan::for_policy(policy, &target, &options),
            None => Plan::for_audit(&audit::guesses(&target, &options.origins), &target, &options),
        };
        Ok(Self { target, policy, options, client, plan })
    }

    /// How many requests are sent at most.
    #[must_use]
    pub fn requests(&self) -> usize {
        let more = if self.policy.is_none() { audit::MORE_REQUESTS } else { 0 };
        (self.plan.requests() + more).min(self.options.max_requests)
    }

    /// Sends the requests and judges the answers. `progress` is told how many requests were sent so
    /// far.
    ///
    /// # Errors
    ///
    /// The service answers nothing.
    pub fn run(self, progress: &(dyn Fn(usize) + Sync)) -> Result<Report, ProbeError> {
        let deadline = Instant::now() + self.options.max_time;
        let bound = self.requests();
        let Self { target, policy, options, client, plan } = self;
        let mut run = run::run(&client, plan.questions, deadline, progress);
        if run.answered.is_empty()
            && let Some(error) = run.error
        {
            return Err(ProbeError::Unreachable { url: target.url, error });
        }
        if policy.is_none() {
            let left = bound.saturating_sub(run.requests);
            audit::ask_more(&mut run, &target, &options, left, |questions| {
                run::run(&client, questions, deadline, progress)
            });
        }
        let mut findings = Findings::default();
        match policy {
            Some(policy) => compare::compare(policy, &target, &run.answered, &mut findings),
            None => audit::audit(&run.answered, &mut findings),
        }
        headers::check(&run.answered, &mut findings);
        vary::check(&run.answered, &mut findings);
        Ok(Report {
            url: target.url,
            requests: run.requests,
            left_out: plan.left_out,
            incomplete: incomplete(&run),
            deviations: findings.into_deviations(&options.accept),
        })
    }
}

fn incomplete(run: &run::Run) -> Vec<String> {
    let mut reasons = Vec::new();
    if run.out_of_time > 0 {
        let count = run.out_of_time;
        reasons.push(format!(
            "{count} questions were not asked because the time was over; allow more with --max-time"
        ));
    }
    if run.limited > 0 {
        let count = run.limited;
        reasons.push(format!(
            "{count} questions were answered with 429, because the service limits requests; lift the limit for this client, or send fewer with --max-requests"
        ));
    }
    if run.unanswered > 0 {
        let (count, error) = (run.unanswered, run.error.as_deref().unwrap_or_default());
        reasons.push(format!("{count} questions got no response: {error}"));
    }
    reasons
}
