use std::collections::BTreeMap;

use cors_core::{Policy, PolicyConfig, PolicyErrors, PolicyHandle};
use serde::ser::Error;
use serde::{Deserialize, Serialize, Serializer};

use crate::mount::Mount;

/// How a service came to its policy, step by step; each step is served under its own path.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Story {
    /// The segment of the path that names it.
    #[serde(skip_deserializing)]
    name: String,
    title: String,
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Step {
    name: String,
    title: String,
    text: String,
    /// Without one, the step is served without any CORS layer.
    #[serde(serialize_with = "write_toml")]
    policy: Option<PolicyConfig>,
    scenarios: Vec<Scenario>,
}

/// A request that the page sends to every server.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    label: String,
    #[serde(default = "get")]
    method: String,
    path: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    #[serde(default)]
    credentials: bool,
    /// The response header that the page wants to see.
    reads: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioFile {
    scenarios: Vec<Scenario>,
}

/// The scenarios of the policy that governs the fleet.
pub(crate) fn scenarios() -> Result<Vec<Scenario>, toml::de::Error> {
    let file: ScenarioFile = toml::from_str(include_str!("../scenarios.toml"))?;
    Ok(file.scenarios)
}

pub(crate) fn stories() -> Result<Vec<Story>, toml::de::Error> {
    [
        ("koa", include_str!("../stories/koa.toml")),
        ("express", include_str!("../stories/express.toml")),
    ]
    .into_iter()
    .map(|(name, text)| {
        let story: Story = toml::from_str(text)?;
        Ok(Story { name: name.into(), ..story })
    })
    .collect()
}

/// Where the steps of the stories are served.
pub(crate) fn mounts(stories: &[Story]) -> Result<Vec<Mount>, PolicyErrors> {
    let steps = stories.iter().flat_map(|story| story.steps.iter().map(move |step| (story, step)));
    steps
        .map(|(story, step)| {
            let policy = step.policy.clone().map(Policy::try_from).transpose()?;
            let prefix = format!("/stories/{}/{}", story.name, step.name);
            Ok(Mount { prefix, policy: policy.map(PolicyHandle::new) })
        })
        .collect()
}

/// A policy as it stands in a file.
fn write_toml<S: Serializer>(
    policy: &Option<PolicyConfig>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    policy
        .as_ref()
        .map(toml::to_string)
        .transpose()
        .map_err(S::Error::custom)?
        .serialize(serializer)
}

fn get() -> String {
    "GET".into()
}
