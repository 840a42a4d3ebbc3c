//! The page that the benchmarks renew.

use std::fmt::Display;
use std::fs;
use std::path::PathBuf;

/// Renews what stands between the marks of this name.
pub(crate) fn renew(name: &str, measured: &impl Display) {
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let page = docs().join("performance.md");
    let text = fs::read_to_string(&page).expect("the page is there");
    let (before, rest) = text.split_once(&start).expect("the page marks what is measured");
    let (_, after) = rest.split_once(&end).expect("the page marks what is measured");
    fs::write(&page, format!("{before}{start}{measured}{end}{after}")).expect("it is written");
}

pub(crate) fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../cors-core/docs")
}
