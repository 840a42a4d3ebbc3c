//! Whole fetches: what is sent, and how it ends.

use std::time::Duration;

use cors_core::explain::PreflightCache;
use libtest_mimic::{Failed, Trial};
use serde::Deserialize;
use tests::oracle::{
    Body, Browser, Credentials, FetchRequest, HeaderList, HttpRequest, HttpResponse, Mode, Outcome,
    RedirectMode, ReferrerPolicy, Verdict,
};
use tests::{Head, Request, latin1, model};

use crate::{require, text, trial, well_formed};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenarios {
    scenario: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    fetch: Vec<Fetch>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fetch {
    #[serde(default)]
    after: u64,
    #[serde(default = "usual_page")]
    page: String,
    request: Request,
    /// The type of the body, or `stream`.
    body: Option<String>,
    #[serde(default)]
    mode: Mode,
    #[serde(default)]
    credentials: Credentials,
    #[serde(default)]
    redirect: RedirectMode,
    #[serde(default)]
    referrer_policy: ReferrerPolicy,
    #[serde(default)]
    upload_listener: bool,
    /// Whether an element asks, not a script.
    #[serde(default)]
    element: bool,
    #[serde(default)]
    responses: Vec<Head>,
    #[serde(default)]
    sent: Vec<Request>,
    outcome: String,
    visible: Option<Vec<String>>,
}

fn usual_page() -> String {
    "https://page.example".into()
}

pub(crate) fn trials() -> Vec<Trial> {
    let files = [
        ("fetches", include_str!("../../data/oracle/fetches.toml")),
        ("preflight_cache", include_str!("../../data/oracle/preflight_cache.toml")),
    ];
    let mut trials = Vec::new();
    for (table, file) in files {
        let file = file.replace("LONG", &"s".repeat(128));
        let scenarios: Scenarios = well_formed(toml::from_str(&file));
        for scenario in scenarios.scenario {
            let name = scenario.name.clone();
            trials.push(trial(table, &name, move || {
                let (mut browser, mut cache) = (Browser::default(), PreflightCache::default());
                scenario.fetch.iter().try_for_each(|fetch| {
                    let verdict = fetch.run(&mut browser)?;
                    fetch.run_model(&mut cache, &verdict)
                })
            }));
        }
    }
    trials
}

impl Fetch {
    fn request(&self) -> Result<FetchRequest, Failed> {
        let mut request = text::fetch_request(text::page(&self.page), &self.request)?;
        request.mode = self.mode;
        request.credentials = self.credentials;
        request.redirect = self.redirect;
        request.referrer_policy = self.referrer_policy;
        request.upload_listener = self.upload_listener;
        request.unsafe_request = !self.element;
        request.body = match self.body.as_deref() {
            None => Body::None,
            Some("stream") => Body::Stream,
            Some(content_type) => Body::Known(Some(content_type.into())),
        };
        Ok(request)
    }

    fn run(&self, browser: &mut Browser) -> Result<Verdict, Failed> {
        browser.now += self.after;
        let request = self.request()?;
        let mut responses = self.responses.iter();
        let mut server = |_: &HttpRequest| match responses.next() {
            Some(head) => text::response(head),
            None => HttpResponse { status: 599, headers: HeaderList::default() },
        };
        let verdict = browser.fetch(&request, &mut server);

        let sent: Vec<_> = verdict.sent.iter().map(sent_head).collect();
        require(&sent, &self.sent.iter().map(expected_head).collect())?;
        require(&text::outcome(&verdict.outcome), &self.outcome)?;
        require(&responses.len(), &0)?;
        if let (Some(visible), Outcome::Response { headers, .. }) =
            (&self.visible, &verdict.outcome)
        {
            require(&text::names(headers), visible)?;
        }
        Ok(verdict)
    }

    /// The library's browser does the same, as far as it can express the request.
    fn run_model(&self, cache: &mut PreflightCache, verdict: &Verdict) -> Result<(), Failed> {
        cache.advance(Duration::from_secs(self.after));
        let mut responses = self.responses.iter();
        let mut server = |_: &HttpRequest| match responses.next() {
            Some(head) => text::response(head),
            None => HttpResponse { status: 599, headers: HeaderList::default() },
        };
        match model::fetch(&self.request()?, cache, &mut server) {
            Some(of_model) => Ok(model::compare(verdict, &of_model)?),
            None => Ok(()),
        }
    }
}

type SentHead = (String, Vec<(String, String)>);

/// The request line and the headers that a browser does not add to every request.
fn sent_head(request: &HttpRequest) -> SentHead {
    let own = |(name, value): (&[u8], &[u8])| (latin1(name), latin1(value));
    let mut headers: Vec<_> = request.headers.iter().map(own).collect();
    headers.retain(|(name, value)| {
        !name.starts_with("Sec-Fetch-") && name != "Accept-Language" && value != "*/*"
    });
    head(latin1(&request.method), request.url.as_str(), headers)
}

fn expected_head(request: &Request) -> SentHead {
    head(request.method.clone(), &request.path, request.headers.clone())
}

fn head(method: String, url: &str, mut headers: Vec<(String, String)>) -> SentHead {
    for (name, _) in &mut headers {
        name.make_ascii_lowercase();
    }
    headers.sort_by(|(one, _), (other, _)| one.cmp(other));
    (format!("{method} {url}"), headers)
}
