//! What is said of a text while it is written, and what is done with it.

use std::error::Error;

use cors_core::Policy;
use fleet::Fleet;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::running::{POLICY_FILE, Running, send};

/// What the problems are about, and what they say, cut after a few words.
fn problems<'a>(source: &'a str, answer: &'a Value) -> Vec<(&'a str, &'a str, &'a str)> {
    let problem = |problem: &'a Value| {
        let unit = |end: &str| {
            let unit = problem.pointer(&format!("/place/{end}")).and_then(Value::as_u64);
            unit.and_then(|unit| usize::try_from(unit).ok()).unwrap_or(0)
        };
        let place = source.get(unit("start")..unit("end")).unwrap_or("?");
        let message = problem["message"].as_str().unwrap_or_default();
        let message = message.split([':', ';']).next().unwrap_or_default();
        (problem["severity"].as_str().unwrap_or_default(), place, message)
    };
    answer["problems"].as_array().into_iter().flatten().map(problem).collect()
}

#[test]
fn problems_stand_where_their_settings_do() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    for (source, expected) in [
        ("allow_origins = ['https://a.example']", vec![]),
        (
            "enforce_origins = true\nallow_origins = ['https://a.example/', \"null\"]\nmax_age = 90000",
            vec![
                ("error", "'https://a.example/'", "allow_origins[0] \"https"),
                ("error", "\"null\"", "allow_origins[1] \"null\""),
                ("error", "max_age = 90000", "max_age 90000"),
            ],
        ),
        (
            "[[rules]]\nallow_origins = ['https://a.example']\n[[rules]]\nallow_origins = ['https://b.example']\n'al.low' = 1\n",
            vec![("error", "'al.low' = 1", "rules[1].\"al.low\"")],
        ),
        (
            "allow_methods = [\n  'patch',\n]\nallow_origins = ['*']",
            vec![("warning", "'patch'", "allow_methods[0] \"patch\"")],
        ),
        ("allow_methods = ['PUT']", vec![("error", "", "allow_origins")]),
        (
            "allow_origins = ",
            vec![("error", "", "string values must be quoted, expected literal string")],
        ),
    ] {
        let (status, answer) = running.post("/check", &json!({ "source": source }))?;
        assert_eq!(status, 200);
        assert_eq!(problems(source, &answer), expected, "{source}");
    }
    // Places are counted as JavaScript counts.
    let (_, answer) = running
        .post("/check", &json!({ "source": "# 𝄞\nallow_origins = ['*', 'https://a.example']" }))?;
    assert_eq!(answer["problems"][0]["place"], json!({ "start": 22, "end": 25 }));
    Ok(())
}

#[test]
fn a_long_text_full_of_problems_is_answered_with_the_first_ones() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let many = 100_000;
    for (source, total, severity) in [
        ("[[rules]]\n".repeat(many / 10), many / 10, "error"),
        (
            (0..many / 20).map(|n| format!("key{n:06} = 1000000\n")).collect(),
            many / 20 + 1,
            "error",
        ),
        (format!("allow_origins = [{}]", "'a',".repeat(many / 4)), many / 4, "error"),
        (
            format!("allow_origins = [{}]", "'https://a.example',".repeat(many / 20)),
            many / 20 - 1,
            "warning",
        ),
        (
            format!("allow_origins = ['*']\nallow_headers = [{}]", "'x-a',".repeat(many / 6)),
            many / 6 - 1,
            "warning",
        ),
    ] {
        let (status, answer) = running.post("/check", &json!({ "source": source }))?;
        let start = source.get(..40).unwrap_or(&source);
        assert_eq!((status, &answer["total"]), (200, &json!(total)), "{start}");
        let problems = problems(&source, &answer);
        assert_eq!(problems.len(), 50, "{start}");
        assert!(problems.iter().all(|problem| problem.0 == severity), "{start}");
        let is_known = severity == "warning";
        let status = running.post("/policy", &json!({ "source": source }))?.0;
        assert_eq!(status, if is_known { 200 } else { 422 }, "{start}");
    }
    Ok(())
}

#[test]
fn a_policy_that_is_replaced_governs_all_four_servers() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let put = "access-control-request-method: PUT";
    let asks = |origin: &str| running.ask("OPTIONS /items/1", &[origin, put]);
    assert_eq!(asks("origin: https://new.example")?.status, 403);

    let source =
        "# Only this one\nallow_origins = ['https://new.example']\nallow_methods = ['PUT']\n";
    let (status, in_force) = running.post("/policy", &json!({ "source": source }))?;
    assert_eq!(
        (status, &in_force["source"], &in_force["warnings"]),
        (200, &source.into(), &json!({ "problems": [], "total": 0 }))
    );
    let answer = asks("origin: https://new.example")?;
    assert_eq!(answer.status, 204);
    assert!(answer.cors.contains(&"access-control-allow-origin: https://new.example".into()));
    assert_eq!(asks("origin: http://localhost:8080")?.status, 403);

    // One that is not valid changes nothing.
    let (status, answer) = running.post("/policy", &json!({ "source": "max_age = 600" }))?;
    assert_eq!((status, problems("", &answer).len()), (422, 1));
    assert_eq!(asks("origin: https://new.example")?.status, 204);
    assert_eq!(running.get("/policy")?["source"], source);

    let (_, in_force) = running.post("/policy", &json!({ "source": "allow_origins = ['*']" }))?;
    let [port, other] = running.ports()?;
    let origins = [
        format!("http://localhost:{port}"),
        format!("http://localhost:{other}"),
        format!("http://app.localhost:{port}"),
        format!("http://127.0.0.1:{port}"),
        "null".to_owned(),
    ];
    assert_eq!(in_force["allows"], json!(origins));

    // The stories have their own.
    let story = "GET /stories/koa/3-credentials/items";
    assert_eq!(running.ask(story, &["origin: http://localhost:8080"])?.cors.len(), 3);
    Ok(())
}

#[test]
fn a_policy_is_shown_as_it_was_written() -> Result<(), Box<dyn Error>> {
    let source = std::fs::read_to_string(POLICY_FILE)?;
    let runtime = Runtime::new()?;
    let policy = Policy::from_path(POLICY_FILE)?;
    let fleet = runtime.block_on(Fleet::start_with_source(policy, source.clone(), 0))?;
    let port = fleet.pages()[0].rsplit(':').next().unwrap_or_default().parse()?;
    let response = send(([127, 0, 0, 1], port).into(), "GET /policy", &[])?;
    let in_force: Value = serde_json::from_str(&response.body)?;
    assert_eq!(in_force["source"], source);
    Ok(())
}
