use std::fmt;
use std::marker::PhantomData;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::browser::{
    BrowserRequest, Exchange, Fetch, OutgoingRequest, PreflightCache, Url, Verdict, vary_removed,
};
use crate::policy::ToText;
use crate::testing::framework::{AppResponse, Framework};

/// A browser before an application `A`, which answers in-process. It remembers preflights from fetch to
/// fetch, as browsers do.
pub struct Browser<F, A> {
    app: A,
    /// The URL of the application's root, if it can be read.
    root: Option<Url>,
    cookies: Vec<String>,
    preflights: Mutex<PreflightCache>,
    /// The latest response of each URL that a cache could store.
    stored: Mutex<Vec<Exchange>>,
    framework: PhantomData<fn() -> F>,
}

impl<F: Framework<A>, A> Browser<F, A> {
    /// A browser before an application that is reached at `https://localhost`.
    pub fn new(app: A) -> Self {
        Self {
            app,
            root: Url::parse("https://localhost"),
            cookies: Vec::new(),
            preflights: Mutex::default(),
            stored: Mutex::default(),
            framework: PhantomData,
        }
    }

    /// Sets the origin at which the application is reached, such as `https://bank.example` or
    /// `http://localhost:3000`. Pages of this origin are the application's own and need no permission.
    /// If the text is not an http or https origin, every fetch is [unsendable](crate::explain::Access::Unsendable).
    #[must_use]
    pub fn at(mut self, origin: impl ToText) -> Self {
        self.root = Url::parse(&origin.to_text());
        self
    }

    /// Adds a cookie, such as `session=1`. The browser sends its cookies with requests that have
    /// credentials. It stores none that the application sets.
    #[must_use]
    pub fn cookie(mut self, pair: impl Into<String>) -> Self {
        self.cookies.push(pair.into());
        self
    }

    /// Sets how long the browser keeps the answer to a preflight at most, as
    /// [`PreflightCache::with_max_age_cap`] does. The default is Chromium's, two hours.
    #[must_use]
    pub fn max_age_cap(mut self, cap: Duration) -> Self {
        self.preflights = Mutex::new(PreflightCache::with_max_age_cap(cap));
        self
    }

    /// Lets time pass for the preflights that the browser remembers, without waiting.
    pub fn advance(&self, time: Duration) {
        lock(&self.preflights).advance(time);
    }

    /// Carries out the request of a script.
    pub(super) async fn fetch(&self, request: &BrowserRequest, url: &str) -> Verdict {
        // No typo may make a test pass that expects a page to be refused.
        if !request.has_origin() {
            return Verdict::of_no_page();
        }
        let url = self.root.as_ref().and_then(|root| root.join(url));
        let mut fetch = Fetch::to(request, url, &mut lock(&self.preflights));
        while let Some(outgoing) = fetch.next_request() {
            let response = self.send(outgoing.clone()).await;
            let cache = &mut lock(&self.preflights);
            match response {
                Ok(response) => fetch.receive(response.status, response.headers, cache),
                Err(error) => fetch.fail(&error, cache),
            }
        }
        let mut verdict = fetch.into_verdict();
        self.compare_with_stored(&mut verdict);
        verdict.set_mounting(F::MOUNTING);
        verdict
    }

    async fn send(&self, mut request: OutgoingRequest) -> Result<AppResponse, String> {
        if request.origin() != self.root.as_ref().and_then(Url::origin) {
            return Err("it leads away from the application".into());
        }
        if request.with_credentials() && !self.cookies.is_empty() {
            request.add_header("cookie", self.cookies.join("; "));
        }
        F::send(&self.app, request).await
    }

    /// Looks whether a cache between the pages and the application would mix up their responses.
    fn compare_with_stored(&self, verdict: &mut Verdict) {
        let Some(actual) = verdict.actual().filter(|actual| actual.can_be_stored()) else { return };
        let actual = actual.clone();
        let mut stored = lock(&self.stored);
        if let Some(earlier) = stored.iter_mut().find(|earlier| earlier.is_for_same(&actual)) {
            verdict.add_cause(vary_removed(earlier, &actual));
            *earlier = actual;
        } else {
            stored.push(actual);
        }
    }
}

impl<F, A> fmt::Debug for Browser<F, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser").field("root", &self.root).finish_non_exhaustive()
    }
}

/// What another test left when it panicked is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
