use cors_rocket::Cors;
use rocket::config::{Config, LogLevel};
use rocket::data::Data;
use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::uri::Host;
use rocket::http::{Header, Method, Status};
use rocket::local::asynchronous::Client;
use rocket::route::{Handler, Outcome};
use rocket::{Build, Request, Response, Rocket, Route, async_trait};
use rocket_cors::{AllowedHeaders, AllowedOrigins, CorsOptions};

use super::floor;
use super::scenario::{Allows, EXPOSED, HEADERS, MAX_AGE, METHODS, SUBDOMAINS_REGEX};
use super::{Middleware, Scenario, Use, apart, finish};

pub(super) fn run(middleware: Middleware, scenario: &Scenario, with: &mut Use<'_>) {
    let rocket = rocket(middleware, scenario);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let client = Client::untracked(rocket).await.expect("it starts");
        let method: Method = scenario.method.parse().expect("a method");
        let host = scenario.headers.iter().find(|(name, _)| *name == "host");
        let host = host.and_then(|(_, host)| Host::parse(host).ok()).expect("a host");
        with(&mut || {
            let mut request = client.req(method, "/");
            // Rocket's server does so too.
            request.set_host(host.clone());
            for (name, value) in &scenario.headers {
                request.add_header(Header::new(*name, *value));
            }
            finish(request.dispatch());
        });
    });
}

fn rocket(middleware: Middleware, scenario: &Scenario) -> Rocket<Build> {
    let config = Config { log_level: LogLevel::Off, ..Config::release_default() };
    let [get, options] =
        [Method::Get, Method::Options].map(|method| Route::new(method, "/", Hello));
    let rocket = rocket::custom(config).mount("/", [get, options]);
    match middleware {
        Middleware::None => rocket,
        // A header has no name but text.
        Middleware::Floor | Middleware::Strict => {
            let before_all = Route::ranked(-20, Method::Options, "/<_..>", Preflights);
            rocket.mount("/", [before_all]).attach(Floor)
        }
        Middleware::Ours | Middleware::Handle => {
            rocket.attach(Cors::new(scenario.deployment(middleware)))
        }
        Middleware::Peer => rocket.attach(apart(|| peer(scenario))),
    }
}

#[derive(Clone)]
struct Hello;

#[async_trait]
impl Handler for Hello {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        Outcome::from(request, "hello")
    }
}

fn peer(scenario: &Scenario) -> rocket_cors::Cors {
    let origins = if scenario.allows == Allows::Subdomains {
        AllowedOrigins::some_regex(&[SUBDOMAINS_REGEX])
    } else {
        AllowedOrigins::some_exact(&scenario.origins())
    };
    let cors = CorsOptions::default()
        .allowed_origins(origins)
        .allow_credentials(true)
        .expose_headers([EXPOSED.to_owned()].into())
        .max_age(Some(MAX_AGE.into()));
    let cors = if scenario.mirrors() {
        // By default it allows all methods of Rocket's that pages can use.
        cors.allowed_headers(AllowedHeaders::all())
    } else {
        let methods = METHODS.map(|method| method.parse().expect("a method"));
        cors.allowed_methods(methods.into()).allowed_headers(AllowedHeaders::some(&HEADERS))
    };
    cors.to_cors().expect("the options are valid")
}

fn is_preflight(request: &Request<'_>) -> bool {
    request.method() == Method::Options
        && request.headers().contains("access-control-request-method")
        && request.headers().contains("origin")
}

/// Keeps preflights from the routes.
#[derive(Clone)]
struct Preflights;

#[async_trait]
impl Handler for Preflights {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        if is_preflight(request) {
            Outcome::from(request, Status::NoContent)
        } else {
            Outcome::forward(data, Status::NotFound)
        }
    }
}

struct Floor;

#[async_trait]
impl Fairing for Floor {
    fn info(&self) -> Info {
        Info { name: "floor", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let mut set = |name, value| {
            response.set_header(Header::new(name, value));
        };
        let origin = request.headers().get_one("origin");
        if let Some(origin) = origin {
            set("access-control-allow-origin", origin);
            set("access-control-allow-credentials", "true");
        }
        if is_preflight(request) {
            set("access-control-allow-methods", floor::METHODS);
            set("access-control-allow-headers", floor::HEADERS);
            set("access-control-max-age", floor::MAX_AGE);
            set("vary", floor::VARY_OF_PREFLIGHT);
        } else {
            if origin.is_some() {
                set("access-control-expose-headers", EXPOSED);
            }
            response.adjoin_header(Header::new("vary", "Origin"));
        }
    }
}
