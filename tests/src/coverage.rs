use bytes::Bytes;
use cors_core::Policy;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};

/// What a mounting of the middleware reaches, in an application that answers GET requests to one
/// path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Coverage {
    /// Preflights to the path are answered.
    pub preflight: bool,
    /// Preflights to an unknown path below are answered.
    pub preflight_unknown_path: bool,
    /// The answer to an unknown path has the headers.
    pub unknown_path: bool,
    /// The answer to a wrong method has the headers.
    pub wrong_method: bool,
}

impl Coverage {
    /// Everything.
    pub const ALL: Self = Self {
        preflight: true,
        preflight_unknown_path: true,
        unknown_path: true,
        wrong_method: true,
    };

    /// Nothing but the handler's own answers.
    pub const NONE: Self = Self {
        preflight: false,
        preflight_unknown_path: false,
        unknown_path: false,
        wrong_method: false,
    };

    /// Finds out. `path` answers GET, its sibling `unknown` is not routed, and the middleware has
    /// the [`policy`](Self::policy).
    ///
    /// # Panics
    ///
    /// If an answer is neither right nor that of an application without the middleware, or if
    /// the answer to GET has no headers.
    pub fn of(path: &str, send: impl Fn(Request<Bytes>) -> Response<Bytes>) -> Self {
        let end = path.rfind('/').unwrap_or_default();
        let unknown = format!("{}/unknown", path.get(..end).unwrap_or_default());
        let is_missed = |status: StatusCode| {
            matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED)
        };
        let preflight = |path: &str| {
            let response = send(request(Method::OPTIONS, path, true));
            let answered = response.status() == StatusCode::NO_CONTENT;
            assert!(answered || is_missed(response.status()), "{response:?}");
            assert_eq!(has_headers(response.headers()), answered, "{response:?}");
            answered
        };
        let missed = |method, path: &str| {
            let response = send(request(method, path, false));
            assert!(is_missed(response.status()), "{response:?}");
            has_headers(response.headers())
        };
        let response = send(request(Method::GET, path, false));
        assert_eq!(response.status(), StatusCode::OK);
        assert!(has_headers(response.headers()), "{response:?}");
        Self {
            preflight: preflight(path),
            preflight_unknown_path: preflight(&unknown),
            unknown_path: missed(Method::GET, &unknown),
            wrong_method: missed(Method::DELETE, path),
        }
    }

    /// The policy to mount.
    ///
    /// # Panics
    ///
    /// Never: the policy is valid.
    #[must_use]
    pub fn policy() -> Policy {
        // A policy with one origin would put it on responses to requests without any.
        let origins = [ORIGIN, "https://other.example"];
        let policy = Policy::builder().allow_origins(origins).allow_methods(["DELETE"]);
        policy.build().expect("a valid policy")
    }
}

const ORIGIN: &str = "https://app.example";

/// A request from the origin that [`Coverage::policy`] allows.
///
/// # Panics
///
/// If the path is none.
#[must_use]
pub fn request(method: Method, path: &str, is_preflight: bool) -> Request<Bytes> {
    let mut request = Request::builder().method(method).uri(path).header(header::ORIGIN, ORIGIN);
    if is_preflight {
        request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "DELETE");
    }
    request.body(Bytes::new()).expect("a valid request")
}

/// Whether a response allows the origin of [`request`].
#[must_use]
pub fn has_headers(headers: &HeaderMap) -> bool {
    let mut allowed = headers.get_all(header::ACCESS_CONTROL_ALLOW_ORIGIN).iter();
    allowed.next().is_some_and(|origin| origin == ORIGIN) && allowed.next().is_none()
}
