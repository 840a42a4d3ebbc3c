//! A log in the [Static Analysis Results Interchange Format](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Component, Path};

use cors_core::explain::Severity;
use serde_json::{Value, json};

use super::problem::Problem;
use crate::input::STANDARD_INPUT;

pub(super) fn write(problems: &[Problem], out: &mut impl Write) -> io::Result<()> {
    let rules: BTreeSet<_> = problems.iter().map(Problem::code).collect();
    let rules: Vec<_> = rules.into_iter().map(|id| json!({ "id": id })).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": { "name": "cors", "version": env!("CARGO_PKG_VERSION"), "rules": rules }
            },
            "columnKind": "unicodeCodePoints",
            "results": problems.iter().map(result).collect::<Vec<_>>(),
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn result(problem: &Problem) -> Value {
    json!({
        "ruleId": problem.code(),
        "level": match problem.severity() {
            Severity::Warning => "warning",
            _ => "error",
        },
        "message": { "text": problem.text() },
        "locations": location(problem).into_iter().collect::<Vec<_>>(),
    })
}

/// Returns `None` for standard input, which is no artifact.
fn location(problem: &Problem) -> Option<Value> {
    if problem.file == STANDARD_INPUT {
        return None;
    }
    let artifact = json!({ "uri": uri(Path::new(&problem.file)) });
    let place = match problem.place() {
        Some((line, column)) => json!({
            "artifactLocation": artifact,
            "region": { "startLine": line, "startColumn": column },
        }),
        None => json!({ "artifactLocation": artifact }),
    };
    Some(json!({ "physicalLocation": place }))
}

/// A path as a relative reference, or as a `file:` URI if it is absolute
/// ([RFC 3986](https://www.rfc-editor.org/rfc/rfc3986#section-4.2)).
fn uri(path: &Path) -> String {
    let mut uri = String::from(if path.is_absolute() { "file://" } else { "" });
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::RootDir => uri.push('/'),
            // A drive of Windows.
            Component::Prefix(drive) => {
                uri.push('/');
                uri.push_str(&drive.as_os_str().to_string_lossy());
            }
            _ => {
                if !uri.is_empty() && !uri.ends_with('/') {
                    uri.push('/');
                }
                for byte in component.as_os_str().as_encoded_bytes() {
                    if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
                        uri.push(char::from(*byte));
                    } else {
                        uri.push_str(&format!("%{byte:02X}"));
                    }
                }
            }
        }
    }
    uri
}
