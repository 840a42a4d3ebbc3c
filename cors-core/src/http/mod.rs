//! Header fields and requests, as the Fetch and HTTP standards define them.
//!
//! This room knows tokens, methods and headers by their names, and how an adapter lends its
//! framework's header map to the core. It never knows what a policy is. Start with [`Field`] and the
//! traits [`Headers`] and [`HeadersMut`]; `fetch` has the standard's definitions.

mod authority;
mod byte_set;
pub(crate) mod fetch;
mod field;
mod header_list;
mod headers;
#[cfg(feature = "http")]
mod http1;
mod request;
pub(crate) mod text;

pub(crate) use authority::HostAndPort;
pub(crate) use byte_set::ByteSet;
pub use field::Field;
pub use header_list::HeaderList;
pub use headers::{FieldValue, Headers, HeadersMut};
pub(crate) use headers::{field_value, just_one};
pub(crate) use request::named_host;
pub use request::{Request, RequestParts};
