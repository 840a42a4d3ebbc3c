//! Whether a request comes from a page of the service itself: browsers send `Origin` with every
//! same-origin POST, PUT and DELETE as well.

use crate::origin::{default_port, parse_port, split_port};
use crate::{Field, Headers, Origin, Request};

/// Whether the page is of the origin that the request is sent to.
///
/// What the browser says counts. Without it, on plain http or by an old browser, the host and port
/// have to agree; the scheme is not known, as a proxy may have taken TLS off.
pub(crate) fn is_same(origin: &[u8], request: &Request<'_, impl Headers>) -> bool {
    let Request { authority, headers, .. } = *request;
    by_browser(headers).unwrap_or_else(|| {
        Origin::parse(origin).is_some_and(|origin| match authority {
            Some(authority) => is_host_of(&origin, authority),
            None => just_one(headers, Field::Host)
                .and_then(|host| str::from_utf8(host).ok())
                .is_some_and(|host| is_host_of(&origin, host)),
        })
    })
}

/// What [`Sec-Fetch-Site`] says: whether the request is by a page of the same origin, or by no
/// page at all. `None` where the browser does not say.
///
/// [`Sec-Fetch-Site`]: https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header
pub(crate) fn by_browser(headers: &impl Headers) -> Option<bool> {
    headers.get_all(Field::SecFetchSite).next()?;
    let site = just_one(headers, Field::SecFetchSite);
    Some(matches!(site, Some(b"same-origin" | b"none")))
}

fn just_one(headers: &impl Headers, field: Field) -> Option<&[u8]> {
    let mut values = headers.get_all(field);
    values.next().filter(|_| values.next().is_none()).map(AsRef::as_ref)
}

fn is_host_of(origin: &Origin<'_>, authority: &str) -> bool {
    let default = default_port(origin.scheme());
    let authority = authority.rsplit_once('@').map_or(authority, |(_, authority)| authority);
    let (host, port) = split_port(authority);
    let port = match port {
        None | Some("") => default,
        Some(digits) => parse_port(digits),
    };
    matches!(origin.scheme(), "http" | "https")
        && host.eq_ignore_ascii_case(origin.host())
        && port.is_some()
        && port == origin.port().or(default)
}

#[cfg(test)]
mod tests {
    use super::is_host_of;
    use crate::Origin;

    fn agree(origin: &str, authority: &str) -> bool {
        is_host_of(&Origin::parse(origin.as_bytes()).unwrap(), authority)
    }

    #[test]
    fn host_and_port_have_to_agree() {
        assert!(agree("https://app.example", "app.example"));
        assert!(agree("https://app.example", "APP.example:443"));
        assert!(agree("https://app.example", "app.example:"));
        assert!(agree("https://app.example", "user@app.example"));
        assert!(agree("http://app.example:443", "app.example:443"));
        assert!(agree("http://[::1]:3000", "[::1]:3000"));
    }

    #[test]
    fn nothing_else_is_the_same() {
        for (origin, authority) in [
            ("https://app.example", ""),
            ("https://app.example", "app.example:80"),
            ("https://app.example", "app.example:0443"),
            ("https://app.example", "app.example.evil.example"),
            ("https://app.example", "app.example@evil.example"),
            ("https://app.example:8443", "app.example"),
            ("https://evil.example", "app.example"),
            ("capacitor://localhost", "localhost"),
        ] {
            assert!(!agree(origin, authority), "{origin} {authority}");
        }
    }
}
