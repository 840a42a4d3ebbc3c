//! A policy while one of its rules is changed.

use super::written::Written;
use super::{File, SuggestionError};
use crate::http::fetch;
use crate::origin::{Origin, OriginPattern, host, risk, suggestion};
use crate::policy::names::is_any;
use crate::policy::{Diagnostic, PolicyConfig, RuleConfig, setting_path};

const SERVE_OVER_HTTPS: &str = "serve the page over https";
const ALLOW_SUCH_NAMES: &str = "if such origins change, write a pattern such as https://*-team.vercel.app, or set allow_origins_by_predicate and let the application decide";

/// One setting to change.
struct Change {
    path: String,
    code: &'static str,
    reason: String,
    /// What can be done instead of the change, and is better.
    instead: Option<&'static str>,
    written: Written,
}

pub(super) struct Draft<'a> {
    file: File<'a>,
    config: PolicyConfig,
    rule: usize,
    /// What stands before the name of a setting.
    prefix: String,
    changes: Vec<Change>,
    /// Why the origin has a rule of its own, in which everything else changes too.
    own_rule: Option<String>,
}

impl<'a> Draft<'a> {
    pub(super) const fn new(
        config: PolicyConfig,
        rule: usize,
        prefix: String,
        file: File<'a>,
    ) -> Self {
        Self { file, config, rule, prefix, changes: Vec::new(), own_rule: None }
    }

    /// The changed policy, and the changes.
    pub(super) fn finish(mut self) -> (PolicyConfig, Vec<Diagnostic>) {
        if let Some(reason) = self.own_rule {
            let written = Written::Rules(self.config.rules.clone());
            let (path, code) = ("rules".into(), "origin-needs-own-rule");
            self.changes = vec![Change { path, code, reason, instead: None, written }];
        }
        let file = self.file;
        let changes = self.changes.into_iter().map(|change| change.into_diagnostic(file));
        (self.config, changes.collect())
    }

    /// `over_https` is whether the policy allows the same host over https, and `credentials` whether
    /// the script asks for them.
    pub(super) fn add_origin(
        &mut self,
        origin: &str,
        over_https: bool,
        credentials: bool,
    ) -> Result<(), SuggestionError> {
        let parsed = check_origin(origin)?;
        let is_plain = parsed.scheme() == "http" && !host::is_loopback(parsed.host());
        let reason = if over_https && is_plain {
            format!("the page is loaded over http, and {} is allowed over https", parsed.host())
        } else {
            format!("{origin} is not in the list")
        };
        self.list("allow_origins", reason, |rule| {
            // Where a server listens, no page is opened.
            let is_listener = |text: &String| {
                let pattern = text.parse::<OriginPattern>().ok();
                let page = pattern.as_ref().and_then(suggestion::page_of_listener);
                page.is_some_and(|page| page == origin)
            };
            rule.allow_origins.retain(|text| !is_listener(text));
            rule.allow_origins.push(origin.to_owned());
            &rule.allow_origins
        });
        let instead = if is_plain && (over_https || credentials) {
            Some(SERVE_OVER_HTTPS)
        } else {
            instead_of_one(&parsed)
        };
        if let Some(change) = self.changes.last_mut() {
            change.instead = instead;
        }
        Ok(())
    }

    pub(super) fn allow_credentials(&mut self, origin: &str) -> Result<(), SuggestionError> {
        let Some(rule) = self.config.rules.get_mut(self.rule) else { return Ok(()) };
        if rule.allow_credentials {
            return Ok(());
        }
        if is_any(&rule.allow_origins) {
            if origin == "null" {
                return Err(SuggestionError::OpaqueOriginWithCredentials);
            }
            check_origin(origin)?;
            let own_rule = rule_with_credentials(rule, origin);
            self.own_rule = Some(if is_any(&rule.expose_headers) {
                format!(
                    "with credentials, * counts neither as an origin nor as a header to expose; {origin} gets a rule of its own before it, to which you add the expose_headers that its pages read"
                )
            } else {
                format!(
                    "with credentials, * does not count as an origin; {origin} gets a rule of its own before it"
                )
            });
            self.config.rules.insert(self.rule, own_rule);
            return Ok(());
        }
        rule.allow_credentials = true;
        let written = Written::Setting("allow_credentials", "true".into());
        self.change("allow_credentials", "the script asks for credentials".into(), written);
        Ok(())
    }

    pub(super) fn add_method(&mut self, method: &str) -> Result<(), SuggestionError> {
        let Some(rule) = self.config.rules.get(self.rule) else { return Ok(()) };
        let is_allowed = is_any(&rule.allow_methods)
            || fetch::is_safelisted_method(method.as_bytes())
            || rule.allow_methods.iter().any(|allowed| allowed == method);
        if is_allowed {
            return Ok(());
        }
        if method == "*" {
            return Err(SuggestionError::Wildcard);
        }
        let upper_case = method.to_ascii_uppercase();
        if method != upper_case && fetch::is_registered_method(&upper_case) {
            let (method, changes) = (method.into(), Vec::new());
            return Err(SuggestionError::MethodCase { method, upper_case, changes });
        }
        self.list("allow_methods", format!("{method} is not in the list"), |rule| {
            rule.allow_methods.push(method.to_owned());
            &rule.allow_methods
        });
        Ok(())
    }

    /// `names` are in lower case, as those of the policy are.
    pub(super) fn add_headers(&mut self, names: &[String]) -> Result<(), SuggestionError> {
        let Some(rule) = self.config.rules.get(self.rule) else { return Ok(()) };
        let allowed = &rule.allow_headers;
        // Where `*` is mirrored, which is with credentials, it covers Authorization too.
        let covers =
            |name: &str| is_any(allowed) && (name != "authorization" || rule.allow_credentials);
        let missing: Vec<_> =
            names.iter().filter(|name| !covers(name) && !allowed.contains(name)).cloned().collect();
        if missing.is_empty() {
            return Ok(());
        }
        if missing.iter().any(|name| name == "*") {
            return Err(SuggestionError::Wildcard);
        }
        let reason = if is_any(allowed) {
            "* does not cover authorization".into()
        } else {
            let are = if missing.len() == 1 { "is" } else { "are" };
            format!("{} {are} not in the list", missing.join(", "))
        };
        self.list("allow_headers", reason, |rule| {
            rule.allow_headers.extend(missing);
            &rule.allow_headers
        });
        Ok(())
    }

    /// Notes a change of a list, which `write` makes and returns.
    fn list(
        &mut self,
        key: &'static str,
        reason: String,
        write: impl FnOnce(&mut RuleConfig) -> &Vec<String>,
    ) {
        let Some(rule) = self.config.rules.get_mut(self.rule) else { return };
        let written = Written::list(key, write(rule));
        self.change(key, reason, written);
    }

    fn change(&mut self, key: &str, reason: String, written: Written) {
        let code = match key {
            "allow_origins" => "origin-not-listed",
            "allow_methods" => "method-not-listed",
            "allow_headers" => "header-not-listed",
            _ => "credentials-not-allowed",
        };
        let path = setting_path::of(&self.prefix, key);
        self.changes.push(Change { path, code, reason, instead: None, written });
    }
}

impl Change {
    fn into_diagnostic(self, file: File<'_>) -> Diagnostic {
        let Self { path, code, reason, instead, written } = self;
        let lines = written.in_file(file.format, file.policy_name);
        let separator = if lines.contains('\n') { '\n' } else { ' ' };
        let write = format!("write{separator}{lines}");
        let help = match instead {
            Some(instead) => format!("{instead}, or {write}"),
            None => write,
        };
        let path = match file.policy_name {
            Some(name) => format!("{}.{path}", setting_path::of_policy(name)),
            None => path,
        };
        Diagnostic::suggestion_to_write(code, path, reason, help, lines)
    }
}

/// The rule for a page that asks for credentials beside a rule for everyone.
fn rule_with_credentials(public: &RuleConfig, origin: &str) -> RuleConfig {
    let mut rule = public.clone();
    rule.allow_origins = vec![origin.to_owned()];
    rule.allow_credentials = true;
    rule.expose_headers.retain(|name| name != "*");
    // With credentials, `*` covers it.
    if is_any(&rule.allow_headers) {
        rule.allow_headers.truncate(1);
    }
    rule
}

/// Returns what to do instead of listing an origin that is likely to change: the host of its scheme is
/// made anew for each installation or window, or it is directly below a suffix where anybody can
/// register names, as previews of pages are.
fn instead_of_one(origin: &Origin<'_>) -> Option<&'static str> {
    match origin.scheme() {
        "moz-extension" => Some("if such origins change, allow moz-extension://*"),
        "safari-web-extension" => Some("if such origins change, allow safari-web-extension://*"),
        "vscode-webview" => Some("if such origins change, allow vscode-webview://*"),
        _ => {
            let parent = origin.host().split_once('.').map(|(_, parent)| parent);
            parent.is_some_and(risk::is_private_suffix).then_some(ALLOW_SUCH_NAMES)
        }
    }
}

fn check_origin(origin: &str) -> Result<Origin<'_>, SuggestionError> {
    if origin == "null" {
        return Err(SuggestionError::OpaqueOrigin);
    }
    // A few characters of hosts cannot be listed.
    let can_be_listed = origin.parse::<OriginPattern>().is_ok();
    Origin::parse(origin.as_bytes())
        .filter(|_| can_be_listed)
        .ok_or_else(|| SuggestionError::InvalidOrigin(origin.into()))
}
