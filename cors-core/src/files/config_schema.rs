//! Keeps `policy.schema.json` what the types of the configuration say.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::policy::{POLICY_SETTINGS, PolicyConfig, RULE_SETTINGS, RULES, RuleConfig};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/policy.schema.json");

/// The schema of a type, with the documentation of its fields.
fn schema_of<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value()
}

/// A file holds a rule, a list of rules, or named policies.
fn schema() -> Value {
    let mut rule = schema_of::<RuleConfig>();
    let policy = schema_of::<PolicyConfig>();
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
    rule["properties"]["max_age"]["minimum"] = json!(0);
    rule["properties"]["max_age"]["maximum"] = json!(86_400);
    rule["description"] = "Origins, and what pages of these origins may do.".into();
    let mut sole_rule = rule.clone();
    let mut listed = json!({
        "type": "object",
        "description": "The first rule whose origins include the request's governs it.",
        "properties": {
            "rules": { "type": "array", "items": { "$ref": "#/$defs/rule" }, "minItems": 1 }
        },
        "required": ["rules"],
        "additionalProperties": false
    });
    // How a JSON file names its schema.
    let schema = json!({ "type": "string" });
    for table in [&mut sole_rule, &mut listed] {
        for setting in POLICY_SETTINGS {
            table["properties"][setting.name] = policy["properties"][setting.name].clone();
        }
        table["properties"]["$schema"] = schema.clone();
    }
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
            "rules": listed,
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

/// The tables of settings have a row for each field.
#[test]
fn the_tables_have_every_setting() {
    let fields = |schema: Value| -> BTreeSet<String> {
        schema["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let of_rule = RULE_SETTINGS.iter().map(|setting| setting.name.to_owned());
    assert_eq!(of_rule.collect::<BTreeSet<_>>(), fields(schema_of::<RuleConfig>()));
    let of_policy = POLICY_SETTINGS.iter().map(|setting| setting.name).chain([RULES]);
    let of_policy: BTreeSet<_> = of_policy.map(str::to_owned).collect();
    assert_eq!(of_policy, fields(schema_of::<PolicyConfig>()));
}
