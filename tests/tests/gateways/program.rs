use std::env;
use std::path::PathBuf;

use cors_cli::gateways::Gateway;

/// A gateway that can be run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program {
    pub(crate) gateway: Gateway,
    program: &'static str,
}

/// Every gateway that can be run. The Gateway API is a format of several gateways.
pub(crate) const ALL: [Program; 4] = [
    Program { gateway: Gateway::Nginx, program: "nginx" },
    Program { gateway: Gateway::Caddy, program: "caddy" },
    Program { gateway: Gateway::Haproxy, program: "haproxy" },
    Program { gateway: Gateway::Envoy, program: "envoy" },
];

impl Program {
    /// The program, or how to get it.
    pub(crate) fn find(self) -> Result<PathBuf, String> {
        let path = env::var_os("PATH").unwrap_or_default();
        let of_script = env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")));
        let of_script = of_script.map(|cache| cache.join("cors-gateways/bin"));
        let directories = env::split_paths(&path).chain(of_script).chain(["/usr/sbin".into()]);
        let mut programs = directories.map(|directory| directory.join(self.program));
        programs
            .find(|program| program.is_file())
            .ok_or_else(|| format!("no {}: .ci/gateways", self.program))
    }
}
