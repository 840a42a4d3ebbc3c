use std::fmt;
use std::sync::Arc;

use crate::decide::answer::Answer;
use crate::decide::preflight::Mirrored;
use crate::decide::refusal::Refusal;
use crate::decide::vary::Vary;
use crate::http::{Field, FieldValue, Headers, HeadersMut, fetch};

/// The response headers that a policy decided on. Apply them with
/// [`apply`](ResponseHeaders::apply).
///
/// They belong to the policy that saw the request, even if another policy has replaced it since.
#[derive(Clone)]
#[must_use = "headers do nothing until they are applied to a response"]
pub struct ResponseHeaders<V>(Option<Decided<V>>);

#[derive(Clone)]
struct Decided<V> {
    answer: Arc<Answer<V>>,
    repeated: Repeated<V>,
    refusal: Option<Refusal>,
}

/// What an answer repeats of the request.
#[derive(Clone)]
enum Repeated<V> {
    Nothing,
    Origin(V),
    /// The origin, if the answer repeats it, and more. Few policies mirror, and without the `Arc`
    /// every decision would be larger.
    Mirrored(Arc<(Option<V>, Mirrored<V>)>),
}

impl<V> ResponseHeaders<V> {
    /// `Vary: Origin` and nothing else: what requests without an origin get under most policies
    /// ([why](https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches)). Most requests have no
    /// origin, so these headers hold nothing that has to be counted or dropped.
    pub(super) const VARY_BY_ORIGIN: Self = Self(None);

    pub(super) fn new(answer: &Arc<Answer<V>>, origin: Option<V>) -> Self {
        let repeated = origin.map_or(Repeated::Nothing, Repeated::Origin);
        Self(Some(Decided { answer: answer.clone(), repeated, refusal: None }))
    }

    /// The headers of an answer that may repeat more than the origin.
    pub(super) fn mirroring(
        answer: &Arc<Answer<V>>,
        origin: Option<V>,
        mirrored: Mirrored<V>,
    ) -> Self {
        if mirrored.method.is_none() && mirrored.headers.is_none() {
            return Self::new(answer, origin);
        }
        let repeated = Repeated::Mirrored(Arc::new((origin, mirrored)));
        Self(Some(Decided { answer: answer.clone(), repeated, refusal: None }))
    }

    pub(super) fn with_refusal(mut self, refusal: Option<Refusal>) -> Self {
        if let Some(decided) = &mut self.0 {
            decided.refusal = refusal;
        }
        self
    }

    /// Why the request is not allowed what it asks for; `None` if it is.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        self.0.as_ref()?.refusal
    }

    /// The position of the rule whose origins include the request's; `None` if there is none.
    #[must_use]
    pub fn rule(&self) -> Option<usize> {
        self.0.as_ref()?.answer.rule
    }
}

impl<V: FieldValue> ResponseHeaders<V> {
    /// The lines that [`apply`](Self::apply) writes to a response without headers, in its order.
    pub(crate) fn lines(&self) -> Vec<(Field, &[u8])> {
        let Some(decided) = &self.0 else { return vec![(Field::Vary, b"Origin")] };
        let answer = &decided.answer;
        let [origin, methods, names] = decided.allowed();
        let vary = match &answer.vary {
            Vary::Omitted => None,
            Vary::Origin => Some(&b"Origin"[..]),
            Vary::Fields(vary) => Some(vary.as_ref()),
        };
        let lines = [
            (Field::AccessControlAllowOrigin, origin.map(AsRef::as_ref)),
            (Field::AccessControlAllowCredentials, answer.allow_credentials.then_some(b"true")),
            (Field::AccessControlAllowMethods, methods.map(AsRef::as_ref)),
            (Field::AccessControlAllowHeaders, names.map(AsRef::as_ref)),
            (Field::AccessControlMaxAge, answer.max_age.as_ref().map(AsRef::as_ref)),
            (Field::AccessControlExposeHeaders, answer.expose_headers.as_ref().map(AsRef::as_ref)),
            (Field::CacheControl, answer.no_store.then_some(b"no-store")),
            (Field::Vary, vary),
        ];
        lines.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
    }

    /// Writes the headers into a response's.
    ///
    /// The policy owns the `Access-Control-*` headers of a response: what the service set and
    /// the policy did not decide is removed. `Vary` is merged into what is there.
    #[inline(always)]
    pub fn apply<H: HeadersMut<Value = V>>(&self, headers: &mut H) {
        let mut has_owned = false;
        let mut has_vary = false;
        // One look at the names is cheaper than a look-up for each field, and there is rarely one.
        for name in headers.names() {
            has_owned |= name.starts_with(Field::OWNED_PREFIX);
            has_vary |= name == Field::Vary.as_str();
        }
        if has_owned {
            Field::OWNED.into_iter().for_each(|field| headers.remove(field));
        }
        match &self.0 {
            Some(decided) => decided.write(has_vary, headers),
            None => vary_by_origin(has_vary, headers),
        }
    }
}

impl<V> Decided<V> {
    /// The values of `Access-Control-Allow-Origin`, `-Methods` and `-Headers`.
    #[inline(always)]
    fn allowed(&self) -> [Option<&V>; 3] {
        let Self { answer, repeated, .. } = self;
        let (origin, mirrored) = match repeated {
            Repeated::Nothing => (None, None),
            Repeated::Origin(origin) => (Some(origin), None),
            Repeated::Mirrored(both) => (both.0.as_ref(), Some(&both.1)),
        };
        let mirrored_method = mirrored.and_then(|mirrored| mirrored.method.as_ref());
        let mirrored_headers = mirrored.and_then(|mirrored| mirrored.headers.as_ref());
        [
            origin.or(answer.allow_origin.as_ref()),
            mirrored_method.or(answer.allow_methods.as_ref()),
            mirrored_headers.or(answer.allow_headers.as_ref()),
        ]
    }
}

impl<V: FieldValue> Decided<V> {
    #[inline(never)]
    fn write<H: HeadersMut<Value = V>>(&self, has_vary: bool, headers: &mut H) {
        let answer = &self.answer;
        let [origin, methods, names] = self.allowed();
        write(Field::AccessControlAllowOrigin, origin, headers);
        if answer.allow_credentials {
            write(Field::AccessControlAllowCredentials, H::constant("true").as_ref(), headers);
        }
        write(Field::AccessControlAllowMethods, methods, headers);
        write(Field::AccessControlAllowHeaders, names, headers);
        write(Field::AccessControlMaxAge, answer.max_age.as_ref(), headers);
        write(Field::AccessControlExposeHeaders, answer.expose_headers.as_ref(), headers);
        if answer.no_store {
            write(Field::CacheControl, H::constant("no-store").as_ref(), headers);
        }
        match &answer.vary {
            Vary::Omitted => {}
            Vary::Origin => vary_by_origin(has_vary, headers),
            Vary::Fields(vary) => merge_vary(vary, has_vary, headers),
        }
    }
}

impl<V> fmt::Debug for ResponseHeaders<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseHeaders")
            .field("rule", &self.rule())
            .field("refusal", &self.refusal())
            .finish_non_exhaustive()
    }
}

#[inline]
fn write<V: FieldValue>(field: Field, value: Option<&V>, headers: &mut impl HeadersMut<Value = V>) {
    if let Some(value) = value {
        headers.insert(field, value.clone());
    }
}

#[inline(always)]
fn vary_by_origin<H: HeadersMut>(has_vary: bool, headers: &mut H) {
    if has_vary && vary_covers(b"Origin", headers) {
        return;
    }
    if let Some(value) = H::constant("Origin") {
        headers.append(Field::Vary, value);
    }
}

fn merge_vary<H: HeadersMut>(vary: &H::Value, has_vary: bool, headers: &mut H) {
    let missing = if has_vary { missing(vary, headers) } else { Some(vary.clone()) };
    if let Some(missing) = missing {
        headers.append(Field::Vary, missing);
    }
}

/// Returns the names of `vary` that the `Vary` lines of the response do not have; `None` if the
/// lines have all names.
#[inline(never)]
fn missing<V: FieldValue>(vary: &V, headers: &impl Headers<Value = V>) -> Option<V> {
    let mut missing = Vec::new();
    let mut is_whole = true;
    for name in fetch::elements(vary.as_ref()) {
        if vary_covers(name, headers) {
            is_whole = false;
        } else {
            if !missing.is_empty() {
                missing.extend_from_slice(b", ");
            }
            missing.extend_from_slice(name);
        }
    }
    match missing.as_slice() {
        _ if is_whole => Some(vary.clone()),
        [] => None,
        missing => V::try_from(missing).ok(),
    }
}

/// Returns whether the `Vary` lines of the response have this name, or `*`.
#[inline(never)]
fn vary_covers(name: &[u8], headers: &impl Headers) -> bool {
    headers.get_all(Field::Vary).any(|line| lists(line.as_ref(), name))
}

/// Returns whether a line of `Vary` has this name, or `*`.
fn lists(line: &[u8], name: &[u8]) -> bool {
    fetch::elements(line).any(|listed| name.eq_ignore_ascii_case(listed) || listed == b"*")
}

#[cfg(test)]
mod tests {
    use crate::http::{HeaderList, RequestParts};
    use crate::policy::Policy;

    #[test]
    fn the_lines_are_those_that_are_applied() {
        let policy = Policy::builder()
            .allow_origins(["https://a.example"])
            .allow_credentials(true)
            .allow_methods(["*"])
            .allow_headers(["x-a"])
            .expose_headers(["x-b"])
            .max_age(std::time::Duration::from_secs(5))
            .enforce_origins(true);
        let policies = [
            policy.build().unwrap(),
            Policy::any_origin().build().unwrap(),
            Policy::loopback().build().unwrap(),
        ];
        let origins = ["https://a.example", "https://b.example", "http://localhost"];
        for (policy, origin) in policies.iter().flat_map(|p| origins.map(|origin| (p, origin))) {
            for (method, requested) in [("GET", None), ("OPTIONS", None), ("OPTIONS", Some("PUT"))]
            {
                let origin = Some((crate::http::Field::Origin, origin.as_bytes().to_vec()));
                let requested = requested.map(|method: &str| {
                    (crate::http::Field::AccessControlRequestMethod, method.as_bytes().to_vec())
                });
                let request: HeaderList<Vec<u8>> = origin.into_iter().chain(requested).collect();
                let decision = policy.compile().decide(&RequestParts::new(method, &request));
                let mut applied = HeaderList::default();
                decision.headers().apply(&mut applied);
                let lines = decision.headers().lines();
                assert!(lines.into_iter().eq(applied.0.iter().map(|(f, v)| (*f, v.as_slice()))));
            }
        }
    }
}
