//! Policies that are offered to a handle as text.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::io::{self, Write};
use std::sync::mpsc::{Sender, channel};

use cors_core::adapter::RequestParts;
use cors_core::{Deployment, LoadError, Offered, Policy, PolicyFormat, PolicyHandle};
use http::{HeaderMap, HeaderValue, header};

const APP: &str = "https://app.example";

fn handle() -> PolicyHandle {
    PolicyHandle::new(Policy::builder().allow_origins([APP]).build().unwrap())
}

fn refuse(text: &str, format: PolicyFormat) -> LoadError {
    let handle = handle();
    let before = handle.policy();
    let error = handle.offer(text, format).unwrap_err();
    assert_eq!(handle.policy(), before);
    error
}

#[test]
fn a_valid_policy_of_each_format_replaces_the_old_one() {
    for (text, format) in [
        ("allow_origins = ['https://b.example']", PolicyFormat::Toml),
        (r#"{"allow_origins": ["https://b.example"]}"#, PolicyFormat::Json),
        ("allow_origins: [https://b.example]", PolicyFormat::Yaml),
    ] {
        let handle = handle();
        assert_eq!(handle.offer(text, format).unwrap(), Offered::Replaced, "{text}");
        assert!(handle.policy().allows_origin("https://b.example"), "{text}");
        assert!(!handle.policy().allows_origin(APP), "{text}");
        assert_eq!(handle.offer(text, format).unwrap(), Offered::Unchanged, "{text}");
    }
}

#[test]
fn an_invalid_policy_leaves_the_old_one_in_force() {
    let error = refuse("allow_origins = ['https://b.example/']\nmax_age = '1'", PolicyFormat::Toml);
    assert_eq!(
        error.to_string(),
        "<offered policy>:2:1: max_age \"1\": this setting is a whole number of seconds; write 1\n\
         <offered policy>:1:18: allow_origins[0] \"https://b.example/\": an origin has no path; write \"https://b.example\""
    );
    let error = refuse("allow_origins: [", PolicyFormat::Json).to_string();
    assert_eq!(error.lines().next(), Some("<offered policy>: line 1, column 1: expected value"));
    let error = refuse("[policies.a]\nallow_origins = ['*']", PolicyFormat::Toml);
    assert_eq!(error.to_string(), "<offered policy>: the policies have names; choose one of a");
    let error = refuse("", PolicyFormat::Toml).to_string();
    assert!(error.starts_with("<offered policy>: allow_origins: no origin is allowed"), "{error}");
    let error = refuse("\0", PolicyFormat::Toml).to_string();
    assert!(error.starts_with("<offered policy>: byte 0 is NUL"), "{error}");
    assert!(matches!(
        refuse(&"#".repeat(17 << 20), PolicyFormat::Toml),
        LoadError::Read { error, .. } if error.kind() == io::ErrorKind::FileTooLarge
    ));
}

/// Sends what is logged.
struct Log(Sender<String>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.send(String::from_utf8_lossy(bytes).trim_end().to_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn replacements_refusals_and_lints_are_events() {
    let (sender, log) = channel();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .without_time()
        .with_writer(move || Log(sender.clone()))
        .finish();
    let handle = handle();
    let offer = |text| handle.offer(text, PolicyFormat::Toml);
    tracing::subscriber::with_default(subscriber, || {
        let text = "allow_origins = ['*']\nallow_methods = ['patch']";
        assert_eq!(offer(text).unwrap(), Offered::Replaced);
        assert_eq!(offer(text).unwrap(), Offered::Unchanged);
        offer("allow_origins = ['*', '*/']").unwrap_err();
    });
    let lines: Vec<_> = log.try_iter().collect();
    let [replaced, lint, refused] = lines.as_slice() else { panic!("{lines:?}") };
    let version = handle.policy().version();
    assert_eq!(*replaced, format!(" INFO cors: policy replaced version={version}"));
    assert!(lint.starts_with(" WARN cors: allow_methods[0] \"patch\": "), "{lint}");
    let start = "ERROR cors: the old policy stays in force error=<offered policy>:1:";
    assert!(refused.starts_with(start), "{refused}");
}

/// Replacements by several threads happen one after the other.
#[test]
fn of_equal_offers_one_replaces_the_policy() {
    let handle = handle();
    let engine = Deployment::from(&handle).compile::<HeaderValue>();
    let offers = std::thread::scope(|scope| {
        let offer = || handle.offer("allow_origins = ['*']", PolicyFormat::Toml).unwrap();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(offer)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(offers.iter().filter(|offered| **offered == Offered::Replaced).count(), 1);
    let request = HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_static(APP))]);
    let mut response = HeaderMap::new();
    engine.decide(&RequestParts::new("GET", &request)).headers().apply(&mut response);
    assert_eq!(response["access-control-allow-origin"], "*");
}
