//! From rocket_cors.

#[expect(dead_code, unreachable_pub, reason = "a program as the guide shows it")]
mod after;
#[expect(dead_code, unreachable_pub, reason = "a program as the guide shows it")]
mod before;
#[expect(unreachable_pub, reason = "code as the guide shows it")]
mod predicate;

use cors_rocket::{Cors, Policy};
use rocket::config::{Config, LogLevel};
use rocket::{Build, Rocket, get, routes};
use tests::adapters::rocket::respond;

use crate::Migration;
use crate::guide::Guide;

pub(crate) const MIGRATION: Migration = Migration {
    guide: Guide {
        page: include_str!("../../../cors-rocket/docs/migrate-from-rocket-cors.md"),
        sources: &[
            include_str!("rocket/before.rs"),
            include_str!("rocket/after.rs"),
            include_str!("rocket/predicate.rs"),
        ],
    },
    from: "rocket_cors",
    before: |request| respond(before::app().expect("options"), request),
    after: |request| respond(after::app().expect("a policy"), request),
    tenants: |request| respond(app().attach(predicate::tenants().expect("a policy")), request),
    every_website: |request| {
        let cors = predicate::every_website_with_cookies().expect("a policy");
        respond(app().attach(cors), request)
    },
    optional: |is_on, request| {
        let app = app();
        respond(if is_on { app.attach(Cors::new(Policy::permissive())) } else { app }, request)
    },
};

#[get("/items")]
fn list() -> &'static str {
    "[]"
}

fn app() -> Rocket<Build> {
    let config = Config { log_level: LogLevel::Off, ..Config::release_default() };
    rocket::custom(config).mount("/", routes![list])
}
