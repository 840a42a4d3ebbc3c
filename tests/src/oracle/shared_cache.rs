use url::Url;

use super::primitives::trim_tabs_and_spaces;
use super::{HeaderList, HttpRequest, HttpResponse};

/// A [shared HTTP cache](https://httpwg.org/specs/rfc9111.html) between browsers and a server,
/// which keeps every answer to a GET request for as long as it may by `Vary` alone.
#[derive(Clone, Debug)]
pub struct SharedCache {
    revalidates: bool,
    stored: Vec<Stored>,
}

#[derive(Clone, Debug)]
struct Stored {
    url: Url,
    request: HeaderList,
    response: HttpResponse,
}

impl SharedCache {
    /// An empty cache; whether it asks the server again before it uses what it keeps.
    #[must_use]
    pub const fn new(revalidates: bool) -> Self {
        Self { revalidates, stored: Vec::new() }
    }

    /// Answers a request, from what is kept or from the server; and whether it was from what is
    /// kept.
    pub fn respond(
        &mut self,
        request: &HttpRequest,
        server: &mut dyn FnMut(&HttpRequest) -> HttpResponse,
    ) -> (HttpResponse, bool) {
        if request.method != b"GET" {
            return (server(request), false);
        }
        let revalidates = self.revalidates;
        if let Some(stored) = self.stored.iter_mut().rev().find(|stored| stored.is_for(request)) {
            if revalidates {
                stored.revalidate(request, server);
            }
            return (stored.response.clone(), true);
        }
        let response = server(request);
        self.stored.push(Stored {
            url: request.url.clone(),
            request: request.headers.clone(),
            response: response.clone(),
        });
        (response, false)
    }
}

impl Stored {
    /// [RFC 9111, section 4.1](https://httpwg.org/specs/rfc9111.html#caching.negotiated.responses).
    fn is_for(&self, request: &HttpRequest) -> bool {
        let vary = self.response.headers.get("vary").unwrap_or_default();
        let mut names = vary
            .split(|byte| *byte == b',')
            .map(trim_tabs_and_spaces)
            .filter(|name| !name.is_empty());
        self.url == request.url
            && names.all(|name| {
                let name = String::from_utf8_lossy(name);
                name != "*" && self.request.get(&name) == request.headers.get(&name)
            })
    }

    /// [RFC 9111, section 4.3](https://httpwg.org/specs/rfc9111.html#validation.model): the
    /// headers of a 304 replace those that are kept.
    fn revalidate(
        &mut self,
        request: &HttpRequest,
        server: &mut dyn FnMut(&HttpRequest) -> HttpResponse,
    ) {
        let mut conditional = request.clone();
        let etag = self.response.headers.get("etag").unwrap_or_default();
        conditional.headers.append("If-None-Match", etag);
        let response = server(&conditional);
        if response.status != 304 {
            self.request.clone_from(&request.headers);
            self.response = response;
            return;
        }
        for (name, _) in response.headers.iter() {
            self.response.headers.delete(&String::from_utf8_lossy(name));
        }
        for (name, value) in response.headers.iter() {
            self.response.headers.append(name, value);
        }
    }
}
