//! Writes `src/origin/public_suffixes.txt` anew from the [Public Suffix List](https://publicsuffix.org/):
//!
//! ```sh
//! cargo run -p cors-core --example public_suffixes -- public_suffix_list.dat \
//!     > public_suffixes.txt && mv public_suffixes.txt cors-core/src/origin/
//! ```
//!
//! A test compares the result with the `psl` crate. So update that (`cargo update -p psl`) and
//! take the list of the same day.

use std::error::Error;
use std::io::Write;

#[expect(dead_code, reason = "nothing is decoded here")]
#[path = "../src/origin/punycode.rs"]
mod punycode;

const NOTICE: &str = "\
// This Source Code Form is subject to the terms of the Mozilla Public
// License, v. 2.0. If a copy of the MPL was not distributed with this
// file, You can obtain one at https://mozilla.org/MPL/2.0/.

// This is the Public Suffix List, https://publicsuffix.org/, written anew by
// examples/public_suffixes.rs: without comments, with all names in Punycode,
// ordered by their labels from the last to the first.
";

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("which list? give its path")?;
    let list = std::fs::read_to_string(path)?;

    let mut rules = Vec::new();
    for line in list.lines().filter(|line| !line.starts_with("//")) {
        if let Some(rule) = line.split_whitespace().next() {
            rules.push(to_ascii(rule).ok_or_else(|| format!("{rule} is too long"))?);
        }
    }
    rules.sort_by(|one, other| one.rsplit('.').cmp(other.rsplit('.')));
    rules.dedup();

    let mut out = std::io::stdout().lock();
    out.write_all(NOTICE.as_bytes())?;
    for line in list.lines() {
        if line.starts_with("// VERSION:") || line.starts_with("// COMMIT:") {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out)?;
    for rule in rules {
        writeln!(out, "{rule}")?;
    }
    Ok(())
}

fn to_ascii(rule: &str) -> Option<String> {
    let (mark, name) = match rule.strip_prefix('!') {
        Some(name) => ("!", name),
        None => ("", rule),
    };
    let labels: Option<Vec<_>> = name.split('.').map(punycode::encode_label).collect();
    Some(format!("{mark}{}", labels?.join(".")))
}
