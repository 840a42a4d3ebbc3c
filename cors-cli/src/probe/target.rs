//! The service that is probed.

use ureq::http::Uri;

use crate::probe::error::ProbeError;

/// An `http` or `https` URL, and the paths of its service that are probed.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// As it was written.
    pub(super) url: String,
    /// Scheme, host and port, such as `http://127.0.0.1:3000`.
    pub(super) origin: String,
    /// Host and port, without a port that is the default.
    pub(super) host: String,
    /// The URL of each path, that of the target itself first.
    pub(super) urls: Vec<String>,
    /// The URL of a path that the service probably does not know.
    pub(super) unknown: String,
}

impl Target {
    pub(super) fn new(url: &str, paths: &[String]) -> Result<Self, ProbeError> {
        let invalid = |reason| ProbeError::InvalidUrl { url: url.into(), reason };
        let without_fragment = url.split('#').next().unwrap_or_default();
        let uri: Uri = without_fragment.parse().map_err(|_| {
            invalid("it is not a URL; write one such as https://api.example.com/items")
        })?;
        let scheme = uri.scheme_str().unwrap_or_default().to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "http" => 80,
            "https" => 443,
            _ => return Err(invalid("write http:// or https:// before the host")),
        };
        let Some(authority) = uri.authority() else { return Err(invalid("it has no host")) };
        if authority.as_str().contains('@') {
            return Err(invalid("it has a password; pass credentials with --header"));
        }
        let host = authority.host().to_ascii_lowercase();
        let host = match authority.port_u16().filter(|port| *port != default_port) {
            Some(port) => format!("{host}:{port}"),
            None => host,
        };
        let origin = format!("{scheme}://{host}");
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let mut urls = vec![format!("{origin}{path}")];
        for path in paths {
            let joined = format!("{origin}/{}", path.trim_start_matches('/'));
            if joined.parse::<Uri>().is_err() {
                return Err(ProbeError::InvalidPath { path: path.clone() });
            }
            if !urls.contains(&joined) {
                urls.push(joined);
            }
        }
        let directory = uri.path().rsplit_once('/').map_or("", |(directory, _)| directory);
        let unknown = format!("{origin}{directory}/cors-probe-unknown");
        Ok(Self { url: url.into(), origin, host, urls, unknown })
    }

    /// Whether a page of this origin is at the host of the service, whatever its scheme.
    pub(super) fn is_at_host(&self, origin: &str) -> bool {
        origin.split_once("://").is_some_and(|(_, host)| host == self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn paths_are_those_of_the_service() {
        let paths = ["/error".into(), "own?q=1".into()];
        let target =
            Target::new("HTTPS://API.example.com:443/v1/items?q#f", &paths).expect("a URL");
        assert_eq!(target.origin, "https://api.example.com");
        assert_eq!(
            target.urls,
            [
                "https://api.example.com/v1/items?q",
                "https://api.example.com/error",
                "https://api.example.com/own?q=1"
            ]
        );
        assert_eq!(target.unknown, "https://api.example.com/v1/cors-probe-unknown");
        assert!(target.is_at_host("http://api.example.com"));
        assert!(!target.is_at_host("https://api.example.com:8443"));
    }

    #[test]
    fn what_cannot_be_probed_is_an_error() {
        for (url, help) in [
            ("api.example.com", "write http:// or https:// before the host"),
            ("ftp://api.example.com/", "write http:// or https:// before the host"),
            ("https://", "write one such as"),
            ("https://u:p@api.example.com/", "pass credentials with --header"),
        ] {
            let error = Target::new(url, &[]).expect_err("no URL").to_string();
            assert!(error.contains(url) && error.contains(help), "{error}");
        }
    }
}
