//! Rocket.

use std::collections::HashSet;
use std::io;
use std::net::{Ipv4Addr, TcpListener};

use bytes::Bytes;
use cors_rocket::{Cors, RequestHead};
use futures_util::StreamExt;
use rocket::config::{Config, Ident, LogLevel, Shutdown};
use rocket::data::{Data, ToByteUnit};
use rocket::fairing::AdHoc;
use rocket::http::{Header, Method, Status};
use rocket::local::asynchronous::Client;
use rocket::request::{self as guard, FromRequest};
use rocket::response::Responder;
use rocket::response::stream::ByteStream;
use rocket::route::{Handler, Outcome};
use rocket::shield::Shield;
use rocket::{Build, Request, Response, Rocket as App, Route as RocketRoute, async_trait};
use rocket_ws::WebSocket;
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::Number;
use crate::{
    Adapter, Behaviour, Instead, Limits, Mount, Protocol, Reply, Route, Stop, Unsupported, tenants,
};

pub(super) struct Rocket;

impl Adapter for Rocket {
    fn name(&self) -> &'static str {
        "rocket"
    }

    fn unsupported(&self) -> &'static [Unsupported] {
        const NO_405: &str = "Rocket 0.5 answers a wrong method as an unknown path";
        const UNKNOWN: &str = "Rocket 0.5 knows nine methods, and refuses all others by itself";
        const ABSOLUTE: &str = "Rocket 0.5 drops the host that a target names over HTTP/1.1";
        const SCHEME: &str = "Rocket 0.5 drops the scheme that a target names";
        const AUTHORITY: &str = "of `:authority`, Rocket 0.5 shows host and port as it reads them";
        const HTTP_1: &[Protocol] = &[Protocol::Http1];
        const HTTP_2: &[Protocol] = &[Protocol::Http2];
        const fn unsupported(
            case: &'static str,
            instead: Instead,
            reason: &'static str,
        ) -> Unsupported {
            Unsupported { case, over: Protocol::ALL, instead, reason }
        }
        const fn over_http_2(case: &'static str) -> Unsupported {
            Unsupported { over: HTTP_2, ..unsupported(case, Instead::Other(200), AUTHORITY) }
        }
        const fn over_http_1(case: &'static str, instead: Instead) -> Unsupported {
            Unsupported { over: HTTP_1, ..unsupported(case, instead, ABSOLUTE) }
        }
        &const {
            [
                unsupported("wrong_method", Instead::Status(404), NO_405),
                unsupported("wrong_method_origin_refused", Instead::Status(404), NO_405),
                unsupported("plain_options_only_get_routed", Instead::Status(404), NO_405),
                unsupported("unknown_method", Instead::Other(400), UNKNOWN),
                unsupported("enforced_refused_unknown_method", Instead::Other(400), UNKNOWN),
                unsupported("listed_lower_case_options_of_put", Instead::Other(400), UNKNOWN),
                over_http_1("enforced_target_of_the_same_host", Instead::Other(403)),
                over_http_1("enforced_target_of_another_host", Instead::Other(200)),
                over_http_1("enforced_target_with_a_port", Instead::Other(403)),
                over_http_1("enforced_target_of_another_port", Instead::Other(200)),
                over_http_1("enforcement_target_get", Instead::Other(421)),
                over_http_1("enforcement_target_foreign_get", Instead::Other(200)),
                over_http_1("enforcement_target_foreign_own", Instead::Other(200)),
                over_http_1("enforcement_target_own_by_host", Instead::Other(403)),
                over_http_2("enforced_host_with_user"),
                over_http_2("enforcement_host_with_user"),
                over_http_2("enforcement_host_with_port_of_letters"),
                over_http_2("enforced_port_with_a_leading_zero"),
                unsupported("enforced_https_target_of_http_page", Instead::Other(200), SCHEME),
                unsupported("enforced_https_target_and_port_80", Instead::Other(200), SCHEME),
                unsupported("enforced_https_target_in_capitals", Instead::Other(200), SCHEME),
                unsupported("enforced_https_websocket_of_http_page", Instead::Other(200), SCHEME),
                unsupported("enforcement_own_plain_http_over_https", Instead::Other(200), SCHEME),
                unsupported(
                    "enforcement_address_own_plain_http_over_https",
                    Instead::Other(200),
                    SCHEME,
                ),
                unsupported(
                    "enforcement_plain_http_page_socket_over_https",
                    Instead::Other(200),
                    SCHEME,
                ),
                unsupported(
                    "listed_preflight_refused_for_bad_header_of_put_with_content_type_not_ascii",
                    Instead::Other(204),
                    "Rocket 0.5 drops header lines that are not UTF-8",
                ),
                unsupported(
                    "tenants_allowed_twice",
                    Instead::Other(200),
                    "of two fairings only the first governs a request, so that it asks once",
                ),
            ]
        }
    }

    fn limits(&self) -> Limits {
        Limits { lines: 100, bytes: 417_792, h2_bytes: 16 << 20, only_utf8: true }
    }

    fn knows_method(&self, method: &str) -> bool {
        method.parse().is_ok_and(|parsed: Method| parsed.as_str() == method)
    }

    fn send(&self, mount: Mount, request: http::Request<Bytes>) -> http::Response<Bytes> {
        respond(mounted(bare(), mount), request)
    }

    fn serve(&self, listener: TcpListener, mounts: Vec<Mount>, stop: Stop) -> io::Result<()> {
        let app = mounts.into_iter().fold(bare(), mounted);
        super::block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            tokio::select! {
                result = launch(app, listener) => result,
                () = stop => Ok(()),
            }
        })
    }
}

/// Sends a request through an application.
pub fn respond(app: App<Build>, request: http::Request<Bytes>) -> http::Response<Bytes> {
    super::block_on(async {
        let client = Client::untracked(app).await.expect("the application starts");
        let method = request.method().as_str();
        assert!(Rocket.knows_method(method), "{method} cannot be sent in-process");
        let method: Method = method.parse().expect("a method that Rocket knows");
        // As Rocket's server does with a target that names a scheme and a host.
        let path = request.uri().path_and_query().expect("a path").to_string();
        let mut sent = client.req(method, path);
        for (name, value) in request.headers() {
            // As Rocket's server does.
            if let Ok(value) = str::from_utf8(value.as_bytes()) {
                sent.add_header(Header::new(name.to_string(), value.to_owned()));
            }
        }
        let response = sent.body(request.body()).dispatch().await;
        let mut converted = http::Response::builder().status(response.status().code);
        for header in response.headers().iter() {
            converted = converted.header(header.name().as_str(), header.value());
        }
        let body = response.into_bytes().await.unwrap_or_default();
        converted.body(body.into()).expect("a valid response")
    })
}

/// Without what Rocket adds to every response.
fn bare() -> App<Build> {
    let shutdown = Shutdown { ctrlc: false, signals: HashSet::new(), ..Shutdown::default() };
    let config = Config {
        address: Ipv4Addr::LOCALHOST.into(),
        port: 0,
        workers: 1,
        ident: Ident::none(),
        log_level: LogLevel::Off,
        shutdown,
        ..Config::release_default()
    };
    rocket::custom(config).attach(Shield::new())
}

/// Rocket takes no listener: it listens at a port of its own, to which connections are passed on.
async fn launch(app: App<Build>, listener: tokio::net::TcpListener) -> io::Result<()> {
    let (sender, receiver) = oneshot::channel();
    let app = app.attach(AdHoc::on_liftoff("port", |app| {
        let _ = sender.send(app.config().port);
        Box::pin(async {})
    }));
    let serve = async { app.launch().await.map(drop).map_err(io::Error::other) };
    let relay = async {
        let port = receiver.await.map_err(io::Error::other)?;
        loop {
            let (mut client, _) = listener.accept().await?;
            let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
            tokio::spawn(async move { copy_bidirectional(&mut client, &mut server).await });
        }
    };
    tokio::select! {
        result = serve => result,
        result = relay => result,
    }
}

fn mounted(app: App<Build>, mount: Mount) -> App<Build> {
    let Mount { prefix, deployment, asked, twice, routes } = mount;
    let origins = tenants::origins(asked, |request: &RequestHead| {
        request.headers.get_one("x-tenant").map(Into::into)
    });
    let cors = Cors::new(deployment).origin_predicate(origins).below(&prefix);
    let base = if prefix.is_empty() { "/" } else { &prefix };
    let is_overridden = routes.iter().any(|route| route.behaviour == Behaviour::MethodOverride);
    let app = app.mount(base, routes.into_iter().flat_map(routes_of).collect::<Vec<_>>());
    let app = if twice { app.attach(cors.clone()) } else { app };
    let app = app.attach(cors);
    if is_overridden { app.attach(overriding()) } else { app }
}

/// A fairing that decides on methods after the middleware could have done so.
fn overriding() -> AdHoc {
    AdHoc::on_request("method override", |request, _| {
        Box::pin(async move {
            if request.uri().query().is_some_and(|query| query == super::OVERRIDE) {
                request.set_method(Method::Delete);
            }
        })
    })
}

fn routes_of(route: Route) -> Vec<RocketRoute> {
    const GET: [Method; 1] = [Method::Get];
    const DELETE: [Method; 1] = [Method::Delete];
    const ALL: [Method; 8] = [
        Method::Get,
        Method::Head,
        Method::Post,
        Method::Put,
        Method::Patch,
        Method::Delete,
        Method::Options,
        Method::Trace,
    ];
    let methods = match route.behaviour {
        Behaviour::MethodOverride => &DELETE[..],
        _ if route.only_get => &GET[..],
        _ => &ALL[..],
    };
    let path = route.path.clone();
    methods.iter().map(|method| RocketRoute::new(*method, &path, Code(route.clone()))).collect()
}

#[derive(Clone)]
struct Code(Route);

#[async_trait]
impl Handler for Code {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let Self(Route { behaviour, reply, probe, .. }) = self;
        match behaviour {
            Behaviour::Extractor => match request.guard::<Number>().await {
                guard::Outcome::Success(Number { number }) => {
                    probe.reach();
                    Outcome::from(request, number.to_string())
                }
                guard::Outcome::Error((status, ())) => Outcome::Error(status),
                guard::Outcome::Forward(status) => Outcome::forward(data, status),
            },
            Behaviour::WebSocket => {
                probe.reach();
                match request.guard::<WebSocket>().await {
                    guard::Outcome::Success(socket) => {
                        let until_closed = socket.channel(|mut socket| {
                            Box::pin(async move {
                                while socket.next().await.is_some() {}
                                Ok(())
                            })
                        });
                        Outcome::from(request, until_closed)
                    }
                    guard::Outcome::Error((status, _)) => Outcome::Error(status),
                    guard::Outcome::Forward(status) => Outcome::forward(data, status),
                }
            }
            Behaviour::Echo => {
                probe.reach();
                match data.open(1.mebibytes()).into_bytes().await {
                    Ok(body) => Outcome::Success(response(reply, body.into_inner().into())),
                    Err(_) => Outcome::Error(Status::BadRequest),
                }
            }
            Behaviour::Revalidated => {
                probe.reach();
                let etag = request.headers().get_one("if-none-match");
                let reply = reply.revalidated(etag.map(str::as_bytes));
                Outcome::Success(response(&reply, reply.body.clone()))
            }
            Behaviour::Stream => {
                probe.reach();
                let chunks = reply.chunks(probe.clone());
                match ByteStream(chunks).respond_to(request) {
                    Ok(mut response) => {
                        response.remove_header("content-type");
                        Outcome::Success(write(reply, response))
                    }
                    Err(status) => Outcome::Error(status),
                }
            }
            Behaviour::Reply | Behaviour::MethodOverride => {
                probe.reach();
                Outcome::Success(response(reply, reply.body.clone()))
            }
            Behaviour::Panic => {
                probe.reach();
                super::panic_quietly()
            }
            // What Rocket has of middleware that answers is a request guard.
            Behaviour::Error | Behaviour::MiddlewareError => {
                probe.reach();
                Outcome::Error(Status::InternalServerError)
            }
            Behaviour::Unauthorized => {
                probe.reach();
                Outcome::Error(Status::Unauthorized)
            }
        }
    }
}

fn response<'r>(reply: &Reply, body: Bytes) -> Response<'r> {
    let response = Response::build().sized_body(body.len(), io::Cursor::new(body)).finalize();
    write(reply, response)
}

fn write<'r>(reply: &Reply, mut response: Response<'r>) -> Response<'r> {
    response.set_status(Status::new(reply.head.status));
    for (name, value) in reply.headers() {
        let value = String::from_utf8(value).expect("the data has only such values");
        response.adjoin_header(Header::new(name.to_owned(), value));
    }
    response
}

#[async_trait]
impl<'r> FromRequest<'r> for Number {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> guard::Outcome<Self, ()> {
        match request.query_value("number") {
            Some(Ok(number)) => guard::Outcome::Success(Self { number }),
            _ => guard::Outcome::Error((Status::BadRequest, ())),
        }
    }
}
