//! The browsers' engines: what runs them, and how.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use fantoccini::wd::Capabilities;
use serde_json::{Value, json};

use crate::client::ODD_HOSTS;
use crate::console::Console;

/// An engine that can be driven.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    /// The browser, under one of these names.
    browsers: &'static [&'static str],
    driver: &'static str,
    driver_arguments: &'static [&'static str],
    /// Whether the browser can only draw on a display.
    pub(crate) needs_display: bool,
    capabilities: fn(browser: &Path, profile: &Path, pages: Option<&str>) -> Value,
    pub(crate) console: Console,
    /// What provides all of it in Debian.
    packages: &'static str,
}

/// All engines.
pub(crate) const ALL: [Engine; 3] = [
    Engine {
        name: "chromium",
        browsers: &["chromium", "chromium-browser", "google-chrome"],
        driver: "chromedriver",
        driver_arguments: &[],
        needs_display: false,
        capabilities: chromium,
        console: Console::Log,
        packages: "apt-get install chromium chromium-driver",
    },
    Engine {
        name: "firefox",
        browsers: &["firefox-esr", "firefox"],
        driver: "geckodriver",
        // Any port, because several can run; and the console is read with the browser's own rights.
        driver_arguments: &["--websocket-port=0", "--allow-system-access"],
        needs_display: false,
        capabilities: firefox,
        console: Console::Privileged,
        packages: "apt-get install firefox-esr, cargo install geckodriver --locked",
    },
    Engine {
        name: "webkit",
        browsers: &["MiniBrowser"],
        driver: "WebKitWebDriver",
        driver_arguments: &["--host=127.0.0.1"],
        needs_display: true,
        capabilities: webkit,
        console: Console::Unreadable,
        packages: "apt-get install webkit2gtk-driver xvfb",
    },
];

/// The programs of an engine.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    browser: PathBuf,
    driver: PathBuf,
}

impl Engine {
    /// The engine's programs, or which of them is missing and how to get it.
    pub(crate) fn find(&self) -> Result<Programs, String> {
        let missing = |names: &[&str]| format!("no {}: {}", names.join(" or "), self.packages);
        let browser = self.browsers.iter().find_map(|name| find(name));
        let browser = browser.ok_or_else(|| missing(self.browsers))?;
        let driver = find(self.driver).ok_or_else(|| missing(&[self.driver]))?;
        if self.needs_display && find("Xvfb").is_none() {
            return Err(missing(&["Xvfb"]));
        }
        Ok(Programs { browser, driver })
    }

    /// The driver, which will listen on this port of 127.0.0.1.
    pub(crate) fn driver(&self, programs: &Programs, port: u16) -> Command {
        let mut command = Command::new(&programs.driver);
        command.arg(format!("--port={port}")).args(self.driver_arguments);
        command
    }

    /// What a session asks the driver for. `pages` is the address of the server of the pages, if
    /// it opens one of them.
    pub(crate) fn capabilities(
        &self,
        programs: &Programs,
        profile: &Path,
        pages: Option<&str>,
    ) -> Capabilities {
        match (self.capabilities)(&programs.browser, profile, pages) {
            Value::Object(capabilities) => capabilities,
            _ => Capabilities::new(),
        }
    }
}

fn chromium(browser: &Path, profile: &Path, _: Option<&str>) -> Value {
    let rules = ODD_HOSTS.map(|host| format!("MAP {host} 127.0.0.1"));
    let arguments = [
        "--headless=new",
        // Chromium's sandbox does not run as root, as a container's CI does.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        &format!("--user-data-dir={}", profile.display()),
        &format!("--host-resolver-rules={}", rules.join(",")),
    ];
    json!({
        "goog:chromeOptions": { "binary": browser, "args": arguments },
        "goog:loggingPrefs": { "browser": "ALL" },
    })
}

fn firefox(browser: &Path, _: &Path, _: Option<&str>) -> Value {
    // geckodriver makes a profile in the directory for temporary files.
    let preferences = json!({ "network.dns.localDomains": ODD_HOSTS.join(",") });
    json!({
        "moz:firefoxOptions": { "binary": browser, "args": ["-headless"], "prefs": preferences }
    })
}

fn webkit(browser: &Path, _: &Path, pages: Option<&str>) -> Value {
    let options = json!({ "binary": browser, "args": ["--automation"] });
    // It maps no names, but leaves them to a proxy; the server of the pages answers as one.
    let proxy = match pages {
        Some(pages) => json!({
            "proxyType": "manual",
            "httpProxy": pages,
            "noProxy": ["localhost", "*.localhost", "127.0.0.1"],
        }),
        None => json!({ "proxyType": "direct" }),
    };
    json!({ "webkitgtk:browserOptions": options, "proxy": proxy })
}

/// A program on the path, or where the libraries are that bring it.
fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).map(|directory| directory.join(name));
    on_path.chain(beside_libraries(name)).find(|program| program.is_file())
}

/// In Debian `/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1`, say.
fn beside_libraries(name: &str) -> impl Iterator<Item = PathBuf> {
    let directories = ["/usr/lib", "/usr/libexec"].into_iter().flat_map(subdirectories);
    directories
        .flat_map(|directory| subdirectories(&directory).into_iter().chain([directory]))
        .filter(|directory| directory.to_string_lossy().contains("/webkit2gtk-"))
        .map(move |directory| directory.join(name))
}

fn subdirectories(directory: impl AsRef<Path>) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}
