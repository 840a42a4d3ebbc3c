//! Applications that are built wrongly on purpose, and the cause that the browser of `testing` names.
//!
//! Each framework builds the same application: `/api/items` is covered by the CORS middleware, `/late` is
//! not, and around everything is a middleware with a fault.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that panics has failed")]

mod actix;
mod axum;
mod poem;
mod rocket;
mod salvo;

use cors_core::Policy;
use cors_core::explain::{Cause, Verdict};
use cors_core::testing::{Browser, Framework, PageFetch};

const PAGE: &str = "https://app.example.com";
const OTHER_PAGE: &str = "https://admin.example.com";
/// What a handler or an outer layer writes into `Access-Control-Allow-Origin`.
const OLD_PAGE: &str = "https://old.example";
const ALLOW_ORIGIN: &str = "access-control-allow-origin";

/// What is wrong with an application.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// Nothing, and `/late` is not used.
    None,
    /// A route is not covered.
    Late,
    /// A route is not covered, and its handler writes a CORS header.
    OwnHeader,
    /// A guard in front refuses requests without credentials.
    Guard,
    /// A layer in front redirects to a path with a slash.
    Slash,
    /// A layer in front redirects to https.
    Https,
    /// A layer in front fails.
    OuterError,
    /// A layer in front adds a CORS header.
    SecondHeader,
    /// A layer in front replaces a CORS header.
    ReplacedHeader,
    /// A layer in front removes a CORS header.
    RemovedHeader,
    /// A layer in front replaces `Vary`.
    ReplacedVary,
    /// The policy allows any origin, and a script asks for credentials.
    AnyOrigin,
}

/// What an outer layer does to the headers of a response.
pub(crate) enum Edit {
    Append(&'static str, &'static str),
    Replace(&'static str, &'static str),
    Remove(&'static str),
}

impl Fault {
    pub(crate) const ALL: [Self; 12] = [
        Self::None,
        Self::Late,
        Self::OwnHeader,
        Self::Guard,
        Self::Slash,
        Self::Https,
        Self::OuterError,
        Self::SecondHeader,
        Self::ReplacedHeader,
        Self::RemovedHeader,
        Self::ReplacedVary,
        Self::AnyOrigin,
    ];

    pub(crate) fn policy(self) -> Policy {
        let policy = match self {
            Self::AnyOrigin => Policy::any_origin(),
            _ => Policy::builder().allow_origins([PAGE, OTHER_PAGE]),
        };
        let policy = policy.allow_methods(["PUT"]).allow_headers(["authorization"]);
        policy.build().expect("a valid policy")
    }

    /// What the layer in front answers by itself: a status, and a `Location`.
    pub(crate) fn answer(
        self,
        method: &str,
        path: &str,
        authorized: bool,
    ) -> Option<(u16, &'static str)> {
        match self {
            Self::Guard if !authorized => Some((401, "")),
            Self::Slash if !path.ends_with('/') => Some((308, "/api/items/")),
            Self::Https => Some((301, "https://localhost/api/items")),
            Self::OuterError if method != "OPTIONS" => Some((500, "")),
            _ => None,
        }
    }

    /// What the layer in front does to a response of another layer.
    pub(crate) fn edit(self, method: &str) -> Option<Edit> {
        match self {
            Self::SecondHeader => Some(Edit::Append(ALLOW_ORIGIN, "*")),
            Self::ReplacedVary => Some(Edit::Replace("vary", "accept-encoding")),
            _ if method == "OPTIONS" => None,
            Self::ReplacedHeader => Some(Edit::Replace(ALLOW_ORIGIN, OLD_PAGE)),
            Self::RemovedHeader => Some(Edit::Remove(ALLOW_ORIGIN)),
            _ => None,
        }
    }

    /// What the handler of `/late` writes into `Access-Control-Allow-Origin`.
    pub(crate) fn own_header(self) -> Option<&'static str> {
        (self == Self::OwnHeader).then_some(OLD_PAGE)
    }
}

/// Fetches what shows the fault, and looks whether the cause is named. `late` is the status that the
/// framework gives a preflight for a route that is not covered.
pub(crate) async fn check<F: Framework<A>, A>(fault: Fault, browser: Browser<F, A>, late: u16) {
    let root = if fault == Fault::Https { "http://localhost" } else { "https://localhost" };
    let browser = browser.at(root);
    let page = browser.page(PAGE);
    let items = |method| page.fetch(method, "/api/items");
    let redirected = |to: &str| Cause::PreflightRedirected {
        from: format!("{root}/api/items"),
        to: Some(to.into()),
    };
    let expect = |fetch, causes| expect(fault, fetch, causes);
    match fault {
        Fault::None => {
            let authorized = items("PUT").header("authorization", "Bearer x");
            expect(authorized, Vec::new()).await;
            expect(browser.page(OTHER_PAGE).fetch("GET", "/api/items"), Vec::new()).await;
            expect(page.fetch("GET", "/api/nothing"), Vec::new()).await;
            let stranger = browser.page("https://stranger.example");
            for method in ["GET", "PUT"] {
                expect(stranger.fetch(method, "/api/items"), vec![Cause::RefusedByPolicy]).await;
            }
            expect(items("PATCH"), vec![Cause::RefusedByPolicy]).await;
            expect(items("GET").credentials(), vec![Cause::RefusedByPolicy]).await;
        }
        Fault::Late => {
            let put = page.fetch("PUT", "/late");
            expect(put, vec![Cause::PreflightNotCovered { status: late }]).await;
            let get = page.fetch("GET", "/late");
            expect(get, vec![Cause::ResponseNotCovered { status: 200 }]).await;
        }
        Fault::OwnHeader => {
            let cause = Cause::OtherAllowOrigin { value: OLD_PAGE.into() };
            expect(page.fetch("GET", "/late"), vec![cause]).await;
        }
        Fault::Guard => {
            let put = items("PUT").header("authorization", "Bearer x");
            expect(put, vec![Cause::PreflightUnauthorized { status: 401 }]).await;
            expect(items("GET"), vec![Cause::ErrorNotCovered { status: 401 }]).await;
        }
        Fault::Slash => {
            expect(items("PUT"), vec![redirected("https://localhost/api/items/")]).await;
        }
        Fault::Https => {
            expect(items("PUT"), vec![redirected("https://localhost/api/items")]).await;
        }
        Fault::OuterError => {
            for method in ["GET", "PUT"] {
                expect(items(method), vec![Cause::ErrorNotCovered { status: 500 }]).await;
            }
        }
        Fault::SecondHeader => {
            let values = vec![PAGE.into(), "*".into()];
            expect(items("GET"), vec![Cause::SeveralAllowOrigins { values }]).await;
        }
        Fault::ReplacedHeader => {
            let value = Some(OLD_PAGE.into());
            expect(items("PUT"), vec![Cause::OverwrittenAllowOrigin { value }]).await;
        }
        Fault::RemovedHeader => {
            expect(items("PUT"), vec![Cause::OverwrittenAllowOrigin { value: None }]).await;
        }
        Fault::ReplacedVary => {
            expect(items("GET"), Vec::new()).await;
            let other = browser.page(OTHER_PAGE).fetch("GET", "/api/items");
            let url = "https://localhost/api/items".into();
            expect(other, vec![Cause::VaryRemoved { url }]).await;
        }
        Fault::AnyOrigin => {
            expect(items("GET"), Vec::new()).await;
            expect(items("GET").credentials(), vec![Cause::AnyOriginWithCredentials]).await;
        }
    }
}

/// The verdict has these causes, tells them, and tells the line of the framework where it would help.
async fn expect<F: Framework<A>, A>(fault: Fault, fetch: PageFetch<'_, F, A>, causes: Vec<Cause>) {
    let verdict: Verdict = fetch.await;
    assert_eq!(verdict.causes(), causes, "{fault:?}\n{verdict}");
    let blocks = causes.iter().any(|cause| !matches!(cause, Cause::VaryRemoved { .. }));
    assert_eq!(verdict.is_allowed(), !blocks, "{fault:?}\n{verdict}");
    let text = verdict.to_string();
    for cause in causes {
        assert!(text.contains(&cause.to_string()), "{verdict}");
        assert_eq!(text.contains(F::MOUNTING), cause.is_mounting(), "{verdict}");
    }
}

/// For frameworks on tokio.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(future)
}
