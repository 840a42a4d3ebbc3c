//! What becomes of a request, and what to write.

use std::error::Error;

use serde_json::{Value, json};

use crate::running::Running;

#[test]
fn a_request_is_explained_with_what_to_write() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let source = "# The shop\nallow_origins = ['https://a.example'] # its pages\nallow_methods = [\"PUT\"]\n";
    assert_eq!(running.post("/policy", &json!({ "source": source }))?.0, 200);
    let explain = |mount: &str, origin: &str, method: &str| {
        running.post("/explain", &json!({
            "mount": mount,
            "origin": origin,
            "requests": [{ "method": method, "headers": [["x-a", "1"]], "reads": ["date", "Content-Type"], "amends": true }],
        }))
    };
    let (status, answer) = explain("", "https://b.example", "PUT")?;
    let explanation = &answer[0];
    assert_eq!(status, 200);
    assert_eq!(explanation["is_allowed"], false);
    let request = "OPTIONS\r\norigin: https://b.example\r\naccess-control-request-method: PUT\r\naccess-control-request-headers: x-a";
    assert_eq!(explanation["preflight"]["request"], request);
    let response = explanation["preflight"]["response"].as_str().unwrap_or_default();
    assert!(response.starts_with("403\r\n") && response.contains("\r\nvary: "), "{response}");
    assert_eq!(explanation["actual"], Value::Null);
    assert_eq!(explanation["refusal"], "no rule allows this origin");
    assert_eq!(explanation["steps"][1]["passed"], false);
    assert_eq!(explanation["changes"][1]["line"], r#"allow_headers = ["x-a"]"#);
    let amended = "# The shop\nallow_origins = [\"https://a.example\", \"https://b.example\"] # its pages\nallow_methods = [\"PUT\"]\nallow_headers = [\"x-a\"]\n";
    assert_eq!(explanation["amended"], amended);

    assert_eq!(running.post("/policy", &json!({ "source": amended }))?.0, 200);
    let (_, answer) = explain("", "https://b.example", "PUT")?;
    assert_eq!(answer[0]["is_allowed"], true);
    assert_eq!(answer[0]["changes"], json!([]));
    assert_eq!(answer[0]["readable"], json!(["Content-Type"]));

    let (_, answer) = explain("", "http://b.example", "PUT")?;
    let miss = "same host, other scheme: allow_origins[1] is \"https://b.example\"";
    assert_eq!(answer[0]["closest_pattern"], miss);

    let (_, answer) = explain("", "null", "PUT")?;
    assert_eq!(answer[0]["amended"], Value::Null);
    assert!(answer[0]["no_change"].as_str().is_some_and(|text| text.starts_with("null is ")));

    let (_, answer) = explain("/stories/koa/1-blocked", "https://b.example", "GET")?;
    assert_eq!(answer[0]["verdict"], "there is no CORS layer");
    let (_, answer) = explain("/stories/express/2-preflight-answered", "https://b.example", "GET")?;
    assert_eq!(answer[0]["changes"][0]["path"], "allow_origins");
    assert_eq!(answer[0]["amended"], Value::Null);
    Ok(())
}

#[test]
fn a_rule_of_several_is_amended_in_its_place() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let source = "[[rules]]\nallow_origins = ['https://a.example']\n\n[[rules]]\nallow_origins = ['https://b.example']\n";
    assert_eq!(running.post("/policy", &json!({ "source": source }))?.0, 200);
    let request = json!({ "method": "PUT", "amends": true });
    let (_, answer) = running.post(
        "/explain",
        &json!({ "mount": "", "origin": "https://a.example", "requests": [request] }),
    )?;
    let amended = source.replacen("example']\n", "example']\nallow_methods = [\"PUT\"]\n", 1);
    assert_eq!(answer[0]["amended"], amended);

    // Each rule is tried, so a policy with very many is left alone.
    let rule = |n| format!("[[rules]]\nallow_origins = ['https://a{n}.example']\n");
    for (rules, is_tried) in [(100, true), (101, false)] {
        let source: String = (0..rules).map(rule).collect();
        assert_eq!(running.post("/policy", &json!({ "source": source }))?.0, 200);
        let (_, answer) = running.post(
            "/explain",
            &json!({ "mount": "", "origin": "https://b.example", "requests": [request] }),
        )?;
        assert_eq!(answer[0]["amended"].is_string(), is_tried, "{rules}");
        assert_eq!(answer[0]["no_change"].is_null(), is_tried, "{rules}");
    }
    Ok(())
}

#[test]
fn a_public_policy_stays_public_when_a_page_gets_credentials() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let source = "allow_origins = ['*']\nallow_headers = ['x-a']\n";
    assert_eq!(running.post("/policy", &json!({ "source": source }))?.0, 200);
    let explain = |origin: &str, credentials: bool| {
        let request = json!({ "method": "GET", "credentials": credentials, "amends": true });
        running.post("/explain", &json!({ "mount": "", "origin": origin, "requests": [request] }))
    };
    let (_, answer) = explain("https://a.example", true)?;
    assert_eq!(answer[0]["is_allowed"], false);
    let amended = &answer[0]["amended"];
    assert_eq!(running.post("/policy", &json!({ "source": amended }))?.0, 200, "{amended}");
    assert_eq!(explain("https://a.example", true)?.1[0]["is_allowed"], true);
    assert_eq!(explain("https://b.example", false)?.1[0]["is_allowed"], true);
    Ok(())
}

/// The settings of the policy as a whole stay where they are when its rule becomes one of two.
#[test]
fn accepted_warnings_stay_accepted_when_a_page_gets_credentials() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let source = "accept_lints = ['duplicate-name'] # on purpose\nallow_origins = ['*']\nallow_methods = ['PUT', 'PUT']\n";
    assert_eq!(running.post("/policy", &json!({ "source": source }))?.0, 200);
    let request = json!({ "method": "GET", "credentials": true, "amends": true });
    let question = json!({ "mount": "", "origin": "https://a.example", "requests": [request] });
    let (_, answer) = running.post("/explain", &question)?;
    let amended = answer[0]["amended"].as_str().unwrap_or_default();
    assert!(amended.starts_with("accept_lints = ['duplicate-name'] # on purpose\n"), "{amended}");
    let (status, in_force) = running.post("/policy", &json!({ "source": amended }))?;
    assert_eq!((status, &in_force["warnings"]["total"]), (200, &json!(0)), "{amended}");
    Ok(())
}

/// The policy's reason is given where it is the browser's too. With credentials the browser stops
/// at an origin that the policy allows, while the policy would refuse the method.
#[test]
fn reasons_belong_to_the_step_that_fails() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let method = json!("the rule does not allow this method");
    let header = json!("the rule does not allow one of the headers asked for");
    let origin = json!("no rule allows this origin");
    let listed = "allow_origins = ['https://a.example']\n";
    let with_credentials = format!("{listed}allow_credentials = true\nallow_methods = ['*']\n");
    for (source, page, http_method, credentials, refusal, failed) in [
        (
            "allow_origins = ['*']\n",
            "a",
            "PUT",
            true,
            &Value::Null,
            "access-control-allow-origin must",
        ),
        ("allow_origins = ['*']\n", "a", "PUT", false, &method, "the method PUT must be"),
        ("allow_origins = ['*']\n", "a", "GET", false, &header, "the header x-a must be"),
        (listed, "a", "PUT", true, &Value::Null, "access-control-allow-credentials must"),
        (listed, "a", "PUT", false, &method, "the method PUT must be"),
        (listed, "b", "PUT", true, &origin, "access-control-allow-origin must"),
        (listed, "b", "GET", false, &origin, "access-control-allow-origin must"),
        (&with_credentials, "a", "PUT", true, &header, "the header x-a must be"),
    ] {
        assert_eq!(running.post("/policy", &json!({ "source": source }))?.0, 200);
        let request =
            json!({ "method": http_method, "credentials": credentials, "headers": [["x-a", "1"]] });
        let origin = format!("https://{page}.example");
        let question = json!({ "mount": "", "origin": origin, "requests": [request] });
        let (_, answer) = running.post("/explain", &question)?;
        let steps = answer[0]["steps"].as_array().ok_or("no steps")?;
        let last = steps.last().ok_or("no step")?;
        let text = last["text"].as_str().unwrap_or_default();
        assert_eq!(
            (&answer[0]["refusal"], &last["passed"]),
            (refusal, &json!(false)),
            "{question}"
        );
        assert!(text.starts_with(failed), "{text}");
    }
    Ok(())
}
