//! Compiles the policies of `cors-core` into the configuration of gateways, as the command
//! `cors export` prints it.

pub mod gateways;
