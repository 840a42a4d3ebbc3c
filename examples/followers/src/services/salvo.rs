//! On salvo.

use std::io;
use std::net::TcpListener;

use cors_salvo::Cors;
use salvo::conn::tcp::TcpAcceptor;
use salvo::http::StatusError;
use salvo::{Request, Router, Server, Service, handler};

use crate::Pages;

/// Serves the pages.
///
/// # Errors
///
/// If the listener cannot be used.
pub async fn serve(listener: TcpListener, pages: Pages) -> io::Result<()> {
    let cors = Cors::new(pages.deployment());
    let router = Router::with_path("{**path}").goal(Page(pages));
    let acceptor = TcpAcceptor::try_from(tokio::net::TcpListener::from_std(listener)?)?;
    Server::new(acceptor).try_serve(cors.wrap(Service::new(router))).await
}

struct Page(Pages);

#[handler]
impl Page {
    async fn handle(&self, request: &Request) -> Result<String, StatusError> {
        self.0.at(request.uri().path()).ok_or_else(StatusError::not_found)
    }
}
