//! Who may use the page servers: nobody but their own pages. A page of the open internet can
//! send requests to this machine, and can give it a name of its own
//! ([DNS rebinding](https://en.wikipedia.org/wiki/DNS_rebinding)).
//!
//! For most services, `own_origins` with `enforce_origins` is this guard. This one is stricter: the port
//! in `Host` counts too, and requests that change something have to be JSON.

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The names under which a page server may be asked, as they stand in `Host`.
#[derive(Clone, Debug)]
pub(crate) struct Names(Vec<String>);

impl Names {
    pub(crate) fn new(port: u16) -> Self {
        Self(
            ["localhost", "127.0.0.1", "app.localhost"].map(|host| format!("{host}:{port}")).into(),
        )
    }

    /// The origins of the pages under these names.
    pub(crate) fn origins(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|name| origin(name))
    }
}

pub(crate) async fn guard(State(names): State<Names>, request: Request, next: Next) -> Response {
    match check(&names, request.method().is_safe(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn check(
    Names(names): &Names,
    is_safe: bool,
    headers: &HeaderMap,
) -> Result<(), (StatusCode, &'static str)> {
    let host = names.iter().find(|name| only(headers, HOST) == Some(name));
    let host = host.ok_or((StatusCode::MISDIRECTED_REQUEST, "this server has another name"))?;
    if is_safe {
        return Ok(());
    }
    // Programs other than browsers send no origin.
    if headers.contains_key(ORIGIN) && only(headers, ORIGIN) != Some(&origin(host)) {
        return Err((StatusCode::FORBIDDEN, "a page of another origin may not do this"));
    }
    // No form has this type, and nobody else's script may send it without being asked about.
    if only(headers, CONTENT_TYPE) != Some("application/json") {
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "send application/json"));
    }
    Ok(())
}

/// The value of a field with one line.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())?.to_str().ok()
}

fn origin(name: &str) -> String {
    format!("http://{name}")
}
