//! One policy for servers of every framework, replaced a thousand times under two hundred thousand
//! requests: each answer is wholly by one policy or wholly by the other.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that panics has failed")]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use cors_core::{Policy, PolicyBuilder, PolicyHandle};
use tests::{Adapter, Connection, Head, HeaderLines, Mount, PATH, Route, adapters, listen, serve};

const REQUESTS: usize = 200_000;
const RELOADS: usize = 1_000;
/// To the server of each framework.
const CONNECTIONS: usize = 2;

/// In every header that a policy decides on, the two differ.
fn policy(second: bool) -> Policy {
    let builder: PolicyBuilder = match second {
        false => Policy::builder()
            .allow_methods(["PUT"])
            .allow_headers(["x-first"])
            .expose_headers(["x-first"])
            .max_age(Duration::from_secs(1)),
        true => Policy::builder()
            .allow_credentials(true)
            .enforce_origins(true)
            .allow_methods(["PUT", "DELETE"])
            .allow_headers(["x-first", "x-second"])
            .expose_headers(["x-second"])
            .max_age(Duration::from_secs(2)),
    };
    builder.allow_origins(["https://app.example"]).build().expect("the policy is valid")
}

/// What a client sends, and what the two policies answer to it, sorted.
const EXCHANGES: [(&str, [&str; 2]); 3] = [
    (
        "GET /resource HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\n\r\n",
        [
            "200
access-control-allow-origin: https://app.example
access-control-expose-headers: x-first
vary: Origin",
            "200
access-control-allow-credentials: true
access-control-allow-origin: https://app.example
access-control-expose-headers: x-second
vary: Origin, Sec-Fetch-Site",
        ],
    ),
    (
        "OPTIONS /resource HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\n\
         Access-Control-Request-Method: DELETE\r\n\r\n",
        [
            "204
access-control-allow-headers: x-first
access-control-allow-methods: PUT
access-control-allow-origin: https://app.example
access-control-max-age: 1
vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
            "204
access-control-allow-credentials: true
access-control-allow-headers: x-first,x-second
access-control-allow-methods: PUT,DELETE
access-control-allow-origin: https://app.example
access-control-max-age: 2
vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        ],
    ),
    (
        "GET /resource HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.example\r\n\r\n",
        ["200\nvary: Origin", "403\nvary: Origin, Sec-Fetch-Site"],
    ),
];

#[test]
fn no_answer_is_torn() {
    let handle = PolicyHandle::new(policy(false));
    let servers = adapters::ALL.map(|adapter| start(adapter, &handle));
    let answered = AtomicUsize::new(0);
    let clients = servers.len() * CONNECTIONS;
    let seen = thread::scope(|scope| {
        let answered = &answered;
        let client = |address| scope.spawn(move || send(address, REQUESTS / clients, answered));
        let clients: Vec<_> = servers.into_iter().cycle().take(clients).map(client).collect();
        for reload in 0..RELOADS {
            // A client that failed answers no more: its own panic says why.
            while answered.load(Ordering::Relaxed) < reload * REQUESTS / RELOADS
                && !clients.iter().all(ScopedJoinHandle::is_finished)
            {
                thread::yield_now();
            }
            handle.replace(policy(reload % 2 == 0));
        }
        clients
            .into_iter()
            .map(|client| client.join().expect("every answer is whole"))
            .fold([0, 0], |sum, seen| [sum[0] + seen[0], sum[1] + seen[1]])
    });
    assert_eq!(seen[0] + seen[1], clients * (REQUESTS / clients));
    assert!(seen.iter().all(|times| *times > 0), "{seen:?}");
}

fn start(adapter: &'static dyn Adapter, handle: &PolicyHandle) -> SocketAddr {
    let mount = Mount {
        prefix: "/live".into(),
        deployment: handle.into(),
        asked: None,
        twice: false,
        routes: vec![Route::replying(PATH)],
    };
    let listener = listen().expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    serve(adapter, listener, vec![mount]);
    address
}

/// How often each policy answered.
fn send(address: SocketAddr, times: usize, answered: &AtomicUsize) -> [usize; 2] {
    let mut connection = Connection::open(address).expect("the server accepts");
    let mut seen = [0, 0];
    for (request, answers) in EXCHANGES.iter().cycle().take(times) {
        let request = request.replace("/resource", "/live/resource");
        let head = connection.send(request.as_bytes()).expect("the server answers");
        let answer = text(&head);
        let policy = answers.iter().position(|expected| *expected == answer);
        let policy = policy.unwrap_or_else(|| panic!("torn: {answer}"));
        if let Some(times) = seen.get_mut(policy) {
            *times += 1;
        }
        answered.fetch_add(1, Ordering::Relaxed);
    }
    seen
}

/// The status and what a policy decides on, sorted.
fn text(head: &Head) -> String {
    let is_ours = |name: &str| name == "vary" || name.starts_with("access-control-");
    let lines = head.headers.iter().filter(|(name, _)| is_ours(name)).cloned();
    let mut lines: HeaderLines = lines.collect();
    lines.sort_unstable();
    let lines = lines.iter().map(|(name, value)| format!("\n{name}: {value}"));
    head.status.to_string() + &lines.collect::<String>()
}
