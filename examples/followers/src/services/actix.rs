//! On actix-web.

use std::io;
use std::net::TcpListener;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use cors_actix::Cors;

use crate::Pages;

/// Serves the pages.
///
/// # Errors
///
/// If the listener cannot be used.
pub async fn serve(listener: TcpListener, pages: Pages) -> io::Result<()> {
    let cors = Cors::new(pages.deployment());
    let app = move || {
        App::new()
            .app_data(web::Data::new(pages.clone()))
            .default_service(web::to(page))
            .wrap(cors.clone())
    };
    HttpServer::new(app).workers(1).listen(listener)?.run().await
}

async fn page(request: HttpRequest, pages: web::Data<Pages>) -> HttpResponse {
    match pages.at(request.path()) {
        Some(text) => HttpResponse::Ok().body(text),
        None => HttpResponse::NotFound().finish(),
    }
}
