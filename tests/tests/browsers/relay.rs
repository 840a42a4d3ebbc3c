//! What stands between browsers and a server, and sees each request.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tests::{HeaderLines, latin1};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, sink};
use tokio::net::{TcpListener, TcpStream};

use crate::pages;

/// Passes bytes on, and keeps the heads of the requests.
///
/// Each connection carries one request. Browsers send a request again if the connection that they
/// kept is closed under it; nothing of that kind may be counted.
#[derive(Clone, Debug)]
pub(crate) struct Relay {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<Recorded>>>,
}

/// The head of a request.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: HeaderLines,
}

impl Relay {
    pub(crate) async fn start(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let relay = Self { port: listener.local_addr()?.port(), requests: Arc::default() };
        let accepting = relay.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let relay = accepting.clone();
                // An error is one side's, and the other sees it.
                tokio::spawn(async move { relay.pass(client, server).await.ok() });
            }
        });
        Ok(relay)
    }

    /// The requests below a path since the last call, in order.
    pub(crate) fn take(&self, prefix: &str) -> Vec<Recorded> {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let is_below = |request: &mut Recorded| {
            request.target.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
        };
        requests.extract_if(.., is_below).collect()
    }

    async fn pass(&self, mut client: TcpStream, server: SocketAddr) -> io::Result<()> {
        let mut bytes = Vec::new();
        let (request, length) = loop {
            if client.read_buf(&mut bytes).await? == 0 {
                return Ok(());
            }
            if let Some(head) = parse(&bytes)? {
                break head;
            }
        };
        // What a name leads to before it leads to the service is another server.
        if let Some(page) = pages::client(&request.target) {
            client.write_all(page.as_bytes()).await?;
            return client.shutdown().await;
        }
        let head = request.to_bytes();
        let upgrades = request.upgrades();
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);

        let mut server = TcpStream::connect(server).await?;
        server.write_all(&head).await?;
        server.write_all(bytes.get(length..).unwrap_or_default()).await?;
        if upgrades && !pass_upgrade(&mut client, &mut server).await? {
            return Ok(());
        }
        pass_both_ways(client, server).await
    }
}

/// Passes bytes on until both sides are done.
///
/// A server may answer and close the connection before it has read the body of the request. The
/// rest of that body is then read and dropped, because closing a socket with unread bytes resets
/// the connection, and the browser would lose the response.
async fn pass_both_ways(mut client: TcpStream, mut server: TcpStream) -> io::Result<()> {
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let request = async {
        if copy(&mut from_client, &mut to_server).await.is_ok() {
            to_server.shutdown().await.ok();
        }
        copy(&mut from_client, &mut sink()).await
    };
    let response = async {
        copy(&mut from_server, &mut to_client).await.ok();
        to_client.shutdown().await
    };
    tokio::try_join!(request, response).map(|_| ())
}

/// Passes the answer to an upgrade on. Where it is refused, nobody reads more than its head, and the
/// connection would be kept for other requests.
async fn pass_upgrade(client: &mut TcpStream, server: &mut TcpStream) -> io::Result<bool> {
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        if server.read_buf(&mut bytes).await? == 0 {
            break;
        }
    }
    client.write_all(&bytes).await?;
    Ok(bytes.starts_with(b"HTTP/1.1 101 "))
}

impl Recorded {
    /// The value of a header that has one line.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let line = self.headers.iter().find(|(line, _)| line == name);
        line.map(|(_, value)| value.as_str())
    }

    fn upgrades(&self) -> bool {
        self.header("upgrade").is_some()
    }

    /// The head, for a connection that is closed after the response, unless the request upgrades
    /// it.
    fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            if name != "connection" || self.upgrades() {
                text.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        text.push_str(if self.upgrades() { "\r\n" } else { "connection: close\r\n\r\n" });
        tests::latin1_bytes(&text)
    }
}

/// A request's head, once all of it is there, and its length.
fn parse(bytes: &[u8]) -> io::Result<Option<(Recorded, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = request.parse(bytes).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let line =
        |header: &httparse::Header<'_>| (header.name.to_ascii_lowercase(), latin1(header.value));
    let head = Recorded {
        method: request.method.unwrap_or_default().to_owned(),
        target: request.path.unwrap_or_default().to_owned(),
        headers: request.headers.iter().map(line).collect(),
    };
    Ok(Some((head, length)))
}
