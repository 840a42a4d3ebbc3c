//! What is known of browsers, algorithm by algorithm, as data in `data/oracle/`.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::oracle::Credentials;
use crate::{Head, HeaderLines, Request};

/// Whether a page may read a response.
#[derive(Clone, Debug, Deserialize)]
pub struct CorsCheck {
    /// Part of the test's name.
    pub name: String,
    /// The credentials mode.
    pub credentials: Credentials,
    /// The page's.
    pub origin: String,
    /// The response.
    pub response: Head,
    /// Whether it may.
    pub passes: bool,
}

/// Whether the answer to a preflight permits a request by a page of `https://app.example`.
#[derive(Clone, Debug, Deserialize)]
pub struct PreflightCheck {
    /// Part of the test's name.
    pub name: String,
    /// The credentials mode.
    pub credentials: Credentials,
    /// As a script writes it. Its path is a whole URL.
    pub request: Request,
    /// The answer to the preflight.
    pub response: Head,
    /// Which check fails.
    pub fails: Option<String>,
}

/// Which headers a script reads.
#[derive(Clone, Debug, Deserialize)]
pub struct ExposedHeaders {
    /// What every case's response has besides.
    pub response: Head,
    /// The cases.
    pub case: Vec<Exposed>,
}

/// Which headers of the table's response a script reads.
#[derive(Clone, Debug, Deserialize)]
pub struct Exposed {
    /// Part of the test's name.
    pub name: String,
    /// The credentials mode.
    pub credentials: Credentials,
    /// The lines of `Access-Control-Expose-Headers`.
    pub expose: Vec<String>,
    /// The names.
    pub visible: Vec<String>,
}

/// Which request headers need permission.
#[derive(Clone, Debug, Deserialize)]
pub struct Safelists {
    safelisted: String,
    needs_permission: String,
    /// Those of whole requests.
    pub together: Vec<Together>,
}

/// Which names of a request's headers need permission.
#[derive(Clone, Debug, Deserialize)]
pub struct Together {
    /// Part of the test's name.
    pub name: String,
    headers: String,
    /// The names, in order.
    pub names: Vec<String>,
}

#[derive(Deserialize)]
struct Cases<T> {
    case: Vec<T>,
}

impl CorsCheck {
    /// All cases.
    #[must_use]
    pub fn all() -> Vec<Self> {
        read::<Cases<_>>(include_str!("../data/oracle/cors_check.toml")).case
    }
}

impl PreflightCheck {
    /// All cases.
    #[must_use]
    pub fn all() -> Vec<Self> {
        read::<Cases<_>>(include_str!("../data/oracle/preflight_check.toml")).case
    }
}

impl ExposedHeaders {
    /// The table.
    #[must_use]
    pub fn load() -> Self {
        read(include_str!("../data/oracle/exposed_headers.toml"))
    }
}

impl Safelists {
    /// The table.
    #[must_use]
    pub fn load() -> Self {
        read(include_str!("../data/oracle/safelists.toml"))
    }

    /// Headers, and whether each is safelisted.
    pub fn lines(&self) -> impl Iterator<Item = ((String, String), bool)> {
        let safelisted = header_lines(&self.safelisted).into_iter().map(|line| (line, true));
        let others = header_lines(&self.needs_permission).into_iter().map(|line| (line, false));
        safelisted.chain(others)
    }
}

impl Together {
    /// The headers.
    #[must_use]
    pub fn headers(&self) -> HeaderLines {
        header_lines(&self.headers)
    }
}

/// Lines whose values keep the whitespace they have. `LONG` stands for 128 letters.
fn header_lines(text: &str) -> HeaderLines {
    let long = "s".repeat(128);
    let line = |line: &str| {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value).replace("LONG", &long);
        (name.to_owned(), value)
    };
    text.lines().map(line).collect()
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}
