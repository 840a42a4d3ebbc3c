//! From actix-cors.

#[expect(unreachable_pub, reason = "a program as the guide shows it")]
mod after;
#[expect(unreachable_pub, reason = "a program as the guide shows it")]
mod before;
#[expect(unreachable_pub, reason = "code as the guide shows it")]
mod predicate;

use actix_web::App;
use actix_web::middleware::Condition;
use cors_actix::{Cors, Policy};
use tests::adapters::actix::respond;

use crate::Migration;
use crate::guide::Guide;

pub(crate) const MIGRATION: Migration = Migration {
    guide: Guide {
        page: include_str!("../../../cors-actix/docs/migrate-from-actix-cors.md"),
        sources: &[
            include_str!("actix/before.rs"),
            include_str!("actix/after.rs"),
            include_str!("actix/predicate.rs"),
        ],
    },
    from: "actix-cors",
    before: |request| respond(App::new().configure(before::routes).wrap(before::cors()), request),
    after: |request| {
        let cors = after::cors().expect("a policy");
        respond(App::new().configure(after::routes).wrap(cors), request)
    },
    tenants: |request| {
        let cors = predicate::tenants().expect("a policy");
        respond(App::new().configure(after::routes).wrap(cors), request)
    },
    every_website: |request| {
        let cors = predicate::every_website_with_cookies().expect("a policy");
        respond(App::new().configure(after::routes).wrap(cors), request)
    },
    optional: |is_on, request| {
        let cors = Condition::new(is_on, Cors::new(Policy::permissive()));
        respond(App::new().configure(after::routes).wrap(cors), request)
    },
};
