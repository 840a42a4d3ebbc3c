//! On poem.

use std::io;
use std::net::TcpListener;

use cors_poem::Cors;
use poem::endpoint::make_sync;
use poem::error::NotFoundError;
use poem::listener::TcpAcceptor;
use poem::{EndpointExt, Request, Result, Server};

use crate::Pages;

/// Serves the pages.
///
/// # Errors
///
/// If the listener cannot be used.
pub async fn serve(listener: TcpListener, pages: Pages) -> io::Result<()> {
    let cors = Cors::new(pages.deployment());
    let page = move |request: Request| -> Result<String> {
        Ok(pages.at(request.uri().path()).ok_or(NotFoundError)?)
    };
    Server::new_with_acceptor(TcpAcceptor::from_std(listener)?)
        .run(make_sync(page).with(cors))
        .await
}
