//! What the command `cors` does beyond checking and explaining policies: `cors export` compiles them into
//! the configuration of gateways, and `cors probe` compares running services with them.

pub mod gateways;
pub mod probe;
