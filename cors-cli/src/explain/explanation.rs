use cors_core::explain::{
    BrowserRequest, ClosestPattern, SuggestedChanges, SuggestionError, Verdict,
};
use cors_core::{Policy, PolicyFormat};

use super::har::ScriptRequest;

/// What a browser makes of one request under a policy, and what to write if it is blocked.
pub(super) struct Explanation {
    pub(super) verdict: Verdict,
    /// The pattern that the page's origin misses by least, if the request is blocked.
    pub(super) closest: Option<ClosestPattern>,
    pub(super) suggestion: Result<SuggestedChanges, SuggestionError>,
    pub(super) reads: Vec<Read>,
}

/// A request of an export.
pub(super) struct Explained {
    pub(super) request: ScriptRequest,
    pub(super) explanation: Explanation,
}

impl Explained {
    /// Whether the policy or the browser kept the response from the script.
    pub(super) fn is_blocked(&self) -> bool {
        !self.explanation.is_as_wished() || self.request.has_no_response
    }
}

/// Whether the script can read a header of the response.
pub(super) struct Read {
    pub(super) name: String,
    pub(super) is_possible: bool,
}

impl Explanation {
    pub(super) fn new(
        policy: &Policy,
        origin: &str,
        request: &BrowserRequest,
        format: PolicyFormat,
        name: Option<&str>,
        reads: &[String],
    ) -> Self {
        let verdict = policy.simulate(request);
        let closest = policy.closest_pattern(origin);
        let closest = closest.filter(|_| !verdict.is_allowed());
        let is_possible = |header: &String| Read {
            name: header.to_ascii_lowercase(),
            is_possible: verdict.can_read(header),
        };
        Self {
            closest: match name {
                Some(name) => closest.map(|closest| closest.in_policy(name)),
                None => closest,
            },
            suggestion: policy.suggest_changes_in_file(request, format, name),
            reads: reads.iter().map(is_possible).collect(),
            verdict,
        }
    }

    /// Whether the script gets the response, and can read the headers that it wants.
    pub(super) fn is_as_wished(&self) -> bool {
        self.verdict.is_allowed() && self.reads.iter().all(|read| read.is_possible)
    }
}
