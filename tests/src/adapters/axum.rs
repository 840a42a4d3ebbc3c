//! axum, and everything else on tower.

use std::convert::Infallible;
use std::fmt::Debug;
use std::io;
use std::net::TcpListener;

use axum::body::{Body, HttpBody};
use axum::error_handling::HandleError;
use axum::extract::{Query, Request, WebSocketUpgrade};
use axum::http::header::IF_NONE_MATCH;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{ErrorResponse, Response};
use axum::routing::{MethodRouter, any, any_service, delete, get};
use axum::{BoxError, Router};
use bytes::Bytes;
use cors_axum::CorsLayer;
use futures_util::StreamExt;
use http_body_util::BodyExt;
use tower::util::MapRequest;
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_http::catch_panic::CatchPanicLayer;

use super::Number;
use crate::{Adapter, Behaviour, Mount, Reply, Route, Stop, tenants};

pub(super) struct Axum;

impl Adapter for Axum {
    fn name(&self) -> &'static str {
        "axum"
    }

    fn send(&self, mount: Mount, request: http::Request<Bytes>) -> http::Response<Bytes> {
        respond(app(mount), request)
    }

    fn serve(&self, listener: TcpListener, mounts: Vec<Mount>, stop: Stop) -> io::Result<()> {
        let mut root = Router::new();
        for mut mount in mounts {
            let prefix = std::mem::take(&mut mount.prefix);
            root = root.nest_service(&prefix, app(mount));
        }
        super::block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            tokio::select! {
                result = axum::serve(listener, root).into_future() => result,
                () = stop => Ok(()),
            }
        })
    }
}

/// Sends a request through a service.
pub fn respond<S, B>(service: S, request: http::Request<Bytes>) -> http::Response<Bytes>
where
    S: Service<Request, Response = http::Response<B>, Error = Infallible>,
    B: HttpBody<Error: Debug>,
{
    super::block_on(async {
        let response = service.oneshot(request.map(Body::from)).await;
        let (head, body) = response.unwrap_or_else(|error| match error {}).into_parts();
        let body = body.collect().await.expect("the body is read to its end");
        http::Response::from_parts(head, body.to_bytes())
    })
}

fn app(mount: Mount) -> Router {
    let cors = CorsLayer::new(mount.deployment);
    let mut app = Router::new();
    for route in mount.routes {
        let path = route.path.clone();
        app = app.route(&path, method_router(route));
    }
    if mount.asked.is_some() {
        let cors = cors.origin_predicate(tenants::origins(mount.asked, |head: &Parts| {
            Some(head.headers.get("x-tenant")?.to_str().ok()?.into())
        }));
        return wrap(&cors, mount.twice, app);
    }
    wrap(&cors, mount.twice, app)
}

fn wrap<L, S>(cors: &L, twice: bool, app: Router) -> Router
where
    L: Layer<Router, Service = S>,
    S: Service<Request, Response = Response, Error = Infallible, Future: Send>,
    S: Clone + Send + Sync + 'static,
{
    let app = if twice { Router::new().fallback_service(cors.layer(app)) } else { app };
    Router::new().fallback_service(cors.layer(app))
}

fn method_router(route: Route) -> MethodRouter {
    let Route { behaviour, only_get, reply, probe, .. } = route;
    let streamed = behaviour == Behaviour::Stream;
    let in_handler = probe.clone();
    let in_reply = reply.clone();
    let handler = async move || {
        in_handler.reach();
        if streamed {
            let chunks = reply.chunks(in_handler).map(Ok::<_, Infallible>);
            response(&reply, Body::from_stream(chunks))
        } else {
            response(&reply, Body::from(reply.body.clone()))
        }
    };
    match behaviour {
        Behaviour::Reply | Behaviour::Stream if only_get => get(handler),
        Behaviour::Reply | Behaviour::Stream => any(handler),
        Behaviour::Echo => any(async move |body: Bytes| {
            probe.reach();
            response(&in_reply, Body::from(body))
        }),
        Behaviour::Revalidated => any(async move |headers: HeaderMap| {
            probe.reach();
            let etag = headers.get(IF_NONE_MATCH).map(AsRef::as_ref);
            let reply = in_reply.revalidated(etag);
            response(&reply, Body::from(reply.body.clone()))
        }),
        Behaviour::WebSocket => any(async move |upgrade: WebSocketUpgrade| {
            probe.reach();
            upgrade.on_upgrade(async |mut socket| while socket.recv().await.is_some() {})
        }),
        Behaviour::Error => any(async move || {
            probe.reach();
            Err::<(), ErrorResponse>((StatusCode::INTERNAL_SERVER_ERROR, "error").into())
        }),
        Behaviour::Panic => any(async move || {
            probe.reach();
            super::panic_quietly::<()>()
        })
        .layer(CatchPanicLayer::new()),
        Behaviour::Extractor => any(async move |Query(Number { number }): Query<Number>| {
            probe.reach();
            number.to_string()
        }),
        Behaviour::MiddlewareError => {
            let failing = service_fn(move |_: Request| {
                probe.reach();
                async { Err::<Response, BoxError>("error".into()) }
            });
            let status = async |_: BoxError| StatusCode::INTERNAL_SERVER_ERROR;
            any_service(HandleError::new(failing, status))
        }
        Behaviour::MethodOverride => any_service(MapRequest::new(
            delete(handler).with_state::<()>(()),
            |mut request: Request| {
                if request.uri().query() == Some(super::OVERRIDE) {
                    *request.method_mut() = Method::DELETE;
                }
                request
            },
        )),
        Behaviour::Unauthorized => any(handler).layer(from_fn(move |_: Request, _: Next| {
            probe.reach();
            async { StatusCode::UNAUTHORIZED }
        })),
    }
}

fn response(reply: &Reply, body: Body) -> Response {
    let mut response = http::Response::builder().status(reply.head.status);
    for (name, value) in reply.headers() {
        response = response.header(name, value);
    }
    response.body(body).expect("the data has valid heads")
}
