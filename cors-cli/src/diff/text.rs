use std::io::{self, Write};
use std::path::Path;

use super::compared::Compared;
use super::summary;
use crate::input::in_one_line;

pub(super) fn write(
    compared: &[Compared],
    files: [&Path; 2],
    out: &mut impl Write,
) -> io::Result<()> {
    if compared.is_empty() {
        let [old, new] = files.map(|file| in_one_line(&file.display().to_string()));
        return writeln!(out, "{old} and {new} permit the same");
    }
    for compared in compared {
        if !compared.is_named() {
            write!(out, "{}", compared.diff)?;
            continue;
        }
        let name = match &compared.name {
            Some(name) => format!("policy {}", in_one_line(name)),
            None => "policy without a name".into(),
        };
        writeln!(out, "{name}: {}", compared.status.as_str())?;
        for line in compared.diff.to_string().lines() {
            writeln!(out, "  {line}")?;
        }
    }
    writeln!(out, "{}", summary(compared))
}
