use cors_core::Decision;
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome};
use rocket::{Build, Data, Request, Response, Rocket, Route, async_trait};

use crate::cors::Governed;

const NAME: &str = "cors-rocket";

/// The method of the requests that the route answers: a preflight's.
pub(crate) const METHOD: Method = Method::Options;

/// Adds the route that answers in place of the application, before all of its routes.
pub(crate) fn add(rocket: Rocket<Build>) -> Rocket<Build> {
    if rocket.routes().any(|route| route.name.as_deref() == Some(NAME)) {
        return rocket;
    }
    let mut route = Route::ranked(isize::MIN, METHOD, "/<_..>", Answer);
    route.name = Some(NAME.into());
    rocket.mount("/", [route])
}

#[derive(Clone)]
struct Answer;

#[async_trait]
impl Handler for Answer {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        match Governed::by(request) {
            // The fairing adds the headers, as it does to every response.
            Some(Decision::Respond { status, .. }) => Outcome::Success(empty(*status)),
            // What Rocket would answer without this route, if there is no other.
            Some(Decision::Forward(_)) | None => Outcome::Forward((data, Status::NotFound)),
        }
    }
}

fn empty<'r>(status: u16) -> Response<'r> {
    Response::build().status(Status::new(status)).finalize()
}
