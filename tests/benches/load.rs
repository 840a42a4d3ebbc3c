//! Throughput over loopback with and without the middleware, in turns:
//! `cargo bench -p tests --bench load`. Bounded: each turn is a fixed number of requests.

#![expect(clippy::expect_used, reason = "a benchmark that cannot measure has to end")]

use std::convert::identity;
use std::env;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use actix_web::{App, HttpServer, web};
use axum::Router;
use cors_core::Policy;
use poem::endpoint::make_sync;
use poem::listener::TcpAcceptor;
use poem::{Endpoint, EndpointExt, Route};
use salvo::{Service, handler};

const ROUNDS: usize = 15;
const CONNECTIONS: usize = 8;
const REQUESTS_PER_CONNECTION: u32 = 2000;

const REQUEST: &[u8] =
    b"GET / HTTP/1.1\r\nhost: localhost\r\norigin: https://app.example.com\r\n\r\n";

/// Serves `hello` for as long as the program runs, under the policy if there is one.
type Serve = fn(TcpListener, Option<Policy>) -> io::Result<()>;

const SERVERS: [(&str, Serve); 4] =
    [("actix", serve_actix), ("axum", serve_axum), ("poem", serve_poem), ("salvo", serve_salvo)];

fn main() {
    // As a test of cargo's, it measures nothing.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("| framework | without, requests/s | with, requests/s | with / without | quartiles |");
    println!("|---|---|---|---|---|");
    for (name, serve) in SERVERS {
        let without = start(serve, None);
        let with = start(serve, Some(policy()));
        // Warms both up.
        throughput(without);
        throughput(with);
        let rounds: Vec<_> = (0..ROUNDS).map(|_| (throughput(without), throughput(with))).collect();
        let [_, without, _] = quartiles(rounds.iter().map(|(without, _)| *without));
        let [_, with, _] = quartiles(rounds.iter().map(|(_, with)| *with));
        let [low, ratio, high] = quartiles(rounds.iter().map(|(without, with)| with / without));
        println!("| {name} | {without:.0} | {with:.0} | {ratio:.3} | {low:.3} to {high:.3} |");
    }
}

fn policy() -> Policy {
    Policy::builder()
        .allow_origins(["https://app.example.com"])
        .allow_credentials(true)
        .expose_headers(["x-request-id"])
        .build()
        .expect("the policy is valid")
}

fn start(serve: Serve, policy: Option<Policy>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.set_nonblocking(true).expect("the runtimes need it");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || serve(listener, policy).expect("it serves"));
    address
}

/// Requests per second.
fn throughput(address: SocketAddr) -> f64 {
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(move || send_all(address).expect("every request is answered"));
        }
    });
    let requests = u32::try_from(CONNECTIONS).map_or(0, identity) * REQUESTS_PER_CONNECTION;
    f64::from(requests) / start.elapsed().as_secs_f64()
}

fn send_all(address: SocketAddr) -> io::Result<()> {
    let mut connection = TcpStream::connect(address)?;
    connection.set_nodelay(true)?;
    connection.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut response = [0; 1024];
    for _ in 0..REQUESTS_PER_CONNECTION {
        connection.write_all(REQUEST)?;
        let mut len = 0;
        // The body tells the end: a response is in flight only after the one before.
        while !response.get(..len).is_some_and(|read| read.ends_with(b"\r\n\r\nhello")) {
            let rest = response.get_mut(len..).unwrap_or_default();
            match connection.read(rest)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => len += read,
            }
        }
    }
    Ok(())
}

fn quartiles(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values.get(values.len() * quarter / 4).copied().unwrap_or(f64::NAN))
}

fn block_on(server: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(server)
}

fn serve_actix(listener: TcpListener, policy: Option<Policy>) -> io::Result<()> {
    let route = || web::get().to(|| async { "hello" });
    let Some(policy) = policy else {
        let server = HttpServer::new(move || App::new().route("/", route()));
        let server = server.workers(1).disable_signals().listen(listener)?;
        return actix_web::rt::System::new().block_on(server.run());
    };
    let cors = cors_actix::Cors::new(policy);
    let server = HttpServer::new(move || App::new().route("/", route()).wrap(cors.clone()));
    let server = server.workers(1).disable_signals().listen(listener)?;
    actix_web::rt::System::new().block_on(server.run())
}

fn serve_axum(listener: TcpListener, policy: Option<Policy>) -> io::Result<()> {
    let mut router = Router::new().route("/", axum::routing::get(|| async { "hello" }));
    if let Some(policy) = policy {
        router = router.layer(cors_axum::CorsLayer::new(policy));
    }
    block_on(async { axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await })
}

fn serve_poem(listener: TcpListener, policy: Option<Policy>) -> io::Result<()> {
    fn serve(listener: TcpListener, endpoint: impl Endpoint + 'static) -> io::Result<()> {
        block_on(async {
            let acceptor = TcpAcceptor::from_std(listener)?;
            poem::Server::new_with_acceptor(acceptor).run(endpoint).await
        })
    }
    let route = Route::new().at("/", poem::get(make_sync(|_| "hello")));
    match policy {
        None => serve(listener, route),
        Some(policy) => serve(listener, route.with(cors_poem::Cors::new(policy))),
    }
}

#[handler]
async fn hello() -> &'static str {
    "hello"
}

fn serve_salvo(listener: TcpListener, policy: Option<Policy>) -> io::Result<()> {
    let mut service = Service::new(salvo::Router::new().get(hello));
    if let Some(policy) = policy {
        service = cors_salvo::Cors::new(policy).wrap(service);
    }
    block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let acceptor = salvo::conn::tcp::TcpAcceptor::try_from(listener)?;
        salvo::Server::new(acceptor).serve(service).await;
        Ok(())
    })
}
