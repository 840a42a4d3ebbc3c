use cors_axum::Policy;
use axum::http::Method;

fn main() {
    let _ = Policy::any_origin().allow_methods(Method::PUT).build();
}
