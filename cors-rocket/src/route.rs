use cors_core::adapter::Decision;
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome};
use rocket::{Build, Data, Request, Response, Rocket, Route, async_trait};

use crate::Cors;
use crate::cors::Governed;

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
pub(crate) fn add(rocket: Rocket<Build>, cors: &Cors) -> Rocket<Build> {
    let is_ours = |route: &&Route| route.name.as_deref() == Some(NAME);
    let fairings = rocket.routes().filter(is_ours).count() / METHODS.len();
    // The fairing that was attached first governs. A route of the application that has one of
    // these ranks collides, and Rocket does not start.
    let rank = isize::MIN.saturating_add_unsigned(fairings);
    let routes = METHODS.map(|method| {
        let mut route = Route::ranked(rank, method, "/<_..>", Decide(cors.clone()));
        route.name = Some(NAME.into());
        route
    });
    rocket.mount("/", routes)
}

#[derive(Clone)]
struct Decide(Cors);

#[async_trait]
impl Handler for Decide {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        self.0.govern(request).await;
        match Governed::by(request) {
            // The fairing adds the headers, as it does to every response.
            Some(Decision::Respond { status, .. }) => Outcome::Success(empty(*status)),
            // What Rocket would answer without this route, if there is no other.
            Some(Decision::Forward(_) | Decision::Ask(_)) | None => {
                Outcome::Forward((data, Status::NotFound))
            }
        }
    }
}

fn empty<'r>(status: u16) -> Response<'r> {
    Response::build().status(Status::new(status)).finalize()
}
