use std::sync::Arc;

use cors_core::PolicyHandle;

/// The API below a path, under a policy of its own.
#[derive(Clone, Debug)]
pub(crate) struct Mount {
    /// Empty, or with a leading slash and none at the end.
    pub(crate) prefix: String,
    /// Without one there is no CORS layer at all.
    pub(crate) policy: Option<PolicyHandle>,
}

/// All that a server serves: disjoint, since policies do not stack. The last mount has no prefix
/// and takes what no other does.
#[derive(Clone, Debug)]
pub(crate) struct Mounts(Arc<[Mount]>);

impl Mounts {
    pub(crate) fn new(stories: impl IntoIterator<Item = Mount>, policy: PolicyHandle) -> Self {
        let root = Mount { prefix: String::new(), policy: Some(policy) };
        Self(stories.into_iter().chain([root]).collect())
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Mount> {
        self.0.iter()
    }
}
