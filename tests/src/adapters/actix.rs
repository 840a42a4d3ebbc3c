//! actix-web.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::error::ErrorInternalServerError;
use actix_web::http::header::{HeaderName, HeaderValue, IF_NONE_MATCH};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Condition, Next, from_fn};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Query, ServiceConfig};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer};
use bytes::Bytes;
use cors_actix::{Cors, Deployment};
use futures_util::StreamExt;

use super::Number;
use crate::{
    Adapter, Behaviour, Instead, Limits, Mount, Probe, Protocol, Reply, Route, Stop, Unsupported,
    tenants,
};

pub(super) struct Actix;

impl Adapter for Actix {
    fn name(&self) -> &'static str {
        "actix"
    }

    fn unsupported(&self) -> &'static [Unsupported] {
        const NO_CATCHER: &str = "actix-web has no panic catcher: the connection is closed";
        const TWO_HOSTS: &str = "actix-http answers several lines of `Host` itself over HTTP/1.1";
        const fn panics(case: &'static str) -> Unsupported {
            let (over, instead) = (Protocol::ALL, Instead::Nothing);
            Unsupported { case, over, instead, reason: NO_CATCHER }
        }
        const fn of_two_hosts(case: &'static str) -> Unsupported {
            let (over, instead) = (&[Protocol::Http1], Instead::Other(400));
            Unsupported { case, over, instead, reason: TWO_HOSTS }
        }
        &const {
            [
                panics("panic_caught"),
                panics("panic_caught_origin_refused"),
                of_two_hosts("enforcement_two_hosts_get"),
                of_two_hosts("enforcement_two_hosts_post"),
                of_two_hosts("enforcement_two_hosts_post_cross_site"),
                of_two_hosts("enforcement_two_hosts_foreign"),
                of_two_hosts("enforcement_two_hosts_own"),
                of_two_hosts("enforcement_two_hosts_own_by_host"),
                of_two_hosts("enforcement_two_hosts_allowed"),
                of_two_hosts("enforcement_two_hosts_allowed_preflight"),
                of_two_hosts("enforcement_two_hosts_other"),
            ]
        }
    }

    fn limits(&self) -> Limits {
        Limits { lines: 96, bytes: 131_072, h2_bytes: 16 << 20, only_utf8: false }
    }

    fn send(&self, mount: Mount, request: http::Request<Bytes>) -> http::Response<Bytes> {
        // As actix-web's server does.
        if request.headers().get_all(http::header::HOST).iter().count() > 1 {
            let mut refused = http::Response::default();
            *refused.status_mut() = http::StatusCode::BAD_REQUEST;
            return refused;
        }
        let cors = cors(mount.deployment, mount.asked);
        let app = App::new()
            .configure(|config| configure(config, &mount.routes))
            .wrap(Condition::new(mount.twice, cors.clone()))
            .wrap(cors);
        respond(app, request)
    }

    fn serve(&self, listener: TcpListener, mounts: Vec<Mount>, stop: Stop) -> io::Result<()> {
        let mounts: Arc<Vec<_>> = mounts
            .into_iter()
            .map(|mount| {
                (mount.prefix, cors(mount.deployment, mount.asked), mount.twice, mount.routes)
            })
            .collect::<Vec<_>>()
            .into();
        let app = move || {
            App::new().configure(|config| {
                for (prefix, cors, twice, routes) in &*mounts {
                    config.service(
                        web::scope(prefix)
                            .configure(|config| configure(config, routes))
                            .wrap(Condition::new(*twice, cors.clone()))
                            .wrap(cors.clone()),
                    );
                }
            })
        };
        let server = HttpServer::new(app).workers(1).disable_signals().listen_auto_h2c(listener)?;
        actix_web::rt::System::new().block_on(async {
            tokio::select! {
                result = server.run() => result,
                () = stop => Ok(()),
            }
        })
    }
}

/// Sends a request through an application.
pub fn respond<T, B>(app: App<T>, request: http::Request<Bytes>) -> http::Response<Bytes>
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
            Future: 'static,
        > + 'static,
    B: MessageBody,
{
    actix_web::rt::System::new().block_on(async {
        let app = init_service(app).await;
        match app.call(test_request(request).to_request()).await {
            Ok(response) => from_actix(response.into_parts().1).await,
            // What the server does with an error.
            Err(error) => from_actix(error.error_response()).await,
        }
    })
}

fn cors(deployment: Deployment, asked: Option<Probe>) -> Cors {
    let origins = tenants::origins(asked, |request: &ServiceRequest| {
        Some(request.headers().get("x-tenant")?.to_str().ok()?.into())
    });
    Cors::new(deployment).origin_predicate(origins)
}

fn configure(config: &mut ServiceConfig, routes: &[Route]) {
    for route in routes {
        add_route(config, route.clone());
    }
}

fn add_route(config: &mut ServiceConfig, route: Route) {
    let Route { path, only_get, behaviour, reply, probe } = route;
    let resource = web::resource(path);
    let in_handler = probe.clone();
    let in_reply = reply.clone();
    let handler = move || {
        in_handler.reach();
        let response = match behaviour {
            Behaviour::Stream => {
                let chunks = reply.chunks(in_handler.clone()).map(Ok::<_, Infallible>);
                response(&reply).streaming(chunks)
            }
            _ => response(&reply).body(reply.body.clone()),
        };
        async { response }
    };
    match behaviour {
        Behaviour::Reply | Behaviour::Stream if only_get => {
            config.service(resource.route(web::get().to(handler)))
        }
        Behaviour::Reply | Behaviour::Stream => config.service(resource.to(handler)),
        Behaviour::Echo => config.service(resource.to(move |body: Bytes| {
            probe.reach();
            let response = response(&in_reply).body(body);
            async { response }
        })),
        Behaviour::Revalidated => config.service(resource.to(move |request: HttpRequest| {
            probe.reach();
            let etag = request.headers().get(IF_NONE_MATCH).map(HeaderValue::as_bytes);
            let reply = in_reply.revalidated(etag);
            let response = response(&reply).body(reply.body);
            async { response }
        })),
        Behaviour::WebSocket => {
            config.service(resource.to(move |request: HttpRequest, body: web::Payload| {
                probe.reach();
                async move {
                    let (response, _, mut messages) = actix_ws::handle(&request, body)?;
                    actix_web::rt::spawn(async move { while messages.recv().await.is_some() {} });
                    Ok::<_, Error>(response)
                }
            }))
        }
        Behaviour::Error => config.service(resource.to(move || {
            probe.reach();
            async { Err::<HttpResponse, _>(ErrorInternalServerError("error")) }
        })),
        Behaviour::Panic => config.service(resource.to(move || {
            probe.reach();
            async { super::panic_quietly::<HttpResponse>() }
        })),
        Behaviour::Extractor => config.service(resource.to(move |query: Query<Number>| {
            probe.reach();
            async move { query.number.to_string() }
        })),
        Behaviour::MiddlewareError => config.service(resource.to(handler).wrap(from_fn(
            move |_: ServiceRequest, _: Next<_>| {
                probe.reach();
                async { Err::<ServiceResponse, Error>(ErrorInternalServerError("error")) }
            },
        ))),
        Behaviour::MethodOverride => {
            config.service(resource.route(web::delete().to(handler)).wrap(from_fn(overridden)))
        }
        Behaviour::Unauthorized => config.service(resource.to(handler).wrap(from_fn(
            move |request: ServiceRequest, _: Next<_>| {
                probe.reach();
                async {
                    let response = HttpResponse::Unauthorized().finish();
                    Ok::<ServiceResponse, Error>(request.into_response(response))
                }
            },
        ))),
    };
}

async fn overridden<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if request.query_string() == super::OVERRIDE {
        request.head_mut().method = Method::DELETE;
    }
    next.call(request).await
}

fn response(reply: &Reply) -> actix_web::HttpResponseBuilder {
    let status = StatusCode::from_u16(reply.head.status).expect("the data has valid statuses");
    let mut response = HttpResponse::build(status);
    for (name, value) in reply.headers() {
        response.append_header((name, HeaderValue::from_bytes(&value).expect("valid values")));
    }
    response
}

/// From the types of `http` 1 to those of `http` 0.2.
fn test_request(request: http::Request<Bytes>) -> TestRequest {
    let method = Method::from_bytes(request.method().as_str().as_bytes()).expect("a method");
    let mut converted = TestRequest::with_uri(&request.uri().to_string()).method(method);
    for (name, value) in request.headers() {
        let name = HeaderName::from_bytes(name.as_str().as_bytes()).expect("a name");
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a value");
        converted = converted.append_header((name, value));
    }
    converted
}

/// From the types of `http` 0.2 to those of `http` 1.
async fn from_actix<B: MessageBody>(response: HttpResponse<B>) -> http::Response<Bytes> {
    let mut converted = http::Response::builder().status(response.status().as_u16());
    for (name, value) in response.headers() {
        converted = converted.header(name.as_str(), value.as_bytes());
    }
    let body = to_bytes(response.into_body()).await;
    let body = body.unwrap_or_else(|_| panic!("the body is read to its end"));
    converted.body(body).expect("a valid response")
}
