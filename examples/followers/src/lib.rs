//! Many machines under one policy: services of four frameworks that follow a source.
//!
//! [`Follower`] is all that a service needs: it offers each text of the source to the policy's handle, and
//! keeps the last good text in a file. [`http::follow`] and `etcd::follow` bring the texts.

#[cfg(feature = "etcd")]
pub mod etcd;
mod follower;
pub mod http;
mod metrics;
mod pages;
pub mod services;

pub use follower::Follower;
pub use metrics::Counts;
pub use pages::Pages;
