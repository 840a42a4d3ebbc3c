use std::io;
use std::net::TcpListener;

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use cors_actix::Cors;

use crate::api;
use crate::mount::Mounts;

pub(crate) async fn serve(listener: TcpListener, mounts: Mounts) -> io::Result<()> {
    let mounts: Vec<_> =
        mounts.iter().map(|m| (m.prefix.clone(), m.policy.as_ref().map(Cors::new))).collect();
    let app = move || {
        mounts.iter().fold(App::new(), |app, (prefix, cors)| {
            let scope = web::scope(prefix).default_service(web::to(handle));
            match cors {
                Some(cors) => app.service(scope.wrap(cors.clone())),
                None => app.service(scope),
            }
        })
    };
    let server = HttpServer::new(app).workers(1).disable_signals().listen(listener)?.run();
    server.await
}

async fn handle(request: HttpRequest) -> HttpResponse {
    let path = request.match_info().unprocessed();
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let answer = api::answer(request.method().as_str(), path, header);
    let mut response = HttpResponse::build(StatusCode::from_u16(answer.status).unwrap_or_default());
    for header in answer.headers {
        response.insert_header(header);
    }
    response.body(answer.body)
}
