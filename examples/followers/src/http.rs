//! Follows a URL by HTTP GET: object storage, an admin service, Consul's key-value store with `?raw`.

use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Limited};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use tokio::time::{sleep, timeout};

use crate::Follower;

/// How long the source may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// No policy is larger.
const MAX_SIZE: usize = 16 << 20;

/// Asks the source again and again, `interval` apart. As long as its `ETag` is the same, the source sends no
/// text. A source without `ETag` sends it each time.
///
/// This client speaks plain HTTP; give it a connector with TLS for `https`.
pub async fn follow(url: Uri, interval: Duration, mut follower: Follower) -> Infallible {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let mut etag = None;
    let mut is_reachable = true;
    loop {
        let fetched = timeout(PATIENCE, fetch(&client, &url, etag.as_ref())).await;
        let fetched = fetched.unwrap_or_else(|elapsed| Err(elapsed.into()));
        if let Err(error) = &fetched
            && is_reachable
        {
            tracing::warn!(%url, error, "the source is out of reach, the last good policy stays");
        }
        is_reachable = fetched.is_ok();
        if let Ok(Some((text, new_etag))) = fetched {
            follower.offer(text);
            etag = new_etag;
        }
        sleep(interval).await;
    }
}

/// The text and its `ETag`, or `None` if it is the text with this `ETag`.
async fn fetch(
    client: &Client<HttpConnector, Body>,
    url: &Uri,
    etag: Option<&HeaderValue>,
) -> Result<Option<(String, Option<HeaderValue>)>, Box<dyn Error + Send + Sync>> {
    let mut request = Request::get(url).body(Body::empty())?;
    if let Some(etag) = etag {
        request.headers_mut().insert(IF_NONE_MATCH, etag.clone());
    }
    let (head, body) = client.request(request).await?.into_parts();
    match head.status {
        StatusCode::OK => {}
        StatusCode::NOT_MODIFIED => return Ok(None),
        status => return Err(format!("the status is {status}").into()),
    }
    let text = Limited::new(body, MAX_SIZE).collect().await?.to_bytes();
    Ok(Some((String::from_utf8(text.into())?, head.headers.get(ETAG).cloned())))
}
