//! A policy as gateways think of it.

use cors_core::{PolicyConfig, RuleConfig};

use crate::gateways::origin::OriginMatcher;

/// The response headers that the policy owns. Those of the service are removed.
pub(super) const OWNED: [&str; 7] = [
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Max-Age",
    "Access-Control-Expose-Headers",
    "Access-Control-Allow-Private-Network",
];

/// The methods that need no permission.
const SAFELISTED_METHODS: &str = "GET,HEAD,POST";

/// A method that an answer may repeat, as a regular expression for PCRE and RE2. A script cannot use
/// the others, and browsers would keep `*` as a wildcard.
pub(super) const METHOD: &str = "^[!#$%&\\x27*+.^_`|~0-9A-Za-z-]{1,64}$";

/// The methods that are not repeated, in any case.
pub(super) const NO_METHOD: &str = "^([*]|[Cc][Oo][Nn][Nn][Ee][Cc][Tt]|[Tt][Rr][Aa][Cc][EeKk])$";

/// A list of headers that an answer may repeat: as browsers send it.
pub(super) const HEADERS: &str =
    "^[!#$%&\\x27*+.^_`|~0-9a-z-]+(,[!#$%&\\x27*+.^_`|~0-9a-z-]+){0,63}$";

/// The most bytes of a list of headers that is repeated.
pub(super) const LONGEST_HEADERS: usize = 4096;

/// A longer list, as a regular expression for PCRE and RE2. RE2 repeats an expression at most 1000
/// times.
pub(super) const TOO_LONG_HEADERS: &str = "^.{1000}.{1000}.{1000}.{1000}.{97}";

/// A list with a header that is not repeated.
pub(super) const NO_HEADERS: &str = "(^|,)[*](,|$)";

/// What a gateway has to know of a policy.
#[derive(Clone, Debug)]
pub(super) struct Form {
    /// In the order in which they are tried. The first whose origins include the request's governs.
    pub(super) rules: Vec<Rule>,
    /// Whether every response has the headers of the first rule, whatever the origin of its request.
    pub(super) answers_all_alike: bool,
    pub(super) vary: Vary,
}

/// The headers that answers to the pages of some origins have.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) origins: Origins,
    /// What every answer names; `None` if answers repeat the origin of the request.
    pub(super) allow_origin: Option<String>,
    pub(super) allow_credentials: bool,
    /// In all answers but those to preflights.
    pub(super) expose_headers: Option<String>,
    pub(super) allow_methods: List,
    /// `None` if there are none.
    pub(super) allow_headers: Option<List>,
    pub(super) max_age: Option<i64>,
}

/// The origins of a rule.
#[derive(Clone, Debug)]
pub(super) enum Origins {
    /// Every origin.
    Any,
    /// These; none in a rule that allows no origin.
    Listed(Vec<OriginMatcher>),
}

/// What an answer to a preflight lists.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum List {
    /// The same for all.
    Fixed(String),
    /// What the preflight asks for, because `*` means nothing with credentials.
    Mirrored,
}

/// The value of a response header.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Value {
    Text(String),
    /// The origin of the request.
    Origin,
    /// The method that the preflight asks for.
    Method,
    /// The headers that the preflight asks for, if there are any.
    Headers,
}

/// Response headers with their values.
pub(super) type Headers = Vec<(&'static str, Value)>;

/// What responses vary by. Nothing is added where a list is empty.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vary {
    pub(super) actual: &'static [&'static str],
    /// For `OPTIONS` requests that are not preflights.
    pub(super) options: &'static [&'static str],
    pub(super) preflight: &'static [&'static str],
}

impl Form {
    /// `config` is the normal form of a policy.
    pub(super) fn new(config: &PolicyConfig) -> Self {
        let sole_origin = match config.rules.as_slice() {
            [rule] if !config.enforce_origins => sole_origin(rule),
            _ => None,
        };
        let rules: Vec<_> =
            config.rules.iter().map(|rule| Rule::new(rule, sole_origin.clone())).collect();
        let first = rules.first();
        let answers_all_alike = first.is_some_and(|rule| rule.allow_origin.is_some());
        let allows_none = rules.iter().all(Rule::is_empty);
        let preflight_is_constant = allows_none
            || first.is_some_and(|rule| matches!(rule.origins, Origins::Any) && rule.allows_all());
        let vary = Vary {
            actual: if answers_all_alike || allows_none { &[] } else { &["Origin"] },
            options: &["Origin", "Access-Control-Request-Method"],
            preflight: match preflight_is_constant {
                true => &[],
                false => {
                    &["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"]
                }
            },
        };
        Self { rules, answers_all_alike, vary }
    }

    /// The rule whose headers every response has.
    pub(super) fn rule_for_all(&self) -> Option<&Rule> {
        self.rules.first().filter(|_| self.answers_all_alike)
    }

    /// The rules with their numbers, which begin with 1.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (usize, &Rule)> {
        (1..).zip(&self.rules)
    }
}

impl Rule {
    fn new(rule: &RuleConfig, sole_origin: Option<String>) -> Self {
        let is_any = |names: &[String]| names.first().is_some_and(|name| name == "*");
        let list = |names: &[String]| match rule.allow_credentials && is_any(names) {
            true => List::Mirrored,
            false => List::Fixed(names.join(",")),
        };
        let origins = match is_any(&rule.allow_origins) {
            true => Origins::Any,
            false => {
                let matchers = rule.allow_origins.iter().map(|text| OriginMatcher::new(text));
                Origins::Listed(matchers.collect())
            }
        };
        let names = |names: &[String]| (!names.is_empty()).then(|| list(names));
        Self {
            allow_origin: match origins {
                Origins::Any => Some("*".into()),
                Origins::Listed(_) => sole_origin,
            },
            origins,
            allow_credentials: rule.allow_credentials,
            expose_headers: (!rule.expose_headers.is_empty())
                .then(|| rule.expose_headers.join(",")),
            // Browsers treat a missing list as permission for the method of an upload
            // (https://fetch.spec.whatwg.org/#cors-preflight-fetch-0).
            allow_methods: names(&rule.allow_methods)
                .unwrap_or_else(|| List::Fixed(SAFELISTED_METHODS.into())),
            allow_headers: names(&rule.allow_headers),
            max_age: rule.max_age,
        }
    }

    /// The headers of every answer.
    pub(super) fn of_all(&self) -> Headers {
        let origin = self.allow_origin.clone().map_or(Value::Origin, Value::Text);
        let mut headers = vec![("Access-Control-Allow-Origin", origin)];
        if self.allow_credentials {
            headers.push(("Access-Control-Allow-Credentials", Value::Text("true".into())));
        }
        headers
    }

    /// The further headers of answers to preflights.
    pub(super) fn of_preflights(&self) -> Headers {
        let value = |list: &List, mirrored| match list {
            List::Fixed(names) => Value::Text(names.clone()),
            List::Mirrored => mirrored,
        };
        let methods = value(&self.allow_methods, Value::Method);
        let mut headers = vec![("Access-Control-Allow-Methods", methods)];
        if let Some(names) = &self.allow_headers {
            headers.push(("Access-Control-Allow-Headers", value(names, Value::Headers)));
        }
        if let Some(seconds) = self.max_age {
            headers.push(("Access-Control-Max-Age", Value::Text(seconds.to_string())));
        }
        headers
    }

    /// The further headers of all other answers.
    pub(super) fn of_others(&self) -> Headers {
        let exposed = self.expose_headers.clone().map(Value::Text);
        exposed.map(|names| ("Access-Control-Expose-Headers", names)).into_iter().collect()
    }

    fn is_empty(&self) -> bool {
        matches!(&self.origins, Origins::Listed(matchers) if matchers.is_empty())
    }

    /// Whether every preflight is answered alike.
    fn allows_all(&self) -> bool {
        let is_any = |list: &List| matches!(list, List::Fixed(names) if names.starts_with('*'));
        is_any(&self.allow_methods) && self.allow_headers.as_ref().is_some_and(is_any)
    }

    pub(super) fn mirrors_methods(&self) -> bool {
        self.allow_methods == List::Mirrored
    }

    pub(super) fn mirrors_headers(&self) -> bool {
        self.allow_headers == Some(List::Mirrored)
    }
}

/// The origin that a policy with this rule alone allows, if it is just one.
fn sole_origin(rule: &RuleConfig) -> Option<String> {
    match rule.allow_origins.as_slice() {
        [origin] if !rule.allow_origins_by_predicate => {
            OriginMatcher::new(origin).is_exact().then(|| origin.clone())
        }
        _ => None,
    }
}
