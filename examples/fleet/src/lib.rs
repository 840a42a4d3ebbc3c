//! Four servers, one for each framework, under one policy; and two page servers, so that a browser
//! shows what it makes of that policy from an allowed origin and from a refused one.
//!
//! Every server serves the same API under the policy of `policy.toml`, and again below
//! `/stories/…` under the policies of two stories, step by step.

mod actix;
mod api;
mod axum;
mod fleet;
mod mount;
mod pages;
mod poem;
mod salvo;
mod story;

pub use fleet::{Fleet, Server, StartError};
