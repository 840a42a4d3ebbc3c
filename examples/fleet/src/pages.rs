use std::io;
use std::net::TcpListener;

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get};
use cors_core::PolicyConfig;
use serde::Serialize;

use crate::Server;
use crate::guard::{Names, guard};
use crate::playground::Playground;
use crate::story::{Scenario, Story};

/// What the page knows from the start: whom to ask what, and from where.
#[derive(Serialize)]
pub(crate) struct PageData<'a> {
    pub(crate) servers: &'a [Server],
    /// The origins of the page servers.
    pub(crate) pages: &'a [String],
    /// All origins from which requests can be sent, `null` besides.
    pub(crate) origins: &'a [String],
    /// The policy with which the fleet started.
    pub(crate) policy: PolicyConfig,
    pub(crate) scenarios: Vec<Scenario>,
    pub(crate) stories: Vec<Story>,
}

/// A page server: the page, the frames that send requests for it, and what it asks.
#[derive(Clone)]
pub(crate) struct Pages {
    pub(crate) playground: Playground,
    /// [`PageData`] in JSON.
    pub(crate) data: String,
    /// All origins of pages.
    pub(crate) origins: String,
    /// The URLs of the servers.
    pub(crate) servers: String,
}

const SCRIPTS: [(&str, &str); 9] = [
    ("/playground.js", include_str!("../page/playground.js")),
    ("/dom.js", include_str!("../page/dom.js")),
    ("/server.js", include_str!("../page/server.js")),
    ("/editor.js", include_str!("../page/editor.js")),
    ("/origins.js", include_str!("../page/origins.js")),
    ("/request.js", include_str!("../page/request.js")),
    ("/result.js", include_str!("../page/result.js")),
    ("/matrix.js", include_str!("../page/matrix.js")),
    ("/sender.js", include_str!("../page/sender.js")),
];

pub(crate) async fn serve(listener: TcpListener, pages: Pages) -> io::Result<()> {
    let names = Names::new(listener.local_addr()?.port());
    let Pages { playground, data, origins, servers } = pages;
    let page = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; frame-src 'self' {origins}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    );
    // To WebKit, a sandboxed frame has no 'self'.
    let sender = format!(
        "default-src 'none'; script-src {origins}; img-src data:; connect-src {servers}; frame-ancestors {origins}; base-uri 'none'; form-action 'none'"
    );
    let app = Router::new()
        .route("/", document(page, include_str!("../page/index.html")))
        .route("/sender", document(sender, include_str!("../page/sender.html")))
        .route("/style.css", file("text/css; charset=utf-8", include_str!("../page/style.css")))
        .route("/fleet.json", file("application/json", data));
    let app = SCRIPTS.into_iter().fold(app, |app, (path, text)| {
        app.route(path, file("text/javascript; charset=utf-8", text))
    });
    let app = app.merge(playground.routes()).layer(from_fn_with_state(names, guard));
    axum::serve(tokio::net::TcpListener::from_std(listener)?, app).await
}

fn document(policy: String, text: &'static str) -> MethodRouter {
    let policy = [(CONTENT_SECURITY_POLICY, policy)];
    get(async move || (headers("text/html; charset=utf-8"), policy, text))
}

fn file<T: IntoResponse + Clone + Send + Sync + 'static>(
    content_type: &'static str,
    text: T,
) -> MethodRouter {
    get(async move || (headers(content_type), text))
}

/// A page that is kept would show the policy of an earlier start.
fn headers(content_type: &'static str) -> [(HeaderName, &'static str); 3] {
    [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff")]
}
