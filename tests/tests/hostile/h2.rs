//! The same requests over HTTP/2, without TLS, as far as HTTP/2 can carry them.

use std::future::Future;
use std::io;

use h2::client::{SendRequest, handshake};
use http::{HeaderMap, Request, Version};
use libtest_mimic::Failed;
use tests::{Head, PATH, header_lines};
use tokio::net::TcpStream;

use crate::cases::{Group, Hostile};
use crate::server::{Expected, Server, decided, header_map, summary};

/// The largest header list that is sent: most servers take less over HTTP/2, and what more costs
/// one without such a limit, it costs before any middleware.
const LARGEST: usize = 65_536;

/// What HTTP/2 counts for a field besides its name and value.
const FIELD_OVERHEAD: usize = 32;

type Client = SendRequest<bytes::Bytes>;

impl Server {
    /// Sends all cases of a group, one after the other, over as few connections as HTTP allows.
    pub(crate) fn run_h2(&self, group: &Group) -> Result<(), Failed> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut problems = Vec::new();
            for (prefix, policy) in &*self.policies {
                let mut client = within(self.connect()).await?;
                for case in &group.cases {
                    // HTTP/2 has no lines that could be malformed.
                    let Some(headers) = header_map(case) else { continue };
                    let request = self.request(prefix, case, headers)?;
                    let size = size(&request);
                    if size > LARGEST {
                        continue;
                    }
                    let too_large = size > self.adapter.limits().h2_bytes;
                    let expected = match too_large {
                        true => Expected::TooLarge,
                        false => {
                            let headers = self.adapter.limits().kept(request.headers().clone());
                            decided(policy, case.method, &headers)
                        }
                    };
                    let got = within(send(&mut client, request)).await;
                    let is_right = match (&got, &expected) {
                        (Ok(head), expected) => summary(head) == expected.summary(),
                        (Err(_), expected) => matches!(expected, Expected::TooLarge),
                    };
                    if !is_right {
                        let name = &case.name;
                        problems
                            .push(format!("{prefix} {name}: got {got:?}, expected {expected:?}"));
                    }
                    if got.is_err() || too_large {
                        client = within(self.connect()).await?;
                    }
                }
            }
            if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
        })
    }

    async fn connect(&self) -> io::Result<Client> {
        let stream = TcpStream::connect(self.address).await?;
        let (client, connection) = handshake(stream).await.map_err(io::Error::other)?;
        // It ends with the client, or with an error that the client sees too.
        tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(client)
    }

    fn request(
        &self,
        prefix: &str,
        case: &Hostile,
        headers: HeaderMap,
    ) -> http::Result<Request<()>> {
        let mut request = Request::builder()
            .method(case.method)
            .uri(format!("http://{}{prefix}{PATH}", self.address))
            .version(Version::HTTP_2)
            .body(())?;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

async fn send(client: &mut Client, request: Request<()>) -> io::Result<Head> {
    let mut client = client.clone().ready().await.map_err(io::Error::other)?;
    let (response, _) = client.send_request(request, true).map_err(io::Error::other)?;
    let response = response.await.map_err(io::Error::other)?;
    Ok(Head { status: response.status().as_u16(), headers: header_lines(response.headers()) })
}

/// No server here needs as long; one that hangs ends the test.
async fn within<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(tests::TIMEOUT, work).await?
}

/// The size of the header list ([RFC 9113, section 6.5.2](https://httpwg.org/specs/rfc9113.html#SETTINGS_MAX_HEADER_LIST_SIZE)).
fn size(request: &Request<()>) -> usize {
    let field = |name: &str, value: &[u8]| name.len() + value.len() + FIELD_OVERHEAD;
    let uri = request.uri();
    let pseudo = [
        (":method", request.method().as_str()),
        (":scheme", uri.scheme_str().unwrap_or_default()),
        (":authority", uri.authority().map_or("", |authority| authority.as_str())),
        (":path", uri.path()),
    ];
    let pseudo = pseudo.iter().map(|(name, value)| field(name, value.as_bytes()));
    let fields =
        request.headers().iter().map(|(name, value)| field(name.as_str(), value.as_bytes()));
    pseudo.chain(fields).sum()
}
