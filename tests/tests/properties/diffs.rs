//! A difference between two policies says exactly what browsers make of it, for every origin.

use cors_core::explain::{
    Access, BrowserRequest, NameSet, OriginChange, Permission, PolicyDiff, Verdict,
};
use cors_core::{Origin, Policy, PolicyConfig, RuleConfig};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use tests::oracle::{prepare, unsafe_request_header_names};

use crate::policies::rules;
use crate::requests::{PageRequest, page_requests};

const SCHEMES: [&str; 3] = ["https", "http", "app"];
const BASES: [&str; 2] = ["example.com", "a.example.com"];
const STARTS: [&str; 6] = ["", "a", "a-", "ab", "a_", "a-b"];
const ENDS: [&str; 5] = ["", "b", "-b", "-a-b", "_b"];
/// What stands for the `*` of a label; an underscore does not.
const BETWEEN: [&str; 4] = ["", "q", "-", "_"];
/// The ports of patterns.
const PORTS: [&str; 4] = ["", ":8443", ":9", ":*"];
/// The ports of origins. No pattern has the last one.
const PAGE_PORTS: [&str; 4] = ["", ":8443", ":9", ":10"];
const HOSTS: [&str; 9] = [
    "example.com",
    "a.example.com.",
    "x.a.example.com",
    "x.a-b.example.com",
    "q_q.example.com",
    "q_q.a.example.com",
    "qexample.com",
    "other.test",
    "Main",
];

/// The host of the service. It is passed by every policy, and no page has it.
const SERVICE: &str = "203.0.113.9";

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    select(texts)
}

fn labels() -> impl Strategy<Value = String> {
    (one_of(&STARTS), one_of(&BETWEEN), one_of(&ENDS))
        .prop_map(|(start, between, end)| [start, between, end].concat())
}

/// Origins inside the patterns and around them.
fn origins() -> impl Strategy<Value = String> {
    let below = (labels(), one_of(&BASES)).prop_map(|(label, base)| format!("{label}.{base}"));
    let hosts = prop_oneof![6 => below, 1 => one_of(&HOSTS).prop_map(String::from)];
    let origins = (one_of(&SCHEMES), hosts, one_of(&PAGE_PORTS))
        .prop_map(|(scheme, host, port)| format!("{scheme}://{host}{port}"));
    let origins = origins.prop_filter("no page has it", |origin| Origin::parse(origin).is_some());
    prop_oneof![30 => origins, 1 => Just("null".to_owned())]
}

/// Every origin that the patterns distinguish, at least.
fn all_origins() -> impl Iterator<Item = String> {
    let labels = STARTS.into_iter().flat_map(|start| {
        let rests = BETWEEN.into_iter().flat_map(|between| ENDS.map(|end| [between, end].concat()));
        rests.map(move |rest| [start, &rest].concat())
    });
    let below = labels.flat_map(|label| BASES.map(|base| format!("{label}.{base}")));
    let hosts: Vec<_> = below.chain(HOSTS.map(String::from)).collect();
    let origins = SCHEMES.into_iter().flat_map(move |scheme| {
        let hosts = hosts.clone().into_iter();
        hosts.flat_map(move |host| PAGE_PORTS.map(|port| format!("{scheme}://{host}{port}")))
    });
    origins.chain(["null".to_owned()])
}

fn patterns(schemes: &'static [&'static str]) -> impl Strategy<Value = String> {
    let label = (one_of(&STARTS), one_of(&ENDS), one_of(&BASES))
        .prop_map(|(start, end, base)| format!("{start}*{end}.{base}"));
    let one = (labels(), one_of(&BASES)).prop_map(|(label, base)| format!("{label}.{base}"));
    let hosts = prop_oneof![
        6 => label,
        3 => one,
        2 => one_of(&BASES).prop_map(|base| format!("*.{base}")),
        1 => one_of(&HOSTS).prop_map(String::from),
        1 => Just("*".to_owned()),
    ];
    (select(schemes), hosts, one_of(&PORTS))
        .prop_map(|(scheme, host, port)| format!("{scheme}://{host}{port}"))
        .prop_filter("it is a pattern", |text| {
            text.parse::<cors_core::explain::OriginPattern>().is_ok()
        })
}

fn rule() -> impl Strategy<Value = RuleConfig> {
    (rules(), vec(patterns(&SCHEMES), 0..5), prop::bool::weighted(0.1)).prop_map(
        |(mut rule, patterns, asks)| {
            if rule.allow_origins != ["*"] {
                rule.allow_no_origins = patterns.is_empty() && !asks;
                rule.allow_origins = patterns;
                rule.allow_origins_by_predicate = asks;
                rule.dangerously_allow_predicate_origins_with_credentials = asks;
            }
            rule
        },
    )
}

/// Rules, and whether they are enforced, with which own origins.
fn configs() -> impl Strategy<Value = PolicyConfig> {
    let own = option::weighted(0.3, vec(patterns(&SCHEMES[..2]), 0..3));
    (vec(rule(), 1..=3), own).prop_map(|(rules, own)| {
        let mut config = PolicyConfig::default();
        config.rules = rules;
        if let Some(own_origins) = own {
            config.enforce_origins = true;
            config.own_origins = own_origins;
            config.rules.retain(|rule| rule.allow_origins != ["*"]);
        }
        let mut asks = false;
        for rule in &mut config.rules {
            // At most one rule asks.
            rule.allow_origins_by_predicate &= !asks;
            asks |= rule.allow_origins_by_predicate;
            rule.dangerously_allow_predicate_origins_with_credentials &=
                rule.allow_origins_by_predicate;
            rule.allow_no_origins =
                rule.allow_origins.is_empty() && !rule.allow_origins_by_predicate;
        }
        config
    })
}

/// Two policies: any two, or one and the same with another rule.
pub(crate) fn pairs() -> impl Strategy<Value = (Policy, Policy)> {
    let related = (configs(), rule(), any::<Index>()).prop_map(|(old, rule, at)| {
        let mut new = old.clone();
        let at = at.index(new.rules.len().max(1));
        if let Some(changed) = new.rules.get_mut(at) {
            let patterns = std::mem::replace(changed, rule).allow_origins;
            if at.is_multiple_of(2) {
                changed.allow_origins = patterns;
            }
        }
        (old, new)
    });
    let pairs = prop_oneof![(configs(), configs()), related];
    pairs.prop_filter_map("the policies are valid", |(old, new)| {
        Some((Policy::try_from(old).ok()?, Policy::try_from(new).ok()?))
    })
}

/// What a page asks for, and what the application says of its origin.
#[derive(Clone, Debug)]
struct Asked {
    request: PageRequest,
    is_allowed: bool,
}

impl Asked {
    fn get(origin: &str) -> Self {
        let (method, headers) = ("GET", Vec::new());
        let origin = origin.to_owned();
        let request = PageRequest { origin, method, headers, credentials: false, upload: false };
        Self { request, is_allowed: true }
    }

    fn simulate(&self, policy: &Policy) -> Verdict {
        self.simulate_method(policy, self.request.method, SERVICE)
    }

    fn simulate_method(&self, policy: &Policy, method: &str, host: &str) -> Verdict {
        let request = BrowserRequest::new(&*self.request.origin)
            .method(method)
            .credentials(self.request.credentials)
            .upload(self.request.upload)
            .allowed_by_predicate(self.is_allowed)
            .host(host);
        let headers = self.request.headers.iter();
        let request =
            headers.fold(request, |request, (name, value)| request.header(*name, &**value));
        policy.simulate(&request)
    }

    /// Whether this needs the permission.
    fn needs(&self, permission: &Permission) -> bool {
        let Some(prepared) = prepare(&self.request.to_fetch(), "en") else { return false };
        let method = String::from_utf8_lossy(&prepared.method);
        let is_safelisted = ["GET", "HEAD", "POST"].contains(&&*method);
        match permission {
            Permission::Access => true,
            Permission::AccessByPredicate => self.is_allowed,
            Permission::AccessWithoutPredicate => !self.is_allowed,
            Permission::Credentials => self.request.credentials,
            Permission::Methods(names) => !is_safelisted && names.contains(&method),
            Permission::RequestHeaders(names) => {
                let unsafe_names = unsafe_request_header_names(&prepared.headers);
                unsafe_names.iter().any(|name| names.contains(&String::from_utf8_lossy(name)))
            }
            _ => false,
        }
    }

    /// Methods and headers of this name are never allowed by `*` with credentials.
    fn is_named_like_a_wildcard(&self) -> bool {
        self.request.method == "*" || self.request.headers.iter().any(|(name, _)| *name == "*")
    }
}

/// A name of the set.
fn member(names: &NameSet) -> String {
    if !names.has_all_others() {
        return names.names().next().expect("it is not empty").to_owned();
    }
    let others = (0..).map(|number| format!("x-other-{number}"));
    others.into_iter().find(|name| names.contains(name)).expect("there are more names than listed")
}

/// A page has a permission under one policy, and not under the other.
fn check_permission(
    permission: &Permission,
    origin: &str,
    with: &Policy,
    without: &Policy,
) -> Result<(), TestCaseError> {
    let mut asked = Asked::get(origin);
    let differ = |asked: &Asked, method: &str| {
        let allowed = |policy| asked.simulate_method(policy, method, SERVICE).is_allowed();
        allowed(with) && !allowed(without)
    };
    let is_right = match permission {
        Permission::Access => {
            let is_refused =
                |is_allowed| !Asked { is_allowed, ..asked.clone() }.simulate(without).is_allowed();
            let is_right = differ(&asked, "GET") && is_refused(false) && is_refused(true);
            asked.is_allowed = false;
            is_right && differ(&asked, "GET")
        }
        Permission::AccessByPredicate => {
            let is_right = differ(&asked, "GET");
            asked.is_allowed = false;
            is_right && !asked.simulate(with).is_allowed()
        }
        Permission::AccessWithoutPredicate => {
            let is_asked = asked.simulate(without).is_allowed();
            asked.is_allowed = false;
            is_asked && differ(&asked, "GET")
        }
        Permission::Credentials => {
            asked.request.credentials = true;
            differ(&asked, "GET")
        }
        Permission::Methods(names) => differ(&asked, &member(names)),
        Permission::RequestHeaders(names) => {
            let name = member(names);
            let request = BrowserRequest::new(origin).header(name, "\"").allowed_by_predicate(true);
            let request = request.host(SERVICE);
            with.simulate(&request).is_allowed() && !without.simulate(&request).is_allowed()
        }
        Permission::ExposedHeaders(names) => {
            let can_read = |policy| asked.simulate(policy).can_read(&member(names));
            can_read(with) && !can_read(without)
        }
        Permission::CrossOriginRequests => {
            asked.is_allowed = false;
            asked.simulate(with).access() != Access::BlockedByService
                && asked.simulate(without).access() == Access::BlockedByService
        }
        Permission::SameOriginRequests => {
            let (scheme, host) = origin.split_once("://").expect("no opaque origin has this");
            // Only pages of the web are at the host of a service, and what is allowed is in any case.
            asked.is_allowed = false;
            let verdict = |policy| asked.simulate_method(policy, "POST", host).access();
            scheme == "app"
                || verdict(with) != Access::BlockedByService
                    && (without.allows_origin(origin)
                        || verdict(without) == Access::BlockedByService)
        }
        other => unreachable!("{other}"),
    };
    prop_assert!(is_right, "{} of {}", permission, origin);
    Ok(())
}

/// What the difference says of a request is what becomes of it, and nothing else does.
fn check_request(
    change: Option<&OriginChange>,
    asked: &Asked,
    old: &Policy,
    new: &Policy,
) -> Result<(), TestCaseError> {
    const NAMES: [&str; 6] =
        ["x-request-id", "etag", "x-secret", "content-type", "x-unsent", "pragma"];

    let gained = change.map(OriginChange::gained).unwrap_or_default();
    let lost = change.map(OriginChange::lost).unwrap_or_default();
    let (before, after) = (asked.simulate(old), asked.simulate(new));
    let is_gained = gained.iter().any(|permission| asked.needs(permission));
    let is_lost = lost.iter().any(|permission| asked.needs(permission));
    let verdicts = (before.is_allowed(), after.is_allowed());
    prop_assert!(!(is_gained && verdicts.0), "told as gained, and allowed before");
    prop_assert!(!(is_lost && verdicts.1), "told as lost, and still allowed");
    prop_assert!(verdicts != (false, true) || is_gained, "gained, and not told");
    prop_assert!(verdicts != (true, false) || is_lost, "lost, and not told");
    if verdicts == (true, true) {
        for name in NAMES {
            let is_told = |permissions: &[Permission]| {
                permissions.iter().any(|permission| match permission {
                    Permission::ExposedHeaders(names) => names.contains(name),
                    _ => false,
                })
            };
            let can_read = (before.can_read(name), after.can_read(name));
            prop_assert!(can_read != (false, true) || is_told(gained), "{} is not told", name);
            prop_assert!(can_read != (true, false) || is_told(lost), "{} is not told", name);
        }
    }
    // Requests without a preflight reach the service, or do not.
    if before.actual().is_some() && after.actual().is_some() && !asked.is_allowed {
        let is_kept_out = |simulation: &Verdict| simulation.access() == Access::BlockedByService;
        let is_told =
            |permissions: &[Permission]| permissions.contains(&Permission::CrossOriginRequests);
        let kept_out = (is_kept_out(&before), is_kept_out(&after));
        prop_assert_eq!(kept_out == (true, false), is_told(gained));
        prop_assert_eq!(kept_out == (false, true), is_told(lost));
    }
    Ok(())
}

/// A page at the host of the service counts as its own under both policies, or the difference says so.
fn check_own_page(
    change: Option<&OriginChange>,
    origin: &str,
    old: &Policy,
    new: &Policy,
) -> Result<(), TestCaseError> {
    let Some((scheme, host)) = origin.split_once("://") else { return Ok(()) };
    // Only pages of the web are at the host of a service, and what is allowed is in any case.
    if scheme == "app" || old.allows_origin(origin) || new.allows_origin(origin) {
        return Ok(());
    }
    let asked = Asked { is_allowed: false, ..Asked::get(origin) };
    let is_own =
        |policy| asked.simulate_method(policy, "POST", host).access() != Access::BlockedByService;
    let is_told =
        |permissions: &[Permission]| permissions.contains(&Permission::SameOriginRequests);
    let is_own = (is_own(old), is_own(new));
    prop_assert_eq!(is_own == (false, true), change.is_some_and(|change| is_told(change.gained())));
    prop_assert_eq!(is_own == (true, false), change.is_some_and(|change| is_told(change.lost())));
    Ok(())
}

fn check_max_age(
    change: Option<&OriginChange>,
    origin: &str,
    old: &Policy,
    new: &Policy,
) -> Result<(), TestCaseError> {
    let mut asked = Asked::get(origin);
    asked.request.upload = true;
    let max_age = |policy| {
        let simulation = asked.simulate(policy);
        let headers =
            simulation.preflight().filter(|_| simulation.is_allowed())?.response_headers();
        let line = headers.into_iter().find(|(name, _)| *name == "access-control-max-age");
        Some(line.map_or(5, |(_, value)| value.parse().expect("a number")))
    };
    let expected = max_age(old).zip(max_age(new)).filter(|(old, new)| old != new);
    prop_assert_eq!(change.and_then(OriginChange::max_age), expected);
    Ok(())
}

proptest! {
    #![proptest_config(crate::config(10))]

    #[test]
    fn a_difference_is_what_browsers_make_of_it(
        (old, new) in pairs(),
        asked in vec((origins(), page_requests(), any::<bool>()), 24),
    ) {
        let diff = PolicyDiff::between(&old, &new).expect("these are few");
        for (origin, mut request, is_allowed) in asked {
            let with_origin = |change: &&OriginChange| {
                change.origins().iter().any(|set| set.contains(&origin))
            };
            prop_assert!(diff.changes().iter().filter(with_origin).count() <= 1);
            let change = diff.change_for(&origin);
            request.origin.clone_from(&origin);
            let asked = Asked { request, is_allowed };
            if !asked.is_named_like_a_wildcard() {
                check_request(change, &asked, &old, &new)?;
            }
            check_max_age(change, &origin, &old, &new)?;
            check_own_page(change, &origin, &old, &new)?;
            let Some(change) = change else { continue };
            for permission in change.gained() {
                check_permission(permission, &origin, &new, &old)?;
            }
            for permission in change.lost() {
                check_permission(permission, &origin, &old, &new)?;
            }
        }
        // What is told happens to somebody.
        for change in diff.changes() {
            let mut origins = all_origins();
            let is_real = origins.any(|origin| change.origins().iter().any(|set| set.contains(&origin)));
            prop_assert!(is_real, "{}", change);
        }
    }

    #[test]
    fn the_way_back_loses_what_was_gained((old, new) in pairs()) {
        let (there, back) = (PolicyDiff::between(&old, &new), PolicyDiff::between(&new, &old));
        let (there, back) = (there.expect("these are few"), back.expect("these are few"));
        prop_assert_eq!(there.changes().len(), back.changes().len());
        for change in there.changes() {
            let origin = all_origins().find(|origin| {
                change.origins().iter().any(|set| set.contains(origin))
            });
            let opposite = origin.and_then(|origin| back.change_for(&origin));
            prop_assert_eq!(opposite.map(|back| (back.gained(), back.lost())), Some((change.lost(), change.gained())));
        }
        prop_assert!(PolicyDiff::between(&old, &old).is_ok_and(|diff| diff.is_empty()));
    }
}
