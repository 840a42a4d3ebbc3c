//! What the documentation of `cors-poem` says about mounting, failures included.

use cors_poem::{Cors, CorsEndpoint};
use poem::endpoint::make_sync;
use poem::error::NotFoundError;
use poem::http::{Method, StatusCode};
use poem::middleware::CatchPanic;
use poem::{Endpoint, EndpointExt, IntoResponse, Route, get};
use tests::adapters::poem::respond;
use tests::{Coverage, has_headers, request};

fn cors() -> Cors {
    Cors::new(Coverage::policy())
}

fn handler() -> impl Endpoint {
    make_sync(|_| "handler")
}

fn coverage(app: &impl Endpoint, path: &str) -> Coverage {
    Coverage::of(path, |request| respond(app, request))
}

#[test]
fn on_the_outermost_route() {
    let app = Route::new().at("/known", get(handler())).with(cors());
    assert_eq!(coverage(&app, "/known"), Coverage::ALL);
}

#[test]
fn on_a_nested_route() {
    let sub = Route::new().at("/known", get(handler())).with(cors());
    let app = Route::new().nest("/sub", sub);
    assert_eq!(coverage(&app, "/sub/known"), Coverage::ALL);
}

#[test]
fn on_the_methods_of_a_path() {
    let app = Route::new().at("/known", get(handler()).with(cors()));
    let known = Coverage { preflight_unknown_path: false, unknown_path: false, ..Coverage::ALL };
    assert_eq!(coverage(&app, "/known"), known);
}

#[test]
fn inside_of_the_method_no_preflight_arrives() {
    let app = Route::new().at("/known", get(handler().with(cors())));
    assert_eq!(coverage(&app, "/known"), Coverage::NONE);
}

#[test]
fn catch_error_belongs_inside() {
    let routes = || Route::new().at("/known", get(handler()));
    let caught =
        |_: NotFoundError| async { (StatusCode::NOT_FOUND, "a page of our own").into_response() };
    let inside = routes().catch_error(caught).with(cors());
    let outside = routes().with(cors()).catch_error(caught);
    for origin in [true, false] {
        let mut get = request(Method::GET, "/unknown", false);
        if !origin {
            get.headers_mut().clear();
        }
        let (head, body) = respond(&inside, get.clone()).into_parts();
        assert_eq!((head.status, &*body), (StatusCode::NOT_FOUND, &b"a page of our own"[..]));
        assert_eq!(has_headers(&head.headers), origin);
        // Outside, it sees no error.
        let (head, body) = respond(&outside, get).into_parts();
        assert_eq!((head.status, &*body), (StatusCode::NOT_FOUND, &b"not found"[..]));
        assert_eq!(has_headers(&head.headers), origin);
    }
}

#[test]
fn what_answers_by_itself_belongs_inside() {
    let panicking = || {
        let panic = make_sync(|_| -> &'static str { std::panic::resume_unwind(Box::new(())) });
        Route::new().at("/", get(panic))
    };
    let inside = panicking().with(CatchPanic::new()).with(cors());
    let outside = panicking().with(cors()).with(CatchPanic::new());
    let inside = respond(&inside, request(Method::GET, "/", false));
    let outside = respond(&outside, request(Method::GET, "/", false));
    for (response, covered) in [(inside, true), (outside, false)] {
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(has_headers(response.headers()), covered);
    }
}

#[test]
fn an_endpoint_is_as_shareable_as_what_it_wraps() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    check::<Cors>();
    check::<CorsEndpoint<std::sync::Arc<Route>>>();
}
