//! What the documentation of `cors-rocket` says about mounting, failures included.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use cors_core::Policy;
use cors_rocket::Cors;
use http::{Method, Request, Response, StatusCode, header};
use rocket::fairing::AdHoc;
use rocket::http::{Header, Status};
use rocket::route::{Handler, Outcome};
use rocket::{Build, Data, Rocket, Route, async_trait, catch, catchers, get, routes};
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
#[derive(Clone)]
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
