use serde::Deserialize;
use serde_json::{Value, json};
use tests::oracle::Page;

/// A script's surroundings, which make its origin.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Client {
    /// A page.
    #[default]
    Page,
    /// A page on another port.
    OtherPort,
    /// A page of the host 127.0.0.1.
    Address,
    /// A page of the host app.localhost.
    Subdomain,
    /// A page of the host a.b.app.localhost.
    DeepSubdomain,
    /// A sandboxed frame.
    SandboxedFrame,
    /// A frame with a `data:` URL.
    DataFrame,
    /// A worker of the page.
    Worker,
    /// A worker with a `data:` URL.
    DataWorker,
}

/// The ports of pages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PagePorts {
    pub(crate) page: u16,
    pub(crate) other: u16,
}

impl Client {
    /// The origin, as browsers serialize it.
    pub(crate) fn origin(self, ports: PagePorts) -> String {
        let PagePorts { page, other } = ports;
        match self {
            Self::Page | Self::Worker => format!("http://localhost:{page}"),
            Self::OtherPort => format!("http://localhost:{other}"),
            Self::Address => format!("http://127.0.0.1:{page}"),
            Self::Subdomain => format!("http://app.localhost:{page}"),
            Self::DeepSubdomain => format!("http://a.b.app.localhost:{page}"),
            Self::SandboxedFrame | Self::DataFrame | Self::DataWorker => "null".into(),
        }
    }

    /// The client, for the oracle.
    pub(crate) fn page(self, ports: PagePorts) -> Page {
        match self.origin(ports).as_str() {
            "null" => Page::Opaque,
            origin => Page::Tuple(origin.into()),
        }
    }

    /// The client, for the page that opens it.
    pub(crate) fn to_json(self, ports: PagePorts) -> Value {
        let (kind, path) = match self {
            Self::SandboxedFrame => ("sandboxed_frame", "client.html"),
            Self::DataFrame => ("data_frame", "client.js"),
            Self::Worker => ("worker", "client.js"),
            Self::DataWorker => ("data_worker", "client.js"),
            _ => ("frame", "client.html"),
        };
        let from = match self.origin(ports).as_str() {
            "null" => Self::Page.origin(ports),
            origin => origin.to_owned(),
        };
        json!({ "name": format!("{self:?}"), "kind": kind, "url": format!("{from}/{path}") })
    }
}
