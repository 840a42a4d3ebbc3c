//! salvo.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;

use bytes::Bytes;
use cors_salvo::{Cors, Deployment, below};
use futures_util::StreamExt;
use http_body_util::BodyExt;
use salvo::catch_panic::CatchPanic;
use salvo::conn::tcp::TcpAcceptor;
use salvo::conn::{ConnCtrl, SocketAddr};
use salvo::http::header::{HeaderName, HeaderValue, IF_NONE_MATCH};
use salvo::http::uri::Scheme;
use salvo::http::{Method, ResBody, StatusError};
use salvo::prelude::{Extractible, StatusCode, WebSocketUpgrade, Writer};
use salvo::websocket::WebSocket;
use salvo::{
    Depot, FlowCtrl, Handler, Request, Response, Router, Server, Service, async_trait, handler,
};
use serde::Deserialize;

use crate::{Adapter, Behaviour, Mount, Probe, Reply, Route, Stop, tenants};

pub(super) struct Salvo;

impl Adapter for Salvo {
    fn name(&self) -> &'static str {
        "salvo"
    }

    fn send(&self, mount: Mount, request: http::Request<Bytes>) -> http::Response<Bytes> {
        let cors = cors(mount.deployment, mount.asked);
        let mut service = Service::new(router(&mount.prefix, mount.routes));
        if mount.twice {
            service = cors.clone().wrap(service);
        }
        respond(&cors.wrap(service), request)
    }

    fn serve(&self, listener: TcpListener, mounts: Vec<Mount>, stop: Stop) -> io::Result<()> {
        let mut root = Router::new();
        let mut hoops = Vec::new();
        for mount in mounts {
            let Mount { prefix, deployment, asked, twice, routes } = mount;
            root = root.push(router(&prefix, routes));
            let cors = cors(deployment, asked);
            if twice {
                hoops.push((prefix.clone(), cors.clone()));
            }
            hoops.push((prefix, cors));
        }
        let mut service = Service::new(root);
        for (prefix, cors) in hoops {
            service = service.hoop_when(cors, below(&prefix));
        }
        super::block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let server = Server::new(TcpAcceptor::try_from(listener)?);
            tokio::select! {
                result = server.try_serve(service) => result,
                () = stop => Ok(()),
            }
        })
    }
}

fn cors(deployment: Deployment, asked: Option<Probe>) -> Cors {
    let origins = tenants::origins(asked, |request: &Request| request.header::<String>("x-tenant"));
    Cors::new(deployment).origin_predicate(origins)
}

/// Sends a request through a service as its server would. The documented way to do so needs
/// salvo's feature `test`, with four compression libraries.
pub fn respond(service: &Service, request: http::Request<Bytes>) -> http::Response<Bytes> {
    let (local, remote) = (SocketAddr::Unknown, SocketAddr::Unknown);
    let handler = service.hyper_handler(local, remote, Scheme::HTTP, None, ConnCtrl::new(), None);
    super::block_on(async {
        let response = handler.handle(Request::from_hyper(request, Scheme::HTTP)).await;
        let (head, body) = response.into_hyper().into_parts();
        let body = BodyExt::collect(body).await.expect("the body is read to its end");
        http::Response::from_parts(head, body.to_bytes())
    })
}

fn router(prefix: &str, routes: Vec<Route>) -> Router {
    routes.into_iter().fold(Router::with_path(prefix), |router, route| {
        let only_get = route.only_get;
        let path = Router::with_path(&route.path);
        router.push(match route.behaviour {
            Behaviour::Extractor => path.goal(NeedsNumber { probe: route.probe }),
            Behaviour::Panic => path.hoop(CatchPanic::new()).goal(Code(route)),
            Behaviour::MiddlewareError | Behaviour::Unauthorized => {
                path.hoop(Code(route.clone())).goal(Code(route))
            }
            Behaviour::MethodOverride => path.hoop(overridden).goal(Code(route)),
            _ if only_get => path.get(Code(route)),
            _ => path.goal(Code(route)),
        })
    })
}

/// A handler, or a hoop that answers by itself.
struct Code(Route);

#[async_trait]
impl Handler for Code {
    async fn handle(&self, req: &mut Request, _: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        let Self(Route { behaviour, reply, probe, .. }) = self;
        probe.reach();
        match behaviour {
            Behaviour::Stream => {
                let chunks = reply.chunks(probe.clone()).map(Ok::<_, Infallible>);
                write(reply, ResBody::stream(chunks), res);
            }
            Behaviour::Echo => {
                let body = req.payload().await.cloned().unwrap_or_default();
                write(reply, ResBody::Once(body), res);
            }
            Behaviour::Revalidated => {
                let etag = req.headers().get(IF_NONE_MATCH).map(AsRef::as_ref);
                let reply = reply.revalidated(etag);
                write(&reply, ResBody::Once(reply.body.clone()), res);
            }
            Behaviour::WebSocket => {
                let until_closed =
                    async |mut socket: WebSocket| while socket.recv().await.is_some() {};
                if let Err(error) = WebSocketUpgrade::new().upgrade(req, res, until_closed).await {
                    res.render(error);
                }
            }
            Behaviour::Error | Behaviour::MiddlewareError => {
                res.render(StatusError::internal_server_error());
            }
            Behaviour::Panic => super::panic_quietly(),
            Behaviour::Unauthorized => {
                res.status_code(StatusCode::UNAUTHORIZED);
            }
            Behaviour::MethodOverride if req.method() != Method::DELETE => {
                res.render(StatusError::method_not_allowed());
            }
            Behaviour::Reply | Behaviour::Extractor | Behaviour::MethodOverride => {
                write(reply, ResBody::Once(reply.body.clone()), res);
            }
        }
    }
}

#[handler]
async fn overridden(request: &mut Request) {
    if request.uri().query() == Some(super::OVERRIDE) {
        *request.method_mut() = Method::DELETE;
    }
}

fn write(reply: &Reply, body: ResBody, response: &mut Response) {
    response.status_code =
        Some(StatusCode::from_u16(reply.head.status).expect("the data has valid statuses"));
    for (name, value) in reply.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("valid names");
        response.headers_mut().append(name, HeaderValue::from_bytes(&value).expect("valid values"));
    }
    response.body(body);
}

#[derive(Deserialize, Extractible)]
#[salvo(extract(default_source(from = "query")))]
struct Number {
    number: u32,
}

struct NeedsNumber {
    probe: Probe,
}

#[handler]
impl NeedsNumber {
    async fn handle(&self, number: Number) -> String {
        self.probe.reach();
        number.number.to_string()
    }
}
