//! The service's own origins, in a policy and in a deployment. Which requests they keep out, the table
//! in the package `tests` has.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::sync::{Arc, Mutex};

use cors_core::adapter::{CompiledPolicy, Decision, Engine, RequestParts};
use cors_core::{
    Deployment, ObservedRequest, Observer, Outcome, Policy, PolicyBuilder, PolicyConfig, Refusal,
};
use http::{HeaderMap, HeaderValue};

const EVIL: &[(&str, &str)] = &[("host", "evil.example")];
const BANK: &[(&str, &str)] = &[("host", "bank.example")];

fn enforcing() -> PolicyBuilder {
    Policy::builder().allow_origins(["https://app.example"]).enforce_origins(true)
}

fn bank() -> PolicyBuilder {
    enforcing().own_origins(["https://bank.example"])
}

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, value.parse().unwrap());
    }
    headers
}

/// The status and the reason with which a request is kept out.
fn kept(decision: &Decision<HeaderValue>) -> Option<(u16, Refusal)> {
    match decision {
        Decision::Respond { status, headers } => {
            headers.refusal().map(|refusal| (*status, refusal))
        }
        Decision::Forward(_) | Decision::Ask(_) => None,
    }
}

fn get(engine: &Engine<HeaderValue>, lines: &[(&'static str, &str)]) -> Option<u16> {
    let headers = headers(lines);
    kept(&engine.decide(&RequestParts::new("GET", &headers))).map(|(status, _)| status)
}

#[test]
fn each_answer_has_its_reason() {
    let policy: CompiledPolicy<HeaderValue> = bank().build().unwrap().compile();
    let two_hosts = [BANK, BANK].concat();
    let with = |lines: &[(&'static str, &'static str)], more| [lines, &[more]].concat();
    let (app, evil) = (("origin", "https://app.example"), ("origin", "http://evil.example"));
    for (lines, expected) in [
        (BANK.to_vec(), None),
        (EVIL.to_vec(), Some((421, Refusal::Misdirected))),
        (two_hosts.clone(), Some((400, Refusal::SeveralHosts))),
        (with(BANK, evil), Some((403, Refusal::OriginNotAllowed))),
        (with(EVIL, evil), Some((403, Refusal::OriginNotAllowed))),
        (with(EVIL, app), Some((421, Refusal::Misdirected))),
        (with(&two_hosts, app), Some((400, Refusal::SeveralHosts))),
        (with(&with(BANK, app), app), Some((403, Refusal::SeveralOrigins))),
        (with(&with(EVIL, app), app), Some((403, Refusal::SeveralOrigins))),
        (with(&with(&two_hosts, app), app), Some((400, Refusal::SeveralHosts))),
    ] {
        let headers = headers(&lines);
        let decision = policy.decide(&RequestParts::new("GET", &headers));
        assert_eq!(kept(&decision), expected, "{lines:?}");
    }
}

#[test]
fn forwarded_headers_are_not_read() {
    let engine = Deployment::new(bank().build().unwrap()).compile();
    let forwarded = [("forwarded", "host=bank.example"), ("x-forwarded-host", "bank.example")];
    assert_eq!(get(&engine, &[EVIL, &forwarded].concat()), Some(421));
    let forwarded = [("forwarded", "host=evil.example"), ("x-forwarded-host", "evil.example")];
    assert_eq!(get(&engine, &[BANK, &forwarded].concat()), None);
}

#[test]
fn the_application_is_asked_whatever_the_host() {
    let policy = Policy::builder()
        .allow_origins_by_predicate(true)
        .dangerously_allow_predicate_origins_with_credentials(true)
        .enforce_origins(true)
        .own_origins(["https://bank.example"]);
    let policy: CompiledPolicy<HeaderValue> = policy.build().unwrap().compile();
    let ask = |host| {
        let headers = headers(&[("host", host), ("origin", "https://tenant.example")]);
        match policy.decide(&RequestParts::new("GET", &headers)) {
            Decision::Ask(question) => question,
            decision => panic!("{decision:?}"),
        }
    };
    let refused = Some((403, Refusal::OriginNotAllowed));
    assert_eq!(kept(&ask("bank.example").answer(true)), None);
    assert_eq!(kept(&ask("bank.example").answer(false)), refused);
    assert_eq!(kept(&ask("evil.example").answer(true)), Some((421, Refusal::Misdirected)));
    assert_eq!(kept(&ask("evil.example").answer(false)), refused);
    // Nor about the service's own page.
    let own = [("host", "bank.example"), ("origin", "https://bank.example")];
    let own = headers(&own);
    let decision = policy.decide(&RequestParts::new("POST", &own));
    assert!(matches!(decision, Decision::Forward(_)));
}

#[test]
fn a_policy_has_them_as_data() {
    let policy = bank().build().unwrap();
    assert_eq!(policy.to_config().own_origins, ["https://bank.example"]);
    assert_eq!(Policy::try_from(policy.to_config()).unwrap(), policy);
    assert_ne!(enforcing().build().unwrap(), policy);
}

#[test]
fn loopback_adds_them_where_it_enforces() {
    let own = |policy: PolicyBuilder| policy.build().unwrap().to_config().own_origins;
    let loopback = Policy::loopback().build().unwrap().to_config().rules[0].allow_origins.clone();
    assert!(own(Policy::loopback()).is_empty());
    assert_eq!(own(Policy::loopback().enforce_origins(true)), loopback);
    let more = Policy::loopback().enforce_origins(true).own_origins(["http://app.test:3000"]);
    assert_eq!(own(more), [&["http://app.test:3000".to_owned()][..], &loopback].concat());
    let not_enforced = Policy::loopback().own_origins(["http://app.test:3000"]).build();
    assert_eq!(not_enforced.unwrap_err().iter().next().unwrap().code(), "own-origins-not-enforced");
}

#[test]
fn a_deployment_sets_them_instead_of_the_policy() {
    let shop = Deployment::new(bank().build().unwrap()).own_origins(["https://shop.example"]);
    let shop = shop.unwrap().compile();
    assert_eq!(get(&shop, BANK), Some(421));
    assert_eq!(get(&shop, &[("host", "shop.example")]), None);
    let none: [&str; 0] = [];
    let unchanged = Deployment::new(bank().build().unwrap()).own_origins(none).unwrap().compile();
    assert_eq!(get(&unchanged, BANK), None);
    assert_eq!(get(&unchanged, EVIL), Some(421));
}

#[test]
fn a_deployment_says_what_is_wrong_with_them() {
    let deployment = |policy: PolicyBuilder| Deployment::new(policy.build().unwrap());
    let errors = deployment(enforcing()).own_origins(["https://a.example", "wss://b.example", "*"]);
    assert_eq!(
        errors.unwrap_err().to_string(),
        "own_origins[1] \"wss://b.example\": a service is reached over http or https; write \"https://b.example\"\n\
         own_origins[2] \"*\": \"*\" makes every name that leads to the service its own, so that none would be foreign; list the origins at which the service is reached, such as \"https://bank.example\""
    );
    let open = || Policy::builder().allow_origins(["https://app.example"]);
    let errors = deployment(open()).own_origins(["https://a.example"]).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "own_origins: without enforce_origins, no request is kept from the service, whatever its host; set enforce_origins to true, or remove own_origins"
    );
    let candidate = enforcing().build().unwrap();
    assert!(deployment(open()).report_only(candidate).own_origins(["https://a.example"]).is_ok());
}

#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Observer for Told {
    fn refused(&self, request: &ObservedRequest<'_>, refusal: Refusal) {
        let host = request.host().map(|host| host.to_string());
        self.0.lock().unwrap().push(format!("refused {host:?}: {}", refusal.as_str()));
    }

    fn differed(&self, request: &ObservedRequest<'_>, _: &Outcome, candidate: &Outcome) {
        let host = request.host().map(|host| host.to_string());
        self.0.lock().unwrap().push(format!("differed {host:?}: {:?}", candidate.status()));
    }
}

#[test]
fn observers_are_told_the_host() {
    let told = Arc::new(Told::default());
    let engine = Deployment::new(bank().build().unwrap()).observe(told.clone()).compile();
    get(&engine, BANK);
    get(&engine, &[("host", "evil.example:3000")]);
    let headers = headers(BANK);
    let authority = Some("other.example");
    drop(engine.decide(&RequestParts { authority, ..RequestParts::new("GET", &headers) }));
    get(&engine, &[BANK, EVIL].concat());
    let expected = [
        r#"refused Some("evil.example:3000"): misdirected"#,
        r#"refused Some("other.example"): misdirected"#,
        r#"refused Some("bank.example"): several_hosts"#,
    ];
    let told = told.0.lock().unwrap();
    assert_eq!(told.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

/// The advice of the documentation: try it before it is in force.
#[test]
fn a_candidate_reports_requests_by_other_names() {
    let told = Arc::new(Told::default());
    let open = Policy::builder().allow_origins(["https://app.example"]).build().unwrap();
    let engine = Deployment::new(open)
        .report_only(enforcing().build().unwrap())
        .own_origins(["https://bank.example"])
        .unwrap()
        .observe(told.clone())
        .compile();
    assert_eq!(get(&engine, BANK), None);
    assert_eq!(get(&engine, &[("host", "bank.svc.cluster.local")]), None);
    assert_eq!(get(&engine, &[("host", "10.1.2.3")]), None);
    let own = [("host", "bank.example"), ("origin", "https://bank.example")];
    assert_eq!(get(&engine, &own), None);
    let told = told.0.lock().unwrap();
    assert_eq!(*told, [r#"differed Some("bank.svc.cluster.local"): Some(421)"#]);
}

#[cfg(feature = "reload")]
#[test]
fn they_stay_when_the_policy_is_replaced() {
    use cors_core::PolicyHandle;

    let open = || Policy::builder().allow_origins(["https://app.example"]).build().unwrap();
    let handle = PolicyHandle::new(open());
    let engine = Deployment::from(&handle).own_origins(["https://shop.example"]).unwrap().compile();
    let other = Deployment::from(&handle).compile();
    assert_eq!((get(&engine, EVIL), get(&other, EVIL)), (None, None));
    handle.replace(bank().build().unwrap());
    assert_eq!((get(&engine, EVIL), get(&other, EVIL)), (Some(421), Some(421)));
    assert_eq!((get(&engine, BANK), get(&other, BANK)), (Some(421), None));
    handle.replace(enforcing().build().unwrap());
    assert_eq!((get(&engine, EVIL), get(&other, EVIL)), (Some(421), None));
    handle.replace(open());
    assert_eq!((get(&engine, EVIL), get(&other, EVIL)), (None, None));
}

#[test]
fn no_origin_is_allowed_only_if_that_is_said() {
    assert_eq!(
        Policy::builder().build().unwrap_err().iter().next().unwrap().code(),
        "origins-missing"
    );
    let none: [&str; 0] = [];
    let explicit = Policy::builder().allow_origins(none).build().unwrap();
    assert_eq!(explicit, Policy::none().build().unwrap());
    assert!(explicit.to_config().rules[0].allow_no_origins);
    assert_eq!(Policy::try_from(explicit.to_config()).unwrap(), explicit);
    let mut config = PolicyConfig::default();
    config.rules.push(cors_core::RuleConfig::default());
    assert!(Policy::try_from(config.clone()).is_err());
    config.rules[0].allow_no_origins = true;
    assert_eq!(Policy::try_from(config).unwrap(), explicit);
    // What is said of no origins counts for nothing beside some.
    let some = Policy::none().allow_origins(["https://app.example"]).build().unwrap();
    assert!(!some.to_config().rules[0].allow_no_origins);
    assert!(some.allows_origin("https://app.example"));
}

fn vary(engine: &Engine<HeaderValue>, lines: &[(&'static str, &str)], method: &str) -> HeaderMap {
    let headers = headers(lines);
    let mut response = HeaderMap::new();
    response.insert("access-control-allow-origin", HeaderValue::from_static("*"));
    engine.decide(&RequestParts::new(method, &headers)).headers().apply(&mut response);
    response
}

#[test]
fn without_origins_all_are_answered_alike() {
    let engine = Deployment::new(Policy::none().build().unwrap()).compile();
    let origin = ("origin", "https://app.example");
    for lines in [&[][..], &[origin]] {
        assert_eq!(vary(&engine, lines, "GET"), HeaderMap::new());
        let expected = headers(&[("vary", "Origin, Access-Control-Request-Method")]);
        assert_eq!(vary(&engine, lines, "OPTIONS"), expected);
    }
    let asked = ("access-control-request-method", "GET");
    let expected = headers(&[("cache-control", "no-store")]);
    assert_eq!(vary(&engine, &[origin, asked], "OPTIONS"), expected);
}

#[cfg(feature = "reload")]
#[test]
fn without_origins_caches_still_keep_answers_apart_where_the_policy_can_be_replaced() {
    use cors_core::PolicyHandle;

    let handle = PolicyHandle::new(Policy::none().build().unwrap());
    let engine = Deployment::from(&handle).compile();
    let expected = headers(&[("vary", "Origin")]);
    assert_eq!(vary(&engine, &[], "GET"), expected);
    assert_eq!(vary(&engine, &[("origin", "https://app.example")], "GET"), expected);
}

#[test]
fn own_origins_have_few_pairs_of_lengths_whatever_their_schemes_and_ports() {
    let label = |count: usize| "a".repeat(count);
    let patterns = |schemes: [&str; 2]| {
        let of = |n: usize| format!("{}{}-*.bank.example", schemes[n / 8], label(n + 1));
        (0..16).map(of).collect::<Vec<_>>()
    };
    for schemes in [["https://", "http://"], ["http://", "http://"]] {
        let policy = Policy::none().enforce_origins(true).own_origins(patterns(schemes));
        let errors = policy.build().unwrap_err();
        assert_eq!(errors.count(), 8, "{errors}");
        assert!(errors.iter().all(|error| error.code() == "too-many-wildcard-lengths"));
    }
}
