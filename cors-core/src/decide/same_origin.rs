//! Whether a request comes from a page of the service itself: browsers send `Origin` with every
//! same-origin POST, PUT and DELETE as well.

use crate::http::{Field, Headers, HostAndPort, Request, just_one};

/// What `Sec-Fetch-Site` says of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Site {
    /// It is made by a page of the origin that it is sent to.
    SameOrigin,
    /// It is made by no page.
    NoPage,
    /// It is made by a page of another origin, or the header says nothing that is known.
    Other,
}

/// Returns whether the page's origin is the one that the request is sent to, or there is no page.
///
/// The browser's own statement counts. Browsers make none on plain http, and Chromium makes none
/// with WebSocket handshakes: then the host and port have to agree, and a request that arrived
/// over https cannot come from the service's own page at `http:`. The reverse proves nothing,
/// because a proxy may have terminated TLS.
pub(crate) fn is_same(origin: &[u8], request: &impl Request) -> bool {
    match by_browser(request.headers()) {
        Some(site) => site != Site::Other,
        None => is_same_host(origin, request),
    }
}

/// Returns whether the page's origin is the one that the request is sent to, as [`is_same`] does. A
/// request by no page is not same-origin with one.
pub(super) fn is_same_page(origin: &[u8], request: &impl Request) -> bool {
    match by_browser(request.headers()) {
        Some(site) => site == Site::SameOrigin,
        None => is_same_host(origin, request),
    }
}

/// What [`Sec-Fetch-Site`] says; `None` where the browser does not say.
///
/// [`Sec-Fetch-Site`]: https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header
pub(super) fn by_browser(headers: &impl Headers) -> Option<Site> {
    headers.get_all(Field::SecFetchSite).next()?;
    Some(match just_one(headers, Field::SecFetchSite) {
        Some(b"same-origin") => Site::SameOrigin,
        Some(b"none") => Site::NoPage,
        _ => Site::Other,
    })
}

fn is_same_host(origin: &[u8], request: &impl Request) -> bool {
    let authority = match request.authority() {
        Some(authority) => Some(authority.as_bytes()),
        None => just_one(request.headers(), Field::Host),
    };
    authority.is_some_and(|authority| is_at(origin, request.scheme(), authority))
}

/// Returns whether an origin is that of a request for `authority` over `scheme`, if that is known.
///
/// A browser writes the host and port of its page's URL into both, so equal bytes are enough, and
/// every host that browsers accept is recognised.
pub(crate) fn is_at(origin: &[u8], scheme: Option<&str>, authority: &[u8]) -> bool {
    let (of_page, default_port): (_, &[u8]) = match origin.strip_prefix(b"https://") {
        Some(of_page) => (of_page, b"443"),
        None => match origin.strip_prefix(b"http://") {
            Some(_) if scheme.is_some_and(is_https) => return false,
            Some(of_page) => (of_page, b"80"),
            // Pages of other schemes do not come from a web server.
            None => return false,
        },
    };
    let (Some(of_page), Some(of_request)) = (HostAndPort::of(of_page), HostAndPort::of(authority))
    else {
        return false;
    };
    let is_same_port = of_page.port_or(default_port) == of_request.port_or(default_port);
    is_same_port && of_page.host.eq_ignore_ascii_case(of_request.host)
}

fn is_https(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("https")
}

#[cfg(test)]
mod tests {
    use super::is_at;

    fn agree(origin: &str, authority: &str) -> bool {
        is_at(origin.as_bytes(), None, authority.as_bytes())
    }

    #[test]
    fn host_and_port_have_to_agree() {
        for (origin, authority) in [
            ("https://app.example", "app.example"),
            ("https://app.example", "APP.example:443"),
            ("https://app.example", "app.example:"),
            ("http://app.example:443", "app.example:443"),
            ("http://app.example", "app.example:80"),
            ("http://[::1]:3000", "[::1]:3000"),
            ("http://[::1]", "[::1]"),
            // Hosts that browsers accept, though a policy may not list them.
            ("http://3d-printer:8080", "3d-printer:8080"),
            ("http://3f2a9c1b7d4e", "3f2a9c1b7d4e"),
            ("https://app.2nd", "app.2nd"),
            ("https://app.example.", "app.example."),
            ("http://a!b.example", "a!b.example"),
            ("http://a_b", "a_b"),
            ("https://xn--f", "xn--f"),
        ] {
            assert!(agree(origin, authority), "{origin} {authority}");
        }
    }

    #[test]
    fn nothing_else_is_the_same() {
        for (origin, authority) in [
            ("https://app.example", ""),
            ("https://app.example", ":443"),
            ("https://app.example", "app.example:80"),
            ("https://app.example", "app.example:0443"),
            ("https://app.example", "app.example:443:443"),
            ("https://app.example", "app.example:https"),
            ("https://app.example", "app.example.evil.example"),
            ("https://app.example", "app.example@evil.example"),
            ("https://app.example", "evil.example@app.example"),
            ("https://app.example", "app.example."),
            ("https://app.example.", "app.example"),
            ("https://app.example:8443", "app.example"),
            ("https://evil.example", "app.example"),
            ("https://[::1]", "[::1"),
            ("https://[::1]", "::1"),
            ("https://[::1", "[::1"),
            ("https://[::1]", "[::2]"),
            ("https://", ""),
            ("https://:443", ":443"),
            ("https:/app.example", "app.example"),
            ("app.example", "app.example"),
            ("HTTPS://app.example", "app.example"),
            ("capacitor://localhost", "localhost"),
            ("ws://app.example", "app.example"),
            ("null", "null"),
            ("", ""),
        ] {
            assert!(!agree(origin, authority), "{origin} {authority}");
        }
    }

    #[test]
    fn what_arrived_over_https_is_of_no_page_at_http() {
        for (origin, scheme, expected) in [
            ("http://app.example", None, true),
            ("http://app.example", Some("http"), true),
            ("http://app.example", Some("https"), false),
            ("http://app.example", Some("HTTPS"), false),
            ("https://app.example", None, true),
            ("https://app.example", Some("https"), true),
            // A proxy may have terminated TLS.
            ("https://app.example", Some("http"), true),
        ] {
            let is_same = is_at(origin.as_bytes(), scheme, b"app.example");
            assert_eq!(is_same, expected, "{origin} {scheme:?}");
        }
    }

    #[test]
    fn what_is_longer_than_any_host_is_not_searched() {
        let longest = format!("{}.", "a".repeat(253));
        assert!(agree(&format!("https://{longest}:65535"), &format!("{longest}:65535")));
        let longer = format!("{}.", "a".repeat(254));
        assert!(!agree(&format!("https://{longer}:65535"), &format!("{longer}:65535")));
    }
}
