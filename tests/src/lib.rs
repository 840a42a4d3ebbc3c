//! Conformance tests of every adapter.
//!
//! A [`Case`] is data: a policy, what stands behind the middleware, a request, and the answer. It
//! never names a framework. Every case runs through every [`Adapter`], in-process
//! (`tests/conformance.rs`) and over sockets (`tests/sockets.rs`).

#![expect(
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    reason = "not published: every user of these types is in this package"
)]
#![expect(clippy::expect_used, clippy::panic, reason = "wrong data and a failed server end a test")]

mod adapter;
pub mod adapters;
mod application;
mod case;
mod check;
mod client;
mod connection;
pub mod contract;
mod coverage;
mod enforcement_table;
mod message;
pub mod model;
pub mod mutants;
pub mod oracle;
pub mod oracle_tables;
mod process;
mod server;
mod table;
mod tenants;
mod trial;

pub use adapter::{Adapter, Instead, Limits, Protocol, Stop, Unsupported};
pub use application::{Behaviour, Mount, Probe, Reply, Route};
pub use case::{Case, Expectation, PATH};
pub use check::Answer;
pub use client::{TIMEOUT, send};
pub use connection::Connection;
pub use coverage::{Coverage, has_headers, request};
pub use enforcement_table::EnforcementTable;
pub use message::{Head, HeaderLines, Request, header_lines, latin1, latin1_bytes};
pub use process::{Process, end_all_processes_on_signal};
pub use server::{Server, listen, serve};
pub use table::Table;
pub use trial::{check, trials};

/// The code blocks of the README and of the pages, compiled and run.
#[cfg(doctest)]
pub mod pages;
