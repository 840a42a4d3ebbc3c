use std::future::Future;

use cors_poem::Cors;
use poem::endpoint::make_sync;
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode};
use poem::{Endpoint, EndpointExt, IntoResponse, Request, Response, Result, Route};

use super::floor::{ByText, Floor, Strict};
use super::scenario::{Allows, EXPOSED, HEADERS, MAX_AGE, METHODS, is_subdomain};
use super::{Middleware, Scenario, Use, apart, finish};

pub(super) fn run(middleware: Middleware, scenario: &Scenario, with: &mut Use<'_>) {
    let route = Route::new().at("/", make_sync(|_| "hello"));
    match middleware {
        Middleware::None => drive(&route, scenario, with),
        Middleware::Floor => drive(&FloorEndpoint(route, ByText), scenario, with),
        Middleware::Strict => drive(&FloorEndpoint(route, Strict), scenario, with),
        Middleware::Ours | Middleware::Handle => {
            drive(&route.with(Cors::new(scenario.deployment(middleware))), scenario, with);
        }
        Middleware::Peer => drive(&route.with(apart(|| peer(scenario))), scenario, with),
    }
}

fn drive(endpoint: &impl Endpoint, scenario: &Scenario, with: &mut Use<'_>) {
    let request = scenario.requests::<()>();
    with(&mut || {
        let (head, ()) = request().into_parts();
        let mut request = Request::builder().method(head.method).finish();
        *request.headers_mut() = head.headers;
        finish(endpoint.get_response(request));
    });
}

fn peer(scenario: &Scenario) -> poem::middleware::Cors {
    let cors = poem::middleware::Cors::new()
        .allow_credentials(true)
        .expose_headers([EXPOSED])
        .max_age(MAX_AGE.into());
    let cors = if scenario.allows == Allows::Subdomains {
        cors.allow_origins_fn(|origin| is_subdomain(origin.as_bytes()))
    } else {
        cors.allow_origins(scenario.origins())
    };
    // Without a list it mirrors.
    if scenario.mirrors() { cors } else { cors.allow_methods(METHODS).allow_headers(HEADERS) }
}

struct FloorEndpoint<E, F>(E, F);

impl<E, F> Endpoint for FloorEndpoint<E, F>
where
    E: Endpoint,
    F: Floor<HeaderMap, Value = HeaderValue>,
{
    type Output = Response;

    fn call(&self, request: Request) -> impl Future<Output = Result<Response>> + Send {
        let floor = self.1;
        let origin = floor.origin(request.headers());
        async move {
            let is_preflight =
                request.method() == Method::OPTIONS && floor.asks_for_a_method(request.headers());
            match origin {
                Some(origin) if is_preflight => {
                    let mut response = StatusCode::NO_CONTENT.into_response();
                    floor.preflight(response.headers_mut(), origin);
                    Ok(response)
                }
                origin => {
                    let mut response = self.0.get_response(request).await;
                    floor.actual(response.headers_mut(), origin);
                    Ok(response)
                }
            }
        }
    }
}
