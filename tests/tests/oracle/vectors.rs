//! The browser's columns of `vectors.json`: its verdict, given exactly the response headers that
//! are listed there.

use libtest_mimic::{Failed, Trial};
use serde::Deserialize;
use tests::oracle::{
    Browser, Credentials, FetchRequest, HeaderList, HttpRequest, HttpResponse, Page, cors_check,
};
use tests::{HeaderLines, latin1_bytes};

use crate::{require, text, trial, well_formed};

#[derive(Clone, Deserialize)]
struct Vector {
    id: String,
    request_headers: HeaderLines,
    decision: String,
    response_headers: HeaderLines,
    browser_omit: String,
    browser_include: String,
}

pub(crate) fn trials() -> Vec<Trial> {
    let vectors: Vec<Vector> =
        well_formed(serde_json::from_str(include_str!("../../data/vectors.json")));
    let mut trials = Vec::new();
    for vector in vectors {
        for (mode, credentials, verdict) in [
            ("omit", Credentials::Omit, vector.browser_omit.clone()),
            ("include", Credentials::Include, vector.browser_include.clone()),
        ] {
            // Not an exchange that a browser could have.
            if verdict == "·" {
                continue;
            }
            let (name, vector) = (format!("{}_{mode}", vector.id), vector.clone());
            trials.push(trial("vectors", &name, move || vector.run(credentials, &verdict)));
        }
    }
    trials
}

impl Vector {
    fn run(&self, credentials: Credentials, verdict: &str) -> Result<(), Failed> {
        let origin = latin1_bytes(self.requested("Origin").next().ok_or("has no Origin")?);
        let headers = text::header_list(&self.response_headers);
        let allows = match self.decision.as_str() {
            "actual" => {
                let response = HttpResponse { status: 200, headers };
                cors_check(&origin, credentials, &response)
            }
            "preflight_ok" => self.fetch(origin, credentials, 204, headers)?,
            "preflight_denied" => self.fetch(origin, credentials, 403, headers)?,
            other => return Err(format!("a browser has no verdict on {other}").into()),
        };
        require(&allows, &(verdict == "✓"))
    }

    /// A fetch that takes this preflight, if there is one, with a response that is readable.
    fn fetch(
        &self,
        origin: Vec<u8>,
        credentials: Credentials,
        status: u16,
        headers: HeaderList,
    ) -> Result<bool, Failed> {
        let page = match origin.as_slice() {
            b"null" => Page::Opaque,
            _ => Page::Tuple(origin.clone()),
        };
        let mut request = FetchRequest::new(page, "https://target.example/".parse()?);
        request.credentials = credentials;
        let method = self.requested("Access-Control-Request-Method").next().unwrap_or_default();
        request.method = method.into();
        let lines = self.requested("Access-Control-Request-Headers");
        for name in lines.flat_map(|line| line.split(',')).map(str::trim) {
            if !name.is_empty() {
                // No header is safelisted with this value.
                request.headers.append(latin1_bytes(name), b"\"");
            }
        }
        // So that safelisted methods take a preflight too.
        request.upload_listener =
            ["GET", "HEAD", "POST"].iter().any(|name| method.eq_ignore_ascii_case(name));

        let mut server = |request: &HttpRequest| {
            if request.is_preflight {
                return HttpResponse { status, headers: headers.clone() };
            }
            let readable = [
                (&b"Access-Control-Allow-Origin"[..], origin.as_slice()),
                (b"Access-Control-Allow-Credentials", b"true"),
            ];
            HttpResponse { status: 200, headers: readable.into_iter().collect() }
        };
        Ok(Browser::default().fetch(&request, &mut server).is_readable())
    }

    fn requested<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.request_headers.iter();
        let named = lines.filter(move |(line, _)| line.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }
}
