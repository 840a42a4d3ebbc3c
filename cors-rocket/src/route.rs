use rocket::http::Method;
use rocket::route::Handler;
use rocket::{Build, Rocket, Route};

const NAME: &str = "cors-rocket";

/// All that Rocket knows.
const METHODS: [Method; 9] = [
    Method::Get,
    Method::Put,
    Method::Post,
    Method::Delete,
    Method::Options,
    Method::Head,
    Method::Trace,
    Method::Connect,
    Method::Patch,
];

/// Adds the routes that decide about every request, before all routes of the application.
///
/// Rocket routes a request after all request fairings, by the method and path that they left. A
/// fairing could decide earlier, but then another fairing could change the request that was
/// decided about, and a refused request would reach a handler.
pub(crate) fn add(rocket: Rocket<Build>, decide: &(impl Handler + Clone)) -> Rocket<Build> {
    let is_ours = |route: &&Route| route.name.as_deref() == Some(NAME);
    let fairings = rocket.routes().filter(is_ours).count() / METHODS.len();
    // The fairing that was attached first governs. A route of the application that has one of
    // these ranks collides, and Rocket does not start.
    let rank = isize::MIN.saturating_add_unsigned(fairings);
    let routes = METHODS.map(|method| {
        let mut route = Route::ranked(rank, method, "/<_..>", decide.clone());
        route.name = Some(NAME.into());
        route
    });
    rocket.mount("/", routes)
}
