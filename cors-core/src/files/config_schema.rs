//! Keeps `policy.schema.json` what the types of the configuration say.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::policy::RuleConfig;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/policy.schema.json");

/// A file holds a rule, a list of rules, or named policies.
fn schema() -> Value {
    let rule = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<RuleConfig>();
    let mut rule = rule.to_value();
    let enforce_origins = json!({
        "type": "boolean",
        "default": false,
        "description": "Whether requests by pages of other origins are kept from the service."
    });
    for key in ["$schema", "title"] {
        rule.as_object_mut().unwrap().remove(key);
    }
    // Only the origins have no usable default.
    rule["anyOf"] = json!([
        { "required": ["allow_origins"] },
        {
            "properties": { "allow_origins_by_predicate": { "const": true } },
            "required": ["allow_origins_by_predicate"]
        }
    ]);
    rule["properties"]["allow_origins"].as_object_mut().unwrap().remove("default");
    rule["properties"]["allow_origins"]["minItems"] = json!(1);
    rule["properties"]["max_age"]["minimum"] = json!(0);
    rule["properties"]["max_age"]["maximum"] = json!(86_400);
    rule["description"] = "Origins, and what pages of these origins may do.".into();
    let mut sole_rule = rule.clone();
    sole_rule["properties"]["enforce_origins"] = enforce_origins.clone();
    // How a JSON file names its schema.
    let schema = json!({ "type": "string" });
    sole_rule["properties"]["$schema"] = schema.clone();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "CORS policy",
        "oneOf": [
            { "$ref": "#/$defs/policy" },
            {
                "type": "object",
                "description": "Policies by name.",
                "properties": {
                    "policies": {
                        "type": "object",
                        "additionalProperties": { "$ref": "#/$defs/policy" },
                        "minProperties": 1
                    },
                    "$schema": schema
                },
                "required": ["policies"],
                "additionalProperties": false
            }
        ],
        "$defs": {
            "policy": { "oneOf": [{ "$ref": "#/$defs/sole_rule" }, { "$ref": "#/$defs/rules" }] },
            "sole_rule": sole_rule,
            "rules": {
                "type": "object",
                "description": "The first rule whose origins include the request's governs it.",
                "properties": {
                    "rules": { "type": "array", "items": { "$ref": "#/$defs/rule" }, "minItems": 1 },
                    "enforce_origins": enforce_origins,
                    "$schema": schema
                },
                "required": ["rules"],
                "additionalProperties": false
            },
            "rule": rule
        }
    })
}

/// `UPDATE_SCHEMA=1 cargo test -p cors-core schema` writes the file.
#[test]
fn the_schema_is_current() {
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(PATH, format!("{:#}\n", schema())).unwrap();
    }
    let checked_in: Value = serde_json::from_str(&std::fs::read_to_string(PATH).unwrap()).unwrap();
    assert_eq!(checked_in, schema(), "set UPDATE_SCHEMA=1 to renew it");
}

/// A rule with every setting has exactly the properties of the schema.
#[cfg(feature = "serde")]
#[test]
fn the_schema_has_every_setting() {
    let rule = RuleConfig {
        allow_origins: vec!["https://a.example".into()],
        allow_origins_by_predicate: true,
        predicate_vary: vec!["x-tenant".into()],
        allow_credentials: true,
        allow_methods: vec!["PUT".into()],
        allow_headers: vec!["x-a".into()],
        expose_headers: vec!["x-b".into()],
        max_age: Some(1),
        dangerously_allow_insecure_origins_with_credentials: true,
        dangerously_allow_public_suffix_subdomains_with_credentials: true,
        dangerously_allow_predicate_origins_with_credentials: true,
        unknown_keys: Vec::new(),
        mismatches: Vec::new(),
    };
    let written = serde_json::to_value(&rule).unwrap();
    let keys = |value: &Value| {
        let mut keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort_unstable();
        keys
    };
    assert_eq!(keys(&written), keys(&schema()["$defs"]["rule"]["properties"]));
}
