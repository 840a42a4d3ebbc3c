//! The configuration of a gateway around the exported ones: a port for each site.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use cors_cli::gateways::Gateway;

/// A site as a gateway is configured for it.
pub(crate) struct Configured {
    pub(crate) port: u16,
    pub(crate) upstream: SocketAddr,
    /// The parts of what was exported.
    pub(crate) parts: Vec<String>,
    /// The name of Caddy's snippet.
    pub(crate) snippet: String,
}

/// What stands in front of nginx' `http`: it stays the process that was started.
pub(crate) const NGINX: &str = "daemon off;\nmaster_process off;\npid nginx.pid;\nevents {}\n";

/// The beginning of nginx' `http`. All that it writes stays in its directory.
pub(crate) const NGINX_HTTP: &str = "http {\naccess_log off;\nclient_body_temp_path body;\n\
    proxy_temp_path proxy;\nfastcgi_temp_path fastcgi;\nuwsgi_temp_path uwsgi;\nscgi_temp_path scgi;\n";

/// What stands in front of Caddy's sites.
pub(crate) const CADDY: &str = "{\nadmin off\nauto_https off\npersist_config off\n}\n";

/// Writes the configuration, and returns the command that starts the gateway with it.
pub(crate) fn write(
    gateway: Gateway,
    program: &Path,
    directory: &Path,
    sites: &[Configured],
) -> io::Result<Command> {
    let text = match gateway {
        Gateway::Nginx => nginx(sites),
        Gateway::Caddy => caddy(sites),
        Gateway::Haproxy => haproxy(sites),
        _ => envoy(sites),
    };
    command(gateway, program, directory, &text)
}

/// Writes a file of configuration, and returns the command that starts the gateway with it.
pub(crate) fn command(
    gateway: Gateway,
    program: &Path,
    directory: &Path,
    text: &str,
) -> io::Result<Command> {
    let (file, arguments): (_, &[&str]) = match gateway {
        Gateway::Nginx => ("nginx.conf", &["-p", ".", "-e", "error.log", "-c"]),
        Gateway::Caddy => ("Caddyfile", &["run", "--adapter", "caddyfile", "--config"]),
        Gateway::Haproxy => ("haproxy.cfg", &["-f"]),
        _ => ("envoy.yaml", &["--disable-hot-restart", "--concurrency", "1", "-c"]),
    };
    let file = directory.join(file);
    fs::write(&file, text)?;
    let mut command = Command::new(program);
    command.current_dir(directory).args(arguments).arg(file);
    command
        .env("HOME", directory)
        .env("XDG_CONFIG_HOME", directory)
        .env("XDG_DATA_HOME", directory);
    Ok(command)
}

fn part(site: &Configured, index: usize) -> &str {
    site.parts.get(index).map_or("", String::as_str)
}

fn nginx(sites: &[Configured]) -> String {
    let mut text = format!(
        "{NGINX}{NGINX_HTTP}variables_hash_max_size 8192;\n\
         variables_hash_bucket_size 256;\nkeepalive_requests 100000;\n"
    );
    for site in sites {
        let (http, server) = (part(site, 0), part(site, 1));
        let Configured { port, upstream, .. } = site;
        text.push_str(&format!(
            "{http}\nserver {{\nlisten 127.0.0.1:{port};\nlocation / {{\n{server}\n\
             proxy_pass http://{upstream};\n}}\n}}\n"
        ));
    }
    text + "}\n"
}

fn caddy(sites: &[Configured]) -> String {
    let mut text = CADDY.to_owned();
    for site in sites {
        let Configured { port, upstream, snippet, .. } = site;
        text.push_str(&format!(
            "{}\nhttp://:{port} {{\nbind 127.0.0.1\nroute {{\nimport {snippet}\n\
             reverse_proxy {upstream}\n}}\nhandle_errors {{\nroute {{\nimport {snippet}\n\
             respond {{err.status_code}}\n}}\n}}\n}}\n",
            part(site, 0)
        ));
    }
    text
}

fn haproxy(sites: &[Configured]) -> String {
    let mut text = String::from(
        "global\n    maxconn 200\ndefaults\n    mode http\n    retries 0\n    timeout connect 5s\n    \
         timeout client 60s\n    timeout server 60s\n",
    );
    for site in sites {
        let Configured { port, upstream, .. } = site;
        text.push_str(&format!(
            "frontend web{port}\n    bind 127.0.0.1:{port}\n{}    default_backend service{port}\n\
             backend service{port}\n    server service {upstream}\n",
            part(site, 0)
        ));
    }
    text
}

fn envoy(sites: &[Configured]) -> String {
    let mut text = String::from("static_resources:\n  listeners:\n");
    for site in sites {
        let filter = indented(part(site, 0), 10);
        let port = site.port;
        text.push_str(&format!(
            r#"  - address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: web
          upgrade_configs: [{{ upgrade_type: websocket }}]
          delayed_close_timeout: 0.01s
          route_config:
            virtual_hosts:
            - name: web
              domains: ["*"]
              routes: [{{ match: {{ prefix: "/" }}, route: {{ cluster: service{port} }} }}]
          http_filters:
{filter}          - name: envoy.filters.http.router
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
"#
        ));
    }
    text.push_str("  clusters:\n");
    for site in sites {
        let (port, upstream) = (site.port, site.upstream);
        let (address, upstream_port) = (upstream.ip(), upstream.port());
        text.push_str(&format!(
            "  - name: service{port}\n    type: STATIC\n    load_assignment:\n      \
             cluster_name: service{port}\n      endpoints: [{{ lb_endpoints: [{{ endpoint: {{ \
             address: {{ socket_address: {{ address: {address}, port_value: {upstream_port} }} \
             }} }} }}] }}]\n"
        ));
    }
    text
}

pub(crate) fn indented(text: &str, spaces: usize) -> String {
    let line = |line: &str| match line {
        "" => "\n".to_owned(),
        line => format!("{}{line}\n", " ".repeat(spaces)),
    };
    text.lines().map(line).collect()
}
