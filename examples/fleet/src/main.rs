//! Starts the fleet and says what to open.
//!
//! ```sh
//! cargo run -p fleet                   # under examples/fleet/policy.toml
//! cargo run -p fleet -- policy.toml    # under a policy of your own
//! ```
//!
//! It uses six ports from 8080, or from `$PORT`; 0 takes any that are free.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use cors_core::Policy;
use fleet::Fleet;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let file = std::env::args_os().nth(1).map_or_else(default_policy_file, PathBuf::from);
    let first_port = first_port()?;
    let policy = Policy::from_path(&file)?;
    let is_toml = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    let fleet = if is_toml {
        let source = std::fs::read_to_string(&file)?;
        Fleet::start_with_source(policy.clone(), source, first_port).await?
    } else {
        Fleet::start(policy.clone(), first_port).await?
    };

    println!("One policy, {}, governs", file.display());
    for server in fleet.servers() {
        println!("  {:<12}{}", server.name(), server.url());
    }
    println!("Open");
    for page in fleet.pages() {
        let verdict = if policy.allows_origin(page.as_bytes()) { "allows" } else { "refuses" };
        println!("  {page:<24}an origin that the policy {verdict}");
    }
    fleet.run().await?;
    Ok(())
}

fn default_policy_file() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "policy.toml"].iter().collect()
}

fn first_port() -> Result<u16, String> {
    match std::env::var("PORT") {
        Err(_) => Ok(8080),
        Ok(port) => port.parse().map_err(|_| {
            format!("PORT {port:?} is no port; write the first of six free ones, such as 8080")
        }),
    }
}
