//! What the documentation of `cors-actix` says about mounting, failures included.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::error::{ErrorBadGateway, ErrorInternalServerError};
use actix_web::guard::Get;
use actix_web::http::header::HeaderMap;
use actix_web::middleware::{Compat, Condition, Next, from_fn};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpResponse, HttpServer, web};
use cors_actix::{Cors, Policy};
use http::{Method, StatusCode};
use tests::adapters::actix::respond;
use tests::{Coverage, HeaderLines, Request, has_headers, request};

const KNOWN: Coverage =
    Coverage { preflight_unknown_path: false, unknown_path: false, ..Coverage::ALL };

fn cors() -> Cors {
    Cors::new(Coverage::policy())
}

async fn hello() -> &'static str {
    "handler"
}

async fn fail(_: ServiceRequest, _: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    Err(ErrorInternalServerError("error"))
}

#[test]
fn on_the_app() {
    let app = || App::new().service(web::resource("/known").route(web::get().to(hello)));
    let covered = Coverage::of("/known", |request| respond(app().wrap(cors()), request));
    assert_eq!(covered, Coverage::ALL);
    let switched = || app().wrap(Condition::new(true, cors()));
    assert_eq!(Coverage::of("/known", |request| respond(switched(), request)), Coverage::ALL);
    let boxed = || app().wrap(Compat::new(cors()));
    assert_eq!(Coverage::of("/known", |request| respond(boxed(), request)), Coverage::ALL);
}

#[test]
fn on_a_scope() {
    let app = || {
        let resource = web::resource("/known").route(web::get().to(hello));
        App::new().service(web::scope("/sub").service(resource).wrap(cors()))
    };
    assert_eq!(Coverage::of("/sub/known", |request| respond(app(), request)), Coverage::ALL);
}

#[test]
fn on_a_resource() {
    let app = || {
        let resource = web::resource("/known").route(web::get().to(hello)).wrap(cors());
        App::new().service(resource)
    };
    assert_eq!(Coverage::of("/known", |request| respond(app(), request)), KNOWN);
}

#[test]
fn a_guarded_resource_sees_no_preflight() {
    let app = || {
        let resource = web::resource("/known").guard(Get()).to(hello).wrap(cors());
        App::new().service(resource)
    };
    assert_eq!(Coverage::of("/known", |request| respond(app(), request)), Coverage::NONE);
}

#[test]
fn a_route_sees_no_preflight() {
    let app =
        || App::new().service(web::resource("/known").route(web::get().to(hello).wrap(cors())));
    assert_eq!(Coverage::of("/known", |request| respond(app(), request)), Coverage::NONE);
    let app = || App::new().route("/known", web::get().to(hello).wrap(cors()));
    assert_eq!(Coverage::of("/known", |request| respond(app(), request)), Coverage::NONE);
}

#[test]
fn routes_added_to_an_app_or_scope_are_covered_by_it() {
    let app = || App::new().route("/known", web::get().to(hello)).wrap(cors());
    assert_eq!(Coverage::of("/known", |request| respond(app(), request)), Coverage::ALL);
    let scope = || {
        let scope = web::scope("/sub").route("/known", web::get().to(hello));
        App::new().service(scope.wrap(cors()))
    };
    assert_eq!(Coverage::of("/sub/known", |request| respond(scope(), request)), Coverage::ALL);
}

#[test]
fn an_error_of_middleware_renders_with_the_headers_each_time() {
    actix_web::rt::System::new().block_on(async {
        let app = App::new().route("/", web::get().to(hello)).wrap(from_fn(fail));
        let app = init_service(app.wrap(cors()).wrap(cors())).await;
        let get = TestRequest::get().insert_header(("origin", "https://app.example"));
        let error = app.call(get.to_request()).await.unwrap_err();
        for _ in 0..2 {
            let response = error.error_response();
            assert_eq!(response.status().as_u16(), 500);
            let headers = lines(response.headers());
            let expected =
                [("access-control-allow-origin", "https://app.example"), ("vary", "Origin")];
            assert_eq!(headers, expected.map(|(name, value)| (name.into(), value.into())));
        }
    });
}

#[test]
fn an_error_that_middleware_outside_replaces_loses_the_headers() {
    let app = App::new().route("/", web::get().to(hello)).wrap(from_fn(fail)).wrap(cors());
    let app = app.wrap_fn(|request, service| {
        let response = service.call(request);
        async { response.await.map_err(ErrorBadGateway) }
    });
    let response = respond(app, request(Method::GET, "/", false));
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    assert!(!has_headers(response.headers()));
}

#[test]
fn middleware_that_answers_by_itself_belongs_inside() {
    async fn refuse<B>(request: ServiceRequest, _: Next<B>) -> Result<ServiceResponse, Error> {
        Ok(request.into_response(HttpResponse::Unauthorized().finish()))
    }
    let app = || App::new().route("/", web::get().to(hello));
    for (method, is_preflight) in [(Method::GET, false), (Method::OPTIONS, true)] {
        let request = request(method, "/", is_preflight);
        let inside = app().wrap(from_fn(refuse)).wrap(cors());
        let response = respond(inside, request.clone());
        assert!(has_headers(response.headers()));
        let outside = app().wrap(cors()).wrap(from_fn(refuse));
        let response = respond(outside, request);
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert!(!has_headers(response.headers()));
    }
}

#[test]
fn segments_of_the_path_arrive() {
    async fn show(path: web::Path<(String, u32)>) -> String {
        format!("{} {}", path.0, path.1)
    }
    let app = || {
        let resource = web::resource("/items/{id}").route(web::get().to(show));
        let scope = web::scope("/{tenant}").service(resource).wrap(cors());
        App::new().service(web::scope("/v1").service(scope).wrap(cors())).wrap(cors())
    };
    let response = respond(app(), request(Method::GET, "/v1/acme/items/7", false));
    assert_eq!(response.body(), "acme 7");
    assert!(has_headers(response.headers()));
}

#[test]
fn all_workers_answer_alike() {
    let policy = Policy::builder()
        .allow_origins(["https://app.example", "https://b.example", "https://*.c.example"])
        .allow_methods(["PUT", "PATCH", "DELETE", "PURGE", "QUERY"])
        .allow_headers(["x-a", "x-b", "x-c", "x-d", "x-e", "content-type", "authorization"])
        .expose_headers(["x-f", "x-g", "x-h", "etag"])
        .build()
        .unwrap();
    let cors = Cors::new(policy);
    let workers = Arc::new(AtomicUsize::new(0));
    let started = workers.clone();
    let app = move || {
        let worker = started.fetch_add(1, Ordering::SeqCst).to_string();
        let name = move || std::future::ready(worker.clone());
        App::new().route("/", web::get().to(name)).wrap(cors.clone())
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    // It runs until the process ends.
    thread::spawn(move || {
        let server = HttpServer::new(app).workers(2).disable_signals().listen(listener)?;
        actix_web::rt::System::new().block_on(server.run())
    });

    let send = |text: &str| {
        let request = Request::try_from(text.to_owned()).unwrap();
        let (head, body) = tests::send(address, "", &request, || {}).unwrap();
        let mut headers: HeaderLines = head.headers;
        headers.retain(|(name, _)| name != "date");
        headers.sort();
        (headers, body)
    };
    // The workers take turns.
    for (request, bodies) in [
        ("GET /\norigin: https://app.example", 2),
        ("OPTIONS /\norigin: https://app.example\naccess-control-request-method: PUT", 1),
    ] {
        let answers: BTreeSet<_> = (0..20).map(|_| send(request)).collect();
        let headers: BTreeSet<_> = answers.iter().map(|(headers, _)| headers).collect();
        assert_eq!(answers.len(), bodies, "a GET request is answered by either worker's name");
        assert_eq!(headers.len(), 1);
    }
}

fn lines(headers: &HeaderMap) -> HeaderLines {
    let mut lines: HeaderLines = headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .filter(|(name, _)| name == "vary" || name.starts_with("access-control-"))
        .collect();
    lines.sort();
    lines
}

#[test]
fn it_can_be_shared() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    check::<Cors>();
}
