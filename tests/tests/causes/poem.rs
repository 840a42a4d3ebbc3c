use cors_poem::Cors;
use cors_poem::testing::Browser;
use poem::endpoint::make_sync;
use poem::http::header::{AUTHORIZATION, HeaderValue, LOCATION};
use poem::http::{Method, StatusCode};
use poem::{Endpoint, EndpointExt, IntoResponse, Request, Response, Result, Route, get};

use crate::{ALLOW_ORIGIN, Edit, Fault, block_on, check};

fn app(fault: Fault) -> impl Endpoint {
    let ok = || make_sync(|_| "ok");
    let late = make_sync(move |_| match fault.own_header() {
        Some(value) => Response::builder().header(ALLOW_ORIGIN, value).finish(),
        None => Response::default(),
    });
    let api = Route::new().at("/items", get(ok()).put(ok())).with(Cors::new(fault.policy()));
    Route::new()
        .nest("/api", api)
        .at("/late", get(late).put(ok()))
        .around(move |next, request| outer(fault, next, request))
}

async fn outer(
    fault: Fault,
    next: std::sync::Arc<impl Endpoint>,
    request: Request,
) -> Result<Response> {
    let method: Method = request.method().clone();
    let authorized = request.headers().contains_key(AUTHORIZATION);
    if let Some((status, location)) =
        fault.answer(method.as_str(), request.uri().path(), authorized)
    {
        let status = StatusCode::from_u16(status).unwrap();
        return Ok(status.with_header(LOCATION, location).into_response());
    }
    let mut response = next.get_response(request).await;
    let headers = response.headers_mut();
    let value = HeaderValue::from_static;
    match fault.edit(method.as_str()) {
        Some(Edit::Append(name, text)) => drop(headers.append(name, value(text))),
        Some(Edit::Replace(name, text)) => drop(headers.insert(name, value(text))),
        Some(Edit::Remove(name)) => drop(headers.remove(name)),
        None => {}
    }
    Ok(response)
}

#[test]
fn faults() {
    for fault in Fault::ALL {
        block_on(check(fault, Browser::new(app(fault)), 405));
    }
}
