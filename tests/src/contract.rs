//! What the conformance server serves: policies from a file, each on a small application of its
//! own, for a tester that knows nothing of this project.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use cors_core::{Policy, PolicyBuilder};
use serde::Deserialize;

use crate::{Behaviour, Head, HeaderLines, Mount, Probe, Reply, Route};

/// A policy in the words of the contract; keys beyond these are notes.
#[derive(Deserialize)]
struct ContractPolicy {
    origins: Vec<String>,
    #[serde(default)]
    credentials: bool,
    #[serde(default)]
    methods: Vec<String>,
    #[serde(default)]
    request_headers: Vec<String>,
    #[serde(default)]
    expose: Vec<String>,
    max_age: Option<u64>,
    #[serde(default)]
    requires_opt_outs: Vec<OptOut>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OptOut {
    InsecureOriginsWithCredentials,
    PublicSuffixSubdomainsWithCredentials,
}

/// The applications for a file's policies, each below its policy's name.
///
/// # Errors
///
/// Everything that is wrong with the file, one problem in each line.
pub fn mounts(json: &str) -> Result<Vec<Mount>, String> {
    let policies = policies(json)?;
    Ok(policies.into_iter().map(|(name, policy)| mount(&name, policy)).collect())
}

/// A file's policies by their names.
///
/// # Errors
///
/// Everything that is wrong with the file, one problem in each line.
pub fn policies(json: &str) -> Result<BTreeMap<String, Policy>, String> {
    let of_contract: BTreeMap<String, ContractPolicy> =
        serde_json::from_str(json).map_err(|error| error.to_string())?;
    let mut policies = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, policy) in of_contract {
        if !is_segment(&name) {
            problems.push(format!("{name:?}: a policy's name is letters, digits, \"-\" and \"_\""));
        }
        match policy.builder().build() {
            Ok(policy) => {
                policies.insert(name, policy);
            }
            Err(errors) => {
                problems.extend(errors.into_iter().map(|error| format!("{name:?}: {error}")));
            }
        }
    }
    if problems.is_empty() { Ok(policies) } else { Err(problems.join("\n")) }
}

/// Whether a name can stand in a path, whatever a framework's routes make of other characters.
fn is_segment(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

impl ContractPolicy {
    fn builder(self) -> PolicyBuilder {
        let mut policy = Policy::builder()
            .allow_origins(self.origins)
            .allow_credentials(self.credentials)
            .allow_methods(self.methods)
            .allow_headers(self.request_headers)
            .expose_headers(self.expose);
        if let Some(seconds) = self.max_age {
            policy = policy.max_age(Duration::from_secs(seconds));
        }
        for opt_out in self.requires_opt_outs {
            policy = match opt_out {
                OptOut::InsecureOriginsWithCredentials => {
                    policy.dangerously_allow_insecure_origins_with_credentials(true)
                }
                OptOut::PublicSuffixSubdomainsWithCredentials => {
                    policy.dangerously_allow_public_suffix_subdomains_with_credentials(true)
                }
            };
        }
        policy
    }
}

fn mount(name: &str, policy: Policy) -> Mount {
    let own = lines(&[
        ("access-control-allow-origin", "https://handler.invalid"),
        ("access-control-allow-credentials", "true"),
        ("access-control-expose-headers", "x-secret"),
    ]);
    let routes = vec![
        route("/x", 200, Vec::new()),
        route("/error", 500, Vec::new()),
        route("/own", 200, own),
    ];
    Mount {
        prefix: format!("/{name}"),
        deployment: policy.into(),
        asked: None,
        twice: false,
        routes,
    }
}

fn route(path: &str, status: u16, own: HeaderLines) -> Route {
    let mut headers = lines(&[
        ("x-handler", "reached"),
        ("x-request-id", "r-1"),
        ("etag", "\"v1\""),
        ("x-secret", "s"),
        ("x-handler-vary", "Accept-Encoding, X-Tenant"),
        ("vary", "Accept-Encoding"),
        ("vary", "X-Tenant"),
    ]);
    headers.extend(own);
    Route {
        path: path.into(),
        only_get: false,
        behaviour: Behaviour::Reply,
        reply: Reply { head: Head { status, headers }, body: Bytes::from_static(b"handler\n") },
        probe: Probe::new(),
    }
}

fn lines(lines: &[(&str, &str)]) -> HeaderLines {
    lines.iter().map(|&(name, value)| (name.into(), value.into())).collect()
}

#[cfg(test)]
mod tests {
    use super::mounts;

    #[test]
    fn every_policy_of_the_contract_is_built() {
        let mounts = mounts(include_str!("../data/conformance-policies.json")).unwrap();
        assert_eq!(mounts.len(), 15);
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let problems = mounts(
            r#"{
                "a/b": { "origins": ["https://example.com"] },
                "c": { "origins": ["null", "https://example.com/"], "max_age": 86401 }
            }"#,
        )
        .unwrap_err();
        let lines: Vec<_> = problems.lines().collect();
        assert_eq!(lines.len(), 4, "{problems}");
        for (line, start) in lines.iter().zip([
            "\"a/b\": ",
            "\"c\": allow_origins[0] \"null\": ",
            "\"c\": allow_origins[1] \"https://example.com/\": ",
            "\"c\": max_age 86401: ",
        ]) {
            assert!(line.starts_with(start), "{line}");
        }
    }
}
