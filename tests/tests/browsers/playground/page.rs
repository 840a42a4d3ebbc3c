//! The playground's page in a browser, and a person at its keyboard.

use std::fmt::Display;
use std::future::Future;
use std::time::{Duration, Instant};

use cors_core::Policy;
use fantoccini::Client;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use fleet::Fleet;
use serde_json::{Value, json};
use tests::TIMEOUT;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How often a condition is looked at.
const INTERVAL: Duration = Duration::from_millis(50);

/// More stops than the page has before what is looked for.
const MOST_TABS: usize = 150;

/// The page of a fleet that is just for this visit.
#[derive(Debug)]
pub(crate) struct Page {
    client: Client,
    runtime: Handle,
    fleet: Fleet,
}

impl Page {
    /// Starts a fleet that allows only its own page, opens it and waits until everything is shown.
    pub(crate) fn open(client: Client, runtime: Handle) -> Result<Self, String> {
        let nobody = Policy::builder().allow_origins(["https://nobody.example"]).build();
        let nobody = nobody.map_err(text)?;
        let fleet = runtime.block_on(Fleet::start(nobody, 0)).map_err(text)?;
        let page = Self { client, runtime, fleet };
        page.resize(1280, 900)?;
        page.run(page.client.goto(&page.origin()))?;
        page.settle()?;
        Ok(page)
    }

    /// The origin of the page.
    pub(crate) fn origin(&self) -> String {
        self.fleet.pages().first().cloned().unwrap_or_default()
    }

    /// The origin of the other page, from which requests can be sent too.
    pub(crate) fn other_origin(&self) -> String {
        self.fleet.pages().get(1).cloned().unwrap_or_default()
    }

    /// Waits until all that was sent is answered and shown.
    pub(crate) fn settle(&self) -> Result<(), String> {
        self.wait(
            "byId('verdict').ariaBusy === 'false' && byId('banner').textContent !== ''
                && byId('summary').textContent.includes('as the policies intend')",
        )
    }

    /// Types a text where the focus is.
    pub(crate) fn write(&self, text: &str) -> Result<(), String> {
        let keys = KeyActions::new("keyboard".into());
        let keys = text.chars().fold(keys, |keys, character| {
            let value = if character == '\n' { Key::Return.into() } else { character };
            keys.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.run(self.client.perform_actions(keys))
    }

    /// Presses a key.
    pub(crate) fn press(&self, key: Key) -> Result<(), String> {
        self.write(&char::from(key).to_string())
    }

    /// Presses a key while the control key is held.
    pub(crate) fn press_with_control(&self, key: impl Into<char>) -> Result<(), String> {
        let (control, value) = (Key::Control.into(), key.into());
        let keys = KeyActions::new("keyboard".into())
            .then(KeyAction::Down { value: control })
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value })
            .then(KeyAction::Up { value: control });
        self.run(self.client.perform_actions(keys))
    }

    /// Writes over what the field that has the focus contains.
    pub(crate) fn overwrite(&self, text: &str) -> Result<(), String> {
        self.press_with_control('a')?;
        self.write(text)
    }

    /// Presses the tab key until an element that matches has the focus.
    pub(crate) fn tab_to(&self, selector: &str) -> Result<(), String> {
        let has_focus = format!("document.activeElement.matches({})", json!(selector));
        for _ in 0..MOST_TABS {
            self.press(Key::Tab)?;
            if self.evaluate(&has_focus)? == true {
                return Ok(());
            }
        }
        Err(format!("{selector} is not reached by the tab key"))
    }

    /// What an expression gives in the page.
    pub(crate) fn evaluate(&self, expression: &str) -> Result<Value, String> {
        let script =
            format!("const byId = (id) => document.getElementById(id); return {expression}");
        self.run(self.client.execute(&script, Vec::new()))
    }

    /// The text of an element, as it is shown.
    pub(crate) fn text(&self, id: &str) -> Result<String, String> {
        let text = self.evaluate(&format!("byId('{id}').innerText"))?;
        Ok(text.as_str().unwrap_or_default().into())
    }

    /// The text in the editor.
    pub(crate) fn draft(&self) -> Result<String, String> {
        let draft = self.evaluate("byId('source').value")?;
        Ok(draft.as_str().unwrap_or_default().into())
    }

    /// The text of the policy that is in force, as the server has it.
    pub(crate) fn policy_in_force(&self) -> Result<String, String> {
        let script = "const done = arguments[0];
            fetch('/policy').then((response) => response.json()).then((policy) => done(policy.source));";
        let source = self.run(self.client.execute_async(script, Vec::new()))?;
        Ok(source.as_str().unwrap_or_default().into())
    }

    /// Keeps the next answer to a POST to this path from the page, until it is released.
    pub(crate) fn hold_answer(&self, path: &str) -> Result<(), String> {
        let script = "const [path] = arguments;
            const send = window.fetch;
            window.fetch = async (target, options) => {
                const response = await send(target, options);
                if (target === path && options?.method === 'POST') {
                    window.fetch = send;
                    await new Promise((resolve) => { window.release = resolve; });
                }
                return response;
            };";
        self.run(self.client.execute(script, vec![path.into()])).map(drop)
    }

    /// Waits until an answer is held.
    pub(crate) fn wait_for_held_answer(&self) -> Result<(), String> {
        self.wait("typeof window.release === 'function'")
    }

    pub(crate) fn release_answer(&self) -> Result<(), String> {
        self.evaluate("window.release()").map(drop)
    }

    /// Waits until an expression is true in the page.
    pub(crate) fn wait(&self, condition: &str) -> Result<(), String> {
        let started = Instant::now();
        while self.evaluate(condition)? != true {
            if started.elapsed() > 2 * TIMEOUT {
                return Err(format!("this does not become true: {condition}"));
            }
            std::thread::sleep(INTERVAL);
        }
        Ok(())
    }

    /// Asks for a window of this size; browsers have a least width.
    pub(crate) fn resize(&self, width: u32, height: u32) -> Result<(), String> {
        self.run(self.client.set_window_size(width, height))
    }

    /// The page in words, for whoever reads a failure.
    pub(crate) fn describe(&self) -> String {
        let description = self.evaluate(
            "JSON.stringify({
                focus: document.activeElement.id || document.activeElement.outerHTML.slice(0, 200),
                draft: byId('source').value,
                method: byId('method').value,
                status: byId('policy-status').innerText,
                verdict: byId('verdict').innerText.slice(0, 400),
                summary: byId('summary').innerText,
                problem: byId('problem').innerText,
            }, null, 2)",
        );
        match description {
            Ok(Value::String(description)) => description,
            other => format!("{other:?}"),
        }
    }

    fn run<T, E: Display>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, String> {
        self.runtime
            .block_on(async { timeout(2 * TIMEOUT, work).await })
            .map_err(|_| "the browser does not answer".to_owned())?
            .map_err(text)
    }
}

fn text(error: impl Display) -> String {
    error.to_string()
}
