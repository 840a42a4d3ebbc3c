//! From poem's own middleware.

#[expect(dead_code, unreachable_pub, reason = "a program as the guide shows it")]
mod after;
#[expect(dead_code, unreachable_pub, reason = "a program as the guide shows it")]
mod before;
#[expect(unreachable_pub, reason = "code as the guide shows it")]
mod predicate;

use cors_poem::{Cors, Policy};
use poem::endpoint::make_sync;
use poem::{EndpointExt, Route, get};
use tests::adapters::poem::respond;

use crate::Migration;
use crate::guide::Guide;

pub(crate) const MIGRATION: Migration = Migration {
    guide: Guide {
        page: include_str!("../../../cors-poem/docs/migrate-from-poem.md"),
        sources: &[
            include_str!("poem/before.rs"),
            include_str!("poem/after.rs"),
            include_str!("poem/predicate.rs"),
        ],
    },
    from: "poem",
    before: |request| respond(&before::app(), request),
    after: |request| respond(&after::app().expect("a policy"), request),
    tenants: |request| respond(&routes().with(predicate::tenants().expect("a policy")), request),
    every_website: |request| {
        let cors = predicate::every_website_with_cookies().expect("a policy");
        respond(&routes().with(cors), request)
    },
    optional: |is_on, request| {
        respond(&routes().with_if(is_on, Cors::new(Policy::permissive())), request)
    },
};

fn routes() -> Route {
    Route::new().at("/items", get(make_sync(|_| "[]")))
}
