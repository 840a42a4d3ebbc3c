use std::str::{self, Utf8Error};
use std::sync::Arc;

use cors_core::adapter::{Field, HeaderList, Headers, ResponseHeaders};
use rocket::Response;
use rocket::http::{Header, HeaderMap};

/// A header value. Rocket's values are text that has to be copied to outlive the request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Value(Arc<str>);

impl AsRef<[u8]> for Value {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl TryFrom<&[u8]> for Value {
    type Error = Utf8Error;

    fn try_from(bytes: &[u8]) -> Result<Self, Utf8Error> {
        std::str::from_utf8(bytes).map(|text| Self(text.into()))
    }
}

/// The header lines of a message that matter to a decision. Rocket's map hashes a name for each
/// look-up, so the lines are read once.
pub(crate) fn lines_of(headers: &HeaderMap<'_>) -> HeaderList<Value> {
    let lines = headers.iter().filter_map(|header| {
        let name = header.name.as_str();
        let field = Field::all().find(|field| field.as_str().eq_ignore_ascii_case(name))?;
        Some((field, Value(header.value.as_ref().into())))
    });
    lines.collect()
}

pub(crate) fn apply(headers: &ResponseHeaders<Value>, response: &mut Response<'_>) {
    let before = lines_of(response.headers());
    let mut after = before.clone();
    headers.apply(&mut after);
    for field in Field::all() {
        if before.get_all(field).eq(after.get_all(field)) {
            continue;
        }
        if before.get_all(field).next().is_some() {
            response.remove_header(field.as_str());
        }
        for value in after.get_all(field) {
            response.adjoin_header(Header::new(field.as_str(), value.0.to_string()));
        }
    }
}
