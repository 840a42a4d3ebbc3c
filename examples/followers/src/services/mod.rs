//! The same service on each framework. The policy is all that they share.

pub mod actix;
pub mod axum;
pub mod poem;
pub mod salvo;
