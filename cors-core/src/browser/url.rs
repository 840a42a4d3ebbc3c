use crate::origin::{Origin, host};

/// Where a request goes: an `http` or `https` URL without a fragment, or a service whose address
/// nobody named.
///
/// This reads what services write into `Location`: ASCII hosts as browsers serialize them. A host that
/// would have to be converted, such as `münchen.example` or `127.1`, is no URL here.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Url {
    /// The serialized origin; `None` if nobody named it.
    origin: Option<String>,
    /// The host and the port, if it is not the default port of the scheme; `None` if nobody named it.
    host: Option<String>,
    /// The path and the query.
    target: String,
    has_userinfo: bool,
}

impl Url {
    /// A service of another origin than its pages, at this host if one is given.
    pub(crate) fn unnamed(host: Option<&str>) -> Self {
        let host = host.map(Into::into);
        Self { origin: None, host, target: "/".into(), has_userinfo: false }
    }

    /// The root of an origin that has this host.
    pub(crate) fn root(origin: &str, host: &str) -> Self {
        let (origin, host) = (Some(origin.into()), Some(host.into()));
        Self { origin, host, target: "/".into(), has_userinfo: false }
    }

    /// Reads an absolute URL.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::unnamed(None).join(text).filter(|url| url.origin.is_some())
    }

    /// Resolves a [URL string](https://url.spec.whatwg.org/#concept-url-parser) against this URL.
    pub(crate) fn join(&self, text: &str) -> Option<Self> {
        let text = text.trim_matches(|character: char| character <= ' ');
        let text: String = text.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
        let text = text.split('#').next().unwrap_or_default();
        let Some((scheme, rest)) = split_scheme(text) else {
            return self.join_relative(text);
        };
        let is_own = self.scheme() == Some(scheme.as_str());
        match scheme.as_str() {
            "http" | "https" if is_own && !rest.starts_with("//") => self.join_relative(rest),
            "http" | "https" => Self::with_authority(&scheme, rest.trim_start_matches(is_slash)),
            _ => None,
        }
    }

    fn join_relative(&self, text: &str) -> Option<Self> {
        let mut slashes = text.chars();
        if slashes.next().is_some_and(is_slash) && slashes.next().is_some_and(is_slash) {
            return Self::with_authority(self.scheme()?, text.trim_start_matches(is_slash));
        }
        let (path, query) = split_query(text);
        let (own_path, own_query) = split_query(&self.target);
        let (path, query) = match path {
            "" => (own_path.to_owned(), query.map(encode_query).or(own_query.map(Into::into))),
            path => {
                let folder = match own_path.rsplit_once('/') {
                    Some((folder, _)) if !path.starts_with(is_slash) => format!("{folder}/{path}"),
                    _ => path.to_owned(),
                };
                (normalize_path(&folder), query.map(encode_query))
            }
        };
        Some(Self { target: join_target(path, query), ..self.clone() })
    }

    fn with_authority(scheme: &str, text: &str) -> Option<Self> {
        let end = text.find(|c| is_slash(c) || c == '?').unwrap_or(text.len());
        let (authority, target) = text.split_at_checked(end)?;
        let (userinfo, host) = match authority.rsplit_once('@') {
            Some((userinfo, host)) => (userinfo, host),
            None => ("", authority),
        };
        let host = normalize_host(scheme, host)?;
        let origin = format!("{scheme}://{host}");
        Origin::parse(&origin)?;
        let (path, query) = split_query(target);
        Some(Self {
            origin: Some(origin),
            host: Some(host),
            target: join_target(normalize_path(path), query.map(encode_query)),
            has_userinfo: !matches!(userinfo, "" | ":"),
        })
    }

    pub(crate) fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    pub(super) fn scheme(&self) -> Option<&str> {
        self.origin()?.split("://").next()
    }

    pub(super) fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    pub(super) fn target(&self) -> &str {
        &self.target
    }

    pub(super) const fn has_userinfo(&self) -> bool {
        self.has_userinfo
    }

    /// Whether browsers send `Sec-Fetch-Site` there
    /// ([Secure Contexts](https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy)).
    pub(super) fn is_trustworthy(&self) -> bool {
        let origin = self.origin().and_then(Origin::parse);
        origin.is_some_and(|origin| origin.scheme() == "https" || host::is_loopback(origin.host()))
    }

    /// The URL as text, without what is secret in it.
    pub(super) fn text(&self) -> String {
        format!("{}{}", self.origin().unwrap_or_default(), self.target)
    }
}

const fn is_slash(character: char) -> bool {
    matches!(character, '/' | '\\')
}

/// The scheme, in lower case, and what follows its colon.
fn split_scheme(text: &str) -> Option<(String, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let mut bytes = scheme.bytes();
    let is_scheme = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    is_scheme.then(|| (scheme.to_ascii_lowercase(), rest))
}

fn split_query(target: &str) -> (&str, Option<&str>) {
    match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    }
}

fn join_target(path: String, query: Option<String>) -> String {
    match query {
        Some(query) => path + "?" + &query,
        None => path,
    }
}

/// A host in lower case, and the port unless it is the default port of the scheme.
fn normalize_host(scheme: &str, text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (text.as_str(), ""),
    };
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let default = if scheme == "https" { 443 } else { 80 };
    match port {
        "" => Some(host.into()),
        port => match port.parse::<u16>().ok()? {
            port if port == default => Some(host.into()),
            port => Some(format!("{host}:{port}")),
        },
    }
}

/// A path without [dot segments](https://url.spec.whatwg.org/#path-state), percent-encoded.
fn normalize_path(path: &str) -> String {
    let path = path.strip_prefix(is_slash).unwrap_or(path);
    let mut segments: Vec<String> = Vec::new();
    let mut ends_in_folder = false;
    for segment in path.split(is_slash) {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        ends_in_folder = matches!(plain.as_str(), "." | "..");
        match plain.as_str() {
            "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(encode(segment, b" \"#<>?^`{}")),
        }
    }
    if ends_in_folder {
        segments.push(String::new());
    }
    format!("/{}", segments.join("/"))
}

fn encode_query(query: &str) -> String {
    encode(query, b" \"#<>'")
}

/// [Percent-encodes](https://url.spec.whatwg.org/#string-percent-encode-after-encoding) these bytes, and
/// those that are not visible ASCII.
fn encode(text: &str, encoded: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !encoded.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Url;

    fn joined(base: &str, text: &str) -> Option<String> {
        Url::parse(base).and_then(|base| base.join(text)).map(|url| url.text())
    }

    #[test]
    fn locations_are_resolved_as_browsers_resolve_them() {
        for (location, expected) in [
            ("/b?c#d", "https://a.example/b?c"),
            ("b", "https://a.example/x/b"),
            ("b/", "https://a.example/x/b/"),
            ("../b", "https://a.example/b"),
            ("./b/./%2e%2E/c/..", "https://a.example/x/"),
            ("..", "https://a.example/"),
            ("../../..", "https://a.example/"),
            ("?r", "https://a.example/x/y?r"),
            ("", "https://a.example/x/y?q"),
            ("#f", "https://a.example/x/y?q"),
            ("https:b", "https://a.example/x/b"),
            ("https:/b", "https://a.example/b"),
            ("http:b", "http://b/"),
            ("HTTPS://B.example:443", "https://b.example/"),
            ("http://b.example:0443/", "http://b.example:443/"),
            ("https:///b.example\\c", "https://b.example/c"),
            ("//b.example?q=1", "https://b.example/?q=1"),
            ("\\\\b.example/ö x", "https://b.example/%C3%B6%20x"),
            (" \thttps://[::1]:3000/\n", "https://[::1]:3000/"),
            ("https://u:p@b.example/", "https://b.example/"),
            ("/a|b'c", "https://a.example/a|b'c"),
            ("a:b", ""),
            ("ftp://b.example/", ""),
            ("javascript:alert(1)", ""),
            ("https://b.example:65536/", ""),
            ("https://b.example:x/", ""),
            ("https://", ""),
            ("https://a b/", ""),
            ("https://127.1/", ""),
            ("https://münchen.example/", ""),
        ] {
            let got = joined("https://a.example/x/y?q", location);
            assert_eq!(got.unwrap_or_default(), expected, "{location}");
        }
    }

    #[test]
    fn userinfo_is_noticed() {
        let has_userinfo = |text| Url::parse(text).map(|url| url.has_userinfo());
        assert_eq!(has_userinfo("https://u@a.example/"), Some(true));
        assert_eq!(has_userinfo("https://:p@a.example/"), Some(true));
        assert_eq!(has_userinfo("https://:@a.example/"), Some(false));
        assert_eq!(has_userinfo("https://@a.example/"), Some(false));
        assert_eq!(has_userinfo("/x@y"), None);
    }

    #[test]
    fn a_service_without_an_address_keeps_none() {
        let service = Url::unnamed(Some("a.example"));
        let moved = service.join("/x").expect("a path is resolved");
        assert_eq!((moved.origin(), moved.host(), moved.target()), (None, Some("a.example"), "/x"));
        assert_eq!(service.join("//b.example/"), None);
        let elsewhere = service.join("https://b.example/").expect("a URL is read");
        assert_eq!(elsewhere.origin(), Some("https://b.example"));
    }
}
