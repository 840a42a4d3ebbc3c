use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use cors_core::{Policy, PolicyFormat, PolicyHandle};
use tempfile::TempDir;

use crate::wait::{PATIENCE, until};

const FRAMEWORKS: [&str; 4] = ["actix", "axum", "poem", "salvo"];

/// A service of each framework, in a process of its own with a file of its own.
pub(crate) struct Fleet {
    location: String,
    services: Vec<Service>,
    directory: TempDir,
}

/// A process, which ends with this value.
pub(crate) struct Service {
    pub(crate) framework: &'static str,
    process: Child,
    address: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
    pub(crate) file: PathBuf,
}

/// The text of a policy that allows the origin with this host.
pub(crate) fn allowing(host: &str) -> String {
    format!("allow_origins = [\"https://{host}.example\"]\n")
}

impl Fleet {
    /// Starts the services, which have a policy in their files.
    pub(crate) fn start(location: String, on_disk: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let start = |framework: &'static str| {
            let file = directory.path().join(framework).with_extension("toml");
            fs::write(&file, on_disk).expect("a file");
            Service::start(framework, &location, &file)
        };
        let services = FRAMEWORKS.into_iter().map(start).collect();
        Self { location, services, directory }
    }

    /// Ends the first service, and starts it again with the file that it left.
    pub(crate) fn restart_first(&mut self) {
        let ended = self.services.remove(0);
        let (framework, file) = (ended.framework, ended.file.clone());
        drop(ended);
        assert!(file.starts_with(self.directory.path()));
        self.services.insert(0, Service::start(framework, &self.location, &file));
    }

    pub(crate) fn services(&self) -> &[Service] {
        &self.services
    }

    /// Waits until all services have the policy of this text, and its file.
    pub(crate) fn converges_on(&self, text: &str) {
        for service in &self.services {
            until(&format!("{}: {text}", service.framework), || {
                let is_saved = fs::read_to_string(&service.file).is_ok_and(|saved| saved == text);
                (is_saved && service.version() == version(text)).then_some(())
            });
        }
    }
}

/// The version of the policy in a text, as this process has it.
pub(crate) fn version(text: &str) -> String {
    let handle = PolicyHandle::new(Policy::permissive());
    handle.offer(text, PolicyFormat::Toml).expect("a policy");
    handle.policy().version().to_string()
}

impl Service {
    fn start(framework: &'static str, location: &str, file: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_example-followers"))
            .args([framework.as_ref(), location.as_ref(), file.as_os_str()])
            .envs([("PORT", "0"), ("INTERVAL_MS", "20"), ("NO_COLOR", "1")])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a process");
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = BufReader::new(process.stderr.take().expect("a pipe")).lines();
        let kept = log.clone();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().expect("no panic").push(line);
            }
        });
        let mut line = String::new();
        let stdout = process.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("listening on ").and_then(|a| a.parse().ok());
        let address = address.unwrap_or_else(|| panic!("{framework}: {line:?} {log:?}"));
        Self { framework, process, address, log, file: file.into() }
    }

    /// How many lines of the log contain a text.
    pub(crate) fn logged(&self, text: &str) -> usize {
        let log = self.log.lock().expect("no panic");
        log.iter().filter(|line| line.contains(text)).count()
    }

    pub(crate) fn version(&self) -> String {
        self.get("/health", None).1
    }

    pub(crate) fn allows(&self, host: &str) -> bool {
        let (head, body) = self.get("/", Some(host));
        assert_eq!(body, "hello\n", "{}", self.framework);
        head.contains(&format!("access-control-allow-origin: https://{host}.example\r\n"))
    }

    /// The head in lower case, and the body.
    pub(crate) fn get(&self, path: &str, origin: Option<&str>) -> (String, String) {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let origin = origin.map(|host| format!("origin: https://{host}.example\r\n"));
        let origin = origin.unwrap_or_default();
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{origin}\r\n");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("a response");
        let (head, body) = response.split_once("\r\n\r\n").expect("a head");
        (format!("{head}\r\n").to_ascii_lowercase(), body.to_owned())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // What cannot be killed has ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
