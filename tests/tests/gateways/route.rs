//! The Gateway API has no program here: what is exported fits its schema.

use std::collections::BTreeMap;

use boon::{Compiler, Schemas};
use cors_cli::gateways::{self, Gateway, Source};
use cors_core::{Policy, PolicyConfig};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use tests::contract;

const SCHEMA: &str = "https://gateway-api.example/httproute.json";

pub(crate) fn trials() -> Vec<Trial> {
    let test = |name: &str, run: fn() -> Result<(), Failed>| {
        Trial::test(format!("gateway-api::{name}"), run)
    };
    vec![
        test("routes_fit_the_schema", routes_fit_the_schema),
        test("the_schema_refuses_what_is_refused", the_schema_refuses_what_is_refused),
    ]
}

fn policies() -> Result<BTreeMap<String, Policy>, String> {
    let configs: BTreeMap<String, PolicyConfig> =
        toml::from_str(include_str!("../../data/policies.toml"))
            .map_err(|error| error.to_string())?;
    let policy = |(name, config)| Some((name, Policy::try_from(config).ok()?));
    let mut policies: BTreeMap<_, _> = configs.into_iter().filter_map(policy).collect();
    policies.extend(contract::policies(include_str!("../../data/conformance-policies.json"))?);
    Ok(policies)
}

/// Every policy of the tests, approximated or not.
fn routes_fit_the_schema() -> Result<(), Failed> {
    let (mut exact, mut approximate) = (0, 0);
    for (name, policy) in policies()? {
        let export =
            gateways::export(Gateway::GatewayApi, &policy, &Source::new("a.toml", Some(&name)));
        if export.is_usable(true) {
            validate(&export.text()).map_err(|problem| format!("{name}: {problem}"))?;
            let count = if export.is_usable(false) { &mut exact } else { &mut approximate };
            *count += 1;
        }
    }
    if exact < 10 || approximate < 5 {
        return Err(format!("{exact} routes are exact, {approximate} approximate").into());
    }
    Ok(())
}

/// The schema is closed enough to see a mistake.
fn the_schema_refuses_what_is_refused() -> Result<(), Failed> {
    let policy = Policy::builder().allow_origins(["https://app.example"]).build()?;
    let route = gateways::export(Gateway::GatewayApi, &policy, &Source::new("a.toml", None)).text();
    validate(&route)?;
    for (right, wrong) in [
        ("https://app.example", "tauri://localhost"),
        ("https://app.example", "http://localhost:*"),
        ("https://app.example", "http://[::1]:3000"),
        ("https://app.example", "https://pr-*.app.example"),
        ("\"GET\"", "\"PROPFIND\""),
        ("allowMethods:", "maxAge: 0\n        allowMethods:"),
        ("allowMethods:", "methods:"),
        ("type: CORS", "type: Cors"),
    ] {
        let wrong = route.replace(right, wrong);
        if wrong == route || validate(&wrong).is_ok() {
            return Err(format!("{right:?} is not needed in\n{wrong}").into());
        }
    }
    Ok(())
}

fn validate(route: &str) -> Result<(), String> {
    let schema: Value = serde_json::from_str(include_str!("../../data/httproute.schema.json"))
        .map_err(|error| error.to_string())?;
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource(SCHEMA, schema).map_err(|error| error.to_string())?;
    let schema = compiler.compile(SCHEMA, &mut schemas).map_err(|error| error.to_string())?;
    let route: Value = serde_saphyr::from_str(route).map_err(|error| error.to_string())?;
    schemas.validate(&route, schema).map_err(|error| format!("{error:#}"))
}
