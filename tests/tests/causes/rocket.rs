use cors_rocket::Cors;
use cors_rocket::testing::Browser;
use rocket::fairing::AdHoc;
use rocket::http::Header;
use rocket::local::asynchronous::Client;
use rocket::{Build, Config, Responder, Rocket, State, get, put, routes};

use crate::{ALLOW_ORIGIN, Edit, Fault, block_on, check};

#[get("/api/items")]
fn items() {}

#[put("/api/items")]
fn replace() {}

#[derive(Responder)]
enum Late {
    Plain(&'static str),
    WithHeader(&'static str, Header<'static>),
}

#[get("/late")]
fn late(fault: &State<Fault>) -> Late {
    match fault.own_header() {
        Some(value) => Late::WithHeader("late", Header::new(ALLOW_ORIGIN, value)),
        None => Late::Plain("late"),
    }
}

#[put("/late")]
fn replace_late() {}

/// A fairing that was attached later sees responses later. None can answer a request.
fn app(fault: Fault) -> Rocket<Build> {
    let outer = AdHoc::on_response("outer", move |request, response| {
        Box::pin(async move {
            match fault.edit(request.method().as_str()) {
                Some(Edit::Append(name, text)) => {
                    response.adjoin_raw_header(name, text);
                }
                Some(Edit::Replace(name, text)) => {
                    response.set_raw_header(name, text);
                }
                Some(Edit::Remove(name)) => response.remove_header(name),
                None => {}
            }
        })
    });
    rocket::custom(Config { log_level: rocket::config::LogLevel::Off, ..Config::debug_default() })
        .manage(fault)
        .mount("/", routes![items, replace, late, replace_late])
        .attach(Cors::new(fault.policy()).below("/api"))
        .attach(outer)
}

#[test]
fn faults() {
    // No fairing answers requests, and a guard runs after the CORS middleware.
    let impossible = [Fault::Guard, Fault::Slash, Fault::Https, Fault::OuterError];
    for fault in Fault::ALL.into_iter().filter(|fault| !impossible.contains(fault)) {
        block_on(async {
            let client = Client::untracked(app(fault)).await.expect("the application starts");
            check(fault, Browser::new(client), 404).await;
        });
    }
}
