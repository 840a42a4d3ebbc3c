//! Four servers, one for each framework, under one policy; and two page servers for a playground,
//! in which the policy is written, put in force, and tried from allowed origins and refused ones.
//!
//! Every server serves the same API under the policy of `policy.toml`, and again below
//! `/stories/…` under the policies of two stories, step by step.

mod actix;
mod api;
mod axum;
mod draft;
mod explanation;
mod fleet;
mod guard;
mod mount;
mod pages;
mod playground;
mod poem;
mod problems;
mod recorder;
mod salvo;
mod story;
mod tee;

pub use fleet::{Fleet, Server, StartError};
