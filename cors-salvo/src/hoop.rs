use std::sync::Arc;

use cors_core::adapter::{self, Decision, Engine};
use cors_core::{Deployment, OriginPredicate};
use salvo_core::http::uri::Authority;
use salvo_core::http::{HeaderMap, HeaderValue, ResBody, StatusCode};
use salvo_core::{Depot, FlowCtrl, Handler, Request, Response, Service, async_trait};

/// Applies a [`Policy`](cors_core::Policy) to a service. Cloning it counts a reference.
#[derive(Clone, Debug)]
#[must_use = "a hoop does nothing until a service is wrapped in it"]
pub struct Cors {
    engine: Engine<HeaderValue>,
    origins: OriginPredicate<Request>,
}

impl Cors {
    /// A hoop that answers by a [`Policy`](cors_core::Policy), or by the one that a `PolicyHandle` has.
    ///
    /// ```
    /// use cors_salvo::{Cors, Policy};
    ///
    /// let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
    /// let cors = Cors::new(policy);
    /// # Ok::<(), cors_salvo::PolicyErrors>(())
    /// ```
    pub fn new(policy: impl Into<Deployment>) -> Self {
        Self { engine: policy.into().compile(), origins: OriginPredicate::default() }
    }

    /// Sets who decides on origins that the policy leaves to the application.
    ///
    /// ```
    /// use cors_salvo::{Cors, OriginPredicate, Policy};
    ///
    /// let policy = Policy::builder().allow_origins_by_predicate(true).build()?;
    /// let tenants = OriginPredicate::predicate(|origin, _request| {
    ///     origin.host().ends_with(".tenants.example")
    /// });
    /// let cors = Cors::new(policy).origin_predicate(tenants);
    /// # Ok::<(), cors_salvo::PolicyErrors>(())
    /// ```
    pub fn origin_predicate(self, origins: OriginPredicate<Request>) -> Self {
        Self { origins, ..self }
    }

    /// Puts the hoop before all hoops that the service has.
    ///
    /// ```
    /// use cors_salvo::{Cors, Policy};
    /// use salvo_core::{Router, Service};
    ///
    /// let service = Cors::new(Policy::permissive()).wrap(Service::new(Router::new()));
    /// ```
    #[must_use]
    pub fn wrap(self, mut service: Service) -> Service {
        service.hoops.insert(0, Arc::new(self));
        service
    }
}

#[async_trait]
impl Handler for Cors {
    async fn handle(
        &self,
        request: &mut Request,
        depot: &mut Depot,
        response: &mut Response,
        flow: &mut FlowCtrl,
    ) {
        let mut decision = self.engine.decide(&Parts(request));
        loop {
            match decision {
                Decision::Forward(headers) => {
                    flow.call_next(request, depot, response).await;
                    return headers.apply(response.headers_mut());
                }
                Decision::Respond { status, headers } => {
                    flow.skip_rest();
                    response.status_code = StatusCode::from_u16(status).ok();
                    // Without a body of its own, a refusal would get a page from salvo's catcher.
                    response.body = ResBody::Once(Default::default());
                    return headers.apply(response.headers_mut());
                }
                Decision::Ask(question) => decision = self.origins.ask(question, request).await,
            }
        }
    }
}

/// What the core reads of a request.
struct Parts<'r>(&'r Request);

impl adapter::Request for Parts<'_> {
    type Headers = HeaderMap;

    #[inline]
    fn method(&self) -> &str {
        self.0.method().as_str()
    }

    #[inline]
    fn headers(&self) -> &HeaderMap {
        self.0.headers()
    }

    #[inline]
    fn scheme(&self) -> Option<&str> {
        // The server's own TLS, which the target of a request over HTTP/1.1 does not name.
        let is_tls = self.0.scheme().as_str() == "https";
        if is_tls { Some("https") } else { self.0.uri().scheme_str() }
    }

    #[inline]
    fn authority(&self) -> Option<&str> {
        self.0.uri().authority().map(Authority::as_str)
    }
}
