//! Follows a key in etcd, which tells of changes at once.

use std::convert::Infallible;
use std::time::Duration;

use etcd_client::{Client, ConnectOptions, Error, WatchOptions};
use tokio::time::sleep;

use crate::Follower;

/// Follows the key at an endpoint such as `127.0.0.1:2379`. If the connection is lost, it is made again
/// after `pause`.
pub async fn follow(
    endpoint: String,
    key: String,
    pause: Duration,
    mut follower: Follower,
) -> Infallible {
    let mut is_reachable = true;
    loop {
        let Err(error) = watch(&endpoint, &key, &mut follower, &mut is_reachable).await;
        if is_reachable {
            tracing::warn!(endpoint, %error, "the source is out of reach, the last good policy stays");
        }
        is_reachable = false;
        sleep(pause).await;
    }
}

/// Offers the value of the key and each later value.
async fn watch(
    endpoint: &str,
    key: &str,
    follower: &mut Follower,
    is_reachable: &mut bool,
) -> Result<Infallible, Error> {
    let options = ConnectOptions::new()
        .with_connect_timeout(Duration::from_secs(5))
        // Finds out that a machine is gone which closed no connection.
        .with_keep_alive(Duration::from_secs(5), Duration::from_secs(5))
        .with_keep_alive_while_idle(true);
    let mut client = Client::connect([endpoint], Some(options)).await?;
    let found = client.get(key, None).await?;
    *is_reachable = true;
    if let Some(value) = found.kvs().first() {
        follower.offer(value.value_str()?.to_owned());
    }
    // From the revision after, so no change in between is missed.
    let next = found.header().map_or(0, |header| header.revision() + 1);
    let options = WatchOptions::new().with_start_revision(next);
    let mut changes = client.watch(key, Some(options)).await?;
    while let Some(change) = changes.message().await? {
        // A revision that etcd has compacted away: the key is read again.
        if change.canceled() {
            break;
        }
        let mut values = change.events().iter().filter_map(|event| event.kv());
        // A deleted key has an empty value, which is no policy.
        if let Some(value) = values.next_back() {
            follower.offer(value.value_str()?.to_owned());
        }
    }
    Err(Error::WatchError("etcd has ended the watch".into()))
}
