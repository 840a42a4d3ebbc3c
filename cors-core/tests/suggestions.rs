//! Texts that are made from a known meaning and a way to write it wrongly: what is suggested is that
//! meaning, or nothing if no pattern has it.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeSet;

use cors_core::Policy;
use proptest::prelude::*;
use proptest::sample::select;

/// Origins that patterns can stand for.
#[derive(Clone, Debug)]
struct Meaning {
    schemes: &'static [&'static str],
    labels: Labels,
    /// As a host, and as an expression for it.
    host: (&'static str, &'static str),
    ports: Ports,
}

/// What stands before the host.
#[derive(Clone, Debug)]
enum Labels {
    None,
    Subdomains,
    /// A label as in a pattern, and the parts of it around an expression for the `*`.
    Label(&'static str, (&'static str, &'static str)),
}

#[derive(Clone, Debug)]
enum Ports {
    Default,
    Any,
    These(&'static [u16]),
}

const HTTPS: &[&str] = &["https"];
const HTTP: &[&str] = &["http"];
const BOTH: &[&str] = &["http", "https"];

fn meaning() -> impl Strategy<Value = Meaning> {
    let host = select(vec![
        ("example.com", r"example\.com"),
        ("app-1.example.co.uk", r"app-1\.example\.co\.uk"),
        ("localhost", "localhost"),
        ("127.0.0.1", r"127\.0\.0\.1"),
        ("[::1]", r"\[::1\]"),
        ("my_host", "my_host"),
    ]);
    let ports = prop_oneof![
        Just(Ports::Default),
        Just(Ports::Any),
        select(vec![&[3000][..], &[3000, 5173], &[8080, 8081, 8082]]).prop_map(Ports::These),
    ];
    // Below every host, this one a top-level domain too.
    let labels = select(vec![
        Labels::None,
        Labels::Subdomains,
        Labels::Label("*-team.", ("", r"-team\.")),
        Labels::Label("app-*-team.", ("app-", r"-team\.")),
        Labels::Label("pr-*--my-site.", (r"pr\-", r"--my-site\.")),
    ]);
    (select(vec![HTTPS, HTTP, BOTH]), labels, host, ports).prop_map(
        |(schemes, labels, host, ports)| {
            let is_name = host.0.starts_with(|c: char| c.is_ascii_alphabetic());
            let labels = if is_name { labels } else { Labels::None };
            Meaning { schemes, labels, host, ports }
        },
    )
}

impl Meaning {
    /// The patterns that match the origins and no others.
    fn patterns(&self) -> BTreeSet<String> {
        let labels = match self.labels {
            Labels::None => "",
            Labels::Subdomains => "*.",
            Labels::Label(label, _) => label,
        };
        let ports: Vec<_> = match &self.ports {
            Ports::Default => vec![String::new()],
            Ports::Any => vec![":*".into()],
            Ports::These(ports) => ports.iter().map(|port| format!(":{port}")).collect(),
        };
        let with_scheme = |scheme: &&str| {
            let start = format!("{scheme}://{labels}{}", self.host.0);
            ports.iter().map(move |port| format!("{start}{port}")).collect::<Vec<_>>()
        };
        self.schemes.iter().flat_map(with_scheme).collect()
    }

    fn is_one_origin(&self) -> bool {
        self.schemes.len() == 1 && !matches!(self.ports, Ports::These([_, _, ..]))
    }

    /// The origins as one regular expression. `choice` chooses among ways to write the same.
    fn expression(&self, choice: usize) -> String {
        let one_of = |ways: &[&str]| (*ways.get(choice % ways.len()).unwrap()).to_owned();
        let scheme = match self.schemes {
            [scheme] => (*scheme).to_owned(),
            _ => one_of(&["https?", "http(s)?", "(http|https)", "(?:https|http)"]),
        };
        let separator = one_of(&["://", r":\/\/"]);
        let labels = match self.labels {
            Labels::None => String::new(),
            Labels::Subdomains => one_of(&[r".*\.", r".+\.", r"(.*)\.", r"(?:.+\.)"]),
            Labels::Label(_, (before, after)) => {
                let free = one_of(&[".*", "(.+)", "[^.]+", "([a-z0-9-]+)", r"[\w-]+", "[^./]*"]);
                format!("{before}{free}{after}")
            }
        };
        let port = match &self.ports {
            Ports::Default => String::new(),
            Ports::Any => one_of(&[
                r":\d+",
                r"(:\d+)?",
                ":[0-9]+",
                r"(?::\d+)?",
                r":\d{2,5}",
                ":.*",
                r":(\d+)",
                ":[0-9]{4}",
            ]),
            Ports::These([port]) => format!(":{port}"),
            Ports::These(ports) => {
                let ports: Vec<_> = ports.iter().map(ToString::to_string).collect();
                format!(":({})", ports.join("|"))
            }
        };
        let expression = format!("{scheme}{separator}{labels}{}{port}", self.host.1);
        let end = one_of(&["$", "/?$", r"\/?$"]);
        one_of(&["/^X/", "^X", "/^X/i"]).replace('X', &format!("{expression}{end}"))
    }

    /// The origins as one text with a mistake that is no expression; `None` if they are several.
    fn with_mistake(&self, choice: usize) -> Option<String> {
        let origin = self.patterns().into_iter().next().filter(|_| self.is_one_origin())?;
        let (scheme, rest) = origin.split_once("://")?;
        let is_any_port = matches!(self.ports, Ports::Any);
        Some(match choice % 14 {
            0 => format!("{origin}/"),
            1 => format!("{origin}/index.html?a=b#c"),
            2 => format!("  {origin} "),
            3 => format!("'{origin}',"),
            4 => format!("[\"{origin}\"]"),
            5 => origin.to_uppercase(),
            6 => format!("{scheme}://user:word@{rest}"),
            7 => format!("{scheme}:/{rest}"),
            8 => format!("{}://{rest}", scheme.replacen("tt", "t", 1)),
            9 => format!("{origin}?a@b"),
            10 => format!("{scheme}:\\/\\/{rest}"),
            11 if is_any_port => format!("{}????", origin.trim_end_matches('*')),
            12 if is_any_port => format!("{}[0-9]+", origin.trim_end_matches('*')),
            _ if is_any_port => format!("{}****/", origin.trim_end_matches('*')),
            _ => format!("{origin}\\"),
        })
    }
}

/// Texts that mean origins which no pattern stands for.
fn without_pattern() -> impl Strategy<Value = String> {
    let scheme = select(vec!["https://", "http://", "^https://", "https?://", ""]);
    let host = select(vec![
        "a.*.example.com",
        "a.pr-*.example.com",
        "pr-*.*.example.com",
        "pr-*-*.example.com",
        "xn--*.example.com",
        "pr-*.0.0.1",
        "pr-*.com",
        r"pr-.*\.com",
        r"[^.]+\.example\.com",
        "app.*",
        "*.example.*",
        "192.168.*",
        "10.*",
        "192.168.*.*",
        "192.168.0.0/16",
        "172.16-31.*.*",
        r"192\.168\.\d+\.\d+",
        r"192\.168\.\d{1,3}\.\d{1,3}",
        "[a-z]+.example.com",
        r"[a-z0-9-]+\.example\.com",
        r"(?!evil)\.example\.com",
        r"app[0-9]\.example\.com",
        r"pr-\d+\.example\.com",
        "*",
        "${HOST}",
        "{tenant}.example.com",
        "<your-domain>",
        "%HOST%",
        "__MSG_@@extension_id__",
    ]);
    let rest = select(vec!["", "/", ":3000", ":*", r":\d+", "$", "/*"]);
    (scheme, host, rest)
        // Alone, this is every origin.
        .prop_filter("`*`", |(scheme, host, _)| !scheme.is_empty() || *host != "*")
        .prop_map(|(scheme, host, rest)| format!("{scheme}{host}{rest}"))
}

/// What is suggested instead of an origin.
fn suggested(text: &str) -> BTreeSet<String> {
    let Err(errors) = Policy::builder().allow_origins([text]).build() else {
        return BTreeSet::from([text.to_owned()]);
    };
    let mut suggested = BTreeSet::new();
    for error in &errors {
        assert!(error.code().starts_with("origin"), "{error}");
        suggested.extend(error.suggestions().iter().cloned());
    }
    suggested
}

proptest! {
    #[test]
    fn an_expression_is_understood(meaning in meaning(), choice: usize) {
        let text = meaning.expression(choice);
        // More than eight are not written out.
        if meaning.patterns().len() <= 2 || !text.contains('?') {
            prop_assert_eq!(suggested(&text), meaning.patterns(), "{}", text);
        } else {
            let suggested = suggested(&text);
            prop_assert!(suggested.is_empty() || suggested == meaning.patterns(), "{}", text);
        }
    }

    #[test]
    fn a_mistake_is_understood(meaning in meaning(), choice: usize) {
        if let Some(text) = meaning.with_mistake(choice) {
            prop_assert_eq!(suggested(&text), meaning.patterns(), "{}", text);
        }
    }

    #[test]
    fn several_in_one_text_are_understood(
        one in meaning(),
        other in meaning(),
        separator in select(vec![",", ", ", " ", ";", "\n", "\",\""]),
        choice: usize,
    ) {
        if let (Some(a), Some(b)) = (one.with_mistake(choice % 2), other.with_mistake(choice / 2 % 2)) {
            let expected: BTreeSet<_> = one.patterns().union(&other.patterns()).cloned().collect();
            prop_assert_eq!(suggested(&format!("{a}{separator}{b}")), expected);
        }
    }

    #[test]
    fn nothing_is_suggested_for_what_no_pattern_means(text in without_pattern()) {
        prop_assert_eq!(suggested(&text), BTreeSet::new(), "{}", text);
    }
}
