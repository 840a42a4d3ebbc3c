use cors_salvo::Cors;
use salvo::conn::{ConnCtrl, SocketAddr};
use salvo::http::uri::Scheme;
use salvo::http::{HeaderMap, HeaderValue, Method, ReqBody, StatusCode};
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Router, Service, async_trait, handler};
use salvo_cors::{AllowHeaders, AllowMethods, AllowOrigin};

use super::floor::{ByText, Floor, Strict};
use super::scenario::{Allows, EXPOSED, HEADERS, MAX_AGE, METHODS, is_subdomain};
use super::{Middleware, Scenario, Use, apart, finish};

#[handler]
async fn hello() -> &'static str {
    "hello"
}

pub(super) fn run(middleware: Middleware, scenario: &Scenario, with: &mut Use<'_>) {
    let service = Service::new(Router::new().goal(hello));
    let service = match middleware {
        Middleware::None => service,
        Middleware::Floor => service.hoop(FloorHoop(ByText)),
        Middleware::Strict => service.hoop(FloorHoop(Strict)),
        Middleware::Ours | Middleware::Handle => {
            Cors::new(scenario.deployment(middleware)).wrap(service)
        }
        Middleware::Peer => service.hoop(apart(|| peer(scenario)).into_handler()),
    };
    let unknown = SocketAddr::Unknown;
    let handler =
        service.hyper_handler(unknown.clone(), unknown, Scheme::HTTP, None, ConnCtrl::new(), None);
    let request = scenario.requests::<ReqBody>();
    with(&mut || {
        let request = Request::from_hyper(request(), Scheme::HTTP);
        finish(handler.handle(request));
    });
}

fn peer(scenario: &Scenario) -> salvo_cors::Cors {
    let cors = salvo_cors::Cors::new()
        .allow_credentials(true)
        .expose_headers(vec![EXPOSED])
        .max_age(u64::from(MAX_AGE));
    let cors = if scenario.allows == Allows::Subdomains {
        cors.allow_origin(AllowOrigin::dynamic(|origin, _, _| {
            origin.filter(|origin| is_subdomain(origin.as_bytes())).cloned()
        }))
    } else {
        let origins = scenario.origins().into_iter();
        let origins = origins.map(|origin| HeaderValue::try_from(origin).expect("a value"));
        cors.allow_origin(AllowOrigin::list(origins))
    };
    if scenario.mirrors() {
        cors.allow_methods(AllowMethods::mirror_request())
            .allow_headers(AllowHeaders::mirror_request())
    } else {
        let methods = METHODS.map(|method| method.parse::<Method>().expect("a method"));
        cors.allow_methods(methods.to_vec()).allow_headers(HEADERS.to_vec())
    }
}

struct FloorHoop<F>(F);

#[async_trait]
impl<F: Floor<HeaderMap, Value = HeaderValue>> Handler for FloorHoop<F> {
    async fn handle(
        &self,
        request: &mut Request,
        depot: &mut Depot,
        response: &mut Response,
        flow: &mut FlowCtrl,
    ) {
        let Self(floor) = self;
        let origin = floor.origin(request.headers());
        let is_preflight =
            request.method() == Method::OPTIONS && floor.asks_for_a_method(request.headers());
        match origin {
            Some(origin) if is_preflight => {
                flow.skip_rest();
                response.status_code(StatusCode::NO_CONTENT);
                floor.preflight(response.headers_mut(), origin);
            }
            origin => {
                flow.call_next(request, depot, response).await;
                floor.actual(response.headers_mut(), origin);
            }
        }
    }
}
