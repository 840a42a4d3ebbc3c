//! Every case through every adapter, in-process: `cargo test -p tests axum::` runs one framework.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cors_core::Policy;
use libtest_mimic::Arguments;
use tests::{Adapter, Answer, Case, Head, Protocol, Table, header_lines, trials};

fn main() {
    let table = Arc::new(Table::load());
    let trials = trials(&table, Protocol::Http1, &(Arc::new(send) as _));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn send(adapter: &'static dyn Adapter, case: &Case, policy: Policy) -> Result<Answer, String> {
    let (mount, probe) = case.mount(String::new(), policy);
    // There is no client to see it.
    probe.see_head();
    let request = case.request.to_http().map_err(|error| error.to_string())?;
    let response = catch_unwind(AssertUnwindSafe(|| adapter.send(mount, request)))
        .map_err(|_| "panicked".to_owned())?;
    let headers = header_lines(response.headers());
    let head = Head { status: response.status().as_u16(), headers };
    let body = response.into_body().to_vec();
    Ok(Answer::Response { head, body, reached: probe.is_reached(), asked: probe.times_asked() })
}
