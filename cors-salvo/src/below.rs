use salvo_core::routing::PathState;
use salvo_core::{Depot, Request};

/// Tells requests for paths below a prefix, for `Service::hoop_when`.
///
/// It reads a path as salvo's router does: segment by segment, decoded, without empty ones. To
/// compare texts is not enough: the router takes `/%61dmin/users` and `//admin/users` for
/// `/admin/users`, so that a request could choose another policy than its route has.
///
/// ```
/// use cors_salvo::{Cors, Policy, below};
/// use salvo_core::{Router, Service};
///
/// let admin = Policy::builder().allow_origins(["https://admin.example.com"]).build()?;
/// let public = Policy::any_origin().build()?;
/// let is_admin = below("/admin");
/// let service = Service::new(Router::new())
///     .hoop_when(Cors::new(admin), below("/admin"))
///     .hoop_when(Cors::new(public), move |request, depot| !is_admin(request, depot));
/// # Ok::<(), cors_salvo::PolicyErrors>(())
/// ```
pub fn below(prefix: &str) -> impl Fn(&Request, &Depot) -> bool + Clone + Send + Sync + 'static {
    let segments = prefix.split('/').filter(|segment| !segment.is_empty());
    let segments: Vec<String> = segments.map(Into::into).collect();
    move |request, _| {
        let mut path = PathState::from_borrowed_path(request.uri().path());
        segments.iter().all(|segment| {
            let is_same = path.pick() == Some(segment);
            path.forward(segment.len());
            is_same
        })
    }
}
