//! An API under a CORS policy, on warp: `warp::service` makes a filter one of tower's services,
//! and the layer of `cors-axum` goes around it. It covers what the filter rejects as well.
//!
//! ```sh
//! cargo run -p example-warp    # on port 3000, or on $PORT
//!
//! curl -i http://127.0.0.1:3000/items -H 'Origin: http://localhost:8080'
//!
//! curl -i http://127.0.0.1:3000/items/1 -X OPTIONS -H 'Origin: http://localhost:8080' \
//!     -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: content-type'
//! ```

use std::{env, error::Error, io, net::Ipv4Addr};

use cors_axum::{CorsLayer, Policy, PolicyErrors};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use warp::{Filter, Rejection, Reply};

fn api() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    let list = warp::path!("items").and(warp::get()).map(|| "apple\n");
    let replace = warp::path!("items" / u64).and(warp::put()).map(|id| format!("{id} is new\n"));
    list.or(replace)
}

async fn serve(listener: TcpListener, cors: CorsLayer) -> io::Result<()> {
    let service = TowerToHyperService::new(cors.wrap(warp::service(api())));
    loop {
        let (stream, _) = listener.accept().await?;
        let service = service.clone();
        tokio::spawn(async move {
            let server = Builder::new(TokioExecutor::new());
            if let Err(error) = server.serve_connection(TokioIo::new(stream), service).await {
                eprintln!("{error}");
            }
        });
    }
}

fn cors() -> Result<CorsLayer, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["http://localhost:8080", "https://app.example.com"])
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
        .build()?;
    Ok(CorsLayer::new(policy))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = env::var("PORT").as_deref().unwrap_or("3000").parse()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    println!("listening on {}", listener.local_addr()?);
    Ok(serve(listener, cors()?).await?)
}

#[cfg(test)]
mod tests;
