//! From tower-http.

#[expect(dead_code, unreachable_pub, reason = "a program as the guide shows it")]
mod after;
#[expect(dead_code, unreachable_pub, reason = "a program as the guide shows it")]
mod before;
#[expect(unreachable_pub, reason = "code as the guide shows it")]
mod predicate;

use axum::Router;
use axum::routing::get;
use cors_axum::{CorsLayer, OriginPredicate, Policy};
use tests::adapters::axum::respond;
use tower::util::option_layer;

use crate::guide::Guide;
use crate::page::Seen;
use crate::{Migration, WITHOUT_COOKIES};

pub(crate) const MIGRATION: Migration = Migration {
    guide: Guide {
        page: include_str!("../../../cors-axum/docs/migrate-from-tower-http.md"),
        sources: &[
            include_str!("axum/before.rs"),
            include_str!("axum/after.rs"),
            include_str!("axum/predicate.rs"),
            include_str!("axum/csrf_before.rs"),
            include_str!("axum/csrf_after.rs"),
        ],
    },
    from: "tower-http",
    before: |request| respond(before::app(), request),
    after: |request| respond(after::app().expect("a policy"), request),
    tenants: |request| respond(router().layer(predicate::tenants().expect("a policy")), request),
    every_website: |request| {
        let layer = predicate::every_website_with_cookies().expect("a policy");
        respond(router().layer(layer), request)
    },
    optional: |is_on, request| {
        let layer = is_on.then(|| CorsLayer::new(Policy::permissive()));
        respond(router().layer(option_layer(layer)), request)
    },
};

fn router() -> Router {
    Router::new().route("/items", get(async || "[]"))
}

/// An `if` has one type, also where only one branch asks the application.
#[test]
fn layers_of_two_kinds_have_one_type() {
    for asks in [false, true] {
        let layer = if asks {
            predicate::tenants().expect("a policy")
        } else {
            CorsLayer::new(Policy::permissive()).origin_predicate(OriginPredicate::default())
        };
        let app = router().layer(layer);
        let seen = Seen::of(&WITHOUT_COOKIES, |request| respond(app.clone(), request));
        assert_eq!(seen.is_read(), !asks);
    }
}
