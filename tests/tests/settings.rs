//! A policy in an application's own settings, read by the crates `config` and `figment` from a file
//! and from environment variables.

#![expect(clippy::expect_used, reason = "a test that panics has failed")]

use std::collections::BTreeMap;
use std::env;
use std::process::Command;

use config::{Config, Environment, File, FileFormat};
use cors_core::{Policy, PolicyConfig};
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The variable that names a case to a process that has the variables of the case.
const CASE: &str = "SETTINGS_CASE";

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    file: String,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    reader: Option<Reader>,
    differs: Option<String>,
    policy: Option<String>,
    invalid: Option<String>,
    error: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Reader {
    Config,
    Figment,
}

#[derive(Debug, Deserialize, Serialize)]
struct Settings<T> {
    cors: T,
}

/// The settings of a policy without this library.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct ByHand {
    enforce_origins: bool,
    allow_origins: Vec<String>,
    allow_credentials: bool,
    allow_methods: Vec<String>,
    allow_headers: Vec<String>,
    expose_headers: Vec<String>,
    max_age: Option<u64>,
}

impl From<PolicyConfig> for ByHand {
    fn from(config: PolicyConfig) -> Self {
        let rule = config.rules.into_iter().next().unwrap_or_default();
        Self {
            enforce_origins: config.enforce_origins,
            allow_origins: rule.allow_origins,
            allow_credentials: rule.allow_credentials,
            allow_methods: rule.allow_methods,
            allow_headers: rule.allow_headers,
            expose_headers: rule.expose_headers,
            max_age: rule.max_age.and_then(|seconds| seconds.try_into().ok()),
        }
    }
}

impl Reader {
    /// Reads the settings, or returns what is wrong with those under `cors`.
    fn read<T: DeserializeOwned>(self, case: &Case) -> Result<T, String> {
        match self {
            Self::Config => with_config(case),
            // In a process that has the variables of the case.
            Self::Figment => with_figment(case),
        }
    }
}

fn with_config<T: DeserializeOwned>(case: &Case) -> Result<T, String> {
    let variables = case.variables.clone().into_iter().collect();
    let environment = Environment::with_prefix("APP").separator("__").source(Some(variables));
    let settings = Config::builder()
        .add_source(File::from_str(&case.file, FileFormat::Toml))
        .add_source(environment)
        .build()
        .expect("settings");
    let settings: Result<Settings<T>, _> = settings.try_deserialize();
    settings.map(|settings| settings.cors).map_err(|error| {
        let error = error.to_string();
        error.strip_suffix(" for key `cors`").unwrap_or(&error).to_owned()
    })
}

fn with_figment<T: DeserializeOwned>(case: &Case) -> Result<T, String> {
    let settings = Figment::new()
        .merge(Toml::string(&case.file))
        .merge(Env::prefixed("APP__").split("__"))
        .extract::<Settings<T>>();
    settings.map(|settings| settings.cors).map_err(|error| {
        let error = error.to_string();
        let message = error.rsplit_once(" for key ").filter(|(_, place)| {
            place.starts_with("\"CORS\" in `APP__`") || place.starts_with("\"default.cors\" in ")
        });
        message.map_or(error.as_str(), |(message, _)| message).to_owned()
    })
}

fn check(case: &Case, reader: Reader) {
    let name = &case.name;
    let read = reader.read::<PolicyConfig>(case);
    let parse = |policy: &String| toml::from_str::<PolicyConfig>(policy).expect("a policy");
    let expected = case.policy.as_ref().map(parse);
    assert_eq!(read.as_ref().ok(), expected.as_ref(), "{name}: {read:?}");
    assert_eq!(read.as_ref().err().map(|error| sorted(error)), case.error.as_deref().map(sorted));

    let config = read.ok();
    let by_hand = reader.read::<ByHand>(case).ok();
    let differs = by_hand.is_some() && by_hand != config.clone().map(ByHand::from);
    match reader {
        Reader::Config => assert_eq!(differs, case.differs.is_some(), "{name}: {by_hand:?}"),
        Reader::Figment => assert!(!differs || case.differs.is_some(), "{name}: {by_hand:?}"),
    }

    let policy =
        config.map(|config| Policy::try_from(config).map_err(|error| error.within("cors")));
    let errors = policy.and_then(Result::err).map(|errors| errors.to_string());
    assert_eq!(errors.as_deref(), case.invalid.as_deref().map(str::trim), "{name}");
}

fn sorted(lines: &str) -> Vec<&str> {
    let mut lines: Vec<_> = lines.lines().collect();
    lines.sort_unstable();
    lines
}

fn cases(reader: Reader) -> impl Iterator<Item = Case> {
    let table: Table = toml::from_str(include_str!("../data/settings.toml")).expect("cases");
    table.case.into_iter().filter(move |case| case.reader.is_none_or(|only| only == reader))
}

#[test]
fn config_reads_policies() {
    cases(Reader::Config).for_each(|case| check(&case, Reader::Config));
}

/// `figment` reads the environment of the process, so each case has its own process.
#[test]
fn figment_reads_policies() {
    let name = env::var(CASE).ok();
    for case in cases(Reader::Figment) {
        if name.as_ref() == Some(&case.name) {
            return check(&case, Reader::Figment);
        }
        if name.is_none() {
            let mut process = Command::new(env::current_exe().expect("this test"));
            process.args(["--exact", "figment_reads_policies"]);
            let output = process.env(CASE, &case.name).envs(&case.variables).output();
            let output = output.expect("a process");
            let output = String::from_utf8_lossy(&output.stdout);
            assert!(output.contains("1 passed"), "{output}");
        }
    }
    assert_eq!(name, None, "a case of this name");
}

/// Both crates can take the defaults from a structure.
#[test]
fn defaults_in_code_are_overridden() {
    let policy = Policy::builder().allow_origins(["https://one.example"]).build().unwrap();
    let defaults = Settings { cors: policy.to_config() };
    let variables = [("APP__CORS__MAX_AGE".to_owned(), "60".to_owned())];
    let with_config: Settings<PolicyConfig> = Config::builder()
        .add_source(Config::try_from(&defaults).unwrap())
        .add_source(Environment::with_prefix("APP").separator("__").source(Some(variables.into())))
        .build()
        .and_then(Config::try_deserialize)
        .unwrap();
    let with_figment: Settings<PolicyConfig> = Figment::from(Serialized::defaults(&defaults))
        .merge(("cors.max_age", "60"))
        .extract()
        .unwrap();
    for read in [with_config, with_figment] {
        let [rule] = read.cors.rules.as_slice() else { panic!("one rule") };
        assert_eq!(rule.allow_origins, ["https://one.example"]);
        assert_eq!(rule.max_age, Some(60));
    }
}
