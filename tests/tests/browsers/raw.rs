//! A server without a policy, which answers just what a scenario says.

use std::collections::HashMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use tests::{Head, latin1_bytes};
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use crate::places::{PagePorts, Places};
use crate::plan::Plan;
use crate::relay::Relay;
use crate::scenario::RouteData;
use crate::service::{Service, fill};

/// Serves the application of each plan.
pub(crate) fn start<'a>(
    runtime: &Handle,
    plans: impl Iterator<Item = &'a Plan>,
    pages: PagePorts,
) -> io::Result<Service> {
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let relay = Relay::start(listener.local_addr()?).await?;
        let mut routes = HashMap::new();
        for Plan { prefix, scenario, .. } in plans {
            let places = Places { pages, service_port: relay.port, prefix };
            for route in &scenario.route {
                let preflight = route.preflight.as_ref().map(|head| fill(head, &places));
                let reply = fill(&route.reply, &places);
                let route = RouteData { reply, preflight, ..route.clone() };
                routes.insert(format!("{prefix}{}", route.path), route);
            }
        }
        let routes = Arc::new(routes);
        let app = Router::new().fallback(move |request: Request| {
            let response = respond(&routes, &request);
            async { response }
        });
        tokio::spawn(async { axum::serve(listener, app).await });
        Ok(Service { relay, applications: HashMap::new() })
    })
}

fn respond(routes: &HashMap<String, RouteData>, request: &Request) -> Response<Body> {
    let Some(route) = routes.get(request.uri().path()) else {
        return response(&Head { status: 404, headers: Vec::new() }, String::new());
    };
    match &route.preflight {
        Some(preflight) if request.headers().contains_key("access-control-request-method") => {
            response(preflight, String::new())
        }
        _ => response(&route.reply, route.body.clone()),
    }
}

fn response(head: &Head, body: String) -> Response<Body> {
    let mut response = Response::builder().status(head.status);
    for (name, value) in &head.headers {
        response = response.header(name, latin1_bytes(value));
    }
    response.body(body.into()).expect("the data has valid heads")
}
