//! On axum.

use std::io;
use std::net::TcpListener;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use cors_axum::CorsLayer;

use crate::Pages;

/// Serves the pages.
///
/// # Errors
///
/// If the listener cannot be used.
pub async fn serve(listener: TcpListener, pages: Pages) -> io::Result<()> {
    let cors = CorsLayer::new(pages.deployment());
    let app = Router::new().fallback(page).with_state(pages).layer(cors);
    axum::serve(tokio::net::TcpListener::from_std(listener)?, app).await
}

async fn page(State(pages): State<Pages>, uri: Uri) -> Result<String, StatusCode> {
    pages.at(uri.path()).ok_or(StatusCode::NOT_FOUND)
}
