use serde::Deserialize;
use serde_json::{Value, json};
use tests::oracle::Page;

use crate::places::{PagePorts, Places};

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
    /// A page of the host 3d-printer.
    DigitFirst,
    /// A page of the host 3f2a9c1b7d4e, which could be a container.
    ContainerId,
    /// A page of the host app.example., with the dot.
    TrailingDot,
    /// A page of the host a!b.example.
    OtherCharacter,
    /// A page of the host xn--f, which is no Punycode.
    BrokenPunycode,
    /// A sandboxed frame.
    SandboxedFrame,
    /// A frame with a `data:` URL.
    DataFrame,
    /// A worker of the page.
    Worker,
    /// A worker with a `data:` URL.
    DataWorker,
    /// A page of the service's own, at `/own_page`.
    Service,
    /// A page of the host rebound.example, which was loaded from a server of its own before the name
    /// was made to lead to the service.
    Rebound,
}

/// The hosts of pages that no DNS has: browsers are told to find them on this machine.
pub(crate) const ODD_HOSTS: [&str; 6] =
    ["3d-printer", "3f2a9c1b7d4e", "app.example.", "a!b.example", "xn--f", "rebound.example"];

impl Client {
    /// The origin, as browsers serialize it.
    pub(crate) fn origin(self, places: &Places<'_>) -> String {
        let Places { pages: PagePorts { page, other }, service_port, .. } = places;
        match self {
            Self::Page | Self::Worker => format!("http://localhost:{page}"),
            Self::OtherPort => format!("http://localhost:{other}"),
            Self::Address => format!("http://127.0.0.1:{page}"),
            Self::Subdomain => format!("http://app.localhost:{page}"),
            Self::DeepSubdomain => format!("http://a.b.app.localhost:{page}"),
            Self::DigitFirst => format!("http://3d-printer:{page}"),
            Self::ContainerId => format!("http://3f2a9c1b7d4e:{page}"),
            Self::TrailingDot => format!("http://app.example.:{page}"),
            Self::OtherCharacter => format!("http://a!b.example:{page}"),
            Self::BrokenPunycode => format!("http://xn--f:{page}"),
            Self::SandboxedFrame | Self::DataFrame | Self::DataWorker => "null".into(),
            Self::Service => format!("http://localhost:{service_port}"),
            Self::Rebound => format!("http://rebound.example:{service_port}"),
        }
    }

    /// The client, for the oracle.
    pub(crate) fn page(self, places: &Places<'_>) -> Page {
        match self.origin(places).as_str() {
            "null" => Page::Opaque,
            origin => Page::Tuple(origin.into()),
        }
    }

    /// The client, for the page that opens it.
    pub(crate) fn to_json(self, places: &Places<'_>) -> Value {
        let (kind, path) = match self {
            Self::SandboxedFrame => ("sandboxed_frame", "/client.html"),
            Self::DataFrame => ("data_frame", "/client.js"),
            Self::Worker => ("worker", "/client.js"),
            Self::DataWorker => ("data_worker", "/client.js"),
            Self::Service => ("frame", OWN_PAGE),
            _ => ("frame", "/client.html"),
        };
        let from = match self.origin(places).as_str() {
            "null" => Self::Page.origin(places),
            _ if self == Self::Service => places.service(false),
            origin => origin.to_owned(),
        };
        json!({ "kind": kind, "url": format!("{from}{path}") })
    }
}

/// Where a service has its page.
pub(crate) const OWN_PAGE: &str = "/own_page";
