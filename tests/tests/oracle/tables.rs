//! Single algorithms: the CORS check, the preflight check, exposed headers, safelists.

use libtest_mimic::{Failed, Trial};
use tests::latin1_bytes;
use tests::oracle::{
    cors_check, exposed_headers, is_cors_safelisted, preflight_check, prepare,
    unsafe_request_header_names,
};
use tests::oracle_tables::{CorsCheck, ExposedHeaders, PreflightCheck, Safelists};

use crate::{require, text, trial};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for case in CorsCheck::all() {
        trials.push(trial("cors_check", &case.name.clone(), move || {
            let response = text::response(&case.response);
            let passes = cors_check(&latin1_bytes(&case.origin), case.credentials, &response);
            require(&passes, &case.passes)
        }));
    }
    for case in PreflightCheck::all() {
        trials.push(trial("preflight_check", &case.name.clone(), move || check_preflight(&case)));
    }
    let table = ExposedHeaders::load();
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
    let safelists = Safelists::load();
    for ((name, value), expected) in safelists.lines() {
        let title = format!("{name}: {:.20}", value.escape_default().to_string());
        trials.push(trial("safelists", &title, move || {
            require(&is_cors_safelisted(&latin1_bytes(&name), &latin1_bytes(&value)), &expected)
        }));
    }
    for case in safelists.together {
        trials.push(trial("safelists", &case.name.clone(), move || {
            let names = unsafe_request_header_names(&text::header_list(&case.headers()));
            let names: Vec<_> = names.iter().map(|name| tests::latin1(name)).collect();
            require(&names, &case.names)
        }));
    }
    trials
}

fn check_preflight(case: &PreflightCheck) -> Result<(), Failed> {
    let page = text::page("https://app.example");
    let request = text::fetch_request(page, &case.request)?;
    let prepared = prepare(&request, "en").ok_or("throws")?;
    let response = text::response(&case.response);
    let result = preflight_check(b"https://app.example", case.credentials, &prepared, &response);
    require(&result.err().as_ref().map(text::preflight_failure), &case.fails)
}
