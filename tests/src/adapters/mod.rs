//! What is particular to each framework: how our middleware is mounted in it, and how it is run.

pub mod actix;
pub mod axum;
pub mod poem;
pub mod rocket;
pub mod salvo;

use crate::Adapter;

/// Every framework that has an adapter.
pub const ALL: [&dyn Adapter; 5] =
    [&actix::Actix, &axum::Axum, &poem::Poem, &rocket::Rocket, &salvo::Salvo];

/// The adapter of a framework.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Adapter> {
    ALL.into_iter().find(|adapter| adapter.name() == name)
}

/// A query that has to have a number.
#[derive(serde::Deserialize)]
struct Number {
    number: u32,
}

/// The query by which a request becomes a DELETE.
const OVERRIDE: &str = "_method=DELETE";

/// Runs one request or one server to its end.
fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(future)
}

/// Panics without a message on the terminal.
pub(crate) fn panic_quietly<T>() -> T {
    std::panic::resume_unwind(Box::new("a handler's panic"));
}
