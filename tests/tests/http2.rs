//! Every case that HTTP/2 can carry, through every adapter's server, without TLS: `cargo test -p
//! tests --test http2`. The host stands in the target there, and in `Host` only if a case has both.

use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::sync::Arc;

use cors_core::Policy;
use http::uri::Authority;
use libtest_mimic::Arguments;
use tests::{Adapter, Answer, Case, Head, Protocol, Server, Table, adapters, header_lines, trials};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

fn main() -> io::Result<()> {
    let mut table = Table::load();
    table.cases.retain(is_for_http2);
    let table = Arc::new(table);
    let mut servers = HashMap::new();
    for adapter in adapters::ALL {
        servers.insert(adapter.name(), Server::start(adapter, &table)?);
    }
    let runtime = Runtime::new()?;
    let send = move |adapter: &'static dyn Adapter, case: &Case, _: Policy| {
        let server = servers.get(adapter.name()).ok_or("there is no server")?;
        let answer = runtime
            .block_on(async { tokio::time::timeout(tests::TIMEOUT, send(server, case)).await? });
        answer.map_err(|error| error.to_string())
    };
    let trials = trials(&table, Protocol::Http2, &(Arc::new(send) as _));
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

/// HTTP/2 has no [fields of a connection](https://httpwg.org/specs/rfc9113.html#ConnectionSpecific).
/// Poem 3.1 answers HEAD with a body there, which no client takes.
fn is_for_http2(case: &Case) -> bool {
    let is_of_connection = |name: &str| matches!(name, "connection" | "upgrade");
    !case.request.headers.iter().any(|(name, _)| is_of_connection(name))
        && case.request.method != "HEAD"
        && host(case).is_none_or(|host| host.parse::<Authority>().is_ok())
}

fn hosts(case: &Case) -> impl Iterator<Item = &str> {
    let lines = case.request.headers.iter().filter(|(name, _)| name == "host");
    lines.map(|(_, host)| host.as_str())
}

fn host(case: &Case) -> Option<&str> {
    hosts(case).next()
}

async fn send(server: &Server, case: &Case) -> Result<Answer, Box<dyn Error + Send + Sync>> {
    let probe = server.probe(case).ok_or("the case is not served")?;
    let stream = TcpStream::connect(server.address()).await?;
    let (client, connection) = h2::client::handshake(stream).await?;
    // It ends with the client, or with an error that the client sees too.
    tokio::spawn(async move {
        let _ = connection.await;
    });
    let mut client = client.ready().await?;

    let own_address = server.address().to_string();
    let mut request = case.request.to_http()?.map(drop);
    let target = case.request.target_below(&Server::prefix(case));
    *request.uri_mut() = match case.request.split_target() {
        Some(_) => target.parse()?,
        None => {
            // Several lines stand beside the first of them in the target.
            if hosts(case).nth(1).is_none() {
                request.headers_mut().remove("host");
            }
            format!("http://{}{target}", host(case).unwrap_or(&own_address)).parse()?
        }
    };
    let (response, _) = client.send_request(request, true)?;
    let (head, mut chunks) = response.await?.into_parts();
    probe.see_head();
    let mut body = Vec::new();
    while let Some(chunk) = chunks.data().await {
        let chunk = chunk?;
        chunks.flow_control().release_capacity(chunk.len())?;
        body.extend(chunk);
    }
    let head = Head { status: head.status.as_u16(), headers: header_lines(&head.headers) };
    Ok(Answer::Response { head, body, reached: probe.is_reached(), asked: probe.times_asked() })
}
