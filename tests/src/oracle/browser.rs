use url::Url;

use super::exposed::{basic_headers, exposed_headers};
use super::preflight_cache::{Key, PreflightCache};
use super::primitives::is_safelisted_method;
use super::redirect::{self, is_http};
use super::{
    Credentials, FetchRequest, HeaderList, HttpRequest, HttpResponse, Mode, NetworkError, Outcome,
    Prepared, RedirectMode, ResponseKind, Verdict, cors_check, origin, preflight_check, prepare,
    unsafe_request_header_names,
};

/// A browser, which remembers the answers to preflights.
#[derive(Clone, Debug)]
pub struct Browser {
    /// What it adds to requests. It counts when a browser looks whether headers need permission.
    pub accept_language: String,
    /// For how many seconds it keeps the answer to a preflight at most.
    pub longest_max_age: u64,
    /// Its clock, in seconds.
    pub now: u64,
    cache: PreflightCache,
}

impl Default for Browser {
    fn default() -> Self {
        Self {
            accept_language: "en-US,en;q=0.9".into(),
            longest_max_age: 7200,
            now: 0,
            cache: PreflightCache::default(),
        }
    }
}

impl Browser {
    /// Carries out a request, as [fetch](https://fetch.spec.whatwg.org/#concept-fetch) says.
    /// `server` answers what goes over the network.
    pub fn fetch(
        &mut self,
        request: &FetchRequest,
        server: &mut dyn FnMut(&HttpRequest) -> HttpResponse,
    ) -> Verdict {
        let Some(prepared) = prepare(request, &self.accept_language) else {
            return Verdict { outcome: Outcome::Throws, sent: Vec::new() };
        };
        let mut fetch = Fetch {
            browser: self,
            request,
            server,
            prepared,
            tainting: Tainting::Basic,
            urls: vec![request.url.clone()],
            makes_preflight: false,
            sent: Vec::new(),
        };
        let outcome = match fetch.run(request.url.clone()) {
            Ok((kind, status, headers)) => Outcome::Response { kind, status, headers },
            Err(error) => {
                fetch.forget_preflights();
                Outcome::NetworkError(error)
            }
        };
        Verdict { outcome, sent: fetch.sent }
    }
}

/// A request's [response tainting](https://fetch.spec.whatwg.org/#concept-request-response-tainting).
#[derive(Clone, Copy, Eq, PartialEq)]
enum Tainting {
    Basic,
    Cors,
    Opaque,
}

/// A fetch that is under way.
struct Fetch<'a> {
    browser: &'a mut Browser,
    request: &'a FetchRequest,
    server: &'a mut dyn FnMut(&HttpRequest) -> HttpResponse,
    prepared: Prepared,
    tainting: Tainting,
    /// The [URL list](https://fetch.spec.whatwg.org/#concept-request-url-list).
    urls: Vec<Url>,
    /// Whether any of the requests so far took a preflight, sent or remembered.
    makes_preflight: bool,
    sent: Vec<HttpRequest>,
}

type Filtered = (ResponseKind, u16, HeaderList);

impl Fetch<'_> {
    fn run(&mut self, mut url: Url) -> Result<Filtered, NetworkError> {
        loop {
            let takes_preflight = self.main_fetch(&url)?;
            let origin = origin::serialize(&self.request.page, &self.urls);
            if takes_preflight {
                self.makes_preflight = true;
                self.preflight(&url, &origin)?;
            }
            let response = self.send_actual(&url, &origin);
            if self.tainting == Tainting::Cors
                && !cors_check(&origin, self.request.credentials, &response)
            {
                return Err(NetworkError::CorsCheck);
            }
            if redirect::is_redirect_status(response.status) {
                match self.request.redirect {
                    RedirectMode::Error => return Err(NetworkError::Redirect),
                    RedirectMode::Manual => {
                        return Ok((ResponseKind::OpaqueRedirect, 0, HeaderList::default()));
                    }
                    RedirectMode::Follow => {}
                }
                let to =
                    redirect::location(&url, &response).map_err(|()| NetworkError::Redirect)?;
                if let Some(to) = to {
                    self.redirect(response.status, &to)?;
                    url = to;
                    continue;
                }
            }
            return Ok(self.filter(&response));
        }
    }

    /// [Main fetch](https://fetch.spec.whatwg.org/#concept-main-fetch): which rules a request
    /// falls under, and whether it takes a preflight.
    fn main_fetch(&mut self, url: &Url) -> Result<bool, NetworkError> {
        let Prepared { method, headers, use_preflight, .. } = &self.prepared;
        if origin::is_same(&self.request.page, url) && self.tainting == Tainting::Basic {
            return Ok(false);
        }
        match self.request.mode {
            Mode::SameOrigin => Err(NetworkError::SameOriginMode),
            Mode::NoCors if self.request.redirect != RedirectMode::Follow => {
                Err(NetworkError::NoCorsRedirectMode)
            }
            Mode::NoCors => {
                self.tainting = Tainting::Opaque;
                Ok(false)
            }
            Mode::Cors if !is_http(url) => Err(NetworkError::Scheme),
            Mode::Cors => {
                self.tainting = Tainting::Cors;
                let is_unsafe = !is_safelisted_method(method)
                    || !unsafe_request_header_names(headers).is_empty();
                Ok(*use_preflight || (self.request.unsafe_request && is_unsafe))
            }
        }
    }

    /// The preflight, unless all that is needed is remembered.
    fn preflight(&mut self, url: &Url, origin: &[u8]) -> Result<(), NetworkError> {
        let key = self.key(url, origin);
        let (cache, now) = (&self.browser.cache, self.browser.now);
        let Prepared { method, headers, use_preflight, .. } = &self.prepared;
        let names = unsafe_request_header_names(headers);
        let is_remembered = (cache.has_method(&key, now, method)
            || (is_safelisted_method(method) && !use_preflight))
            && names.iter().all(|name| cache.has_header(&key, now, name));
        if is_remembered {
            return Ok(());
        }

        let mut headers = HeaderList::default();
        headers.append("Accept", "*/*");
        headers.append("Access-Control-Request-Method", method.clone());
        if !names.is_empty() {
            headers.append("Access-Control-Request-Headers", names.join(&b","[..]));
        }
        headers.append("Origin", origin);
        self.append_metadata(&mut headers, url);
        let response = self.send(HttpRequest {
            method: b"OPTIONS".into(),
            url: url.clone(),
            headers,
            with_credentials: false,
            is_preflight: true,
        });
        let grant = preflight_check(origin, self.request.credentials, &self.prepared, &response)
            .map_err(NetworkError::Preflight)?;
        self.browser.cache.store(&key, now, &grant, self.browser.longest_max_age);
        Ok(())
    }

    fn send_actual(&mut self, url: &Url, origin: &[u8]) -> HttpResponse {
        let mut headers = self.prepared.headers.clone();
        let method = self.prepared.method.clone();
        if self.tainting == Tainting::Cors {
            headers.append("Origin", origin);
        } else if method != b"GET" && method != b"HEAD" {
            let FetchRequest { mode, referrer_policy, page, .. } = self.request;
            let origin = match mode {
                Mode::Cors => origin.to_vec(),
                _ => origin::by_referrer_policy(*referrer_policy, page, url, origin.to_vec()),
            };
            headers.append("Origin", origin);
        }
        self.append_metadata(&mut headers, url);
        let with_credentials = match self.request.credentials {
            Credentials::Include => true,
            Credentials::SameOrigin => self.tainting == Tainting::Basic,
            Credentials::Omit => false,
        };
        let url = url.clone();
        self.send(HttpRequest { method, url, headers, with_credentials, is_preflight: false })
    }

    /// [Fetch metadata](https://w3c.github.io/webappsec-fetch-metadata/), which only trustworthy
    /// URLs get. Sites are not told apart from origins.
    fn append_metadata(&self, headers: &mut HeaderList, url: &Url) {
        let is_loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !is_loopback {
            return;
        }
        let mode = match self.request.mode {
            Mode::Cors => "cors",
            Mode::NoCors => "no-cors",
            Mode::SameOrigin => "same-origin",
        };
        let is_same = |url| origin::is_same(&self.request.page, url);
        let site = if self.urls.iter().all(is_same) { "same-origin" } else { "cross-site" };
        headers.append("Sec-Fetch-Site", site);
        headers.append("Sec-Fetch-Mode", mode);
        headers.append("Sec-Fetch-Dest", "empty");
    }

    fn send(&mut self, request: HttpRequest) -> HttpResponse {
        let response = (self.server)(&request);
        self.sent.push(request);
        response
    }

    fn redirect(&mut self, status: u16, to: &Url) -> Result<(), NetworkError> {
        let Self { request, prepared, urls, tainting, .. } = self;
        let is_cors_tainted = *tainting == Tainting::Cors;
        redirect::follow(prepared, &request.page, request.mode, is_cors_tainted, urls, status, to)
            .map_err(|()| NetworkError::Redirect)?;
        urls.push(to.clone());
        Ok(())
    }

    fn filter(&self, response: &HttpResponse) -> Filtered {
        match self.tainting {
            Tainting::Basic => (ResponseKind::Basic, response.status, basic_headers(response)),
            Tainting::Opaque => (ResponseKind::Opaque, 0, HeaderList::default()),
            Tainting::Cors => {
                let headers = exposed_headers(self.request.credentials, response);
                (ResponseKind::Cors, response.status, headers)
            }
        }
    }

    /// What a network error does to the answers that are remembered.
    fn forget_preflights(&mut self) {
        if let (true, Some(url)) = (self.makes_preflight, self.urls.last()) {
            let origin = origin::serialize(&self.request.page, &self.urls);
            let key = self.key(url, &origin);
            self.browser.cache.clear(&key);
        }
    }

    fn key(&self, url: &Url, origin: &[u8]) -> Key {
        let mut url = url.clone();
        url.set_fragment(None);
        Key { origin: origin.into(), url, credentials: self.request.credentials }
    }
}
