//! What the documentation of `cors-rocket` says about mounting, failures included.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use cors_core::Policy;
use cors_rocket::Cors;
use http::{Method, Request, Response, StatusCode, header};
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::http::{Header, Status};
use rocket::route::{Handler, Outcome};
use rocket::{Build, Data, Rocket, Route, async_trait, catch, catchers, get, routes, uri};
use tests::adapters::rocket::respond;
use tests::{Coverage, has_headers, request};

fn cors() -> Cors {
    Cors::new(Coverage::policy())
}

#[get("/known")]
fn hello() -> &'static str {
    "handler"
}

fn app() -> Rocket<Build> {
    let config = rocket::Config {
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::release_default()
    };
    rocket::custom(config)
}

fn coverage(app: impl Fn() -> Rocket<Build>, path: &str) -> Coverage {
    Coverage::of(path, |request| respond(app(), request))
}

#[test]
fn on_the_rocket() {
    assert_eq!(
        coverage(|| app().mount("/", routes![hello]).attach(cors()), "/known"),
        Coverage::ALL
    );
    assert_eq!(
        coverage(|| app().attach(cors()).mount("/", routes![hello]), "/known"),
        Coverage::ALL
    );
}

#[test]
fn below_a_path() {
    let app = || {
        app().mount("/sub", routes![hello]).mount("/", routes![hello]).attach(cors().below("/sub"))
    };
    // Rocket decodes a path and drops its empty segments, and so does `below`.
    for path in ["/sub/known", "/s%75b/known", "//sub//known"] {
        assert_eq!(coverage(app, path), Coverage::ALL, "{path}");
    }
    for (path, status) in [("/known", 200), ("/subs/known", 404), ("/%2Fsub/known", 404)] {
        let response = respond(app(), request(Method::GET, path, false));
        assert_eq!(response.status(), status, "{path}");
        assert!(!has_headers(response.headers()), "{path}");
    }
}

#[test]
fn the_first_of_several_governs() {
    let other = || Policy::any_origin().build().expect("a valid policy");
    let app = || {
        let app = app().mount("/sub", routes![hello]).mount("/", routes![hello]);
        app.attach(cors().below("/sub")).attach(Cors::new(other()))
    };
    assert_eq!(coverage(app, "/sub/known"), Coverage::ALL);
    let response = respond(app(), request(Method::GET, "/known", false));
    assert_eq!(response.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
}

/// Answers every method, and counts.
#[derive(Clone, Default)]
struct Counter(Arc<AtomicUsize>);

#[async_trait]
impl Handler for Counter {
    async fn handle<'r>(&self, request: &'r rocket::Request<'_>, _: Data<'r>) -> Outcome<'r> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Outcome::from(request, "counted")
    }
}

fn counting(policy: Policy) -> (impl Fn(Request<Bytes>) -> Response<Bytes>, Arc<AtomicUsize>) {
    use rocket::http::Method::{Connect, Delete, Options};
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Counter(calls.clone());
    let send = move |request| {
        let routes: Vec<_> = [Connect, Delete, Options]
            .into_iter()
            // No route of the application comes before ours.
            .map(|method| Route::ranked(isize::MIN + 1, method, "/<_..>", counter.clone()))
            .collect();
        respond(app().mount("/", routes).attach(Cors::new(policy.clone())), request)
    };
    (send, calls)
}

#[test]
fn a_preflight_never_reaches_a_handler_of_all_methods() {
    let (send, calls) = counting(Coverage::policy());
    for (method, is_preflight, expected) in [
        (Method::OPTIONS, true, 0),
        (Method::OPTIONS, false, 1),
        (Method::DELETE, false, 2),
        (Method::OPTIONS, true, 2),
    ] {
        let response = send(request(method, "/any/path", is_preflight));
        assert!(has_headers(response.headers()));
        assert_eq!(calls.load(Ordering::SeqCst), expected);
    }
}

#[test]
fn a_method_in_a_form_is_kept_away_by_enforcement_alone() {
    let form = || {
        let mut form = request(Method::POST, "/", false).map(|_| Bytes::from("_method=DELETE"));
        let headers = form.headers_mut();
        headers.insert(header::ORIGIN, http::HeaderValue::from_static("https://evil.example"));
        let content_type = http::HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(header::CONTENT_TYPE, content_type);
        form
    };
    let policy = || Policy::builder().allow_origins(["https://app.example"]);
    for (enforces, status, expected) in [(false, 200, 1), (true, 403, 0)] {
        let policy = policy().enforce_origins(enforces).build().expect("a valid policy");
        let (send, calls) = counting(policy);
        assert_eq!(send(form()).status(), status);
        assert_eq!(calls.load(Ordering::SeqCst), expected);
    }
}

/// Takes the method from the query, of requests with any method.
fn overriding() -> AdHoc {
    AdHoc::on_request("method override", |request, _| {
        Box::pin(async move {
            let method = request.query_value::<&str>("_method").and_then(Result::ok);
            if let Some(method) = method.and_then(|method| method.parse().ok()) {
                request.set_method(method);
            }
        })
    })
}

/// Sends to another path.
fn rewriting() -> AdHoc {
    AdHoc::on_request("rewrite", |request, _| {
        Box::pin(async move { request.set_uri(uri!("/admin/known")) })
    })
}

/// Attaches the middleware and other fairings.
type Attach = fn(Rocket<Build>, Cors) -> Rocket<Build>;

fn send_from(
    app: Rocket<Build>,
    method: Method,
    target: &str,
    lines: &[(&'static str, &'static str)],
) -> u16 {
    let mut sent = request(method, target, false);
    sent.headers_mut().clear();
    for (name, value) in lines {
        let name = header::HeaderName::from_static(name);
        sent.headers_mut().insert(name, header::HeaderValue::from_static(value));
    }
    respond(app, sent).status().as_u16()
}

#[test]
fn a_fairing_that_overrides_the_method_undoes_no_refusal_wherever_it_is_attached() {
    let policy = Policy::builder().allow_origins(["https://app.example"]).enforce_origins(true);
    let policy = policy.build().expect("a valid policy");
    let calls = Arc::new(AtomicUsize::new(0));
    let app = |attach: Attach| {
        let counter = Counter(calls.clone());
        let routes = [rocket::http::Method::Delete, rocket::http::Method::Get]
            .map(|method| Route::new(method, "/<_..>", counter.clone()));
        attach(app().mount("/", routes), Cors::new(policy.clone()))
    };
    let evil = ("origin", "https://evil.example");
    let own = ("origin", "https://api.example");
    let cross_site = ("sec-fetch-site", "cross-site");
    let same_origin = ("sec-fetch-site", "same-origin");
    let orders: [Attach; 3] = [
        |rocket, cors| rocket.attach(cors).attach(overriding()),
        |rocket, cors| rocket.attach(overriding()).attach(cors),
        // A fairing that another one attaches when Rocket ignites.
        |rocket, cors| {
            rocket.attach(cors).attach(AdHoc::on_ignite("stage", |rocket| async {
                rocket.attach(AdHoc::on_ignite("stage", |rocket| async {
                    rocket.attach(overriding())
                }))
            }))
        },
    ];
    for attach in orders {
        for (method, target, lines, status, expected) in [
            (Method::POST, "/x?_method=DELETE", &[evil, cross_site][..], 403, 0),
            (Method::POST, "/x?_method=GET", &[evil], 403, 0),
            (Method::GET, "/x?_method=DELETE", &[evil], 403, 0),
            // A link, which may get, and delete nothing.
            (Method::GET, "/x?_method=DELETE", &[cross_site], 403, 0),
            (Method::HEAD, "/x", &[evil], 403, 0),
            (Method::GET, "/x", &[cross_site], 200, 1),
            (Method::POST, "/x?_method=DELETE", &[own, same_origin], 200, 1),
            (Method::HEAD, "/x", &[cross_site], 200, 1),
        ] {
            calls.store(0, Ordering::SeqCst);
            let got = send_from(app(attach), method.clone(), target, lines);
            assert_eq!(got, status, "{method} {target} {lines:?}");
            assert_eq!(calls.load(Ordering::SeqCst), expected, "{method} {target} {lines:?}");
        }
    }
}

#[test]
fn a_fairing_that_rewrites_the_path_chooses_the_policy_of_the_path_that_is_routed() {
    let policy = |builder: cors_core::PolicyBuilder| builder.build().expect("a valid policy");
    let admin = ["https://admin.example", "https://root.example"];
    let admin = policy(Policy::builder().allow_origins(admin));
    let public = policy(Policy::any_origin());
    let app = || {
        app()
            .mount("/admin", routes![hello])
            .attach(Cors::new(admin.clone()).below("/admin"))
            .attach(Cors::new(public.clone()))
            .attach(rewriting())
    };
    let response = respond(app(), request(Method::GET, "/known", false));
    assert_eq!(response.body(), "handler");
    assert!(response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).is_none());
}

#[test]
fn a_route_that_would_come_first_keeps_rocket_from_starting() {
    let route = Route::ranked(isize::MIN, rocket::http::Method::Get, "/<_..>", Counter::default());
    let app = app().mount("/", [route]).attach(cors());
    let launched = rocket::execute(async { app.ignite().await.map(drop) });
    assert!(launched.is_err_and(|error| matches!(error.kind(), ErrorKind::Collisions(_))));
}

#[test]
fn catchers_keep_the_headers_and_see_no_preflight() {
    #[catch(default)]
    fn page(_: Status, _: &rocket::Request<'_>) -> &'static str {
        "a page of our own"
    }
    let app = || app().register("/", catchers![page]).attach(cors());
    let response = respond(app(), request(Method::GET, "/unknown", false));
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.body(), "a page of our own");
    assert!(has_headers(response.headers()));

    let mut refused = request(Method::OPTIONS, "/unknown", true);
    refused.headers_mut().insert("origin", http::HeaderValue::from_static("https://evil.example"));
    let response = respond(app(), refused);
    assert_eq!((response.status(), response.body().len()), (StatusCode::FORBIDDEN, 0));
}

#[test]
fn fairings_attached_later_have_the_last_word() {
    let setting = || {
        AdHoc::on_response("sets", |_, response| {
            Box::pin(async move {
                response
                    .set_header(Header::new("Access-Control-Allow-Origin", "https://x.example"));
            })
        })
    };
    let before = || app().mount("/", routes![hello]).attach(setting()).attach(cors());
    let after = || app().mount("/", routes![hello]).attach(cors()).attach(setting());
    let get = || request(Method::GET, "/known", false);
    assert!(has_headers(respond(before(), get()).headers()));
    assert!(!has_headers(respond(after(), get()).headers()));
}

#[test]
fn it_can_be_shared() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    check::<Cors>();
}
