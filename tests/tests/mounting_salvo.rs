//! What the documentation of `cors-salvo` says about mounting, failures included.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cors_salvo::{Cors, below};
use http::Method;
use salvo::catch_panic::CatchPanic;
use salvo::catcher::Catcher;
use salvo::handler::HoopedHandler;
use salvo::http::StatusCode;
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Router, Service, async_trait, handler};
use tests::adapters::salvo::respond;
use tests::{Coverage, has_headers, request};

fn cors() -> Cors {
    Cors::new(Coverage::policy())
}

#[handler]
async fn hello() -> &'static str {
    "handler"
}

#[handler]
async fn require_login(response: &mut Response, flow: &mut FlowCtrl) {
    response.status_code(StatusCode::UNAUTHORIZED);
    flow.skip_rest();
}

#[handler]
async fn panic() {
    std::panic::resume_unwind(Box::new(()))
}

fn routes() -> Router {
    Router::with_path("known").get(hello)
}

fn coverage(service: &Service, path: &str) -> Coverage {
    Coverage::of(path, |request| respond(service, request))
}

#[test]
fn on_the_service() {
    assert_eq!(coverage(&cors().wrap(Service::new(routes())), "/known"), Coverage::ALL);
    assert_eq!(coverage(&Service::new(routes()).hoop(cors()), "/known"), Coverage::ALL);
}

#[test]
fn below_a_path() {
    let root = Router::new().push(Router::with_path("sub").push(routes())).push(routes());
    let service = Service::new(root).hoop_when(cors(), below("/sub"));
    // The router decodes a path and drops its empty segments, and so does `below`.
    for path in ["/sub/known", "/s%75b/known", "//sub//known"] {
        assert_eq!(coverage(&service, path), Coverage::ALL, "{path}");
    }
    for (path, status) in [("/known", 200), ("/subs/known", 404), ("/%2Fsub/known", 404)] {
        let response = respond(&service, request(Method::GET, path, false));
        assert_eq!(response.status(), status, "{path}");
        assert!(!has_headers(response.headers()), "{path}");
    }
}

#[test]
fn a_routers_hoop_sees_no_preflight() {
    let service = Service::new(Router::new().hoop(cors()).push(routes()));
    assert_eq!(coverage(&service, "/known"), Coverage::NONE);
    let service = Service::new(routes().hoop(cors()));
    assert_eq!(coverage(&service, "/known"), Coverage::NONE);
    for (path, status) in [("/known", 405), ("/unknown", 404)] {
        assert_eq!(respond(&service, request(Method::OPTIONS, path, true)).status(), status);
    }
}

#[test]
fn a_handlers_hoop_sees_no_preflight() {
    let hooped = HoopedHandler::new(hello).hoop(cors());
    let service = Service::new(Router::with_path("known").get(hooped));
    assert_eq!(coverage(&service, "/known"), Coverage::NONE);
}

#[test]
fn wrap_comes_first_whatever_was_added_before() {
    let root = || Router::new().push(Router::with_path("any").goal(hello)).push(routes());
    let wrapped = cors().wrap(Service::new(root()).hoop(require_login));
    let late = Service::new(root()).hoop(require_login).hoop(cors());
    for (service, covered) in [(wrapped, true), (late, false)] {
        let response = respond(&service, request(Method::GET, "/known", false));
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(has_headers(response.headers()), covered);
        let response = respond(&service, request(Method::OPTIONS, "/any", true));
        let status = if covered { StatusCode::NO_CONTENT } else { StatusCode::UNAUTHORIZED };
        assert_eq!(response.status(), status);
    }
}

/// Answers every method, and counts.
struct Counter(Arc<AtomicUsize>);

#[async_trait]
impl Handler for Counter {
    async fn handle(&self, _: &mut Request, _: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        self.0.fetch_add(1, Ordering::SeqCst);
        res.render("counted");
    }
}

#[test]
fn a_preflight_never_reaches_a_handler_of_all_methods() {
    let calls = Arc::new(AtomicUsize::new(0));
    let service = cors().wrap(Service::new(Router::new().goal(Counter(calls.clone()))));
    for (method, is_preflight, expected) in [
        (Method::OPTIONS, true, 0),
        (Method::OPTIONS, false, 1),
        (Method::DELETE, false, 2),
        (Method::OPTIONS, true, 2),
    ] {
        let response = respond(&service, request(method, "/", is_preflight));
        assert!(has_headers(response.headers()));
        assert_eq!(calls.load(Ordering::SeqCst), expected);
    }
}

#[test]
fn what_answers_by_itself_belongs_after_it() {
    let inside = Service::new(Router::new().get(panic)).hoop(cors()).hoop(CatchPanic::new());
    let outside = Service::new(Router::new().get(panic)).hoop(CatchPanic::new()).hoop(cors());
    for (service, covered) in [(inside, true), (outside, false)] {
        let response = respond(&service, request(Method::GET, "/", false));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(has_headers(response.headers()), covered);
    }
}

#[test]
fn error_pages_keep_the_headers_and_refusals_have_none() {
    #[handler]
    async fn page(response: &mut Response, flow: &mut FlowCtrl) {
        response.render("a page of our own");
        flow.skip_rest();
    }
    let service = cors().wrap(Service::new(routes()).catcher(Catcher::default().hoop(page)));
    let response = respond(&service, request(Method::GET, "/unknown", false));
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert!(has_headers(response.headers()));
    assert_eq!(response.body(), "a page of our own");

    let mut refused = request(Method::OPTIONS, "/known", true);
    refused.headers_mut().insert("origin", http::HeaderValue::from_static("https://evil.example"));
    let response = respond(&service, refused);
    assert_eq!((response.status(), response.body().len()), (StatusCode::FORBIDDEN, 0));
}

#[test]
fn a_ceased_flow_has_the_headers() {
    #[handler]
    async fn cease(response: &mut Response, flow: &mut FlowCtrl) {
        response.render("ceased");
        flow.cease();
    }
    let service = cors().wrap(Service::new(Router::new().hoop(cease).get(hello)));
    let response = respond(&service, request(Method::GET, "/", false));
    assert_eq!(response.body(), "ceased");
    assert!(has_headers(response.headers()));
}

#[test]
fn the_router_says_which_methods_are_allowed() {
    let service = cors().wrap(Service::new(routes()));
    let response = respond(&service, request(Method::DELETE, "/known", false));
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()["allow"], "GET");
}

#[test]
fn it_can_be_shared() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    check::<Cors>();
}
