//! What the chapter of recipes promises: each policy is built, and every framework is asked about
//! origins under it. `tests/data/recipes.toml` has the origins.

#![expect(clippy::expect_used, reason = "a test that panics has failed")]

use std::collections::BTreeMap;

use bytes::Bytes;
use cors_core::{Origin, Policy, PolicyConfig};
use http::{Method, Request, Response, header};
use serde::Deserialize;
use tests::{Adapter, Mount, PATH, Route, adapters};

const PAGE: &str = include_str!("../../cors-core/docs/recipes.md");

#[derive(Deserialize)]
struct Data {
    recipe: Vec<Recipe>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    name: String,
    #[serde(default)]
    credentials: bool,
    allowed: Vec<String>,
    refused: Vec<String>,
}

fn recipes() -> Vec<Recipe> {
    let data: Data = toml::from_str(include_str!("../data/recipes.toml")).expect("recipes");
    data.recipe
}

/// The policies of the page, by the name in the comment of their first line.
fn policies() -> BTreeMap<&'static str, &'static str> {
    let blocks = PAGE.split("```toml\n").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split_once("```").map(|(block, _)| block));
    let named = blocks.map(|block| {
        let name = block.lines().next().and_then(|line| line.strip_prefix("# "));
        (name.expect("a policy begins with its name"), block)
    });
    named.collect()
}

fn policy(text: &str) -> Result<Policy, Vec<String>> {
    let config: PolicyConfig = toml::from_str(text).expect("a policy in TOML");
    Policy::try_from(config)
        .map_err(|errors| errors.iter().map(|error| error.code().to_owned()).collect())
}

fn warnings(policy: &Policy) -> Vec<String> {
    policy.lints().iter().map(|lint| lint.code().to_owned()).collect()
}

fn ask(adapter: &dyn Adapter, policy: &Policy, origin: &str, method: Method) -> Response<Bytes> {
    let mount = Mount {
        prefix: String::new(),
        deployment: policy.clone().into(),
        asked: None,
        twice: false,
        routes: vec![Route::replying(PATH)],
    };
    let mut request = Request::builder().uri(PATH).header(header::ORIGIN, origin);
    if method == Method::OPTIONS {
        request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET");
    }
    let request = request.method(method).body(Bytes::new()).expect("a request");
    adapter.send(mount, request)
}

#[test]
fn every_policy_of_the_page_is_asked_about_origins() {
    let names: Vec<_> = recipes().into_iter().map(|recipe| recipe.name).collect();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(sorted, policies().into_keys().collect::<Vec<_>>());
}

#[test]
fn every_framework_answers_as_the_recipes_say() {
    let policies = policies();
    for Recipe { name, credentials, allowed, refused } in recipes() {
        let policy = policy(policies[name.as_str()]).expect("a valid policy");
        assert_eq!(policy.lints(), [], "{name}");
        let origins = allowed.iter().map(|origin| (origin, true));
        let origins = origins.chain(refused.iter().map(|origin| (origin, false)));
        for (origin, is_allowed) in origins {
            for adapter in adapters::ALL {
                let place = format!("{name}, {}: {origin}", adapter.name());
                for (method, status) in
                    [(Method::GET, 200), (Method::OPTIONS, if is_allowed { 204 } else { 403 })]
                {
                    let response = ask(adapter, &policy, origin, method);
                    assert_eq!(response.status(), status, "{place}");
                    let value = |name| response.headers().get(name).map(|value| value.as_bytes());
                    // A policy with one origin names it to everyone.
                    let allowed = value(header::ACCESS_CONTROL_ALLOW_ORIGIN);
                    assert_eq!(allowed == Some(origin.as_bytes()), is_allowed, "{place}");
                    assert_ne!(allowed, Some(&b"*"[..]), "{place}");
                    let has_cookies = value(header::ACCESS_CONTROL_ALLOW_CREDENTIALS).is_some();
                    assert!(!is_allowed || has_cookies == credentials, "{place}");
                }
            }
        }
    }
}

/// The cells of the page's tables, without the heads. The requests to the MCP server, which the page
/// begins with, are tested beside that server, in `examples/mcp`.
fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    let (_, page) = PAGE.split_once("## Browser extensions\n").expect("a recipe");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.map(|row| row.split(" | ").collect())
}

/// The pieces of code in a text.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Whoever looks an origin up in a table wants to know what becomes of it.
#[test]
fn every_origin_in_the_tables_is_asked_about() {
    let asked: Vec<_> = recipes()
        .into_iter()
        .flat_map(|recipe| [recipe.allowed, recipe.refused].concat())
        .collect();
    let mut origins = 0;
    for origin in rows().flatten().flat_map(codes).filter(|code| !code.contains('*')) {
        if Origin::parse(origin).is_some() {
            assert!(asked.iter().any(|asked| asked == origin), "nobody asks about {origin}");
            origins += 1;
        }
    }
    assert!(origins > 20, "the tables have origins");
}

/// The table of what is refused, with the settings that its columns stand for.
#[test]
fn patterns_are_refused_as_the_table_says() {
    const SETTINGS: [&str; 3] = [
        "",
        "allow_credentials = true",
        "enforce_origins = true\nown_origins = ['https://api.example.com']",
    ];
    let (_, table) = PAGE.split_once("### What is refused\n").expect("a table");
    let mut seen = 0;
    for row in table.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")) {
        let (pattern, cells) = row.split_once("` | ").expect("a pattern");
        for (cell, settings) in cells.split(" | ").zip(SETTINGS) {
            let text = format!("allow_origins = ['{pattern}']\n{settings}");
            let answer = match policy(&text) {
                Err(codes) => format!("error `{}`", codes.join("`, `")),
                Ok(policy) => match warnings(&policy).as_slice() {
                    [] => "valid".to_owned(),
                    codes => format!("warning `{}`", codes.join("`, `")),
                },
            };
            assert_eq!(cell, answer, "{text}");
            seen += 1;
        }
    }
    assert!(seen >= 24, "the table has rows");
}
