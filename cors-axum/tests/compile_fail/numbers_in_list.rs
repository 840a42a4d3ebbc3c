use cors_axum::Policy;

fn main() {
    let _ = Policy::any_origin().expose_headers([1]).build();
}
