//! A client that writes exactly the bytes of a request, over its own connection.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::{Head, HeaderLines, Request, latin1, latin1_bytes};

/// No server here needs as long; one that hangs ends the test.
pub const TIMEOUT: Duration = Duration::from_secs(20);

const LONGEST_RESPONSE: u64 = 1 << 20;

/// Sends a request to a path below `prefix` and reads the response until the server closes the
/// connection. `on_head` is called as soon as the head of the response has arrived.
///
/// # Errors
///
/// There is no response, or what comes is not one.
pub fn send(
    address: SocketAddr,
    prefix: &str,
    request: &Request,
    on_head: impl FnOnce(),
) -> io::Result<(Head, Vec<u8>)> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    stream.write_all(&bytes_of(address, prefix, request))?;

    let mut stream = stream.take(LONGEST_RESPONSE);
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let (head, body_start) = loop {
        match stream.read(&mut buffer)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            length => bytes.extend(buffer.iter().take(length)),
        }
        if let Some(parsed) = parse_head(&bytes)? {
            break parsed;
        }
    };
    on_head();
    stream.read_to_end(&mut bytes)?;
    let body = unframe(&head.headers, bytes.get(body_start..).unwrap_or_default())?;
    Ok((head, body))
}

fn bytes_of(address: SocketAddr, prefix: &str, request: &Request) -> Vec<u8> {
    let Request { method, headers, .. } = request;
    let mut text = format!("{method} {} HTTP/1.1\r\n", request.target_below(prefix));
    if headers.iter().all(|(name, _)| name != "host") {
        text.push_str(&format!("Host: {address}\r\n"));
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    // Last, so that it counts where the request has a `Connection` of its own.
    text.push_str("Connection: close\r\n\r\n");
    latin1_bytes(&text)
}

pub(crate) fn parse_head(bytes: &[u8]) -> io::Result<Option<(Head, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = response.parse(bytes).map_err(io::Error::other)?
    else {
        return Ok(None);
    };
    let line =
        |header: &httparse::Header<'_>| (header.name.to_ascii_lowercase(), latin1(header.value));
    let headers = response.headers.iter().map(line).collect();
    Ok(Some((Head { status: response.code.unwrap_or_default(), headers }, length)))
}

/// The body, of which all must be there and nothing more.
fn unframe(headers: &HeaderLines, mut bytes: &[u8]) -> io::Result<Vec<u8>> {
    let value = |field| headers.iter().find(|(name, _)| name == field).map(|(_, value)| value);
    if value("transfer-encoding").is_some() {
        let mut body = Vec::new();
        loop {
            let chunk = match httparse::parse_chunk_size(bytes) {
                Ok(httparse::Status::Complete((start, size))) => {
                    let start = bytes.get(start..).unwrap_or_default();
                    usize::try_from(size).ok().and_then(|size| start.split_at_checked(size))
                }
                _ => None,
            };
            let (chunk, rest) = chunk.ok_or(ErrorKind::UnexpectedEof)?;
            body.extend(chunk);
            match rest.strip_prefix(b"\r\n") {
                Some([]) if chunk.is_empty() => return Ok(body),
                Some(rest) if !chunk.is_empty() => bytes = rest,
                _ => return Err(io::Error::other("a malformed chunk")),
            }
        }
    }
    Ok(bytes.to_vec())
}
