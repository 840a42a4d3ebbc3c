//! Renews the data from the [Public Suffix List](https://publicsuffix.org/list/public_suffix_list.dat):
//!
//! ```sh
//! cargo run -p cors-public-suffix --example renew -- public_suffix_list.dat
//! ```
//!
//! This writes the list as text to `public_suffixes.txt`, for reviews, and packs the text into
//! `src/public_suffixes.bin`. Without an argument it only packs the text.
//!
//! A test compares the list with the crate `psl`. Update that crate too (`cargo update -p psl`), and
//! take the list of the same day.

mod encode;

use std::error::Error;
use std::fs;
use std::path::Path;

const NOTICE: &str = "\
// This Source Code Form is subject to the terms of the Mozilla Public
// License, v. 2.0. If a copy of the MPL was not distributed with this
// file, You can obtain one at https://mozilla.org/MPL/2.0/.

// This is the Public Suffix List, https://publicsuffix.org/, written anew by
// examples/renew: without comments, with all names in Punycode, ordered by
// their labels from the last to the first.
";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = folder.join("public_suffixes.txt");
    if let Some(path) = std::env::args_os().nth(1) {
        fs::write(&text, to_text(&fs::read_to_string(path)?)?)?;
    }
    let text = fs::read_to_string(text)?;
    let rules = text.lines().filter(|line| !line.is_empty() && !line.starts_with("//"));
    fs::write(folder.join("src/public_suffixes.bin"), encode::encode(rules)?)?;
    Ok(())
}

fn to_text(list: &str) -> Result<String, Box<dyn Error>> {
    let mut rules = Vec::new();
    for line in list.lines().filter(|line| !line.starts_with("//")) {
        if let Some(rule) = line.split_whitespace().next() {
            rules.push(to_ascii(rule)?);
        }
    }
    rules.sort_by(|one, other| one.rsplit('.').cmp(other.rsplit('.')));
    rules.dedup();
    let versions = list
        .lines()
        .filter(|line| line.starts_with("// VERSION:") || line.starts_with("// COMMIT:"));
    let lines = versions.chain([""]).chain(rules.iter().map(String::as_str));
    Ok(lines.fold(NOTICE.to_owned(), |text, line| text + line + "\n"))
}

fn to_ascii(rule: &str) -> Result<String, Box<dyn Error>> {
    if rule.is_ascii() {
        return Ok(rule.to_owned());
    }
    let name = rule.trim_start_matches("*.").trim_start_matches('!');
    let mark = rule.strip_suffix(name).unwrap_or_default();
    Ok(format!("{mark}{}", url::Host::parse(name)?))
}
