//! Weighs what a middleware adds to a program, next to the ones that are used most: kilobytes of the
//! binary, crates, and the CPU time of the build. Builds each program in a temporary directory, which
//! takes some minutes:
//!
//! ```sh
//! cargo bench -p tests --bench weight                # prints the table
//! cargo bench -p tests --bench weight -- --write     # renews cors-core/docs/performance.md
//! ```

#![expect(clippy::expect_used, reason = "a benchmark that cannot measure has to end")]

#[path = "../page/mod.rs"]
mod page;
mod programs;
mod project;
mod table;

use std::env;

use table::Measured;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--write", "--bench"] => page::renew("weighed", &Measured::new()),
        ["--bench"] => println!("{}", Measured::new()),
        // As a test of cargo's.
        _ => {}
    }
}
