use cors_core::{PolicyConfig, RuleConfig};
use url::form_urlencoded;

/// The policy that a query string of the web-platform tests stands for: their servers make an
/// answer of each query, where ours make a policy.
///
/// `origin` is any origin unless given, as in the tests' `preflight.py`.
pub(crate) fn policy(query: &str) -> Result<PolicyConfig, String> {
    let mut rule = RuleConfig::default();
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        let list = || value.split(',').map(|element| element.trim().to_owned());
        match key.as_ref() {
            "origin" => rule.allow_origins.extend(list()),
            "credentials" => rule.allow_credentials = value == "true",
            "allow_methods" => rule.allow_methods.extend(list()),
            "allow_headers" => rule.allow_headers.extend(list()),
            "expose_headers" => rule.expose_headers.extend(list()),
            "max_age" => {
                rule.max_age = Some(value.parse().map_err(|_| format!("no seconds: {value:?}"))?);
            }
            _ => return Err(format!("no such key: {key:?}")),
        }
    }
    if rule.allow_origins.is_empty() {
        rule.allow_origins.push("*".into());
    }
    let mut config = PolicyConfig::default();
    config.rules.push(rule);
    Ok(config)
}
