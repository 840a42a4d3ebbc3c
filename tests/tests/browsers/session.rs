//! One browser, started once, holding the suite's page open.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;
use tempfile::TempDir;
use tests::{Process, TIMEOUT};
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::console::Console;
use crate::engine::{Engine, Programs};

/// A browser takes longer to start than a server, on a machine that does other things too.
const START_TIMEOUT: Duration = Duration::from_secs(120);

/// A browser, which starts when it is first asked for something.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) engine: Engine,
    runtime: Handle,
    page: String,
    session: OnceLock<Result<Session, String>>,
    /// What the console said so far. Who holds it has the browser for itself.
    messages: Mutex<Vec<String>>,
}

#[derive(Debug)]
struct Session {
    client: Client,
    // In this order: the driver draws on the display, and both write into the directory.
    _driver: Process,
    _display: Option<Process>,
    _directory: TempDir,
}

impl Browser {
    pub(crate) fn new(engine: Engine, runtime: Handle, page: String) -> Self {
        Self { engine, runtime, page, session: OnceLock::new(), messages: Mutex::default() }
    }

    /// What drives the browser.
    pub(crate) fn client(&self) -> Result<Client, String> {
        Ok(self.session()?.client.clone())
    }

    /// Calls an asynchronous function of the page, and waits for what it resolves to.
    pub(crate) fn call(&self, function: &str, arguments: &[Value]) -> Result<Value, String> {
        let session = self.session()?;
        let _messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let script = format!(
            "const done = arguments[arguments.length - 1];
             {function}(...Array.from(arguments).slice(0, -1))
                 .then((value) => done({{ value }}), (error) => done({{ error: String(error) }}));"
        );
        let call = session.client.execute_async(&script, arguments.to_vec());
        let result = self
            .runtime
            .block_on(async { timeout(2 * TIMEOUT, call).await })
            .map_err(|_| format!("{} does not answer", self.engine.name))?
            .map_err(|error| error.to_string())?;
        match result {
            Value::Object(mut result) => match result.remove("value") {
                Some(value) => Ok(value),
                None => Err(format!("{result:?}")),
            },
            other => Err(other.to_string()),
        }
    }

    /// Requires that the console has a message with all of these texts, or soon will have, if the
    /// driver lets it be read.
    pub(crate) fn expect_message(&self, texts: &[&str]) -> Result<(), String> {
        if matches!(self.engine.console, Console::Unreadable) {
            return Ok(());
        }
        let session = self.session()?;
        let started = Instant::now();
        loop {
            let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
            let read = self.engine.console.read(&session.client);
            let read = self.runtime.block_on(async { timeout(TIMEOUT, read).await });
            let read = read.map_err(|_| format!("{} does not answer", self.engine.name))?;
            messages.extend(read.map_err(|error| error.to_string())?);
            let mut said = messages.iter();
            if said.any(|message| texts.iter().all(|text| message.contains(text))) {
                return Ok(());
            }
            if started.elapsed() > TIMEOUT {
                let about =
                    |message: &&String| texts.first().is_none_or(|first| message.contains(first));
                let messages: Vec<_> = messages.iter().filter(about).collect();
                return Err(format!("the console does not say {texts:?}, but {messages:#?}"));
            }
            drop(messages);
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn session(&self) -> Result<&Session, String> {
        let start = || start(self.engine, &self.runtime, &self.page);
        self.session.get_or_init(start).as_ref().map_err(Clone::clone)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(Ok(session)) = self.session.take() {
            let close = session.client.clone().close();
            // The processes are ended all the same.
            let _ = self.runtime.block_on(async { timeout(TIMEOUT, close).await });
        }
    }
}

fn start(engine: Engine, runtime: &Handle, page: &str) -> Result<Session, String> {
    let directory = TempDir::new().map_err(|error| error.to_string())?;
    let programs = engine.find()?;
    let (display, name) = match engine.needs_display {
        true => start_display().map(|(display, name)| (Some(display), Some(name)))?,
        false => (None, None),
    };
    let log = directory.path().join("driver.log");
    let started = (|| {
        let mut command = |port| {
            let output = File::create(&log)?;
            let mut command = engine.driver(&programs, port);
            command
                .env("HOME", directory.path())
                .env("TMPDIR", directory.path())
                .envs(name.iter().map(|name| ("DISPLAY", name)))
                .stdin(Stdio::null())
                .stdout(output.try_clone()?)
                .stderr(output);
            Ok(command)
        };
        let (driver, port) = start_driver(&mut command)?;
        let client = runtime.block_on(async {
            timeout(START_TIMEOUT, connect(engine, &programs, port, &directory, page))
                .await
                .map_err(|_| "the browser does not start".to_owned())?
        })?;
        Ok((driver, client))
    })();
    let (driver, client) = started.map_err(|error: String| {
        let log = fs::read_to_string(&log).unwrap_or_default();
        format!("{}: {error}\n{log}", engine.name)
    })?;
    Ok(Session { client, _driver: driver, _display: display, _directory: directory })
}

/// Starts an X server on a free display, whose name it tells when it is ready.
fn start_display() -> Result<(Process, String), String> {
    let mut command = Command::new("Xvfb");
    command
        .args(["-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut display = Process::start(&mut command)?;
    let output = display.child().stdout.take().ok_or("Xvfb has no output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).map_err(|error| error.to_string())?;
    match line.trim() {
        "" => Err("Xvfb does not start".into()),
        number => Ok((display, format!(":{number}"))),
    }
}

/// Starts a driver on a port that was free; another program can take it in between.
fn start_driver(
    command: &mut dyn FnMut(u16) -> io::Result<Command>,
) -> Result<(Process, u16), String> {
    for _ in 0..5 {
        let port = free_port().map_err(|error| error.to_string())?;
        let mut driver = Process::start(&mut command(port).map_err(|error| error.to_string())?)?;
        let started = Instant::now();
        while started.elapsed() < START_TIMEOUT && !driver.has_ended().unwrap_or(true) {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Ok((driver, port));
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
    Err("the driver does not start".into())
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

async fn connect(
    engine: Engine,
    programs: &Programs,
    port: u16,
    directory: &TempDir,
    page: &str,
) -> Result<Client, String> {
    let profile = directory.path().join("profile");
    let pages = page.strip_prefix("http://").map(|pages| pages.trim_end_matches('/'));
    let client = ClientBuilder::new(HttpConnector::new())
        .capabilities(engine.capabilities(programs, &profile, pages))
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .map_err(|error| error.to_string())?;
    client.goto(page).await.map_err(|error| error.to_string())?;
    Ok(client)
}
