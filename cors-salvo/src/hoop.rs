use std::sync::Arc;

use cors_core::adapter::{self, Decision, Engine};
use cors_core::{Deployment, RunTimeOrigins};
use salvo_core::http::{HeaderMap, HeaderValue, ResBody, StatusCode};
use salvo_core::{Depot, FlowCtrl, Handler, Request, Response, Service, async_trait};

/// Applies a [`Policy`](cors_core::Policy) to a service. Cloning it counts a reference.
#[derive(Clone, Debug)]
#[must_use = "a hoop does nothing until a service is wrapped in it"]
pub struct Cors {
    engine: Engine<HeaderValue>,
    origins: RunTimeOrigins<Request>,
}

impl Cors {
    /// A hoop that answers by a [`Policy`](cors_core::Policy), or by the one that a `PolicyHandle` has.
    pub fn new(deployment: impl Into<Deployment>) -> Self {
        Self { engine: deployment.into().compile(), origins: RunTimeOrigins::default() }
    }

    /// Sets who decides on origins that the policy leaves to the application.
    pub fn run_time_origins(self, origins: RunTimeOrigins<Request>) -> Self {
        Self { origins, ..self }
    }

    /// Puts the hoop before all hoops that the service has.
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
        let mut decision = self.engine.decide(parts_of(request));
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

#[inline(always)]
fn parts_of(request: &Request) -> adapter::Request<'_, HeaderMap> {
    let is_tls = request.scheme().as_str() == "https";
    adapter::Request::from_parts(request.method(), request.uri(), request.headers())
        .over_tls(is_tls)
}
