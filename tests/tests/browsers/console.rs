//! The messages of a browser's console, which tell people why a request failed.

use fantoccini::Client;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// How a driver gives access to the console.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Console {
    /// It does not.
    Unreadable,
    /// By a log, whose entries are read once.
    Log,
    /// By a script with the rights of the browser's own pages.
    Privileged,
}

impl Console {
    /// The messages since the last call; all messages, if the driver does not tell them apart.
    pub(crate) async fn read(self, client: &Client) -> Result<Vec<String>, CmdError> {
        let messages = match self {
            Self::Unreadable => return Ok(Vec::new()),
            Self::Log => client.issue_cmd(ReadLog).await?,
            Self::Privileged => {
                client.issue_cmd(SetContext("chrome")).await?;
                let script = "return Services.console.getMessageArray()
                    .map((message) => ({ message: message.message }))";
                let messages = client.execute(script, Vec::new()).await;
                client.issue_cmd(SetContext("content")).await?;
                messages?
            }
        };
        let messages = messages.as_array().into_iter().flatten();
        Ok(messages.filter_map(|entry| Some(entry.get("message")?.as_str()?.to_owned())).collect())
    }
}

/// [ChromeDriver's log](https://developer.chrome.com/docs/chromedriver/logging).
#[derive(Debug)]
struct ReadLog;

impl WebDriverCompatibleCommand for ReadLog {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

/// Which pages scripts run in: the browser's own, or those that it shows.
#[derive(Debug)]
struct SetContext(&'static str);

impl WebDriverCompatibleCommand for SetContext {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/moz/context", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(Value::to_string(&json!({ "context": self.0 }))))
    }
}
