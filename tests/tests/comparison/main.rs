//! What `cors-core/docs/comparison.md` says of the middleware that each framework has of its own, and
//! of ours: the same requests are sent to all of them, configured alike.

#![expect(clippy::expect_used, reason = "a test that panics has failed")]

mod peers;

use http::{Method, Request, Response, header};
use peers::{ALL, Peer, Settings};
use tests::{Probe, request};

const PAGE: &str = include_str!("../../../cors-core/docs/comparison.md");

type Reply = Response<bytes::Bytes>;
type Sent = Request<bytes::Bytes>;

const EVIL: &str = "https://evil.example";

/// Requires that the row of the page has these cells, one for each of the five, ours first.
fn row(name: &str, cells: [String; 5]) {
    let expected = format!("| {name} | {} |", cells.join(" | "));
    assert!(PAGE.lines().any(|line| line == expected), "the page should have:\n{expected}");
}

fn cells(cell: impl FnMut(Peer) -> String) -> [String; 5] {
    ALL.map(cell)
}

fn yes_or_no(is_so: bool) -> String {
    if is_so { "yes" } else { "no" }.into()
}

fn with(mut request: Sent, name: &'static str, value: &'static str) -> Sent {
    request.headers_mut().append(name, http::HeaderValue::from_static(value));
    request
}

fn from(origin: &'static str, mut request: Sent) -> Sent {
    request.headers_mut().insert(header::ORIGIN, http::HeaderValue::from_static(origin));
    request
}

fn preflight(method: &'static str) -> Sent {
    let mut preflight = request(Method::OPTIONS, "/", true);
    let method = http::HeaderValue::from_static(method);
    preflight.headers_mut().insert(header::ACCESS_CONTROL_REQUEST_METHOD, method);
    preflight
}

fn get() -> Sent {
    request(Method::GET, "/", false)
}

/// The answer under the usual settings, and whether the handler ran.
fn send(peer: Peer, request: Sent) -> (Reply, bool) {
    let probe = Probe::new();
    let response = (peer.send)(&Settings::default(), &[], probe.clone(), request);
    (response, probe.is_reached())
}

fn status(peer: Peer, request: Sent) -> u16 {
    send(peer, request).0.status().as_u16()
}

/// Whether a preflight is answered so that a browser goes on.
fn is_allowed(peer: Peer, request: Sent) -> bool {
    let (response, _) = send(peer, request);
    let allows = response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    response.status().is_success() && allows
}

fn vary(response: &Reply) -> Vec<String> {
    let lines = response.headers().get_all(header::VARY).iter();
    let lines = lines.map(|line| line.to_str().expect("text").to_ascii_lowercase());
    lines
        .flat_map(|line| line.split(',').map(|name| name.trim().into()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn preflights() {
    row(
        "answer to a preflight that is allowed",
        cells(|peer| status(peer, preflight("PUT")).to_string()),
    );
    row(
        "answer to a preflight of another origin",
        cells(|peer| status(peer, from(EVIL, preflight("PUT"))).to_string()),
    );
    row(
        "answer to a preflight for a method that is not allowed",
        cells(|peer| status(peer, preflight("DELETE")).to_string()),
    );
    row(
        "answer to a preflight for a header that is not allowed, beside one that is",
        cells(|peer| {
            let preflight = with(preflight("PUT"), "access-control-request-headers", "x-a,x-b");
            status(peer, preflight).to_string()
        }),
    );
    row(
        "the browser's console names the method that is not allowed",
        // It does where the answer allows the origin, so that the list is what is wrong with it.
        cells(|peer| yes_or_no(is_allowed(peer, preflight("DELETE")))),
    );
    row("`GET` needs no mention", cells(|peer| yes_or_no(is_allowed(peer, preflight("GET")))));
    row(
        "a list with an empty element is taken",
        cells(|peer| {
            let preflight = with(preflight("PUT"), "access-control-request-headers", ",x-a");
            yes_or_no(is_allowed(peer, preflight))
        }),
    );
    row(
        "a preflight that is refused has a `Vary`",
        cells(|peer| yes_or_no(!vary(&send(peer, from(EVIL, preflight("PUT"))).0).is_empty())),
    );
    row("handlers run for preflights", cells(|peer| yes_or_no(send(peer, preflight("PUT")).1)));
    row(
        "`OPTIONS` that is no preflight reaches handlers",
        cells(|peer| yes_or_no(send(peer, request(Method::OPTIONS, "/", false)).1)),
    );
}

#[test]
fn other_requests() {
    row(
        "a request of another origin reaches handlers",
        cells(|peer| yes_or_no(send(peer, from(EVIL, get())).1)),
    );
    row(
        "its response has no `Access-Control-*` headers",
        cells(|peer| {
            let (response, _) = send(peer, from(EVIL, get()));
            let is_ours = |name: &http::HeaderName| name.as_str().starts_with("access-control-");
            yes_or_no(!response.headers().keys().any(is_ours))
        }),
    );
    row(
        "a request without an origin gets a `Vary`",
        cells(|peer| {
            let mut request = get();
            request.headers_mut().clear();
            yes_or_no(vary(&send(peer, request).0).contains(&"origin".into()))
        }),
    );
    row(
        "a list of origins is in `Vary`",
        cells(|peer| yes_or_no(vary(&send(peer, get()).0).contains(&"origin".into()))),
    );
    row(
        "a single origin needs no `Vary: Origin`",
        cells(|peer| {
            let settings = Settings { origins: &["https://app.example"] };
            let send = |request| (peer.send)(&settings, &[], Probe::new(), request);
            // Caches may then give the answer for one origin to another, so both must be the same.
            let answers = [send(get()), send(from(EVIL, get()))];
            let allows_it = |response: &Reply| {
                let origin = response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
                origin.is_some_and(|origin| origin == "https://app.example")
            };
            let varies = |response: &Reply| vary(response).contains(&"origin".into());
            yes_or_no(answers.iter().all(|answer| allows_it(answer) && !varies(answer)))
        }),
    );
    row("names in `Vary` of a GET", cells(|peer| vary(&send(peer, get()).0).len().to_string()));
    row(
        "all `Vary` lines of handlers are kept",
        cells(|peer| {
            let lines = [("vary", "accept-encoding"), ("vary", "x-tenant")];
            let response = (peer.send)(&Settings::default(), &lines, Probe::new(), get());
            let vary = vary(&response);
            yes_or_no(lines.iter().all(|(_, name)| vary.iter().any(|said| said == name)))
        }),
    );
    row(
        "a handler's `Vary: Origin` is not repeated",
        cells(|peer| {
            let lines = [("vary", "origin")];
            let response = (peer.send)(&Settings::default(), &lines, Probe::new(), get());
            yes_or_no(vary(&response).iter().filter(|name| *name == "origin").count() == 1)
        }),
    );
    row(
        "a handler's `Access-Control-Allow-Origin: *` is kept from another origin",
        cells(|peer| {
            let lines = [("access-control-allow-origin", "*")];
            let request = from(EVIL, get());
            let response = (peer.send)(&Settings::default(), &lines, Probe::new(), request);
            let origins = response.headers().get_all(header::ACCESS_CONTROL_ALLOW_ORIGIN);
            yes_or_no(!origins.iter().any(|origin| origin == "*"))
        }),
    );
}

#[test]
fn wrong_settings() {
    // `catch_unwind` prints what it catches.
    std::panic::set_hook(Box::new(|_| {}));
    let made = |peer: Peer, settings: Settings| {
        let made = std::panic::catch_unwind(|| (peer.send)(&settings, &[], Probe::new(), get()));
        match made {
            Err(_) => "panics".to_owned(),
            Ok(response) => match response.extensions().get::<peers::Refused>() {
                Some(_) => "an error".to_owned(),
                None => "taken".to_owned(),
            },
        }
    };
    row("every origin, with credentials", cells(|peer| made(peer, Settings { origins: &["*"] })));
    row(
        "`https://app.example/` as an origin",
        cells(|peer| made(peer, Settings { origins: &["https://app.example/"] })),
    );
    let _ = std::panic::take_hook();
}
