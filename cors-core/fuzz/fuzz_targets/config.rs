//! A file gives a policy or an error, and the data of a policy gives it again.

#![no_main]

use cors_core::{Policies, Policy, PolicyConfig, PolicyFormat};

libfuzzer_sys::fuzz_target!(|text: &str| {
    match Policies::from_reader(text.as_bytes(), Some(PolicyFormat::Toml), "policy.toml") {
        Ok(policies) => {
            for lint in policies.lints() {
                assert!(!lint.to_string().is_empty());
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let Ok(config) = toml::from_str::<PolicyConfig>(text) else { return };
    for lint in config.lints() {
        assert!(!lint.to_string().is_empty());
    }
    match Policy::try_from(config) {
        Ok(policy) => {
            let config = policy.to_config();
            let text = toml::to_string(&config).expect("a policy can be written");
            assert_eq!(toml::from_str::<PolicyConfig>(&text).expect("and read"), config);
            assert_eq!(Policy::try_from(config).expect("and built"), policy);
            for lint in policy.lints() {
                assert!(!lint.to_string().is_empty());
            }
        }
        Err(errors) => assert!(!errors.to_string().is_empty()),
    }
});
