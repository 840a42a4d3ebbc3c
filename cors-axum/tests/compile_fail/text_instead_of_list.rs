use cors_axum::Policy;

fn main() {
    let _ = Policy::builder().allow_origins("https://app.example.com").build();
}
