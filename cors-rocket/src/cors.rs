use std::sync::OnceLock;

use cors_core::adapter::{Decision, Engine, RequestParts};
use cors_core::{Deployment, OriginPredicate};
use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::http::ext::IntoOwned;
use rocket::http::uri::{Host, Origin};
use rocket::http::{HeaderMap, Method, Status};
use rocket::route::{Handler, Outcome};
use rocket::{Build, Data, Request, Response, Rocket, async_trait};

use crate::headers::{self, Value};
use crate::route;

/// Applies a [`Policy`](cors_core::Policy) to a Rocket, or to what is below a path. Cloning it
/// counts references.
#[derive(Clone, Debug)]
#[must_use = "a fairing does nothing until it is attached"]
pub struct Cors {
    engine: Engine<Value>,
    origins: OriginPredicate<RequestHead>,
    base: Vec<String>,
}

/// What [`Cors::origin_predicate`] sees of a request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestHead {
    /// The method.
    pub method: Method,
    /// The path and the query.
    pub uri: Origin<'static>,
    /// All header lines whose values are UTF-8.
    pub headers: HeaderMap<'static>,
}

impl Cors {
    /// A fairing that answers by a [`Policy`](cors_core::Policy), or by the one that a
    /// `PolicyHandle` has.
    ///
    /// ```
    /// use cors_rocket::{Cors, Policy};
    ///
    /// let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
    /// let cors = Cors::new(policy);
    /// # Ok::<(), cors_rocket::PolicyErrors>(())
    /// ```
    pub fn new(policy: impl Into<Deployment>) -> Self {
        let engine = policy.into().compile();
        Self { engine, origins: OriginPredicate::default(), base: Vec::new() }
    }

    /// Sets who decides on origins that the policy leaves to the application.
    ///
    /// ```
    /// use cors_rocket::{Cors, OriginPredicate, Policy};
    ///
    /// let policy = Policy::builder().allow_origins_by_predicate(true).build()?;
    /// let tenants = OriginPredicate::predicate(|origin, _request| {
    ///     origin.host().ends_with(".tenants.example")
    /// });
    /// let cors = Cors::new(policy).origin_predicate(tenants);
    /// # Ok::<(), cors_rocket::PolicyErrors>(())
    /// ```
    pub fn origin_predicate(self, origins: OriginPredicate<RequestHead>) -> Self {
        Self { origins, ..self }
    }

    /// Governs only requests for a path and what is below it, such as where routes are mounted. The
    /// path that counts is the one that request fairings leave. It is compared as Rocket compares
    /// paths: segment by segment, decoded, without empty ones.
    ///
    /// ```
    /// use cors_rocket::{Cors, Policy};
    ///
    /// let api = Cors::new(Policy::permissive()).below("/api");
    /// let rocket = rocket::build().attach(api);
    /// ```
    pub fn below(self, base: &str) -> Self {
        let segments = base.split('/').filter(|segment| !segment.is_empty());
        Self { base: segments.map(Into::into).collect(), ..self }
    }

    fn governs(&self, request: &Request<'_>) -> bool {
        let mut path = request.uri().path().segments();
        self.base.iter().all(|segment| path.next() == Some(segment))
    }

    /// Decides about a request, if it is below the path and no other fairing governs it.
    async fn govern(&self, request: &Request<'_>) {
        if Governed::by(request).is_none() && self.governs(request) {
            Governed::set(request, self.decide(request).await);
        }
    }

    async fn decide(&self, request: &Request<'_>) -> Decision<Value> {
        let headers = headers::lines_of(request.headers());
        let authority = authority(request).map(ToString::to_string);
        let parts = RequestParts {
            method: request.method().as_str(),
            scheme: request.rocket().config().tls_enabled().then_some("https"),
            authority: authority.as_deref(),
            headers: &headers,
        };
        match self.engine.decide(&parts) {
            Decision::Ask(question) => self.origins.ask(question, &RequestHead::of(request)).await,
            decision => decision,
        }
    }
}

#[async_trait]
impl Fairing for Cors {
    fn info(&self) -> Info {
        Info { name: "CORS", kind: Kind::Ignite | Kind::Response }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        Ok(route::add(rocket, &Decide(self.clone())))
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if let Some(decision) = Governed::by(request) {
            headers::apply(decision.headers(), response);
        }
    }
}

/// Decides about every request, before all routes of the application.
#[derive(Clone)]
struct Decide(Cors);

#[async_trait]
impl Handler for Decide {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        self.0.govern(request).await;
        match Governed::by(request) {
            // The fairing adds the headers, as it does to every response.
            Some(Decision::Respond { status, .. }) => Outcome::Success(empty(*status)),
            // What Rocket would answer without this route, if there is no other.
            Some(Decision::Forward(_) | Decision::Ask(_)) | None => {
                Outcome::Forward((data, Status::NotFound))
            }
        }
    }
}

fn empty<'r>(status: u16) -> Response<'r> {
    Response::build().status(Status::new(status)).finalize()
}

/// The host and port in the request's target, where they may differ from `Host`.
///
/// Rocket takes its `host` from `Host` over HTTP/1.1 and from `:authority` over HTTP/2, without
/// telling which. Where the two agree, either will do.
fn authority<'r>(request: &'r Request<'_>) -> Option<&'r Host<'r>> {
    let host = request.host()?;
    let line = request.headers().get_one("host").map(Host::parse);
    let is_line = line.is_some_and(|line| {
        line.is_ok_and(|line| (line.domain(), line.port()) == (host.domain(), host.port()))
    });
    (!is_line).then_some(host)
}

/// The decision about a request, once a fairing governs it.
#[derive(Default)]
struct Governed(OnceLock<Decision<Value>>);

impl Governed {
    fn by<'r>(request: &'r Request<'_>) -> Option<&'r Decision<Value>> {
        request.local_cache(Self::default).0.get()
    }

    fn set(request: &Request<'_>, decision: Decision<Value>) {
        // It is set once: what is governed is left alone.
        let _ = request.local_cache(Self::default).0.set(decision);
    }
}

impl RequestHead {
    fn of(request: &Request<'_>) -> Self {
        let mut headers = HeaderMap::new();
        for header in request.headers().iter() {
            headers.add_raw(header.name.to_string(), header.value.into_owned());
        }
        Self { method: request.method(), uri: request.uri().clone().into_owned(), headers }
    }
}
