//! Every origin that the crate `url` serializes is one for us, and nothing else is, apart from the
//! differences in `data/origins.toml`.

use std::sync::LazyLock;

use cors_core::explain::OriginPattern;
use cors_core::{Origin, Policy};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::Deserialize;
use url::Url;

/// The encoder of the core, which is not public.
#[path = "../../../cors-core/src/origin/punycode.rs"]
mod punycode;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    refused: Vec<Refused>,
    punycode: Difference,
    misspelt_schemes: Difference,
    chromium: Difference,
    other_schemes: OtherSchemes,
}

/// Origins that `Url` serializes, and we refuse.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    hosts: Hosts,
    #[serde(default)]
    domains_only: bool,
    #[serde(default)]
    at_run_time: bool,
    in_configurations: bool,
    because: String,
    origins: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Hosts {
    Characters(String),
    EmptyLabel,
    LongLabel,
    LongHost,
    PortZero,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    because: String,
    origins: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OtherSchemes {
    accepted: Vec<String>,
    refused: Vec<String>,
}

/// Who says that a text is an origin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Verdict {
    at_run_time: bool,
    in_configurations: bool,
}

static DATA: LazyLock<Data> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/origins.toml")).expect("the data is well-formed")
});

impl Data {
    /// What is right for a text.
    fn expected(&self, text: &str) -> Verdict {
        let text = with_no_punycode(text);
        let is_serialized = serialization(&text).as_deref() == Some(text.as_str());
        let is_refused = |by: fn(&Refused) -> bool| {
            self.refused.iter().any(|refused| by(refused) && refused.includes(&text))
        };
        Verdict {
            at_run_time: is_serialized && !is_refused(|refused| refused.at_run_time),
            in_configurations: is_serialized && !is_refused(|refused| refused.in_configurations),
        }
    }
}

impl Refused {
    fn includes(&self, text: &str) -> bool {
        let Ok(url) = Url::parse(text) else { return false };
        let Some(host) = url.host_str() else { return false };
        let name = host.strip_suffix('.').filter(|_| url.is_special()).unwrap_or(host);
        let is_included = match &self.hosts {
            Hosts::Characters(characters) => host.contains(|c| characters.contains(c)),
            Hosts::EmptyLabel => name.split('.').any(str::is_empty),
            Hosts::LongLabel => name.split('.').any(|label| label.len() > 63),
            Hosts::LongHost => name.len() > 253,
            Hosts::PortZero => url.port() == Some(0),
        };
        is_included && (url.is_special() || !self.domains_only)
    }
}

/// The origin of a URL. For other schemes than those of the standard, `Url` does not say; it is
/// what browsers that know the scheme make of the parts.
fn serialization(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    if url.scheme() == "file" {
        return None;
    }
    if url.is_special() {
        return Some(url.origin().ascii_serialization());
    }
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{host}{port}", url.scheme()))
}

/// The text with other labels in place of those that begin with `xn--`: `Url` checks them, and we
/// do not.
fn with_no_punycode(text: &str) -> String {
    match text.split_once("://") {
        Some((scheme, rest)) if !rest.starts_with('[') => {
            let label = |label: &str| match label.strip_prefix("xn--") {
                Some(rest) => format!("xx--{rest}"),
                None => label.to_owned(),
            };
            let labels: Vec<_> = rest.split('.').map(label).collect();
            format!("{scheme}://{}", labels.join("."))
        }
        _ => text.to_owned(),
    }
}

/// What we say of a text. Texts with `*` can be patterns, and are no origins then.
fn verdict(text: &str) -> Verdict {
    let origin = Origin::parse(text.as_bytes());
    let pattern = text.parse::<OriginPattern>().ok().filter(|_| !text.contains('*'));
    if let Some(origin) = &origin {
        assert_eq!(origin.to_string(), text);
    }
    if let Some(pattern) = &pattern {
        assert!(pattern.matches(text.as_bytes()), "{text}");
        let policy = Policy::builder().allow_origins([text]).build().expect("it is a pattern");
        assert!(policy.allows_origin(text.as_bytes()), "{text}");
    }
    Verdict { at_run_time: origin.is_some(), in_configurations: pattern.is_some() }
}

fn labels() -> impl Strategy<Value = String> {
    let unicode = prop_oneof![
        2 => vec(select("aäßéςжяابא日本語가क़ा🦀Ａﬁ\u{ad}\u{200d}".chars().collect::<Vec<_>>()), 1..6)
            .prop_map(String::from_iter),
        1 => any::<String>().prop_map(|text| text.chars().take(6).collect()),
    ];
    let encoded = unicode.clone().prop_map(|label| {
        let label = label.replace('.', "");
        punycode::encode_label(&label).unwrap_or(label)
    });
    prop_oneof![
        4 => "[a-z0-9_-]{0,6}",
        4 => "[0-9a-f]{1,12}",
        2 => "[0-9]{1,3}",
        2 => "0x[0-9a-fg]{0,3}",
        3 => "[a-z0-9!\"$&'()*+,;=`{}~%_-]{1,5}",
        2 => "[ -~]{1,3}",
        1 => "[A-Za-z]{1,4}",
        1 => "xn--[a-z0-9-]{0,8}",
        2 => encoded,
        1 => unicode,
        1 => "a{62,65}",
    ]
}

fn hosts() -> impl Strategy<Value = String> {
    let dot = select(vec!["", "", "", ".", ".."]);
    let name = (vec(labels(), 1..4), dot).prop_map(|(labels, dot)| labels.join(".") + dot);
    prop_oneof![
        12 => name,
        1 => vec(any::<u8>(), 3..=5)
            .prop_map(|bytes| bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(".")),
        1 => any::<std::net::Ipv6Addr>().prop_map(|address| format!("[{address}]")),
        1 => "\\[[0-9a-f:.]{0,12}\\]?",
        1 => "(a\\.){124,126}a{0,3}\\.?",
    ]
}

fn texts(schemes: Vec<&'static str>) -> impl Strategy<Value = String> {
    let ports =
        vec!["", "", "", "", ":80", ":443", ":21", ":8080", ":0", ":65535", ":65536", ":08"];
    let rests = vec!["", "", "", "", "", "", "", "/", "/p", "?", "#", ":"];
    (select(schemes), hosts(), select(ports), select(rests))
        .prop_map(|(scheme, host, port, rest)| format!("{scheme}://{host}{port}{rest}"))
}

proptest! {
    #![proptest_config(crate::config(4))]

    #[test]
    fn what_a_url_serializes_is_an_origin_and_nothing_else_is(
        texts in vec(texts(vec!["http", "https", "ws", "wss", "ftp", "HTTPS", "file"]), 4),
        opaque in vec(texts(vec!["app", "moz-extension", "web+a.b", "App"]), 4),
    ) {
        for text in texts.into_iter().chain(opaque) {
            for text in serialization(&text).into_iter().chain([text]) {
                prop_assert_eq!(verdict(&text), DATA.expected(&text), "{:?}", text);
            }
        }
    }

    /// Where browsers that check Punycode have a page, nothing is said of a label.
    #[test]
    fn only_labels_that_no_url_has_are_called_broken(labels in vec(labels(), 4)) {
        for label in labels {
            let Ok(url) = Url::parse(&format!("https://{label}.example")) else { continue };
            for label in url.host_str().into_iter().flat_map(|host| host.split('.')) {
                prop_assert!(!punycode::is_broken_label(label), "{}", label);
            }
        }
    }
}

#[test]
fn every_difference_is_one() {
    for refused in &DATA.refused {
        for origin in &refused.origins {
            let because = &refused.because;
            assert_eq!(serialization(origin).as_ref(), Some(origin), "{origin}: {because}");
            assert!(refused.includes(origin), "{origin}: {because}");
            let seen = verdict(origin);
            let refuses = Verdict { at_run_time: !refused.at_run_time, in_configurations: false };
            assert!(refused.in_configurations, "{because}");
            assert_eq!(seen, refuses, "{origin}: {because}");
        }
    }
    for origin in &DATA.punycode.origins {
        let because = &DATA.punycode.because;
        assert_ne!(serialization(origin).as_ref(), Some(origin), "{origin}: {because}");
        assert!(verdict(origin).at_run_time, "{origin}: {because}");
        assert!(verdict(origin).in_configurations, "{origin}: {because}");
    }
    for origin in &DATA.misspelt_schemes.origins {
        let because = &DATA.misspelt_schemes.because;
        assert_eq!(serialization(origin).as_ref(), Some(origin), "{origin}: {because}");
        let expected = Verdict { at_run_time: true, in_configurations: false };
        assert_eq!(verdict(origin), expected, "{origin}: {because}");
    }
    for origin in &DATA.chromium.origins {
        let because = &DATA.chromium.because;
        assert_ne!(serialization(origin).as_ref(), Some(origin), "{origin}: {because}");
        assert!(!verdict(origin).at_run_time, "{origin}: {because}");
        assert!(!verdict(origin).in_configurations, "{origin}: {because}");
    }
}

#[test]
fn origins_of_other_schemes_are_as_listed() {
    let OtherSchemes { accepted, refused } = &DATA.other_schemes;
    for (origins, is_accepted) in [(accepted, true), (refused, false)] {
        for origin in origins {
            let expected = Verdict { at_run_time: is_accepted, in_configurations: is_accepted };
            assert_eq!(verdict(origin), expected, "{origin}");
            assert_eq!(serialization(origin).as_ref() == Some(origin), is_accepted, "{origin}");
        }
    }
}
