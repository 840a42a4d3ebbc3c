//! What a browser makes of the responses to a fetch.

use crate::browser::exchange::Exchange;
use crate::browser::fetch::{Fetch, request_origin};
use crate::browser::preflight::Asked;
use crate::browser::preflight_cache::PreflightCache;
use crate::browser::redirect;
use crate::browser::request::RedirectMode;
use crate::browser::verdict::{Access, Exposed, Verdict};

const REDIRECT_FETCH: &str = "https://fetch.spec.whatwg.org/#http-redirect-fetch";

impl Fetch {
    pub(super) fn receive_preflight(&mut self, exchange: &Exchange, cache: &mut PreflightCache) {
        let (asked, verdict) = self.check();
        let grant = asked.check_preflight(exchange, verdict);
        match (grant, self.key()) {
            (Some(grant), Some(key)) => {
                cache.store(&key, grant);
                self.send_actual();
            }
            _ => self.block(Access::BlockedByPreflight, cache),
        }
    }

    pub(super) fn receive_actual(&mut self, exchange: &Exchange, cache: &mut PreflightCache) {
        if self.is_tainted {
            let (asked, verdict) = self.check();
            if !asked.check_cors(&exchange.response, verdict) {
                return self.block(Access::BlockedAfterResponse, cache);
            }
        }
        if redirect::is_redirect(exchange.status) && self.receive_redirect(exchange, cache) {
            return;
        }
        let exposed = if self.is_tainted {
            Exposed::by(&exchange.response, self.credentials)
        } else {
            Exposed::All
        };
        self.verdict.allow(&exchange.response, exposed);
    }

    /// Returns whether the response is a redirect, and not one that leads nowhere.
    fn receive_redirect(&mut self, exchange: &Exchange, cache: &mut PreflightCache) -> bool {
        match self.redirect {
            RedirectMode::Follow => {}
            RedirectMode::Error => {
                self.verdict.step(false, "the script takes redirects for errors", REDIRECT_FETCH);
                self.block(Access::BlockedByRedirect, cache);
                return true;
            }
            RedirectMode::Manual => {
                self.verdict.access = Access::OpaqueRedirect;
                return true;
            }
        }
        let from = &exchange.request.url;
        let to = match redirect::location(from, &exchange.response) {
            Ok(None) => return false,
            Ok(Some(to)) => {
                redirect::check(&self.page, self.is_tainted, self.urls.len(), &to).map(|()| to)
            }
            Err(error) => Err(error),
        };
        match to {
            Ok(to) => {
                let text = format!("the browser follows the redirect to {}", to.text());
                self.verdict.step(true, text, REDIRECT_FETCH);
                if !redirect::apply(&mut self.prepared, exchange.status, from, &to) {
                    self.body = None;
                }
                self.urls.push(to);
                self.main_fetch(cache);
            }
            Err(error) => {
                self.verdict.step(false, error, REDIRECT_FETCH);
                self.block(Access::BlockedByRedirect, cache);
            }
        }
        true
    }

    /// Ends the fetch with a network error, after which the browser
    /// [forgets](https://fetch.spec.whatwg.org/#concept-cache-clear) what it knew of preflights to the URL.
    pub(super) fn block(&mut self, access: Access, cache: &mut PreflightCache) {
        self.verdict.access = access;
        if let (true, Some(key)) = (self.takes_preflight, self.key()) {
            cache.clear(&key);
        }
    }

    /// What a response is checked against, and where the steps are noted.
    fn check(&mut self) -> (Asked<'_>, &mut Verdict) {
        let origin = request_origin(&self.page, &self.urls);
        let Self { prepared, credentials, upload, verdict, .. } = self;
        (Asked { origin, prepared, credentials: *credentials, upload: *upload }, verdict)
    }
}
