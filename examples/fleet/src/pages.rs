use std::io;
use std::net::TcpListener;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;
use cors_core::PolicyConfig;
use serde::Serialize;

use crate::Server;
use crate::story::{Scenario, Story};

/// What the page knows: the policies, as data, and whom to ask what.
#[derive(Serialize)]
pub(crate) struct PageData<'a> {
    pub(crate) servers: &'a [Server],
    /// The page's own origins.
    pub(crate) pages: &'a [String],
    pub(crate) policy: PolicyConfig,
    pub(crate) scenarios: Vec<Scenario>,
    pub(crate) stories: Vec<Story>,
}

/// Serves the page and its data, which is a JSON text.
pub(crate) async fn serve(listener: TcpListener, data: String) -> io::Result<()> {
    // A page that is kept would show the policy of an earlier start.
    let headers = |content_type| [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-store")];
    let page = (headers("text/html; charset=utf-8"), include_str!("../page.html"));
    let data = (headers("application/json"), data);
    let app = Router::new()
        .route("/", get(async move || page))
        .route("/fleet.json", get(async move || data));
    axum::serve(tokio::net::TcpListener::from_std(listener)?, app).await
}
