use std::io;
use std::net::TcpListener;

use cors_salvo::{Cors, below};
use salvo::conn::tcp::TcpAcceptor;
use salvo::http::StatusCode;
use salvo::{Request, Response, Router, Server, Service, handler};

use crate::api;
use crate::mount::Mounts;

pub(crate) async fn serve(listener: TcpListener, mounts: Mounts) -> io::Result<()> {
    let router = mounts.iter().fold(Router::new(), |router, mount| {
        router.push(Router::with_path(format!("{}/{{**path}}", mount.prefix)).goal(handle))
    });
    // Policies belong on the service: the hoops of a router run for no preflight.
    let service = mounts.iter().fold(Service::new(router), |service, mount| match &mount.policy {
        Some(policy) => {
            let is_below = below(&mount.prefix);
            // The root has what no other mount has.
            let others = mounts.iter().filter(|other| other.prefix.len() > mount.prefix.len());
            let others: Vec<_> = others.map(|other| below(&other.prefix)).collect();
            service.hoop_when(Cors::new(policy), move |request, depot| {
                is_below(request, depot) && !others.iter().any(|other| other(request, depot))
            })
        }
        None => service,
    });
    let acceptor = TcpAcceptor::try_from(tokio::net::TcpListener::from_std(listener)?)?;
    Server::new(acceptor).try_serve(service).await
}

#[handler]
async fn handle(request: &Request, response: &mut Response) {
    let path = request.params().tail().unwrap_or_default();
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let answer = api::answer(request.method().as_str(), path, header);
    response.status_code(StatusCode::from_u16(answer.status).unwrap_or_default());
    for (name, value) in answer.headers {
        let _ = response.add_header(name, value, true);
    }
    response.body(answer.body);
}
