//! What a person most likely meant by a value that is not valid. Every suggestion is valid, and
//! allows nothing that the value cannot mean. If there is none, the kind of the mistake names the
//! mechanism that exists.

mod hosts;
mod mistake;
mod plain;
mod ports;
mod regex;
mod url;

use crate::http::fetch;
use crate::origin::pattern;
use crate::origin::pattern::OriginPattern;
use crate::origin::pattern_error::PatternErrorKind;
use crate::origin::quoted::Quoted;
use plain::plain;

pub(crate) use mistake::kind;

/// More elements in one text would not be read.
const MOST_ELEMENTS: usize = 8;

/// Longer texts are not read: this is more than so many origins have.
const LONGEST: usize = 4096;

/// What to write instead of a value.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) enum Advice {
    /// What the kind of the mistake says.
    #[default]
    General,
    /// This value.
    One(String),
    /// Several elements that were written as one.
    Each(Vec<String>),
    /// Origins with a port each, or this pattern, which allows any port.
    Ports(String),
    /// This pattern if subdomains are meant, or else what the kind of the mistake says.
    Subdomains(String),
    /// Something for this value in particular.
    Instead(&'static str),
}

impl Advice {
    /// The values that are meant.
    pub(crate) fn values(&self) -> &[String] {
        match self {
            Self::General | Self::Instead(_) | Self::Ports(_) | Self::Subdomains(_) => &[],
            Self::One(value) => std::slice::from_ref(value),
            Self::Each(values) => values,
        }
    }

    /// The one value that is meant.
    pub(crate) fn value(&self) -> Option<&str> {
        match self {
            Self::One(value) => Some(value),
            _ => None,
        }
    }
}

impl From<Option<String>> for Advice {
    fn from(value: Option<String>) -> Self {
        value.map_or(Self::General, Self::One)
    }
}

/// What to write instead of a text that is not an origin pattern.
pub(crate) fn origin(kind: PatternErrorKind, text: &str) -> Advice {
    if text.len() > LONGEST {
        return Advice::General;
    }
    match mistake::advice(kind, text) {
        Some(advice) => advice,
        None => match of_origin(text) {
            Advice::One(meant) if meant == text => Advice::General,
            advice => advice,
        },
    }
}

fn of_origin(text: &str) -> Advice {
    if let Some(elements) = origins(text) {
        return Advice::Each(elements);
    }
    of_one_origin(text)
}

fn of_one_origin(text: &str) -> Advice {
    let text = unwrapped(text);
    if regex::is_likely(text) { regex::advice(text) } else { plain(text) }
}

/// The origins in a text that holds several, if all are clear.
pub(crate) fn origins(text: &str) -> Option<Vec<String>> {
    // A line break that was written as it is in a program.
    let text = &text.replace("\\n", ",");
    elements(text, [',', ';', ' ', '\t', '\r', '\n'], |element| match pattern::parse(element) {
        Ok(pattern) => Some(pattern.to_string()),
        Err(kind) => {
            let advice = mistake::advice(mistake::kind(kind, element), element);
            match advice.unwrap_or_else(|| of_one_origin(element)) {
                Advice::One(meant) => Some(meant),
                _ => None,
            }
        }
    })
}

/// The origin of a page that is most likely meant by one with a scheme that pages never have.
pub(crate) fn page_origin(pattern: &OriginPattern) -> Option<String> {
    let scheme = match pattern.scheme() {
        "ws" => "http",
        "wss" | "ftp" => "https",
        _ => return None,
    };
    with_scheme(scheme, pattern)
}

/// The origin of a page of a server that listens on all addresses of this machine, which is what
/// `0.0.0.0` and `[::]` mean to a server.
pub(crate) fn page_of_listener(pattern: &OriginPattern) -> Option<String> {
    if pattern.has_subdomains() || !matches!(pattern.host(), "0.0.0.0" | "[::]") {
        return None;
    }
    let meant = pattern.as_str().replacen(pattern.host(), "localhost", 1);
    pattern::parse(&meant).is_ok().then_some(meant)
}

/// The origin to serve a page from, if it is to have credentials and this one is not secure.
pub(crate) fn secure_origin(pattern: &OriginPattern) -> Option<String> {
    if let Some(local) = page_of_listener(pattern) {
        return Some(local);
    }
    match pattern.scheme() {
        "http" => {
            let meant = format!("https{}", pattern.as_str().strip_prefix("http")?);
            pattern::parse(&meant).is_ok().then_some(meant)
        }
        _ => page_origin(pattern),
    }
}

fn with_scheme(scheme: &str, pattern: &OriginPattern) -> Option<String> {
    let (_, rest) = pattern.as_str().split_once("://")?;
    match plain(&format!("{scheme}://{rest}")) {
        Advice::One(meant) => Some(meant),
        _ => None,
    }
}

/// The method or header name that a text most likely means.
pub(crate) fn token(text: &str) -> Option<String> {
    let name = unwrapped(text);
    // A whole header line, or a name copied with its colon.
    let name = name.split_once(':').map_or(name, |(name, _)| name).trim();
    (name != "*" && fetch::is_token(name.as_bytes())).then(|| name.into())
}

/// The methods or header names in a text that holds several.
pub(crate) fn tokens(text: &str) -> Option<Vec<String>> {
    // A name with a space can be one that lacks its hyphen, such as `content type`.
    let is_clear = |name: &String| {
        fetch::is_registered_method(&name.to_ascii_uppercase())
            || name.contains('-')
            || matches!(name.to_ascii_lowercase().as_str(), "accept" | "authorization" | "range")
    };
    let by_spaces = || elements(text, [' ', '\t', '\n'], |part| token(part).filter(is_clear));
    elements(text, [',', ';'], token).or_else(by_spaces)
}

/// The elements that were meant by a text instead of a list.
#[cfg(feature = "serde")]
pub(crate) fn elements_of_bare_text(setting: &str, text: String) -> Vec<String> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let elements = if setting == "allow_origins" { origins(&text) } else { tokens(&text) };
    elements.unwrap_or_else(|| vec![text])
}

/// The list to write instead of a text. An empty element is one that is not clear.
pub(crate) fn list(setting: &str, elements: &[String]) -> Advice {
    let takes_any = matches!(setting, "allow_methods" | "allow_headers");
    match elements {
        [] if setting == "allow_origins" => {
            Advice::Instead("write [\"https://example.com\"] with the origins of your pages")
        }
        elements if elements.iter().any(String::is_empty) => Advice::General,
        [word] if takes_any && means_any(word) => Advice::One("[\"*\"]".into()),
        elements => {
            let quoted: Vec<_> = elements.iter().map(|text| Quoted(text).to_string()).collect();
            Advice::One(format!("[{}]", quoted.join(", ")))
        }
    }
}

/// Whether a text can only mean every origin.
pub(crate) fn means_any(text: &str) -> bool {
    let text = text.trim();
    let is_stars = !text.is_empty() && text.bytes().all(|b| b == b'*');
    let is_word = text.eq_ignore_ascii_case("any") || text.eq_ignore_ascii_case("all");
    is_stars || is_word || matches!(text, ".*" | "^.*$" | "/.*/" | "/^.*$/" | "*://*" | "*://*/*")
}

/// Several elements that were written as one; `None` if one of them is not clear.
fn elements<const N: usize>(
    text: &str,
    separators: [char; N],
    read: impl Fn(&str) -> Option<String>,
) -> Option<Vec<String>> {
    if text.len() > LONGEST {
        return None;
    }
    let text = without_brackets(text.trim());
    let parts = text.split(separators).filter(|part| !part.trim().is_empty());
    let elements: Vec<_> =
        parts.take(MOST_ELEMENTS + 1).map(|part| read(unwrapped(part))).collect::<Option<_>>()?;
    (2..=MOST_ELEMENTS).contains(&elements.len()).then_some(elements)
}

/// A value without what a shell, a YAML file or a JSON array in a variable put around it.
fn unwrapped(text: &str) -> &str {
    let is_padding = |c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '`') || is_curly_quote(c)
    };
    // Quotes around brackets around quotes.
    let text = without_brackets(text.trim_matches(is_padding)).trim_matches(is_padding);
    without_brackets(without_pair(text)).trim_matches(is_padding)
}

/// Whether a word processor writes this character for a quote.
const fn is_curly_quote(c: char) -> bool {
    matches!(c, '“' | '”' | '„' | '‘' | '’' | '‚' | '«' | '»')
}

/// A URL without the brackets that a text or a template has around it.
fn without_pair(text: &str) -> &str {
    let inside = [('<', '>'), ('{', '}')]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close));
    inside.filter(|inside| inside.contains("://")).unwrap_or(text)
}

/// A text without the brackets of a list, of which a split may have left one. Those of an IPv6
/// address stay.
fn without_brackets(text: &str) -> &str {
    let opening = text.strip_prefix('[').filter(|rest| {
        rest.starts_with(['"', '\'']) || rest.contains("://") && !rest.starts_with(':')
    });
    match opening {
        Some(rest) => rest.strip_suffix(']').unwrap_or(rest),
        None if text.contains('[') => text,
        None => text.strip_suffix(']').unwrap_or(text),
    }
}

#[cfg(test)]
mod tests;
