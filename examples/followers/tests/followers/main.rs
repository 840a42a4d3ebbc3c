//! Processes of four frameworks follow one policy: at a URL, and in etcd.
//!
//! etcd needs the feature `etcd` and the program. Without them its tests are ignored, or fail if the
//! environment variable `CORS_GATEWAYS` is `required`.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that panics has failed")]

mod etcd;
mod fleet;
mod ports;
mod scenarios;
mod url;
mod wait;

use std::io;
use std::process::ExitCode;

use libtest_mimic::Arguments;

/// Where the policy is. Dropping it stops it.
trait Source {
    /// What the services are told: where it is.
    fn location(&self) -> String;

    /// Changes the policy.
    fn put(&mut self, text: &str);

    /// Stops answering.
    fn stop(&mut self);

    /// Answers again, at the same place and with the same text.
    fn start(&mut self) -> io::Result<()>;

    /// Shows the services the text that was put last again.
    fn repeat(&mut self);
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Each test runs four processes.
    arguments.test_threads.get_or_insert(1);
    let trials = url::trials().into_iter().chain(etcd::trials()).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
