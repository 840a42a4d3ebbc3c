//! What is told when a policy is put in force: what is valid in it but probably not meant.

use std::sync::atomic::Ordering;

use tracing::Level;

use crate::policy::{MOST_REPORTED, OWN_ORIGINS_MISSING, Policy};

impl Policy {
    /// Tells the lints, unless they were told before or nobody listens yet. `has_own_origins` is whether
    /// a deployment sets them, which the policy need not then.
    pub(crate) fn tell_lints(&self, is_candidate: bool, has_own_origins: bool) {
        if !tracing::enabled!(target: "cors", Level::WARN)
            || self.lints_told().load(Ordering::Relaxed)
        {
            return;
        }
        let candidate = is_candidate.then_some(true);
        let mut lints = self.lints();
        let count = lints.len();
        lints.retain(|lint| !has_own_origins || lint.code() != OWN_ORIGINS_MISSING);
        // Another deployment of this policy may not set own origins, and has to be told.
        if lints.len() == count && self.lints_told().swap(true, Ordering::Relaxed) {
            return;
        }
        for lint in lints.iter().take(MOST_REPORTED) {
            tracing::warn!(target: "cors", candidate, "{lint}");
        }
        if let more @ 1.. = lints.len().saturating_sub(MOST_REPORTED) {
            let plural = if more == 1 { "" } else { "s" };
            tracing::warn!(target: "cors", candidate, "{more} more warning{plural}");
        }
    }
}
