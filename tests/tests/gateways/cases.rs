//! The cases of all frameworks, as far as a gateway can see them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cors_cli::gateways::Gateway;
use libtest_mimic::{Failed, Trial};
use serde::Deserialize;
use tests::{Case, Expectation, Head, HeaderLines};

use crate::running::Gateways;
use crate::sites::Sites;

/// Cases that gateways answer differently.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    gateways: BTreeSet<String>,
    cases: BTreeSet<String>,
    /// What the gateway answers instead; the first line is the status. `None` if any answer is right.
    response: Option<Head>,
    #[serde(default)]
    reached: bool,
    reason: String,
}

pub(crate) fn trials(gateways: &Arc<Gateways>) -> Vec<Trial> {
    let differences: BTreeMap<String, Vec<Difference>> =
        toml::from_str(include_str!("../../data/gateways.toml"))
            .unwrap_or_else(|error| panic!("{error}"));
    let differences: Vec<_> = differences.into_values().flatten().collect();
    let cases: BTreeSet<_> = gateways.sites.cases.iter().map(|case| case.name.as_str()).collect();
    for name in differences.iter().flat_map(|difference| &difference.cases) {
        assert!(cases.contains(name.as_str()), "a difference names no case: {name}");
    }
    let differences = Arc::new(differences);
    let trial = |case: &Case| {
        let (case, differences) = (case.clone(), differences.clone());
        gateways.trials(&format!("case::{}", case.name), move |gateways, index, gateway| {
            run(gateways, index, gateway, &case, &differences)
        })
    };
    gateways.sites.cases.iter().flat_map(trial).collect()
}

fn run(
    gateways: &Gateways,
    index: usize,
    gateway: Gateway,
    case: &Case,
    differences: &[Difference],
) -> Result<(), Failed> {
    let address = gateways.get(index)?.address(&case.policy);
    let address = address.ok_or("the gateway does not express the policy")?;
    let prefix = Sites::prefix(gateway, case);
    let is_this = |difference: &&Difference| {
        difference.gateways.contains(gateway.name()) && difference.cases.contains(&case.name)
    };
    let difference = differences.iter().find(is_this);
    let answer = tests::send(address, &prefix, &case.request, || {});
    let Expectation::Response { head, reached } = &case.expectation else { return Ok(()) };
    let was_reached = gateways.sites.is_reached(gateway, case);
    let result = match &answer {
        Ok((got, body)) => check(case, head, *reached, got, body, was_reached),
        Err(error) => Err(format!("no response: {error}")),
    };
    let Some(difference) = difference else {
        return result.map_err(|problem| {
            format!("{problem}\nrequest {:?}\n    got {answer:?}\n{}", case.request, case.note)
                .into()
        });
    };
    if result.is_ok() {
        return Err(format!("is answered as by the library: remove {:?}", difference.reason).into());
    }
    match (&difference.response, &answer) {
        (Some(head), Ok((got, body))) => {
            let result = check(case, head, difference.reached, got, body, was_reached);
            result.map_err(|problem| format!("{problem}\n{}", difference.reason).into())
        }
        _ => Ok(()),
    }
}

fn check(
    case: &Case,
    expected: &Head,
    reached: bool,
    got: &Head,
    body: &[u8],
    was_reached: bool,
) -> Result<(), String> {
    require("status", got.status, expected.status)?;
    require("application reached", was_reached, reached)?;
    require("headers", cors_headers(got), answered(case, expected, reached))?;
    require("Vary", vary(got), vary(expected))?;
    if reached {
        for (name, value) in &case.reply.head.headers {
            if name != "vary" && !name.starts_with("access-control-") {
                let has = got.headers.contains(&(name.clone(), value.clone()));
                require("header of the service", (name, has), (name, true))?;
            }
        }
        return Ok(());
    }
    if !matches!(got.status, 204 | 403) {
        return Ok(());
    }
    let no_store = values(got, "cache-control");
    let expected_no_store: &[&str] = if got.status == 204 { &[] } else { &["no-store"] };
    require("Cache-Control", no_store.as_slice(), expected_no_store)?;
    require("body", body, b"")
}

/// The lines that gateways send. Where the library lists no methods in its answer to a preflight,
/// because it allows what is asked for, they list those that need no permission.
fn answered(case: &Case, expected: &Head, reached: bool) -> HeaderLines {
    let mut lines = cors_headers(expected);
    let methods = "access-control-allow-methods";
    let has_methods = lines.iter().any(|(name, _)| name == methods);
    if case.request.method == "OPTIONS" && !reached && expected.status == 204 && !has_methods {
        lines.push((methods.into(), "GET,HEAD,POST".into()));
        lines.sort();
    }
    lines
}

fn cors_headers(head: &Head) -> HeaderLines {
    let lines = head.headers.iter().filter(|(name, _)| name.starts_with("access-control-"));
    let mut lines: HeaderLines = lines.cloned().collect();
    lines.sort();
    lines
}

/// The names in all lines of `Vary`: a gateway may repeat one that the service has sent.
fn vary(head: &Head) -> BTreeSet<String> {
    let names = values(head, "vary").into_iter().flat_map(|line| line.split(','));
    let names = names.map(|name| name.trim().to_ascii_lowercase());
    let names: BTreeSet<_> = names.filter(|name| !name.is_empty()).collect();
    if names.contains("*") { BTreeSet::from(["*".into()]) } else { names }
}

fn values<'a>(head: &'a Head, field: &str) -> Vec<&'a str> {
    head.headers.iter().filter(|(name, _)| name == field).map(|(_, value)| value.as_str()).collect()
}

fn require<T: PartialEq + std::fmt::Debug>(what: &str, got: T, expected: T) -> Result<(), String> {
    if got == expected {
        return Ok(());
    }
    Err(format!("{what}:\n     got {got:?}\nexpected {expected:?}"))
}
