//! One service of many that follow a policy.
//!
//! ```sh
//! cargo run -p example-followers -- axum http://127.0.0.1:8500/v1/kv/cors?raw policy.toml
//! cargo run -p example-followers --features etcd -- actix etcd://127.0.0.1:2379/cors policy.toml
//!
//! etcdctl put cors "allow_origins = ['https://app.example.com']"
//! curl http://127.0.0.1:3000/health     # the version of the policy
//! curl http://127.0.0.1:3000/metrics
//! ```
//!
//! The file has the last good policy. The service starts with it, whether the source is there or not. A
//! policy that is invalid replaces nothing, and an event says what is wrong with it.

use std::error::Error;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;
use std::{env, io};

use example_followers::{Follower, Pages, http, services};
use metrics_exporter_prometheus::PrometheusBuilder;

const USAGE: &str =
    "usage: example-followers actix|axum|poem|salvo http://HOST/PATH|etcd://HOST:PORT/KEY FILE";

fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [framework, source, file] = arguments.as_slice() else { return Err(USAGE.into()) };
    // How often a URL is asked, and how soon a lost source is tried again.
    let interval =
        Duration::from_millis(env::var("INTERVAL_MS").as_deref().unwrap_or("5000").parse()?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port()?))?;
    listener.set_nonblocking(true)?;

    let follower = Follower::new(file)?;
    let pages = Pages::new(follower.handle().clone(), PrometheusBuilder::new().install_recorder()?);
    let runtime = tokio::runtime::Runtime::new()?;
    let following = follow(source, interval, follower)?;
    runtime.spawn(following);
    println!("listening on {}", listener.local_addr()?);
    match framework.as_str() {
        "actix" => runtime.block_on(services::actix::serve(listener, pages))?,
        "axum" => runtime.block_on(services::axum::serve(listener, pages))?,
        "poem" => runtime.block_on(services::poem::serve(listener, pages))?,
        "salvo" => runtime.block_on(services::salvo::serve(listener, pages))?,
        _ => return Err(USAGE.into()),
    }
    Ok(())
}

fn port() -> Result<u16, Box<dyn Error>> {
    Ok(env::var("PORT").as_deref().unwrap_or("3000").parse()?)
}

type Following = std::pin::Pin<Box<dyn Future<Output = std::convert::Infallible> + Send>>;

fn follow(
    source: &str,
    interval: Duration,
    follower: Follower,
) -> Result<Following, Box<dyn Error>> {
    #[cfg(feature = "etcd")]
    if let Some((endpoint, key)) = source.strip_prefix("etcd://").and_then(|s| s.split_once('/')) {
        let (endpoint, key) = (endpoint.to_owned(), key.to_owned());
        return Ok(Box::pin(example_followers::etcd::follow(endpoint, key, interval, follower)));
    }
    if source.starts_with("http://") {
        return Ok(Box::pin(http::follow(source.parse()?, interval, follower)));
    }
    Err(USAGE.into())
}
