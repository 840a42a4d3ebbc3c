//! Checks of methods and header names; what they return is the normal form.

use crate::http::{fetch, text};
use crate::policy::error_kind::PolicyErrorKind as Kind;

pub(super) fn check_method(method: &str) -> Result<String, Kind> {
    if !fetch::is_token(method.as_bytes()) {
        return Err(Kind::InvalidMethod);
    }
    if fetch::is_forbidden_method(method.as_bytes()) {
        return Err(Kind::ForbiddenMethod);
    }
    Ok(fetch::normalize_method(method).into())
}

pub(super) fn check_request_header(name: &str) -> Result<String, Kind> {
    let name = check_header_name(name)?;
    if fetch::is_forbidden_request_header(&name) {
        return Err(Kind::ForbiddenRequestHeader);
    }
    Ok(name)
}

pub(super) fn check_exposed_header(name: &str) -> Result<String, Kind> {
    let name = check_header_name(name)?;
    if name == "origin" {
        return Err(Kind::CorsHeader);
    }
    if fetch::is_forbidden_response_header(&name) {
        return Err(Kind::ForbiddenResponseHeader);
    }
    Ok(name)
}

/// Checks a header by which the application decides on origins.
pub(super) fn check_varying_header(name: &str) -> Result<String, Kind> {
    match check_header_name(name)?.as_str() {
        "*" => Err(Kind::InvalidHeaderName),
        "origin" => Err(Kind::CorsHeader),
        name => Ok(name.into()),
    }
}

fn check_header_name(name: &str) -> Result<String, Kind> {
    if !fetch::is_token(name.as_bytes()) {
        return Err(Kind::InvalidHeaderName);
    }
    let name = text::to_lower_case(name);
    if name.starts_with("access-control-") {
        return Err(Kind::CorsHeader);
    }
    Ok(name)
}
