//! The oracle against what is known of browsers: `cargo test -p tests --test oracle`.

mod fetches;
mod tables;
mod text;
mod vectors;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let trials = [tables::trials(), fetches::trials(), vectors::trials()];
    libtest_mimic::run(&Arguments::from_args(), trials.into_iter().flatten().collect()).exit();
}

fn trial(
    table: &str,
    name: &str,
    run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    Trial::test(format!("{table}::{name}"), run)
}

fn require<T: PartialEq + std::fmt::Debug>(got: &T, expected: &T) -> Result<(), Failed> {
    if got == expected {
        return Ok(());
    }
    Err(format!("     got {got:#?}\nexpected {expected:#?}").into())
}

#[expect(clippy::panic, reason = "wrong data ends a test")]
fn well_formed<T, E: std::fmt::Display>(data: Result<T, E>) -> T {
    data.unwrap_or_else(|error| panic!("{error}"))
}
