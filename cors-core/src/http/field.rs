/// A header field that a CORS decision reads from a request or writes to a response.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "an adapter maps every field; the compiler should say so when one is added"
)]
pub enum Field {
    /// `Origin`, read.
    Origin,
    /// `Access-Control-Request-Method`, read.
    AccessControlRequestMethod,
    /// `Access-Control-Request-Headers`, read.
    AccessControlRequestHeaders,
    /// `Host`, read of requests whose target names no host.
    Host,
    /// `Sec-Fetch-Site`, read.
    SecFetchSite,
    /// `Vary`, merged into what the response has.
    Vary,
    /// `Cache-Control`, written to refusals that the policy answers itself.
    CacheControl,
    /// `Access-Control-Allow-Origin`, written.
    AccessControlAllowOrigin,
    /// `Access-Control-Allow-Credentials`, written.
    AccessControlAllowCredentials,
    /// `Access-Control-Allow-Methods`, written to preflight responses.
    AccessControlAllowMethods,
    /// `Access-Control-Allow-Headers`, written to preflight responses.
    AccessControlAllowHeaders,
    /// `Access-Control-Max-Age`, written to preflight responses.
    AccessControlMaxAge,
    /// `Access-Control-Expose-Headers`, written to all other responses.
    AccessControlExposeHeaders,
    /// `Access-Control-Allow-Private-Network`, only ever removed: no released browser asks for it.
    AccessControlAllowPrivateNetwork,
}

impl Field {
    /// What every response field that a policy owns starts with.
    pub(crate) const OWNED_PREFIX: &str = "access-control-";

    /// The response fields that a policy owns.
    pub(crate) const OWNED: [Self; 7] = [
        Self::AccessControlAllowOrigin,
        Self::AccessControlAllowCredentials,
        Self::AccessControlAllowMethods,
        Self::AccessControlAllowHeaders,
        Self::AccessControlMaxAge,
        Self::AccessControlExposeHeaders,
        Self::AccessControlAllowPrivateNetwork,
    ];

    /// Every field.
    pub fn all() -> impl Iterator<Item = Self> {
        [
            Self::Origin,
            Self::AccessControlRequestMethod,
            Self::AccessControlRequestHeaders,
            Self::Host,
            Self::SecFetchSite,
            Self::Vary,
            Self::CacheControl,
            Self::AccessControlAllowOrigin,
            Self::AccessControlAllowCredentials,
            Self::AccessControlAllowMethods,
            Self::AccessControlAllowHeaders,
            Self::AccessControlMaxAge,
            Self::AccessControlExposeHeaders,
            Self::AccessControlAllowPrivateNetwork,
        ]
        .into_iter()
    }

    /// The field's name in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::AccessControlRequestMethod => "access-control-request-method",
            Self::AccessControlRequestHeaders => "access-control-request-headers",
            Self::Host => "host",
            Self::SecFetchSite => "sec-fetch-site",
            Self::Vary => "vary",
            Self::CacheControl => "cache-control",
            Self::AccessControlAllowOrigin => "access-control-allow-origin",
            Self::AccessControlAllowCredentials => "access-control-allow-credentials",
            Self::AccessControlAllowMethods => "access-control-allow-methods",
            Self::AccessControlAllowHeaders => "access-control-allow-headers",
            Self::AccessControlMaxAge => "access-control-max-age",
            Self::AccessControlExposeHeaders => "access-control-expose-headers",
            Self::AccessControlAllowPrivateNetwork => "access-control-allow-private-network",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Field;

    #[test]
    fn all_of_them_are_listed() {
        // The last one's discriminant, as they count from 0.
        let last = Field::AccessControlAllowPrivateNetwork as usize;
        assert!(Field::all().map(|field| field as usize).eq(0..=last));
    }

    #[test]
    fn owned_fields_share_their_prefix() {
        for field in Field::OWNED {
            assert!(field.as_str().starts_with(Field::OWNED_PREFIX));
        }
    }
}
