use cors_core::Policy;

use crate::{Behaviour, Head, Mount, Probe, Reply, Request, Route};

/// The path of the one route that a case's application has.
pub const PATH: &str = "/resource";

/// One request and its answer.
#[derive(Clone, Debug)]
pub struct Case {
    /// Part of the test's name.
    pub name: String,
    /// The name of the policy.
    pub policy: String,
    /// Whether the middleware stands around itself.
    pub twice: bool,
    /// Whether only GET is routed.
    pub only_get: bool,
    /// What stands behind the middleware.
    pub behaviour: Behaviour,
    /// What the handler answers.
    pub reply: Reply,
    /// The request.
    pub request: Request,
    /// How often the application is asked about the origin.
    pub asked: usize,
    /// What is right.
    pub expectation: Expectation,
    /// What would be right, had we not decided otherwise.
    pub deviates_from: Option<Expectation>,
    /// Why the case is there.
    pub note: String,
}

/// What is right.
#[derive(Clone, Debug)]
pub enum Expectation {
    /// A response.
    Response {
        /// Its status and all its CORS and `Vary` headers.
        head: Head,
        /// Whether any code of the application ran.
        reached: bool,
    },
    /// The policy is refused, and the message contains this.
    PolicyError(String),
}

impl Case {
    /// The case's application, and the probe in it.
    #[must_use]
    pub fn mount(&self, prefix: String, policy: Policy) -> (Mount, Probe) {
        let probe = Probe::new();
        let route = Route {
            path: PATH.into(),
            only_get: self.only_get,
            behaviour: self.behaviour,
            reply: self.reply.clone(),
            probe: probe.clone(),
        };
        let asks = policy.to_config().rules.iter().any(|rule| rule.allow_origins_by_predicate);
        let asked = asks.then(|| probe.clone());
        let deployment = policy.into();
        (Mount { prefix, deployment, asked, twice: self.twice, routes: vec![route] }, probe)
    }

    /// The same case with another status as the right one.
    pub(crate) fn with_status(&self, status: u16) -> Self {
        let mut case = self.clone();
        if let Expectation::Response { head, .. } = &mut case.expectation {
            head.status = status;
        }
        case
    }
}
