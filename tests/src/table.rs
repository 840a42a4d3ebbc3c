//! Reads the cases, which stand as data in `data/`.

use std::collections::BTreeMap;

use bytes::Bytes;
use cors_core::{Policy, PolicyConfig};
use serde::Deserialize;

use crate::{Behaviour, Case, EnforcementTable, Expectation, Head, HeaderLines, Reply, Request};

/// All cases, and the policies that they name.
#[derive(Clone, Debug)]
pub struct Table {
    /// The cases, each with its own name.
    pub cases: Vec<Case>,
    policies: BTreeMap<String, PolicyConfig>,
}

/// A request of `vectors.json`.
#[derive(Deserialize)]
struct Vector {
    id: String,
    policy: String,
    method: String,
    request_headers: HeaderLines,
    decision: VectorDecision,
    response_headers: HeaderLines,
    #[serde(default)]
    note: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum VectorDecision {
    NotCors,
    Actual,
    PreflightOk,
    PreflightDenied,
}

/// Where we decided otherwise than `vectors.json`, whose notes leave it open.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deviation {
    cases: Vec<String>,
    reason: String,
    response: Option<Head>,
    #[serde(default)]
    reached: bool,
    policy_error: Option<String>,
}

/// A case of a file that was written for this project.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    policy: String,
    #[serde(default)]
    twice: bool,
    #[serde(default)]
    only_get: bool,
    #[serde(default)]
    behaviour: Behaviour,
    #[serde(default)]
    reply: Option<Head>,
    request: Request,
    response: Head,
    #[serde(default = "yes")]
    reached: bool,
    #[serde(default)]
    asked: usize,
    #[serde(default)]
    note: String,
}

fn yes() -> bool {
    true
}

impl Table {
    /// Reads the table.
    ///
    /// # Panics
    ///
    /// If the data is wrong: malformed, a name used twice, or a deviation of a case that is not
    /// there.
    #[must_use]
    pub fn load() -> Self {
        let vectors: Vec<Vector> = serde_json::from_str(include_str!("../data/vectors.json"))
            .expect("data/vectors.json is well-formed");
        let written = [
            include_str!("../data/behaviours.toml"),
            include_str!("../data/enforcement.toml"),
            include_str!("../data/hosts.toml"),
            include_str!("../data/origin_predicate.toml"),
            include_str!("../data/patterns.toml"),
        ];
        let written = written.into_iter().flat_map(read::<BTreeMap<String, Vec<Written>>>);
        let deviations: BTreeMap<String, Vec<Deviation>> =
            read(include_str!("../data/deviations.toml"));
        let mut policies: BTreeMap<_, _> = read(include_str!("../data/policies.toml"));
        let enforcement = EnforcementTable::load();
        for (name, policy) in enforcement.policies() {
            assert!(policies.insert(name.clone(), policy).is_none(), "two policies: {name}");
        }

        let mut cases: Vec<Case> = vectors.into_iter().map(Case::from).collect();
        cases.extend(written.flat_map(|(_, cases)| cases).map(Case::from));
        cases.extend(enforcement.cases());
        for deviation in deviations.into_values().flatten() {
            deviation.apply(&mut cases);
        }
        let mut names: Vec<_> = cases.iter().map(|case| case.name.as_str()).collect();
        names.sort_unstable();
        if let Some(name) = names.windows(2).find(|pair| pair.first() == pair.last()) {
            panic!("two cases have one name: {name:?}");
        }
        Self { cases, policies }
    }

    /// Builds the policy that a case names.
    ///
    /// # Errors
    ///
    /// What the policy's validation says.
    ///
    /// # Panics
    ///
    /// If there is no such policy.
    pub fn policy(&self, case: &Case) -> Result<Policy, String> {
        let config = self.policies.get(&case.policy).cloned();
        let config = config.unwrap_or_else(|| panic!("there is no policy {:?}", case.policy));
        Policy::try_from(config).map_err(|errors| errors.to_string())
    }
}

fn read<T: for<'de> Deserialize<'de>>(text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

impl Deviation {
    fn apply(self, cases: &mut [Case]) {
        let expectation = match (self.response, self.policy_error) {
            (Some(head), None) => Expectation::Response { head, reached: self.reached },
            (None, Some(message)) => Expectation::PolicyError(message),
            _ => panic!("a deviation has either `response` or `policy_error`"),
        };
        for name in &self.cases {
            let case = cases.iter_mut().find(|case| case.name == *name);
            let case = case.unwrap_or_else(|| panic!("a deviation names no case: {name}"));
            let original = std::mem::replace(&mut case.expectation, expectation.clone());
            case.deviates_from = Some(original);
            case.note.clone_from(&self.reason);
        }
    }
}

impl From<Vector> for Case {
    fn from(vector: Vector) -> Self {
        let (status, reached) = match vector.decision {
            VectorDecision::NotCors | VectorDecision::Actual => (200, true),
            VectorDecision::PreflightOk => (204, false),
            VectorDecision::PreflightDenied => (403, false),
        };
        let head = Head { status, headers: lower_case(vector.response_headers) };
        Self {
            name: vector.id,
            policy: vector.policy,
            twice: false,
            only_get: false,
            behaviour: Behaviour::Reply,
            reply: reply(None),
            request: Request {
                method: vector.method,
                path: crate::PATH.into(),
                headers: lower_case(vector.request_headers),
            },
            asked: 0,
            expectation: Expectation::Response { head, reached },
            deviates_from: None,
            note: vector.note,
        }
    }
}

impl From<Written> for Case {
    fn from(case: Written) -> Self {
        Self {
            name: case.name,
            policy: case.policy,
            twice: case.twice,
            only_get: case.only_get,
            behaviour: case.behaviour,
            reply: reply(case.reply),
            request: case.request,
            asked: case.asked,
            expectation: Expectation::Response { head: case.response, reached: case.reached },
            deviates_from: None,
            note: case.note,
        }
    }
}

fn reply(head: Option<Head>) -> Reply {
    let head = head.unwrap_or(Head { status: 200, headers: Vec::new() });
    Reply { head, body: Bytes::from_static(b"handler") }
}

fn lower_case(headers: HeaderLines) -> HeaderLines {
    headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect()
}
