//! From salvo's own middleware.

#[expect(dead_code, unreachable_pub, reason = "a program as the guide shows it")]
mod after;
#[expect(dead_code, unreachable_pub, reason = "a program as the guide shows it")]
mod before;
#[expect(unreachable_pub, reason = "code as the guide shows it")]
mod predicate;

use cors_salvo::{Cors, Policy};
use salvo::{Router, Service, handler};
use tests::adapters::salvo::respond;

use crate::Migration;
use crate::guide::Guide;

pub(crate) const MIGRATION: Migration = Migration {
    guide: Guide {
        page: include_str!("../../../cors-salvo/docs/migrate-from-salvo-cors.md"),
        sources: &[
            include_str!("salvo/before.rs"),
            include_str!("salvo/after.rs"),
            include_str!("salvo/predicate.rs"),
        ],
    },
    from: "salvo-cors",
    before: |request| respond(&before::service(), request),
    after: |request| respond(&after::service().expect("a policy"), request),
    tenants: |request| respond(&predicate::tenants().expect("a policy").wrap(service()), request),
    every_website: |request| {
        let cors = predicate::every_website_with_cookies().expect("a policy");
        respond(&cors.wrap(service()), request)
    },
    optional: |is_on, request| {
        let service = service();
        respond(
            &if is_on { Cors::new(Policy::permissive()).wrap(service) } else { service },
            request,
        )
    },
};

#[handler]
async fn list() -> &'static str {
    "[]"
}

fn service() -> Service {
    Service::new(Router::with_path("items").get(list))
}
