use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;

/// What the API answers, whatever the framework.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// Answers a request; `path` is relative to where the API is mounted, `header` gives the value of
/// a request header.
pub(crate) fn answer<'a>(
    method: &str,
    path: &str,
    header: impl Fn(&str) -> Option<&'a str>,
) -> Answer {
    let path = path.trim_matches('/');
    let allow = match path.split_once('/').unwrap_or((path, "")) {
        ("items", "") => "GET, HEAD, POST, OPTIONS",
        ("items", _) => "GET, HEAD, PUT, DELETE, OPTIONS",
        ("login", "") => "POST, OPTIONS",
        ("error", "") => "GET, HEAD, OPTIONS",
        _ => "",
    };
    let status = if allow.is_empty() {
        404
    } else if !allow.split(", ").any(|allowed| allowed == method) {
        405
    } else {
        match (method, path) {
            ("POST", "items") => 201,
            ("DELETE", _) if header("authorization").is_none() => 401,
            ("GET" | "HEAD", "error") => 500,
            _ => 200,
        }
    };
    let mut headers = vec![
        ("content-type", "application/json".into()),
        ("cache-control", "no-store".into()),
        ("x-request-id", next_request_id().to_string()),
        ("x-build", env!("CARGO_PKG_VERSION").into()),
    ];
    match status {
        401 => headers.push(("www-authenticate", "Bearer".into())),
        405 => headers.push(("allow", allow.into())),
        200 if method == "OPTIONS" => headers.push(("allow", allow.into())),
        200 if path == "login" => headers.push(("set-cookie", login_cookie())),
        _ => {}
    }
    let session = header("cookie").and_then(session_of);
    let body = json!({ "handled": format!("{method} /{path}"), "session": session });
    Answer { status, headers, body: body.to_string() }
}

const SESSION: &str = "fleet-session";

fn login_cookie() -> String {
    format!("{SESSION}=alice; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax")
}

fn session_of(cookies: &str) -> Option<&str> {
    cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix(SESSION)?.strip_prefix('='))
}

fn next_request_id() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}
