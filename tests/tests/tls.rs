//! A server that terminates TLS itself tells the middleware that a request arrived over https,
//! though the target is a path alone. The servers here only say that they terminate TLS.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io;
use std::net::{Ipv4Addr, SocketAddr as TcpAddr};

use actix_service::IntoServiceFactory;
use actix_web::dev::{AppConfig, Service, ServiceFactory};
use actix_web::test::TestRequest;
use actix_web::{App, web};
use bytes::Bytes;
use cors_core::Policy;
use poem::listener::{Acceptor, TcpAcceptor};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{EndpointExt, Server};
use salvo::conn::{ConnCtrl, SocketAddr};
use salvo::http::uri::Scheme;
use salvo::{Router, handler};

fn policy() -> Policy {
    let policy = Policy::builder().allow_origins(["https://app.example"]).enforce_origins(true);
    policy.build().unwrap()
}

/// For pages at http and at https, to a server with TLS and to one without.
const EXPECTED: [(&str, bool, u16); 4] = [
    ("http://api.example", false, 200),
    ("http://api.example", true, 403),
    ("https://api.example", false, 200),
    ("https://api.example", true, 200),
];

#[test]
fn actix_says_so() {
    for (origin, is_tls, status) in EXPECTED {
        let got = actix_web::rt::System::new().block_on(async {
            let app = App::new()
                .default_service(web::to(|| async { "handler" }))
                .wrap(cors_actix::Cors::new(policy()));
            let address = TcpAddr::from((Ipv4Addr::LOCALHOST, 443));
            let config = AppConfig::__priv_test_new(is_tls, "localhost".into(), address);
            let app = app.into_factory().new_service(config).await.unwrap();
            let request = TestRequest::post()
                .insert_header(("host", "api.example"))
                .insert_header(("origin", origin))
                // Headers that anybody can send.
                .insert_header(("x-forwarded-proto", "https"))
                .insert_header(("forwarded", "proto=https"));
            app.call(request.to_request()).await.unwrap().status().as_u16()
        });
        assert_eq!(got, status, "{origin} {is_tls}");
    }
}

/// Says that it terminates TLS.
struct Terminating(TcpAcceptor);

impl Acceptor for Terminating {
    type Io = <TcpAcceptor as Acceptor>::Io;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.0.local_addr()
    }

    async fn accept(&mut self) -> io::Result<(Self::Io, LocalAddr, RemoteAddr, Scheme)> {
        let (stream, local, remote, _) = self.0.accept().await?;
        Ok((stream, local, remote, Scheme::HTTPS))
    }
}

#[test]
fn poem_says_so() {
    for (origin, is_tls, status) in EXPECTED {
        let listener = tests::listen().unwrap();
        let address = listener.local_addr().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let app = poem::endpoint::make_sync(|_| "handler").with(cors_poem::Cors::new(policy()));
        let entered = runtime.enter();
        let acceptor = TcpAcceptor::from_std(listener).unwrap();
        drop(entered);
        if is_tls {
            runtime.spawn(Server::new_with_acceptor(Terminating(acceptor)).run(app));
        } else {
            runtime.spawn(Server::new_with_acceptor(acceptor).run(app));
        }
        let headers = vec![("host".into(), "api.example".into()), ("origin".into(), origin.into())];
        let request = tests::Request { method: "POST".into(), path: "/".into(), headers };
        let (head, _) = tests::send(address, "", &request, || ()).unwrap();
        assert_eq!(head.status, status, "{origin} {is_tls}");
    }
}

#[handler]
async fn hello() -> &'static str {
    "handler"
}

#[test]
fn salvo_says_so() {
    for (origin, is_tls, status) in EXPECTED {
        let service = salvo::Service::new(Router::new().goal(hello));
        let service = cors_salvo::Cors::new(policy()).wrap(service);
        let (local, remote) = (SocketAddr::Unknown, SocketAddr::Unknown);
        let scheme = if is_tls { Scheme::HTTPS } else { Scheme::HTTP };
        let handler =
            service.hyper_handler(local, remote, scheme.clone(), None, ConnCtrl::new(), None);
        let request = http::Request::post("/")
            .header("host", "api.example")
            .header("origin", origin)
            .body(Bytes::new())
            .unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let response =
            runtime.block_on(handler.handle(salvo::Request::from_hyper(request, scheme)));
        assert_eq!(response.into_hyper().status(), status, "{origin} {is_tls}");
    }
}
