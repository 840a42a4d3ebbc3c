//! etcd from Debian's `etcd-server`, on loopback.

use std::env;
use std::path::PathBuf;

use libtest_mimic::{Completion, Trial};

use crate::scenarios;

/// A trial of each scenario. They are ignored if something is missing, for that reason. If it is the program,
/// and that is required, they fail.
pub(crate) fn trials() -> Vec<Trial> {
    let is_required = cfg!(feature = "etcd")
        && env::var_os("CORS_GATEWAYS").is_some_and(|value| value == "required");
    match find() {
        Ok(_) => running::trials(),
        Err(reason) => scenarios::names("etcd")
            .into_iter()
            .map(|name| match is_required {
                true => Trial::test(name, move || Err(reason.into())),
                false => Trial::ignorable_test(name, move || Ok(Completion::ignored_with(reason))),
            })
            .collect(),
    }
}

/// The program, or what is missing.
fn find() -> Result<PathBuf, &'static str> {
    if cfg!(not(feature = "etcd")) {
        return Err("the feature etcd is off, which needs protoc: .ci/gateways");
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut programs = env::split_paths(&path).map(|directory| directory.join("etcd"));
    programs.find(|program| program.is_file()).ok_or("no etcd: .ci/gateways")
}

#[cfg(not(feature = "etcd"))]
mod running {
    pub(super) const fn trials() -> Vec<libtest_mimic::Trial> {
        Vec::new()
    }
}

#[cfg(feature = "etcd")]
mod running {
    use std::io;
    use std::process::{Child, Command, Stdio};
    use std::time::Duration;

    use etcd_client::Client;
    use libtest_mimic::Trial;
    use tempfile::TempDir;
    use tokio::runtime::Runtime;
    use tokio::time::timeout;

    use crate::wait::until;
    use crate::{Source, ports, scenarios};

    const KEY: &str = "cors/policy";

    struct Etcd {
        port: u16,
        peer_port: u16,
        process: Option<Child>,
        directory: TempDir,
        runtime: Runtime,
        text: String,
    }

    pub(super) fn trials() -> Vec<Trial> {
        scenarios::trials("etcd", || {
            let start = || {
                let (port, peer_port) = (ports::free(), ports::free());
                let directory = tempfile::tempdir()?;
                let runtime = Runtime::new()?;
                let text = String::new();
                let mut etcd = Etcd { port, peer_port, process: None, directory, runtime, text };
                etcd.start()?;
                Ok(etcd)
            };
            start().map_err(|error: io::Error| error.to_string())
        })
    }

    impl Etcd {
        fn try_put(&self, text: &str) -> Result<(), etcd_client::Error> {
            self.runtime.block_on(async {
                let address = format!("127.0.0.1:{}", self.port);
                let put =
                    async { Client::connect([address], None).await?.put(KEY, text, None).await };
                let put = timeout(Duration::from_secs(5), put).await;
                put.map_err(|elapsed| etcd_client::Error::WatchError(elapsed.to_string()))?
                    .map(drop)
            })
        }
    }

    impl Source for Etcd {
        fn location(&self) -> String {
            format!("etcd://127.0.0.1:{}/{KEY}", self.port)
        }

        /// As soon as etcd is ready.
        fn put(&mut self, text: &str) {
            until("etcd takes the policy", || self.try_put(text).ok());
            text.clone_into(&mut self.text);
        }

        fn stop(&mut self) {
            if let Some(mut process) = self.process.take() {
                // What cannot be killed has ended.
                let _ = process.kill();
                let _ = process.wait();
            }
        }

        fn start(&mut self) -> io::Result<()> {
            let client = format!("http://127.0.0.1:{}", self.port);
            let peer = format!("http://127.0.0.1:{}", self.peer_port);
            let process = Command::new(super::find().map_err(io::Error::other)?)
                .arg("--data-dir")
                .arg(self.directory.path())
                .args(["--listen-client-urls", &client, "--advertise-client-urls", &client])
                .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
                .args(["--initial-cluster", &format!("default={peer}")])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()?;
            self.process = Some(process);
            Ok(())
        }

        /// etcd tells of a text again that is put again.
        fn repeat(&mut self) {
            let text = self.text.clone();
            self.put(&text);
        }
    }

    impl Drop for Etcd {
        fn drop(&mut self) {
            self.stop();
        }
    }
}
