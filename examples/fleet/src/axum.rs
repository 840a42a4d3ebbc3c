use std::io;
use std::net::TcpListener;

use axum::Router;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use cors_axum::CorsLayer;

use crate::api;
use crate::mount::Mounts;

pub(crate) async fn serve(listener: TcpListener, mounts: Mounts) -> io::Result<()> {
    let app = mounts.iter().fold(Router::new(), |app, mount| {
        let mut api = Router::new().fallback(handle);
        if let Some(policy) = &mount.policy {
            api = api.layer(CorsLayer::new(policy));
        }
        match mount.prefix.as_str() {
            "" => app.fallback_service(api),
            prefix => app.nest_service(prefix, api),
        }
    });
    axum::serve(tokio::net::TcpListener::from_std(listener)?, app).await
}

async fn handle(
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<String>, StatusCode> {
    let header = |name: &str| headers.get(name)?.to_str().ok();
    let answer = api::answer(method.as_str(), uri.path(), header);
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(answer.body).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
