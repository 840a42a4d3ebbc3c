use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use crate::browser::{BrowserRequest, RedirectMode, Verdict};
use crate::policy::ToText;
use crate::testing::browser::Browser;
use crate::testing::framework::Framework;

/// A page that is open in a [`Browser`].
pub struct Page<'b, F, A> {
    browser: &'b Browser<F, A>,
    origin: String,
}

/// A request that the script of a [`Page`] makes. Awaiting it sends it and returns the [`Verdict`].
#[must_use = "a fetch does nothing until it is awaited"]
pub struct PageFetch<'b, F, A> {
    browser: &'b Browser<F, A>,
    request: BrowserRequest,
    url: String,
}

impl<F: Framework<A>, A> Browser<F, A> {
    /// Opens a page of this origin, such as `https://app.example.com`, or `null` for a sandboxed frame.
    /// If the text is not an origin, its fetches are [unsendable](crate::explain::Access::Unsendable) and do not reach the
    /// application. So let tests of what is refused compare [`Verdict::access`].
    pub fn page(&self, origin: impl ToText) -> Page<'_, F, A> {
        Page { browser: self, origin: origin.to_text().into() }
    }
}

impl<'b, F: Framework<A>, A> Page<'b, F, A> {
    /// Makes a request. `method` is as the script writes it; `url` is a path of the application, such as
    /// `/items/1`, or a whole URL at its origin.
    pub fn fetch(&self, method: impl ToText, url: impl Into<String>) -> PageFetch<'b, F, A> {
        let request = BrowserRequest::new(&self.origin).method(method);
        PageFetch { browser: self.browser, request, url: url.into() }
    }
}

impl<F, A> PageFetch<'_, F, A> {
    /// Adds a header, as the script writes it.
    pub fn header(self, name: impl ToText, value: impl ToText) -> Self {
        self.map(|request| request.header(name, value))
    }

    /// Sets the body. The browser adds no `content-type`.
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        self.map(|request| request.body(body))
    }

    /// Asks for credentials: `credentials: "include"`, or `withCredentials`.
    pub fn credentials(self) -> Self {
        self.map(|request| request.credentials(true))
    }

    /// Streams the body or watches the upload, which takes a preflight.
    pub fn upload(self) -> Self {
        self.map(|request| request.upload(true))
    }

    /// Sets what the script does about redirects.
    pub fn redirect(self, mode: RedirectMode) -> Self {
        self.map(|request| request.redirect(mode))
    }

    fn map(self, change: impl FnOnce(BrowserRequest) -> BrowserRequest) -> Self {
        Self { request: change(self.request), ..self }
    }
}

impl<'b, F: Framework<A>, A> IntoFuture for PageFetch<'b, F, A>
where
    F: 'b,
    A: 'b,
{
    type Output = Verdict;
    type IntoFuture = Pin<Box<dyn Future<Output = Verdict> + 'b>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.browser.fetch(&self.request, &self.url).await })
    }
}

impl<F, A> fmt::Debug for Page<'_, F, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl<F, A> fmt::Debug for PageFetch<'_, F, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageFetch").field("url", &self.url).finish_non_exhaustive()
    }
}
