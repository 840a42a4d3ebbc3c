//! The same service in every framework: bare, under our middleware, under the framework's own or
//! most used one, and under two floors, hand-written middlewares that have no policy and insert the
//! same constant headers.

#![expect(clippy::expect_used, reason = "a benchmark with wrong data has to end")]

mod actix;
mod axum;
mod floor;
mod poem;
mod rocket;
mod salvo;
pub(crate) mod scenario;
mod tower;

use std::hint::black_box;
use std::thread;

use futures_util::FutureExt;
use scenario::Scenario;

/// Builds a service under a middleware and passes on what sends it the scenario's request once.
/// All that does not belong to a request is done before.
pub(crate) type Run = fn(Middleware, &Scenario, &mut Use<'_>);

/// What is done with a service, given what sends it a request.
pub(crate) type Use<'a> = dyn FnMut(&mut dyn FnMut()) + 'a;

/// A framework, by name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Framework {
    pub(crate) name: &'static str,
    /// The crate that its `Peer` is in.
    pub(crate) peer: &'static str,
    pub(crate) run: Run,
}

pub(crate) const FRAMEWORKS: [Framework; 6] = [
    Framework { name: "tower", peer: "tower-http", run: tower::run },
    Framework { name: "axum", peer: "tower-http", run: axum::run },
    Framework { name: "actix", peer: "actix-cors", run: actix::run },
    Framework { name: "poem", peer: "poem", run: poem::run },
    Framework { name: "rocket", peer: "rocket_cors", run: rocket::run },
    Framework { name: "salvo", peer: "salvo-cors", run: salvo::run },
];

/// What stands before the service.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Middleware {
    None,
    /// Names headers by text.
    Floor,
    /// Names headers by constants.
    Strict,
    Ours,
    /// Ours, with a policy that can be replaced.
    Handle,
    /// The framework's own, or the most used.
    Peer,
}

impl Middleware {
    pub(crate) const ALL: [Self; 6] =
        [Self::None, Self::Floor, Self::Strict, Self::Ours, Self::Handle, Self::Peer];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Floor => "floor",
            Self::Strict => "strict",
            Self::Ours => "ours",
            Self::Handle => "handle",
            Self::Peer => "peer",
        }
    }
}

/// Makes a policy or a layer in a thread, which has memory of its own: what a list of origins
/// leaves behind would otherwise make every allocation dearer, of a request and of the framework.
fn apart<T: Send>(make: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(make).join()).expect("the lists are valid")
}

/// Runs a request to its end, which no service here has to wait for, and drops the response.
fn finish(request: impl Future) {
    black_box(request.now_or_never().expect("a response at once"));
}
