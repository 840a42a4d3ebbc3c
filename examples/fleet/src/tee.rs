//! Passes bytes between browsers and a server on, unchanged, and records what they say. It stands
//! in front of the server because that is the same for every framework, and because no handler
//! sees a preflight.

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::recorder::{Record, Recorder};

/// Heads that are longer pass, but are not recorded.
const LONGEST_HEAD: usize = 16 * 1024;

/// Serves what `server`, which listens at `address`, serves. Dropping it ends its connections.
pub(crate) async fn serve(
    listener: std::net::TcpListener,
    server: &'static str,
    address: SocketAddr,
    recorder: Recorder,
) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((browser, _)) => {
                let conversation = Conversation::new(server, recorder.clone());
                connections.spawn(relay(browser, address, conversation));
            }
            // Out of file descriptors, most likely: some connection will end.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn relay(
    browser: TcpStream,
    address: SocketAddr,
    conversation: Conversation,
) -> io::Result<()> {
    let server = TcpStream::connect(address).await?;
    browser.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_browser, to_browser) = browser.into_split();
    let (mut from_server, to_server) = server.into_split();
    let conversation = Mutex::new(conversation);
    let hear = |speaker| {
        let conversation = &conversation;
        move |bytes: &[u8]| {
            conversation.lock().unwrap_or_else(PoisonError::into_inner).hear(speaker, bytes);
        }
    };
    // A server may answer and close before it has read a request's body. The rest of the body is
    // dropped, because closing a socket with unread bytes would lose the response.
    let request = async {
        copy(&mut from_browser, to_server, hear(Speaker::Browser)).await.ok();
        tokio::io::copy(&mut from_browser, &mut tokio::io::sink()).await
    };
    let response = copy(&mut from_server, to_browser, hear(Speaker::Server));
    tokio::try_join!(request, response)?;
    Ok(())
}

async fn copy(
    from: &mut (impl AsyncRead + Unpin),
    mut to: impl AsyncWrite + Unpin,
    hear: impl Fn(&[u8]),
) -> io::Result<()> {
    let mut buffer = vec![0; LONGEST_HEAD];
    loop {
        let length = from.read(&mut buffer).await?;
        let bytes = buffer.get(..length).unwrap_or_default();
        if bytes.is_empty() {
            return to.shutdown().await;
        }
        // First, so that who has a response finds it recorded.
        hear(bytes);
        to.write_all(bytes).await?;
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Speaker {
    Browser,
    Server,
}

/// A connection. Browsers send the next request when they have the response to the last one, so
/// that a head begins where the other side begins to speak.
#[derive(Debug)]
struct Conversation {
    server: &'static str,
    recorder: Recorder,
    speaker: Speaker,
    /// What the speaker said so far; `None` after the end of the head.
    head: Option<Vec<u8>>,
    record: Option<Record>,
}

impl Conversation {
    fn new(server: &'static str, recorder: Recorder) -> Self {
        Self { server, recorder, speaker: Speaker::Browser, head: Some(Vec::new()), record: None }
    }

    fn hear(&mut self, speaker: Speaker, bytes: &[u8]) {
        if speaker != self.speaker {
            self.speaker = speaker;
            self.head = Some(Vec::new());
        }
        let Some(head) = &mut self.head else { return };
        let room = LONGEST_HEAD - head.len();
        head.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        let end = head.windows(4).position(|window| window == b"\r\n\r\n");
        let is_full = head.len() == LONGEST_HEAD;
        let head = end.and_then(|end| head.get(..end));
        match (speaker, head) {
            (_, None) if !is_full => return,
            (_, None) => self.record = None,
            (Speaker::Browser, Some(head)) => {
                self.record = self.recorder.request(self.server, head);
            }
            (Speaker::Server, Some(head)) => {
                if let Some(record) = self.record.take() {
                    self.recorder.response(record, head);
                }
            }
        }
        self.head = None;
    }
}

#[cfg(test)]
mod tests {
    use super::{Conversation, LONGEST_HEAD, Speaker};
    use crate::recorder::Recorder;

    fn listen(said: &[(Speaker, &str)]) -> serde_json::Value {
        let recorder = Recorder::default();
        let mut conversation = Conversation::new("axum", recorder.clone());
        for (speaker, text) in said {
            conversation.hear(*speaker, text.as_bytes());
        }
        serde_json::to_value(recorder.find("a")).unwrap()
    }

    #[test]
    fn heads_are_recorded_however_they_are_cut_and_bodies_are_not() {
        let exchanges = listen(&[
            (Speaker::Browser, "OPTIONS /?exchange=a HT"),
            (Speaker::Browser, "TP/1.1\r\nHost: x\r\n\r"),
            (Speaker::Browser, "\n"),
            (Speaker::Server, "HTTP/1.1 204 No Content\r\n\r\n"),
            (Speaker::Browser, "PUT /?exchange=a HTTP/1.1\r\n\r\nbody"),
            (Speaker::Browser, " and more\r\n\r\n"),
            (Speaker::Server, "HTTP/1.1 200"),
            (Speaker::Server, " OK\r\nA: b\r\n\r\nbody\r\n\r\n"),
            (Speaker::Server, "HTTP/1.1 500"),
            (Speaker::Browser, "GET / HTTP/1.1\r\n\r\n"),
            (Speaker::Server, "HTTP/1.1 404 Not Found\r\n\r\n"),
        ]);
        let expected = serde_json::json!([
            {
                "server": "axum",
                "request": "OPTIONS /?exchange=a HTTP/1.1\r\nHost: x",
                "response": "HTTP/1.1 204 No Content",
            },
            {
                "server": "axum",
                "request": "PUT /?exchange=a HTTP/1.1",
                "response": "HTTP/1.1 200 OK\r\nA: b",
            },
        ]);
        assert_eq!(exchanges, expected);
    }

    #[test]
    fn a_head_without_end_is_not_kept() {
        let line = "x-padding: 0123456789\r\n".repeat(LONGEST_HEAD / 8);
        let exchanges = listen(&[
            (Speaker::Browser, "GET /?exchange=a HTTP/1.1\r\n"),
            (Speaker::Browser, &line),
            (Speaker::Browser, "\r\n\r\n"),
            (Speaker::Server, "HTTP/1.1 431 Request Header Fields Too Large\r\n\r\n"),
        ]);
        assert_eq!(exchanges, serde_json::json!([]));
    }
}
