use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::{fmt, io};

use cors_core::Policy;
use serde::{Serialize, Serializer};
use tokio::task::JoinSet;

use crate::mount::Mounts;
use crate::pages::PageData;
use crate::{actix, axum, pages, poem, salvo, story};

/// Four servers under one policy, and two page servers. Dropping it stops them.
#[derive(Debug)]
pub struct Fleet {
    servers: Vec<Server>,
    pages: Vec<String>,
    tasks: JoinSet<io::Result<()>>,
}

/// One of the four servers.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Server {
    name: &'static str,
    #[serde(rename = "url", serialize_with = "write_url")]
    address: SocketAddr,
}

/// Why the fleet does not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// A port cannot be used.
    Port(u16, io::Error),
    /// A file that this program was built with is wrong.
    Data(Box<dyn Error + Send + Sync>),
}

impl Fleet {
    /// Starts all servers on 127.0.0.1, within a tokio runtime: two page servers on `first_port`
    /// and the port after it, the other four on the next four. If it is 0, on any free ports.
    ///
    /// # Errors
    ///
    /// If a port cannot be used.
    pub async fn start(policy: Policy, first_port: u16) -> Result<Self, StartError> {
        let (page, page_address) = listen(first_port, 0)?;
        let (other_page, other_page_address) = listen(first_port, 1)?;
        let (actix, actix_address) = listen(first_port, 2)?;
        let (axum, axum_address) = listen(first_port, 3)?;
        let (poem, poem_address) = listen(first_port, 4)?;
        let (salvo, salvo_address) = listen(first_port, 5)?;

        let pages = vec![url(&page_address), url(&other_page_address)];
        let servers = vec![
            Server { name: "actix-web", address: actix_address },
            Server { name: "axum", address: axum_address },
            Server { name: "poem", address: poem_address },
            Server { name: "salvo", address: salvo_address },
        ];
        let stories = story::stories().map_err(StartError::data)?;
        let steps = story::mounts(&stories).map_err(StartError::data)?;
        let mounts = Mounts::new(steps, policy.clone());
        let data = serde_json::to_string(&PageData {
            servers: &servers,
            pages: &pages,
            policy: policy.to_config(),
            scenarios: story::scenarios().map_err(StartError::data)?,
            stories,
        })
        .map_err(StartError::data)?;

        let mut tasks = JoinSet::new();
        tasks.spawn(pages::serve(page, data.clone()));
        tasks.spawn(pages::serve(other_page, data));
        tasks.spawn(actix::serve(actix, mounts.clone()));
        tasks.spawn(axum::serve(axum, mounts.clone()));
        tasks.spawn(poem::serve(poem, mounts.clone()));
        tasks.spawn(salvo::serve(salvo, mounts));
        Ok(Self { servers, pages, tasks })
    }

    /// The four servers that the policy governs.
    #[must_use]
    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// The origins of the two page servers.
    #[must_use]
    pub fn pages(&self) -> &[String] {
        &self.pages
    }

    /// Serves until one of the servers ends.
    ///
    /// # Errors
    ///
    /// Why it ended.
    pub async fn run(mut self) -> io::Result<()> {
        match self.tasks.join_next().await {
            Some(Ok(result)) => result,
            Some(Err(error)) => Err(error.into()),
            None => Ok(()),
        }
    }
}

impl Server {
    /// The framework's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a page calls it by.
    #[must_use]
    pub fn url(&self) -> String {
        url(&self.address)
    }
}

impl StartError {
    fn data(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Data(error.into())
    }
}

impl Error for StartError {}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(port, error) => write!(
                f,
                "port {port} cannot be used: {error}; set PORT to the first of six free ports, and name its origin, http://localhost:PORT, in the policy"
            ),
            Self::Data(error) => {
                write!(f, "a file that this program was built with is wrong: {error}")
            }
        }
    }
}

/// The same host for pages and servers makes them one site, so that cookies are sent.
fn url(address: &SocketAddr) -> String {
    format!("http://localhost:{}", address.port())
}

fn write_url<S: Serializer>(address: &SocketAddr, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&url(address))
}

fn listen(first_port: u16, offset: u16) -> Result<(TcpListener, SocketAddr), StartError> {
    let port = if first_port == 0 { 0 } else { first_port.saturating_add(offset) };
    let listen = || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    listen().map_err(|error| StartError::Port(port, error))
}
