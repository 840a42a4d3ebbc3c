//! From `tower_http::csrf`, which decides as `http.CrossOriginProtection` of Go does.

#[path = "axum/csrf_after.rs"]
#[expect(unreachable_pub, reason = "code as the guide shows it")]
mod after;
#[path = "axum/csrf_before.rs"]
#[expect(unreachable_pub, reason = "code as the guide shows it")]
mod before;

use bytes::Bytes;
use http::{Method, Request};
use tests::adapters::axum::respond;

const PAGE: &str = include_str!("../../../cors-core/docs/enforcement.md");

const BANK: &str = "bank.example";
const REBOUND: &str = "evil.example:3000";

/// A request: what sends it, its method, and its `Host`, `Origin` and `Sec-Fetch-Site`.
struct Row(&'static str, Method, &'static str, Option<&'static str>, Option<&'static str>);

const ROWS: [Row; 16] = [
    Row(
        "a page of the service posts",
        Method::POST,
        BANK,
        Some("https://bank.example"),
        Some("same-origin"),
    ),
    Row(
        "a page of the service posts, in a browser without `Sec-Fetch-Site`",
        Method::POST,
        BANK,
        Some("https://bank.example"),
        None,
    ),
    Row(
        "a page of the service posts, in such a browser, through a proxy that writes `Host: bank.example:443`",
        Method::POST,
        "bank.example:443",
        Some("https://bank.example"),
        None,
    ),
    Row(
        "a trusted page posts",
        Method::POST,
        BANK,
        Some("https://app.example"),
        Some("cross-site"),
    ),
    Row("a program posts, without `Origin`", Method::POST, BANK, None, None),
    Row(
        "another website posts",
        Method::POST,
        BANK,
        Some("https://evil.example"),
        Some("cross-site"),
    ),
    Row(
        "another website posts, and something removed `Origin`",
        Method::POST,
        BANK,
        None,
        Some("cross-site"),
    ),
    Row(
        "a sibling, `https://pay.bank.example`, posts",
        Method::POST,
        BANK,
        Some("https://pay.bank.example"),
        Some("same-site"),
    ),
    Row(
        "a page at `http://bank.example` posts, in a browser without `Sec-Fetch-Site`",
        Method::POST,
        BANK,
        Some("http://bank.example"),
        None,
    ),
    Row("a link on another website is followed", Method::GET, BANK, None, Some("cross-site")),
    Row(
        "a script of another website reads",
        Method::GET,
        BANK,
        Some("https://evil.example"),
        Some("cross-site"),
    ),
    Row(
        "another website opens a WebSocket, which is a GET request",
        Method::GET,
        BANK,
        Some("https://evil.example"),
        None,
    ),
    Row(
        "a page at a foreign name that resolves to the service posts (DNS rebinding)",
        Method::POST,
        REBOUND,
        Some("http://evil.example:3000"),
        None,
    ),
    Row(
        "a page at such a name posts, in a browser that sends `Sec-Fetch-Site: same-origin`",
        Method::POST,
        REBOUND,
        Some("http://evil.example:3000"),
        Some("same-origin"),
    ),
    Row("a page at such a name reads, without `Origin`", Method::GET, REBOUND, None, None),
    Row("a program posts to a foreign name", Method::POST, REBOUND, None, None),
];

impl Row {
    fn request(&self) -> Request<Bytes> {
        let Self(_, method, host, origin, site) = self;
        let request = Request::builder().method(method).uri("/items").header("host", *host);
        let lines = [("origin", origin), ("sec-fetch-site", site)];
        let lines = lines.into_iter().filter_map(|(name, value)| Some((name, (*value)?)));
        let request = lines.fold(request, |request, (name, value)| request.header(name, value));
        request.body(Bytes::new()).expect("a request")
    }

    /// The row of the table in the chapter.
    fn text(&self) -> String {
        let before = respond(before::app().expect("origins"), self.request()).status();
        let after = respond(after::app().expect("a policy"), self.request()).status();
        let [before, after] = [before.as_u16(), after.as_u16()].map(|status| match status {
            200 => "handler".to_owned(),
            status => format!("**{status}**"),
        });
        format!("| {} | {before} | {after} |", self.0)
    }
}

#[test]
fn the_chapter_about_enforcement_compares_guards() {
    let rows: Vec<_> = ROWS.iter().map(Row::text).collect();
    let rows = rows.join("\n");
    assert!(PAGE.contains(&rows), "the chapter needs:\n{rows}");
}
