//! A client that sends exactly the bytes it is given, and keeps its connection.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::Head;
use crate::client::{TIMEOUT, parse_head};

/// A connection, as long as the server keeps it.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// What was read and belongs to no response yet.
    unread: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    ///
    /// The server does not accept the connection.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        Ok(Self { stream, unread: Vec::new() })
    }

    /// Sends the bytes of a request and reads the response, body included.
    ///
    /// # Errors
    ///
    /// The server closed the connection, does not answer, or what comes is no response.
    pub fn send(&mut self, request: &[u8]) -> io::Result<Head> {
        // A server may refuse and stop reading before it has everything.
        let written = self.stream.write_all(request);
        let (head, start) = loop {
            if let Some(parsed) = parse_head(&self.unread)? {
                break parsed;
            }
            self.read_some().map_err(|error| written.as_ref().err().map_or(error, copy))?;
        };
        self.unread.drain(..start);
        self.skip_body(&head)?;
        Ok(head)
    }

    fn skip_body(&mut self, head: &Head) -> io::Result<()> {
        let mut lines = head.headers.iter();
        let length = lines.find(|(name, _)| name == "content-length");
        let length = match length {
            Some((_, value)) => value.parse().map_err(io::Error::other)?,
            None => 0,
        };
        while self.unread.len() < length {
            self.read_some()?;
        }
        self.unread.drain(..length);
        Ok(())
    }

    fn read_some(&mut self) -> io::Result<()> {
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer)? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            length => {
                self.unread.extend(buffer.iter().take(length));
                Ok(())
            }
        }
    }
}

fn copy(error: &io::Error) -> io::Error {
    error.kind().into()
}
