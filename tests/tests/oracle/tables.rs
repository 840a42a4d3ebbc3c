//! Single algorithms: the CORS check, the preflight check, exposed headers, safelists.

use libtest_mimic::{Failed, Trial};
use serde::Deserialize;
use tests::oracle::{
    Credentials, HeaderList, cors_check, exposed_headers, is_cors_safelisted, preflight_check,
    prepare, unsafe_request_header_names,
};
use tests::{Head, Request, latin1, latin1_bytes};

use crate::{require, text, trial, well_formed};

#[derive(Deserialize)]
struct Table<T> {
    case: Vec<T>,
}

#[derive(Deserialize)]
struct CorsCheck {
    name: String,
    credentials: Credentials,
    origin: String,
    response: Head,
    passes: bool,
}

#[derive(Deserialize)]
struct PreflightCheck {
    name: String,
    credentials: Credentials,
    request: Request,
    response: Head,
    fails: Option<String>,
}

#[derive(Deserialize)]
struct ExposedHeaders {
    response: Head,
    case: Vec<Exposed>,
}

#[derive(Deserialize)]
struct Exposed {
    name: String,
    credentials: Credentials,
    expose: Vec<String>,
    visible: Vec<String>,
}

#[derive(Deserialize)]
struct Safelists {
    safelisted: String,
    needs_permission: String,
    together: Vec<Together>,
}

#[derive(Deserialize)]
struct Together {
    name: String,
    headers: String,
    names: Vec<String>,
}

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    let table: Table<CorsCheck> =
        well_formed(toml::from_str(include_str!("../../data/oracle/cors_check.toml")));
    for case in table.case {
        trials.push(trial("cors_check", &case.name.clone(), move || {
            let response = text::response(&case.response);
            let passes = cors_check(&latin1_bytes(&case.origin), case.credentials, &response);
            require(&passes, &case.passes)
        }));
    }
    let table: Table<PreflightCheck> =
        well_formed(toml::from_str(include_str!("../../data/oracle/preflight_check.toml")));
    for case in table.case {
        trials.push(trial("preflight_check", &case.name.clone(), move || case.run()));
    }
    let table: ExposedHeaders =
        well_formed(toml::from_str(include_str!("../../data/oracle/exposed_headers.toml")));
    for case in table.case {
        let mut response = table.response.clone();
        trials.push(trial("exposed_headers", &case.name.clone(), move || {
            let lines = case.expose.into_iter();
            let lines = lines.map(|line| ("access-control-expose-headers".into(), line));
            response.headers.extend(lines);
            let visible = exposed_headers(case.credentials, &text::response(&response));
            require(&text::names(&visible), &case.visible)
        }));
    }
    let safelists: Safelists =
        well_formed(toml::from_str(include_str!("../../data/oracle/safelists.toml")));
    for (lines, expected) in [(safelists.safelisted, true), (safelists.needs_permission, false)] {
        for (name, value) in header_lines(&lines).iter() {
            let (name, value) = (name.to_vec(), value.to_vec());
            let title = format!("{}: {:.20}", latin1(&name), value.escape_ascii().to_string());
            trials.push(trial("safelists", &title, move || {
                require(&is_cors_safelisted(&name, &value), &expected)
            }));
        }
    }
    for case in safelists.together {
        trials.push(trial("safelists", &case.name.clone(), move || {
            let names = unsafe_request_header_names(&header_lines(&case.headers));
            let names: Vec<_> = names.iter().map(|name| latin1(name)).collect();
            require(&names, &case.names)
        }));
    }
    trials
}

impl PreflightCheck {
    fn run(&self) -> Result<(), Failed> {
        let page = text::page("https://app.example");
        let request = text::fetch_request(page, &self.request)?;
        let prepared = prepare(&request, "en").ok_or("throws")?;
        let response = text::response(&self.response);
        let result =
            preflight_check(b"https://app.example", self.credentials, &prepared, &response);
        require(&result.err().as_ref().map(text::preflight_failure), &self.fails)
    }
}

/// Lines whose values keep the whitespace they have.
fn header_lines(text: &str) -> HeaderList {
    let long = "s".repeat(128);
    let line = |line: &str| {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value).replace("LONG", &long);
        (latin1_bytes(name), latin1_bytes(&value))
    };
    text.lines().map(line).collect()
}
