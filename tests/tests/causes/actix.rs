use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue, LOCATION};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::init_service;
use actix_web::{App, Error, HttpResponse, web};
use cors_actix::Cors;
use cors_actix::explain::Cause;
use cors_actix::testing::Browser;

use crate::{ALLOW_ORIGIN, Edit, Fault, PAGE, check};

async fn ok() -> HttpResponse {
    HttpResponse::Ok().finish()
}

async fn outer(
    fault: Fault,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let method = request.method().clone();
    let authorized = request.headers().contains_key(AUTHORIZATION);
    if let Some((status, location)) = fault.answer(method.as_str(), request.path(), authorized) {
        let response = HttpResponse::build(StatusCode::from_u16(status).unwrap())
            .insert_header((LOCATION, location))
            .finish();
        return Ok(request.into_response(response).map_into_boxed_body());
    }
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    let value = HeaderValue::from_static;
    match fault.edit(method.as_str()) {
        Some(Edit::Append(name, text)) => {
            headers.append(HeaderName::from_static(name), value(text));
        }
        Some(Edit::Replace(name, text)) => {
            headers.insert(HeaderName::from_static(name), value(text));
        }
        Some(Edit::Remove(name)) => drop(headers.remove(name)),
        None => {}
    }
    Ok(response.map_into_boxed_body())
}

#[actix_web::test]
async fn faults() {
    for fault in Fault::ALL {
        let late = move || {
            let mut response = HttpResponse::Ok();
            if let Some(value) = fault.own_header() {
                response.insert_header((ALLOW_ORIGIN, value));
            }
            std::future::ready(response.finish())
        };
        let api = web::scope("/api")
            .service(web::resource("/items").get(ok).put(ok))
            .wrap(Cors::new(fault.policy()));
        let app = App::new()
            .service(api)
            .service(web::resource("/late").get(late).put(ok))
            .wrap(from_fn(move |request, next| outer(fault, request, next)));
        check(fault, Browser::new(init_service(app).await), 405).await;
    }
}

/// An error of a middleware outside: actix-web makes a response of it after all middleware.
#[actix_web::test]
async fn an_error_outside() {
    let fail = from_fn(async |_: ServiceRequest, _: Next<_>| {
        Err::<ServiceResponse, _>(actix_web::error::ErrorTooManyRequests("later"))
    });
    let app = App::new().route("/", web::get().to(ok)).wrap(Cors::new(Fault::None.policy()));
    let browser = Browser::new(init_service(app.wrap(fail)).await);
    let verdict = browser.page(PAGE).fetch("GET", "/").await;
    assert_eq!(verdict.causes(), [Cause::ErrorNotCovered { status: 429 }], "{verdict}");
}
