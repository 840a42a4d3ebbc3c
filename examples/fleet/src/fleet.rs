use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::{fmt, io};

use cors_core::{Policy, PolicyHandle};
use serde::{Serialize, Serializer};
use tokio::task::JoinSet;

use crate::guard::Names;
use crate::mount::Mounts;
use crate::pages::{PageData, Pages};
use crate::playground::Playground;
use crate::recorder::Recorder;
use crate::{actix, axum, pages, poem, salvo, story, tee};

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
        let source = toml::to_string(&policy.to_config()).map_err(StartError::data)?;
        Self::start_with_source(policy, source, first_port).await
    }

    /// Starts all servers; the page shows `source`, which is the policy in TOML, with its
    /// comments.
    ///
    /// # Errors
    ///
    /// If a port cannot be used.
    pub async fn start_with_source(
        policy: Policy,
        source: String,
        first_port: u16,
    ) -> Result<Self, StartError> {
        let (page, page_address) = listen(first_port, 0)?;
        let (other_page, other_page_address) = listen(first_port, 1)?;
        let fronts = [
            ("actix-web", listen(first_port, 2)?),
            ("axum", listen(first_port, 3)?),
            ("poem", listen(first_port, 4)?),
            ("salvo", listen(first_port, 5)?),
        ];
        let (actix, actix_address) = listen(0, 0)?;
        let (axum, axum_address) = listen(0, 0)?;
        let (poem, poem_address) = listen(0, 0)?;
        let (salvo, salvo_address) = listen(0, 0)?;

        let pages = vec![url(&page_address), url(&other_page_address)];
        let servers: Vec<_> =
            fronts.iter().map(|&(name, (_, address))| Server { name, address }).collect();
        let stories = story::stories().map_err(StartError::data)?;
        let steps = story::mounts(&stories).map_err(StartError::data)?;
        let port = page_address.port();
        let mut origins: Vec<_> = pages
            .iter()
            .cloned()
            .chain(["app.localhost", "127.0.0.1"].map(|host| format!("http://{host}:{port}")))
            .collect();
        let data = serde_json::to_string(&PageData {
            servers: &servers,
            pages: &pages,
            origins: &origins,
            policy: policy.to_config(),
            scenarios: story::scenarios().map_err(StartError::data)?,
            stories,
        })
        .map_err(StartError::data)?;
        let policy = PolicyHandle::new(policy);
        let mounts = Mounts::new(steps, policy.clone());
        let recorder = Recorder::default();
        let names = [page_address, other_page_address].map(|page| Names::new(page.port()));
        let all_origins: Vec<_> = names.iter().flat_map(Names::origins).collect();
        let urls: Vec<_> = servers.iter().map(Server::url).collect();
        origins.push("null".into());
        let playground = Playground::new(policy, source, mounts.clone(), origins, recorder.clone());
        let page_server =
            Pages { playground, data, origins: all_origins.join(" "), servers: urls.join(" ") };

        let mut tasks = JoinSet::new();
        tasks.spawn(pages::serve(page, page_server.clone()));
        tasks.spawn(pages::serve(other_page, page_server));
        tasks.spawn(actix::serve(actix, mounts.clone()));
        tasks.spawn(axum::serve(axum, mounts.clone()));
        tasks.spawn(poem::serve(poem, mounts.clone()));
        tasks.spawn(salvo::serve(salvo, mounts));
        let behind = [actix_address, axum_address, poem_address, salvo_address];
        for ((name, (front, _)), address) in fronts.into_iter().zip(behind) {
            tasks.spawn(tee::serve(front, name, address, recorder.clone()));
        }
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
