use std::io;
use std::net::TcpListener;

use cors_poem::Cors;
use poem::endpoint::make_sync;
use poem::http::StatusCode;
use poem::listener::TcpAcceptor;
use poem::{EndpointExt, Request, Response, Route, Server};

use crate::api;
use crate::mount::Mounts;

pub(crate) async fn serve(listener: TcpListener, mounts: Mounts) -> io::Result<()> {
    let app = mounts.iter().fold(Route::new(), |app, mount| {
        let api = make_sync(handle);
        let prefix = if mount.prefix.is_empty() { "/" } else { &mount.prefix };
        match &mount.policy {
            Some(policy) => app.nest(prefix, api.with(Cors::new(policy))),
            None => app.nest(prefix, api),
        }
    });
    Server::new_with_acceptor(TcpAcceptor::from_std(listener)?).run(app).await
}

fn handle(request: Request) -> Response {
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let answer = api::answer(request.method().as_str(), request.uri().path(), header);
    let mut response =
        Response::builder().status(StatusCode::from_u16(answer.status).unwrap_or_default());
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(answer.body)
}
