//! poem.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;

use bytes::Bytes;
use cors_poem::Cors;
use futures_util::StreamExt;
use poem::endpoint::{BoxEndpoint, make};
use poem::http::header::IF_NONE_MATCH;
use poem::http::{Method, StatusCode};
use poem::listener::TcpAcceptor;
use poem::middleware::CatchPanic;
use poem::web::Query;
use poem::web::websocket::{WebSocket, WebSocketStream};
use poem::{
    Body, Endpoint, EndpointExt, Error, FromRequest, IntoResponse, Request, Response,
    Route as Router, Server, delete, get,
};

use super::Number;
use crate::{Adapter, Behaviour, Mount, Probe, Reply, Route, Stop, tenants};

pub(super) struct Poem;

impl Adapter for Poem {
    fn name(&self) -> &'static str {
        "poem"
    }

    fn send(&self, mount: Mount, request: http::Request<Bytes>) -> http::Response<Bytes> {
        respond(&app(mount), request)
    }

    fn serve(&self, listener: TcpListener, mounts: Vec<Mount>, stop: Stop) -> io::Result<()> {
        let mut root = Router::new();
        for mut mount in mounts {
            let prefix = std::mem::take(&mut mount.prefix);
            root = root.nest(prefix, app(mount));
        }
        super::block_on(async {
            let server = Server::new_with_acceptor(TcpAcceptor::from_std(listener)?);
            tokio::select! {
                result = server.run(root) => result,
                () = stop => Ok(()),
            }
        })
    }
}

/// Sends a request through an endpoint.
pub fn respond(endpoint: &impl Endpoint, request: http::Request<Bytes>) -> http::Response<Bytes> {
    super::block_on(async {
        let (head, body) = request.into_parts();
        let mut request =
            poem::Request::builder().method(head.method).uri(head.uri).body(Body::from(body));
        *request.headers_mut() = head.headers;
        let response = endpoint.get_response(request).await;
        let (head, body) = http::Response::from(response).into_parts();
        let body = Body::from(body).into_bytes().await.expect("the body is read to its end");
        http::Response::from_parts(head, body)
    })
}

fn app(mount: Mount) -> BoxEndpoint<'static> {
    let origins = tenants::origins(mount.asked, |request: &poem::Request| {
        Some(request.header("x-tenant")?.into())
    });
    let cors = Cors::new(mount.deployment).origin_predicate(origins);
    let mut app = Router::new();
    for route in mount.routes {
        let path = route.path.clone();
        app = app.at(path, endpoint(route));
    }
    if mount.twice { app.with(cors.clone()).with(cors).boxed() } else { app.with(cors).boxed() }
}

fn endpoint(route: Route) -> BoxEndpoint<'static> {
    let Route { behaviour, only_get, reply, probe, .. } = route;
    match behaviour {
        Behaviour::Reply | Behaviour::Stream if only_get => {
            get(handler(reply, probe, false)).boxed()
        }
        Behaviour::Reply => handler(reply, probe, false).map_to_response().boxed(),
        Behaviour::Stream => handler(reply, probe, true).map_to_response().boxed(),
        Behaviour::Echo => make(move |request: Request| {
            probe.reach();
            let response = response(&reply, request.into_body());
            async { response }
        })
        .boxed(),
        Behaviour::Revalidated => make(move |request: Request| {
            probe.reach();
            let etag = request.headers().get(IF_NONE_MATCH).map(AsRef::as_ref);
            let reply = reply.revalidated(etag);
            let response = response(&reply, Body::from(reply.body.clone()));
            async { response }
        })
        .boxed(),
        Behaviour::WebSocket => make(move |request: Request| {
            probe.reach();
            async move {
                let socket = WebSocket::from_request_without_body(&request).await?;
                let until_closed = async |mut socket: WebSocketStream| {
                    while socket.next().await.is_some() {}
                };
                Ok::<_, Error>(socket.on_upgrade(until_closed).into_response())
            }
        })
        .map_to_response()
        .boxed(),
        Behaviour::Error => make(move |_| {
            probe.reach();
            async { Err::<(), _>(Error::from_string("error", StatusCode::INTERNAL_SERVER_ERROR)) }
        })
        .map_to_response()
        .boxed(),
        Behaviour::Panic => make(move |_| {
            probe.reach();
            async { super::panic_quietly::<()>() }
        })
        .with(CatchPanic::new())
        .map_to_response()
        .boxed(),
        Behaviour::Extractor => make(move |request| {
            let probe = probe.clone();
            async move {
                let query = Query::<Number>::from_request_without_body(&request).await?;
                probe.reach();
                Ok::<_, Error>(query.number.to_string())
            }
        })
        .map_to_response()
        .boxed(),
        Behaviour::MiddlewareError => handler(reply, probe.clone(), false)
            .around(move |_, _| {
                probe.reach();
                async {
                    let status = StatusCode::INTERNAL_SERVER_ERROR;
                    Err::<Response, _>(Error::from_string("error", status))
                }
            })
            .map_to_response()
            .boxed(),
        Behaviour::MethodOverride => delete(handler(reply, probe, false))
            .before(|mut request: Request| async {
                if request.uri().query() == Some(super::OVERRIDE) {
                    request.set_method(Method::DELETE);
                }
                Ok(request)
            })
            .boxed(),
        Behaviour::Unauthorized => handler(reply, probe.clone(), false)
            .around(move |_, _| {
                probe.reach();
                async { Ok(StatusCode::UNAUTHORIZED) }
            })
            .map_to_response()
            .boxed(),
    }
}

fn handler(
    reply: Reply,
    probe: Probe,
    streamed: bool,
) -> impl Endpoint<Output = Response> + 'static {
    make(move |_| {
        probe.reach();
        let body = if streamed {
            let chunks = reply.chunks(probe.clone()).map(Ok::<_, Infallible>);
            Body::from_bytes_stream(chunks.map(|chunk| chunk.map_err(io::Error::other)))
        } else {
            Body::from(reply.body.clone())
        };
        let response = response(&reply, body);
        async { response }
    })
}

fn response(reply: &Reply, body: Body) -> Response {
    let status = StatusCode::from_u16(reply.head.status).expect("the data has valid statuses");
    let mut response = Response::builder().status(status).body(body);
    for (name, value) in reply.headers() {
        let name = poem::http::HeaderName::from_bytes(name.as_bytes()).expect("valid names");
        let value = poem::http::HeaderValue::from_bytes(&value).expect("valid values");
        response.headers_mut().append(name, value);
    }
    response
}
