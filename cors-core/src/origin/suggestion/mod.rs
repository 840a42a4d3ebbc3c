//! What a person most likely meant by a value that is not valid. Every suggestion is valid, and
//! allows nothing that the value cannot mean. If there is none, the kind of the mistake names the
//! mechanism that exists.

mod hosts;
mod mistake;
mod network;
mod plain;
mod ports;
mod regex;
mod url;

use std::borrow::Cow;

use crate::http::{fetch, text};
use crate::origin::host_pattern::HostPattern;
use crate::origin::pattern;
use crate::origin::pattern::OriginPattern;
use crate::origin::pattern_error::PatternErrorKind;
use crate::origin::quoted::{QuotedList, quoted};
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

    /// The values that are meant.
    pub(crate) fn into_values(self) -> Vec<String> {
        match self {
            Self::One(value) => vec![value],
            Self::Each(values) => values,
            _ => Vec::new(),
        }
    }

    /// What to do; `general` is what the kind of the mistake says.
    pub(crate) fn help(&self, general: &'static str) -> Cow<'static, str> {
        let help = match self {
            Self::General => return general.into(),
            Self::Instead(help) => return (*help).into(),
            Self::One(meant) => ["write ", &quoted(meant)].concat(),
            Self::Each(elements) => {
                let elements = QuotedList(elements).to_string();
                ["write each one as an element of its own: ", &elements].concat()
            }
            Self::Ports(any) => {
                ["list an origin for each port, or write ", &quoted(any), " for any port"].concat()
            }
            Self::Subdomains(pattern) => {
                ["write ", &quoted(pattern), " if subdomains are meant; otherwise ", general]
                    .concat()
            }
        };
        help.into()
    }

    /// The one value that is meant.
    #[cfg(feature = "serde")]
    pub(crate) fn value(&self) -> Option<&str> {
        match self {
            Self::One(value) => Some(value),
            _ => None,
        }
    }
}

impl From<Option<String>> for Advice {
    #[inline(never)]
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
    let text = &text::replace(text, "\\n", ",");
    let is_separator = |c| matches!(c, ',' | ';' | ' ' | '\t' | '\r' | '\n');
    elements(text, is_separator, &|element| match pattern::parse(element) {
        Ok(_) => Some(element.into()),
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
    if pattern.hosts() != HostPattern::One || !matches!(pattern.host(), "0.0.0.0" | "[::]") {
        return None;
    }
    let (before, after) = text::split_once(pattern.as_str(), pattern.host())?;
    valid([before, "localhost", after].concat())
}

/// The origin to serve a page from, if it is to have credentials and this one is not secure.
pub(crate) fn secure_origin(pattern: &OriginPattern) -> Option<String> {
    if let Some(local) = page_of_listener(pattern) {
        return Some(local);
    }
    match pattern.scheme() {
        "http" => valid(["https", pattern.as_str().strip_prefix("http")?].concat()),
        _ => page_origin(pattern),
    }
}

#[inline(never)]
fn valid(pattern: String) -> Option<String> {
    pattern::parse(&pattern).is_ok().then_some(pattern)
}

fn with_scheme(scheme: &str, pattern: &OriginPattern) -> Option<String> {
    let (_, rest) = text::split_once(pattern.as_str(), "://")?;
    match plain(&[scheme, "://", rest].concat()) {
        Advice::One(meant) => Some(meant),
        _ => None,
    }
}

/// The method or header name that a text most likely means.
pub(crate) fn token(text: &str) -> Option<String> {
    let name = unwrapped(text);
    // A whole header line, or a name copied with its colon.
    let name = trimmed(text::split_once(name, ":").map_or(name, |(name, _)| name));
    (name != "*" && fetch::is_token(name.as_bytes())).then(|| name.into())
}

/// The methods or header names in a text that holds several.
pub(crate) fn tokens(text: &str) -> Option<Vec<String>> {
    // A name with a space can be one that lacks its hyphen, such as `content type`.
    let is_clear = |name: &String| {
        fetch::is_registered_method(name)
            || text::contains(name, "-")
            || text::is_one_of(name, "accept authorization range")
    };
    let clear_token = |part: &str| token(part).filter(is_clear);
    elements(text, |c| matches!(c, ',' | ';'), &token)
        .or_else(|| elements(text, |c| matches!(c, ' ' | '\t' | '\n'), &clear_token))
}

/// Returns whether a setting is a list of origins.
#[cfg(feature = "serde")]
pub(crate) fn is_of_origins(setting: &str) -> bool {
    matches!(setting, "allow_origins" | "own_origins")
}

/// The elements that were meant by a text instead of a list.
#[cfg(feature = "serde")]
pub(crate) fn elements_of_bare_text(setting: &str, text: String) -> Vec<String> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let elements = if is_of_origins(setting) { origins(&text) } else { tokens(&text) };
    elements.unwrap_or_else(|| vec![text])
}

/// Whether a text can only mean every origin.
pub(crate) fn means_any(text: &str) -> bool {
    let text = trimmed(text);
    let is_stars = !text.is_empty() && text.bytes().all(|b| b == b'*');
    is_stars || text::is_one_of(text, "any all .* ^.*$ /.*/ /^.*$/ *://* *://*/*")
}

/// Several elements that were written as one; `None` if one of them is not clear.
fn elements(
    text: &str,
    is_separator: fn(char) -> bool,
    read: &dyn Fn(&str) -> Option<String>,
) -> Option<Vec<String>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut elements = Vec::new();
    for part in text::split(without_brackets(trimmed(text)), is_separator) {
        if trimmed(part).is_empty() {
            continue;
        }
        if elements.len() == MOST_ELEMENTS {
            return None;
        }
        elements.push(read(unwrapped(part))?);
    }
    (elements.len() > 1).then_some(elements)
}

fn after_scheme(text: &str) -> &str {
    text::split_once(text, "://").map_or(text, |(_, rest)| rest)
}

fn before_path(text: &str) -> &str {
    text::split_once(text, "/").map_or(text, |(authority, _)| authority)
}

/// Characters outside ASCII are taken for letters, except those of two blocks of punctuation.
const fn is_letter_or_digit(c: char) -> bool {
    match c {
        '\0'..='\u{7F}' => c.is_ascii_alphanumeric(),
        '\u{80}'..='\u{BF}' | '\u{2000}'..='\u{206F}' => false,
        _ => true,
    }
}

fn trimmed(text: &str) -> &str {
    text::trim(text, char::is_whitespace)
}

/// A value without what a shell, a YAML file or a JSON array in a variable put around it.
fn unwrapped(text: &str) -> &str {
    fn bare(text: &str) -> &str {
        text::trim(text, |c| {
            c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '`') || is_curly_quote(c)
        })
    }
    // Quotes around brackets around quotes.
    let text = bare(without_brackets(bare(text)));
    bare(without_brackets(without_pair(text)))
}

/// Whether a word processor writes this character for a quote.
const fn is_curly_quote(c: char) -> bool {
    matches!(c, '“' | '”' | '„' | '‘' | '’' | '‚' | '«' | '»')
}

/// A URL without the brackets that a text or a template has around it.
fn without_pair(text: &str) -> &str {
    let between = |open: char, close: char| text.strip_prefix(open)?.strip_suffix(close);
    let inside = between('<', '>').or_else(|| between('{', '}'));
    inside.filter(|inside| text::contains(inside, "://")).unwrap_or(text)
}

/// A text without the brackets of a list, of which a split may have left one. Those of an IPv6
/// address stay.
fn without_brackets(text: &str) -> &str {
    let opening = text.strip_prefix('[').filter(|rest| {
        rest.starts_with(['"', '\'']) || text::contains(rest, "://") && !rest.starts_with(':')
    });
    match opening {
        Some(rest) => rest.strip_suffix(']').unwrap_or(rest),
        None if text::contains(text, "[") => text,
        None => text.strip_suffix(']').unwrap_or(text),
    }
}

#[cfg(test)]
mod tests;
