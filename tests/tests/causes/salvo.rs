use cors_salvo::explain::Cause;
use cors_salvo::testing::Browser;
use cors_salvo::{Cors, below};
use salvo::http::header::{AUTHORIZATION, HeaderValue, LOCATION};
use salvo::http::{Method, StatusCode};
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Router, Service, async_trait, handler};

use crate::{ALLOW_ORIGIN, Edit, Fault, PAGE, block_on, check};

#[handler]
async fn ok() -> &'static str {
    "ok"
}

struct Late(Fault);

#[async_trait]
impl Handler for Late {
    async fn handle(
        &self,
        _: &mut Request,
        _: &mut Depot,
        response: &mut Response,
        _: &mut FlowCtrl,
    ) {
        if let Some(value) = self.0.own_header() {
            response.headers_mut().insert(ALLOW_ORIGIN, HeaderValue::from_static(value));
        }
        response.render("late");
    }
}

struct Outer(Fault);

#[async_trait]
impl Handler for Outer {
    async fn handle(
        &self,
        request: &mut Request,
        depot: &mut Depot,
        response: &mut Response,
        flow: &mut FlowCtrl,
    ) {
        let Self(fault) = self;
        let method: Method = request.method().clone();
        let authorized = request.headers().contains_key(AUTHORIZATION);
        let path = request.uri().path();
        if let Some((status, location)) = fault.answer(method.as_str(), path, authorized) {
            response.status_code(StatusCode::from_u16(status).unwrap());
            response.headers_mut().insert(LOCATION, HeaderValue::from_static(location));
            flow.skip_rest();
            return;
        }
        flow.call_next(request, depot, response).await;
        let headers = response.headers_mut();
        let value = HeaderValue::from_static;
        match fault.edit(method.as_str()) {
            Some(Edit::Append(name, text)) => drop(headers.append(name, value(text))),
            Some(Edit::Replace(name, text)) => drop(headers.insert(name, value(text))),
            Some(Edit::Remove(name)) => drop(headers.remove(name)),
            None => {}
        }
    }
}

#[test]
fn faults() {
    for fault in Fault::ALL {
        let router = Router::new()
            .push(Router::with_path("api/items").get(ok).put(ok))
            .push(Router::with_path("late").get(Late(fault)).put(ok));
        let cors = Cors::new(fault.policy());
        let app = Service::new(router).hoop(Outer(fault)).hoop_when(cors, below("/api"));
        block_on(check(fault, Browser::new(app), 405));
    }
}

/// What the documentation calls a trap: a router's hoops run for no preflight.
#[test]
fn a_hoop_of_the_router_covers_no_preflight() {
    let cors = Cors::new(Fault::None.policy());
    let router = Router::with_path("items").hoop(cors).put(ok);
    let browser = Browser::new(Service::new(router));
    let verdict = block_on(browser.page(PAGE).fetch("PUT", "/items").into_future());
    assert_eq!(verdict.causes(), [Cause::PreflightNotCovered { status: 405 }], "{verdict}");
}
