//! The table of which requests reach the service, in `data/enforcement_table.toml`: as cases, and as a
//! page of the documentation has it.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use cors_core::PolicyConfig;
use serde::Deserialize;

use crate::{Behaviour, Case, Expectation, Head, HeaderLines, PATH, Reply, Request};

/// The table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnforcementTable {
    /// The settings of the policies, by name.
    policy: BTreeMap<String, toml::Table>,
    part: Vec<Part>,
}

/// Rows under one policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    title: String,
    policy: String,
    rows: Vec<Row>,
}

/// A name, `Origin`, host, `Sec-Fetch-Site`, method, scheme, answer.
#[derive(Clone, Debug, Deserialize)]
struct Row(String, String, Host, String, String, Scheme, Answer);

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Host {
    One(String),
    Lines(Vec<String>),
    Target { target: String, host: String },
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
enum Scheme {
    #[serde(rename = "")]
    Unknown,
    #[serde(rename = "https")]
    Https,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
enum Answer {
    #[serde(rename = "handler")]
    Handler,
    #[serde(rename = "204")]
    NoContent,
    #[serde(rename = "400")]
    BadRequest,
    #[serde(rename = "403")]
    Forbidden,
    #[serde(rename = "421")]
    Misdirected,
}

const PREFLIGHT: &str = "preflight ";
const SOCKET: &str = "WebSocket";

impl EnforcementTable {
    /// Reads the table.
    ///
    /// # Panics
    ///
    /// If the data is malformed.
    #[must_use]
    pub fn load() -> Self {
        let table = toml::from_str(include_str!("../data/enforcement_table.toml"));
        table.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The policies.
    ///
    /// # Panics
    ///
    /// If the settings of one make no configuration.
    pub fn policies(&self) -> impl Iterator<Item = (String, PolicyConfig)> {
        let config = |(name, settings): (&String, &toml::Table)| {
            let config = settings.clone().try_into();
            (name.clone(), config.unwrap_or_else(|error| panic!("{name}: {error}")))
        };
        self.policy.iter().map(config)
    }

    /// The cases, one for each row.
    pub fn cases(&self) -> impl Iterator<Item = Case> {
        self.part.iter().flat_map(|part| part.rows.iter().map(|row| self.case(part, row)))
    }

    fn case(&self, part: &Part, row: &Row) -> Case {
        let Row(name, .., answer) = row;
        let settings = self.policy.get(&part.policy);
        let settings = settings.unwrap_or_else(|| panic!("{name}: no policy {}", part.policy));
        let head = Head { status: answer.status(), headers: row.response_headers(settings) };
        Case {
            name: format!("enforcement_{name}"),
            policy: part.policy.clone(),
            twice: false,
            only_get: false,
            behaviour: Behaviour::Reply,
            reply: Reply {
                head: Head { status: 200, headers: Vec::new() },
                body: Bytes::from_static(b"handler"),
            },
            request: row.request(),
            asked: 0,
            expectation: Expectation::Response { head, reached: *answer == Answer::Handler },
            deviates_from: None,
            note: part.title.clone(),
        }
    }
}

impl Row {
    fn request(&self) -> Request {
        let Self(_, origin, host, site, method, scheme, _) = self;
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut headers = host.headers();
        if !origin.is_empty() {
            headers.push(header("origin", origin));
        }
        if !site.is_empty() {
            headers.push(header("sec-fetch-site", site));
        }
        let method = if let Some(asked) = method.strip_prefix(PREFLIGHT) {
            headers.push(header("access-control-request-method", asked));
            "OPTIONS"
        } else if method == SOCKET {
            headers.extend([
                header("connection", "Upgrade"),
                header("upgrade", "websocket"),
                header("sec-websocket-version", "13"),
                header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ]);
            "GET"
        } else {
            method
        };
        let path = match (host, scheme) {
            (Host::Target { target, .. }, Scheme::Unknown) => format!("http://{target}{PATH}"),
            (Host::One(host), Scheme::Https) => format!("https://{host}{PATH}"),
            (_, Scheme::Unknown) => PATH.into(),
            (_, Scheme::Https) => panic!("{self:?}: no target can say this"),
        };
        Request { method: method.into(), path, headers }
    }

    /// What the policy decides on in the response.
    fn response_headers(&self, settings: &toml::Table) -> HeaderLines {
        let Self(_, origin, _, _, method, _, answer) = self;
        let enforces = settings.contains_key("enforce_origins");
        let is_preflight = method.starts_with(PREFLIGHT);
        let vary = match (enforces, method.as_str()) {
            (false, "OPTIONS") => "Origin, Access-Control-Request-Method",
            // What allows nobody answers everybody alike.
            (false, _) => "",
            (true, "OPTIONS") => "Origin, Sec-Fetch-Site, Access-Control-Request-Method",
            (true, _) if is_preflight => {
                "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
            }
            (true, _) => "Origin, Sec-Fetch-Site",
        };
        let is_readable =
            matches!(answer, Answer::Handler | Answer::NoContent) && is_allowed(settings, origin);
        let lines = [
            (is_readable, "access-control-allow-origin", origin.as_str()),
            (*answer == Answer::NoContent, "access-control-allow-methods", "PUT"),
            (!vary.is_empty(), "vary", vary),
        ];
        let lines = lines.into_iter().filter(|(is_there, ..)| *is_there);
        lines.map(|(_, name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

/// Whether one of the patterns, which have no wildcard but for a port, allows an origin.
fn is_allowed(settings: &toml::Table, origin: &str) -> bool {
    let patterns = settings.get("allow_origins").and_then(toml::Value::as_array);
    let patterns = patterns.into_iter().flatten().filter_map(toml::Value::as_str);
    patterns.into_iter().any(|pattern| match pattern.strip_suffix(":*") {
        None => pattern == origin,
        Some(host) => origin == host || origin.starts_with(&format!("{host}:")),
    })
}

impl Host {
    fn headers(&self) -> HeaderLines {
        let lines = match self {
            Self::One(host) | Self::Target { host, .. } => std::slice::from_ref(host),
            Self::Lines(lines) => lines,
        };
        lines.iter().map(|host| ("host".to_owned(), host.clone())).collect()
    }
}

impl Answer {
    const fn status(self) -> u16 {
        match self {
            Self::Handler => 200,
            Self::NoContent => 204,
            Self::BadRequest => 400,
            Self::Forbidden => 403,
            Self::Misdirected => 421,
        }
    }
}

/// In Markdown.
impl fmt::Display for EnforcementTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policies: BTreeMap<_, _> = self.policies().collect();
        let mut shown = None;
        for Part { title, policy, rows } in &self.part {
            write!(f, "\n### {title}\n\n")?;
            if shown.replace(policy) != Some(policy) {
                let settings = toml::to_string(&policies.get(policy)).map_err(|_| fmt::Error)?;
                write!(f, "```toml\n{settings}```\n\n")?;
            }
            f.write_str("| `Origin` | host | `Sec-Fetch-Site` | method | scheme | answer |\n")?;
            f.write_str("|---|---|---|---|---|---|\n")?;
            rows.iter().try_for_each(|row| writeln!(f, "{row}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_, origin, host, site, method, scheme, answer) = self;
        let scheme = if *scheme == Scheme::Https { "https" } else { "" };
        let (origin, site) = (code(origin), code(site));
        write!(f, "| {origin} | {host} | {site} | {method} | {scheme} | ")?;
        match answer {
            Answer::Handler => f.write_str("handler |"),
            answer => write!(f, "**{}** |", answer.status()),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(host) if host.is_empty() => f.write_str("empty"),
            Self::One(host) => f.write_str(&code(host)),
            Self::Lines(lines) if lines.is_empty() => f.write_str("none"),
            Self::Lines(lines) => {
                let lines: Vec<_> = lines.iter().map(|host| code(host)).collect();
                write!(f, "{}", lines.join(" and "))
            }
            Self::Target { target, host } => {
                write!(f, "{} in the target, {} in `Host`", code(target), code(host))
            }
        }
    }
}

fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{text}`") }
}

#[cfg(test)]
mod tests {
    use cors_core::Policy;

    use super::EnforcementTable;

    #[test]
    fn the_preset_is_as_in_the_table() {
        let preset = Policy::loopback().enforce_origins(true).build().unwrap();
        let table = EnforcementTable::load();
        let (_, config) = table.policies().find(|(name, _)| name == "LOOPBACK").unwrap();
        assert_eq!(config, preset.to_config());
    }

    #[test]
    fn the_table_has_every_answer() {
        let mut statuses: Vec<_> =
            EnforcementTable::load().cases().map(|case| status(&case)).collect();
        assert!(statuses.len() >= 60, "{} rows", statuses.len());
        statuses.sort_unstable();
        statuses.dedup();
        assert_eq!(statuses, [200, 204, 400, 403, 421]);
    }

    fn status(case: &crate::Case) -> u16 {
        match &case.expectation {
            crate::Expectation::Response { head, .. } => head.status,
            crate::Expectation::PolicyError(message) => panic!("{message}"),
        }
    }
}
