//! Random requests: what pages ask for, and what anybody can send.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use tests::oracle::{Credentials, FetchRequest, Page};

/// Not near any of the origins: a page of the service's own would need no permission.
const SERVICE: &str = "https://service.test/resource";

/// What most policies allow.
const USUAL_ORIGINS: [&str; 5] = [
    "https://app.example",
    "https://app.example:8443",
    "https://app.example.com",
    "https://a.app.example.com",
    "http://localhost:3000",
];

const ORIGINS: [&str; 44] = [
    "https://app.example",
    "https://app.example:8443",
    "https://app.example:1",
    "https://app.example:65535",
    "https://app.example:65536",
    "https://app.example:443",
    "https://app.example:0443",
    "https://app.example:",
    "https://app.example.",
    "https://app.example/",
    "https://APP.example",
    "https://app.example.evil.example",
    "https://evilapp.example",
    "http://app.example",
    "https://example.com",
    "https://app.example.com",
    "https://a.app.example.com",
    "https://a.b_c.example.com",
    "https://a.example.com:8443",
    "https://evilexample.com",
    "https://.example.com",
    "https://a..example.com",
    "https://*.example.com",
    "https://a,b.example.com",
    "https://evil.example/.example.com",
    "https://u@a.example.com",
    "https://xn--caf-dma.example",
    "http://localhost",
    "http://localhost:3000",
    "http://localhost:0",
    "http://[::1]:3000",
    "http://[0:0:0:0:0:0:0:1]:3000",
    "capacitor://localhost",
    "capacitor://Localhost",
    "capacitor://",
    "capacitor://localhost:8080",
    "app://main:8080",
    "https://a.example.com",
    "https://a-app.example.com",
    "https://a_app.example.com",
    "https://x-app.example.com",
    "https://a-x.app.example.com",
    "https://a-.app.example.com",
    "https://evil.example",
];

const METHODS: [&str; 16] = [
    "GET", "get", "HEAD", "POST", "PUT", "put", "DELETE", "PATCH", "patch", "OPTIONS", "CHICKEN",
    "*", "TRACE", "connect", "PU T", "",
];

const HEADERS: [(&str, &str); 24] = [
    ("x-a", "1"),
    ("X-A", "2"),
    ("x-b", ""),
    ("x-unknown", "1"),
    ("*", "1"),
    ("Authorization", "Bearer x"),
    ("content-type", "application/json"),
    ("Content-Type", "text/plain;charset=UTF-8"),
    ("content-type", "text/plain; charset=\"utf-8\""),
    ("accept", "text/html"),
    ("accept", "a\"b"),
    ("accept", "WIDE"),
    ("accept-language", "de-CH"),
    ("content-language", "LONG"),
    ("range", "bytes=0-9"),
    ("range", "bytes=-9"),
    ("cookie", "a=b"),
    ("sec-a", "1"),
    ("x-method-override", "PATCH"),
    ("X-Method-Override", "get, trace"),
    ("x-method-override", "\"a, TRACE, b\""),
    ("x-method-override", "TRACE\u{a0}"),
    ("x a", "1"),
    ("x-a", "1\n2"),
];

/// Serialized origins: what policies allow, near misses and anything else that is visible.
pub(crate) fn origins() -> impl Strategy<Value = String> {
    let ports = select(vec!["", ":1", ":8443", ":65535", ":65536", ":443", ":80", ":08", ":x"]);
    let label = vec![
        "a",
        "app",
        "x_y",
        "xn--caf-dma",
        "A",
        "",
        "*",
        "ö",
        "a-app",
        "a_app",
        "x-app",
        "-app",
        "a-",
    ];
    let labels = vec(select(label), 1..4);
    let subdomains = (labels, ports)
        .prop_map(|(labels, port)| format!("https://{}.example.com{port}", labels.join(".")));
    let mutated = (select(&ORIGINS[..]), any::<Index>(), "[!-~]?", any::<bool>()).prop_map(
        |(origin, at, inserted, replaces)| {
            let (head, tail) = origin.split_at(at.index(origin.len()));
            let tail = if replaces { tail.get(1..).unwrap_or_default() } else { tail };
            format!("{head}{inserted}{tail}")
        },
    );
    prop_oneof![
        20 => select(&USUAL_ORIGINS[..]).prop_map(String::from),
        8 => select(&ORIGINS[..]).prop_map(String::from),
        4 => subdomains,
        2 => mutated,
        2 => Just("null".to_owned()),
        1 => "[!-~]{0,20}",
    ]
}

/// What a page asks for, as `fetch` and `XMLHttpRequest` have it, of a service of another origin.
#[derive(Clone, Debug)]
pub(crate) struct PageRequest {
    pub(crate) origin: String,
    pub(crate) method: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) credentials: bool,
    pub(crate) upload: bool,
}

pub(crate) fn page_requests() -> impl Strategy<Value = PageRequest> {
    // Most requests can be sent, and have few headers.
    let methods = prop_oneof![40 => select(&METHODS[..12]), 1 => select(&METHODS[12..])];
    let headers = prop_oneof![80 => select(&HEADERS[..22]), 1 => select(&HEADERS[22..])];
    let many = prop_oneof![20 => vec(headers.clone(), 0..3), 1 => vec(headers, 3..12)];
    (origins(), methods, many, any::<bool>(), prop::bool::weighted(0.1)).prop_map(
        |(origin, method, headers, credentials, upload)| {
            let (long, wide) = ("s".repeat(128), "\u{ff}".repeat(100));
            let value = |value: &str| value.replace("LONG", &long).replace("WIDE", &wide);
            let headers = headers.into_iter().map(|(name, text)| (name, value(text))).collect();
            PageRequest { origin, method, headers, credentials, upload }
        },
    )
}

impl PageRequest {
    pub(crate) fn to_fetch(&self) -> FetchRequest {
        let page = match self.origin.as_str() {
            "null" => Page::Opaque,
            origin => Page::Tuple(origin.into()),
        };
        let url = SERVICE.parse().expect("a URL");
        let mut fetch = FetchRequest::new(page, url);
        fetch.method = self.method.into();
        let lines = self.headers.iter();
        fetch.headers = lines.map(|(name, value)| (*name, tests::latin1_bytes(value))).collect();
        fetch.credentials = if self.credentials { Credentials::Include } else { Credentials::Omit };
        fetch.upload_listener = self.upload;
        fetch
    }
}

/// What anybody can send: any number of lines of the three headers that matter.
#[derive(Clone, Debug)]
pub(crate) struct RawRequest {
    pub(crate) method: &'static str,
    pub(crate) origins: Vec<Vec<u8>>,
    pub(crate) methods: Vec<Vec<u8>>,
    pub(crate) headers: Vec<Vec<u8>>,
}

pub(crate) fn raw_requests() -> impl Strategy<Value = RawRequest> {
    let method = prop_oneof![
        6 => Just("OPTIONS"),
        4 => select(vec!["GET", "HEAD", "POST", "PUT", "options", "TRACE"]),
    ];
    let origin = prop_oneof![8 => origins().prop_map(String::into_bytes), 1 => values()];
    let origins = prop_oneof![2 => vec(origin.clone(), 0),
        16 => vec(origin.clone(), 1), 1 => vec(origin, 2..4)];
    let asked =
        prop_oneof![8 => select(&METHODS[..13]).prop_map(|method| method.into()), 1 => values()];
    let methods = prop_oneof![2 => vec(asked.clone(), 0),
        16 => vec(asked.clone(), 1), 1 => vec(asked, 2..4)];
    let lists = prop_oneof![8 => lists(), 1 => values()];
    (method, origins, methods, vec(lists, 0..4)).prop_map(|(method, origins, methods, headers)| {
        RawRequest { method, origins, methods, headers }
    })
}

/// Lists of header names, as browsers write them and as proxies change them; some too long.
fn lists() -> impl Strategy<Value = Vec<u8>> {
    let names = select(vec![
        "x-a",
        "X-A",
        "x-b",
        "authorization",
        "content-type",
        "accept",
        "range",
        "x-unknown",
        "*",
        "x a",
        "",
        " ",
        "x;y",
    ]);
    let element = (select(vec!["", " ", "\t", "  "]), names, select(vec!["", " ", "\t "]))
        .prop_map(|(before, name, after)| format!("{before}{name}{after}"));
    let count =
        prop_oneof![16 => 0..3_usize, 1 => 3..40_usize, 1 => 60..70_usize, 1 => 1000..1200_usize];
    (vec(element, 4), count).prop_map(|(elements, count)| {
        let elements: Vec<_> = elements.into_iter().cycle().take(count).collect();
        elements.join(",").into_bytes()
    })
}

/// Any value that HTTP admits.
fn values() -> impl Strategy<Value = Vec<u8>> {
    let visible = prop_oneof![5 => 0x20..=0x7e_u8, 1 => 0x80..=0xff_u8];
    vec(visible, 0..80)
}
