//! What the guides for moving from other middleware say. Each shows a program before and after. Both
//! are compiled here, and get the same requests.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that panics has failed")]

mod actix;
mod axum;
mod csrf;
mod express;
mod guide;
mod page;
mod poem;
mod rocket;
mod salvo;

use std::fmt::Write;

use bytes::Bytes;
use guide::Guide;
use http::{Method, Request, Response, header};
use page::{Fetch, Seen};

/// One move: the same application under two kinds of middleware.
struct Migration {
    guide: Guide,
    /// The name of the other middleware, as the guide's table has it.
    from: &'static str,
    before: Send,
    after: Send,
    /// Where a request that says `x-tenant` is by a tenant's page.
    tenants: Send,
    /// Where every website may use cookies.
    every_website: Send,
    /// Where the middleware is there or not.
    optional: fn(bool, Request<Bytes>) -> Response<Bytes>,
}

/// Sends a request to an application.
type Send = fn(Request<Bytes>) -> Response<Bytes>;

const ALL: [&Migration; 5] =
    [&actix::MIGRATION, &axum::MIGRATION, &poem::MIGRATION, &rocket::MIGRATION, &salvo::MIGRATION];

const APP: &str = "https://app.example.com";
const EVIL: &str = "https://evil.example";
const JSON: (&str, &str) = ("content-type", "application/json");
const TOKEN: (&str, &str) = ("authorization", "Bearer t");

/// What pages do, in the words of the guides. All of them send cookies.
const PAGES: [(&str, Fetch); 10] = [
    ("a listed page reads", Fetch::get(APP)),
    ("a listed page replaces, with JSON and a token", Fetch::put(APP).with(&[JSON, TOKEN])),
    (
        "a listed page uses `DELETE`, which is not allowed",
        Fetch { method: "DELETE", ..Fetch::get(APP) },
    ),
    ("a listed page sends a header that is not allowed", Fetch::get(APP).with(&[("x-trace", "1")])),
    ("a listed page reads an unknown path", Fetch { path: "/unknown", ..Fetch::get(APP) }),
    ("a partner's page reads", Fetch::get("https://shop.partner.example")),
    ("a partner's page over http reads", Fetch::get("http://shop.partner.example")),
    ("another website reads", Fetch::get(EVIL)),
    ("another website replaces", Fetch::put(EVIL)),
    ("the service's own page replaces", Fetch::put(page::SERVICE)),
];

/// Any website reads what is public.
const WITHOUT_COOKIES: Fetch = Fetch { with_cookies: false, ..Fetch::get(EVIL) };

/// `OPTIONS` without `Origin`, as programs and WebDAV clients send it.
const NO_PREFLIGHT: &str = "`OPTIONS` that is no preflight";

impl Migration {
    /// The rows of the guide's table, each without its last cell, the reason.
    fn rows(&self) -> Vec<String> {
        let pages = PAGES.iter().map(|(what, fetch)| {
            let seen = [self.before, self.after].map(|send| Seen::of(fetch, send).to_string());
            (*what, seen)
        });
        let options = [self.before, self.after].map(|send| {
            let request = Request::builder().method(Method::OPTIONS).uri("/items");
            let response = send(request.body(Bytes::new()).expect("a request"));
            format!("OPTIONS {}", response.status().as_u16())
        });
        let rows = pages.chain([(NO_PREFLIGHT, options)]);
        let row = |(what, [before, after]): (&str, [String; 2])| {
            let after = if before == after { "the same".into() } else { after };
            format!("| {what} | {before} | {after} | ")
        };
        rows.map(row).collect()
    }
}

#[test]
fn guides_show_code_that_is_compiled() {
    for migration in ALL {
        migration.guide.check_code();
    }
}

#[test]
fn guides_say_what_answers_differently() {
    let mut wrong = String::new();
    for migration in ALL {
        let head = format!("| | {} | here | |", migration.from);
        let rows = [&[head], &*migration.rows()].concat();
        let lines: Vec<_> = migration.guide.page.lines().collect();
        let is_there = |row: &String| lines.iter().any(|line| line.starts_with(row.as_str()));
        if !rows.iter().all(is_there) {
            write!(wrong, "the guide from {} needs:\n{}\n", migration.from, rows.join("\n"))
                .expect("text");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The origin that a GET is allowed as, from a tenant or from a page that is none.
fn allowed(send: Send, origin: &str, is_tenant: bool) -> Option<String> {
    let request = Request::builder().uri("/items").header(header::ORIGIN, origin);
    let request = if is_tenant { request.header("x-tenant", "t") } else { request };
    let response = send(request.body(Bytes::new()).expect("a request"));
    let allowed = response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN)?;
    Some(allowed.to_str().expect("text").to_owned())
}

#[test]
fn predicates_decide() {
    for Migration { from, tenants, .. } in ALL {
        for (origin, is_tenant, is_allowed) in [
            (APP, false, true),
            (EVIL, true, true),
            (EVIL, false, false),
            ("http://a.example", true, false),
        ] {
            let expected = is_allowed.then(|| origin.to_owned());
            assert_eq!(allowed(*tenants, origin, is_tenant), expected, "{from}: {origin}");
        }
    }
}

#[test]
fn every_website_but_null_can_be_allowed_with_cookies() {
    for Migration { from, every_website, .. } in ALL {
        assert!(Seen::of(&Fetch::get(EVIL), every_website).is_read(), "{from}");
        assert!(!Seen::of(&Fetch::get("null"), every_website).is_read(), "{from}");
    }
}

#[test]
fn middleware_is_optional() {
    for Migration { from, optional, .. } in ALL {
        for is_on in [false, true] {
            let seen = Seen::of(&WITHOUT_COOKIES, |request| optional(is_on, request));
            assert_eq!(seen.is_read(), is_on, "{from}");
        }
    }
}
