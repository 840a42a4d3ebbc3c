//! What `cors-core/docs/comparison.md` says of other middleware, as far as a browser or a cache can see
//! it, is found by probing a service with that middleware.

use axum::Router;
use axum::extract::Request;
use bytes::Bytes;
use cors_cli::probe::{Deviation, Options, Probe, Report};
use cors_core::Policy;
use libtest_mimic::{Failed, Trial};
use tests::Probe as Reached;

use crate::middleware::{ALL, Peer, Settings};
use crate::service;

const PAGE: &str = include_str!("../../../cors-core/docs/comparison.md");

/// The columns of the page.
const NAMES: [&str; ALL.len()] = ["ours", "tower_http", "actix_cors", "poem", "salvo_cors"];

/// A row of the page, what it says of a peer whose service deviates, and which deviation that is.
struct Row {
    text: &'static str,
    origins: &'static [&'static str],
    deviates: &'static str,
    is_it: fn(&Deviation) -> bool,
}

const ORIGINS: &[&str] = &["https://app.example", "https://admin.example"];

const ROWS: &[Row] = &[
    Row {
        text: "the browser's console names the method that is not allowed",
        origins: ORIGINS,
        deviates: "no",
        is_it: |found| found.code == "refusal-unexplained" && asks(found, "for DELETE"),
    },
    Row {
        text: "`GET` needs no mention",
        origins: ORIGINS,
        deviates: "no",
        is_it: |found| found.code == "preflight-blocked" && asks(found, "for GET"),
    },
    Row {
        text: "a preflight that is refused has a `Vary`",
        origins: ORIGINS,
        deviates: "no",
        is_it: |found| found.code == "vary-missing" && asks(found, "preflight for"),
    },
    Row {
        text: "`OPTIONS` that is no preflight reaches handlers",
        origins: ORIGINS,
        deviates: "no",
        is_it: |found| found.code == "options-taken-for-preflight",
    },
    Row {
        text: "a request of another origin reaches handlers",
        origins: ORIGINS,
        deviates: "no",
        is_it: |found| found.code == "request-refused",
    },
    Row {
        text: "its response has no `Access-Control-*` headers",
        origins: ORIGINS,
        deviates: "no",
        is_it: |found| found.code == "headers-for-other-origin" && asks(found, "GET http"),
    },
    Row {
        text: "a request without an origin gets a `Vary`",
        origins: ORIGINS,
        deviates: "no",
        is_it: |found| {
            let mut requests = found.others.iter().chain([&found.request]);
            found.code == "vary-missing"
                && requests.any(|request| request.starts_with("GET ") && request.ends_with("/x"))
        },
    },
    Row {
        text: "a list of origins is in `Vary`",
        origins: ORIGINS,
        deviates: "no",
        is_it: |found| {
            let mut requests = found.others.iter().chain([&found.request]);
            let is_page = |request: &String| {
                request.starts_with("GET ") && request.ends_with("/x from https://app.example")
            };
            found.code == "vary-missing" && requests.any(is_page)
        },
    },
    Row {
        text: "all `Vary` lines of handlers are kept",
        origins: ORIGINS,
        deviates: "no",
        is_it: |found| found.code == "vary-missing" && found.expected.contains("accept-encoding"),
    },
    Row {
        text: "a handler's `Access-Control-Allow-Origin: *` is kept from another origin",
        origins: ORIGINS,
        deviates: "no",
        is_it: |found| found.code == "origin-allowed" && asks(found, "/own from"),
    },
    Row {
        text: "every origin, with credentials",
        origins: &["*"],
        deviates: "taken",
        is_it: |found| found.code == "origin-allowed" && asks(found, "/x from"),
    },
    Row {
        text: "`https://app.example/` as an origin",
        origins: &["https://app.example/", "https://admin.example"],
        deviates: "taken",
        is_it: |found| found.code == "origin-blocked" && asks(found, "from https://app.example"),
    },
];

/// Whether one of a deviation's requests contains this.
fn asks(found: &Deviation, text: &str) -> bool {
    found.others.iter().chain([&found.request]).any(|request| request.contains(text))
}

pub(crate) fn trials() -> Vec<Trial> {
    let names = NAMES.into_iter().enumerate();
    let trial = |(column, name): (usize, &str)| {
        Trial::test(format!("peers::{name}"), move || rows_are_found(column))
    };
    names.map(trial).collect()
}

fn rows_are_found(column: usize) -> Result<(), Failed> {
    let usual = probe(ALL[column], ORIGINS)?;
    if column == 0 {
        assert_eq!(service::lines(&usual), [""; 0]);
    }
    for row in ROWS {
        let cell = cell(row.text, column);
        let is_wrong_setting = row.deviates == "taken";
        if is_wrong_setting && cell != "taken" {
            continue;
        }
        let other;
        let report = match row.origins == ORIGINS {
            true => &usual,
            false => {
                other = probe(ALL[column], row.origins)?;
                &other
            }
        };
        let is_found = report.deviations.iter().any(row.is_it);
        let lines = service::lines(report).join("\n");
        assert_eq!(is_found, cell == row.deviates, "{}: {cell}\n{lines}", row.text);
    }
    Ok(())
}

fn cell(row: &str, column: usize) -> &'static str {
    let start = format!("| {row} |");
    let line =
        PAGE.lines().find_map(|line| line.strip_prefix(&start)).expect("the page has the row");
    line.split('|').nth(column).unwrap().trim()
}

fn probe(peer: Peer, origins: &'static [&'static str]) -> Result<Report, Failed> {
    let policy = Policy::builder()
        .allow_origins(ORIGINS.iter().copied())
        .allow_credentials(true)
        .allow_methods(["PUT"])
        .allow_headers(["x-a"])
        .expose_headers(["x-id"])
        .build()?;
    let service = Router::new().fallback(async move |request: Request| {
        let (head, _) = request.into_parts();
        let request = Request::from_parts(head, Bytes::new());
        // Each answer has a runtime of its own.
        let answer = tokio::task::spawn_blocking(move || {
            let mut lines = vec![("vary", "x-tenant"), ("vary", "accept-encoding")];
            if request.headers().get("accept-encoding").is_some_and(|value| value == "gzip") {
                lines.push(("content-encoding", "gzip"));
            }
            if request.uri().path() == "/own" {
                lines.push(("access-control-allow-origin", "*"));
            }
            (peer.send)(&Settings { origins }, &lines, Reached::new(), request)
        });
        answer.await.unwrap().map(axum::body::Body::from)
    });
    let mut options = Options::default();
    options.paths = vec!["/own".into()];
    let url = format!("http://{}/x", service::serve(service));
    Ok(Probe::new(&url, Some(&policy), options)?.run(&|_| {})?)
}
