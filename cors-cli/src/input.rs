//! Reads policies as a service does, and besides from standard input and from pipes.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use clap::{Args, ValueEnum};
use cors_core::{LoadError, Policies, PolicyFormat};

/// How the input is read.
#[derive(Args, Debug)]
pub(crate) struct Input {
    /// The format of the input. Otherwise the extension tells it; for standard input and pipes
    /// without one, the first line does: "{" begins JSON, "key:" YAML, "key =" or a table in
    /// brackets TOML.
    #[arg(long, value_enum, value_name = "FORMAT")]
    input_format: Option<Format>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Toml,
    Json,
    Yaml,
}

impl Input {
    /// The format of a file, as far as it is known without its content.
    pub(crate) fn format_of(&self, file: &Path) -> Option<PolicyFormat> {
        self.format().or_else(|| PolicyFormat::of_path(file))
    }

    fn format(&self) -> Option<PolicyFormat> {
        self.input_format.map(|format| match format {
            Format::Toml => PolicyFormat::Toml,
            Format::Json => PolicyFormat::Json,
            Format::Yaml => PolicyFormat::Yaml,
        })
    }

    /// Reads the policies of a file, a pipe, or, for `-`, of standard input.
    pub(crate) fn read(&self, file: &Path) -> Result<Policies, LoadError> {
        let format = self.format();
        if is_standard_input(file) {
            return Policies::from_reader(io::stdin().lock(), format, name(file));
        }
        let is_regular = fs::metadata(file).is_ok_and(|metadata| metadata.is_file());
        let may_be_told_by_text = is_regular && (format.is_some() || is_opened(file));
        // Other files are read, or refused, as a service does it.
        if !may_be_told_by_text && !is_pipe(file) {
            return Policies::from_path(file);
        }
        let unreadable = |error| LoadError::Read { path: file.into(), error };
        Policies::from_reader(File::open(file).map_err(unreadable)?, format, file)
    }
}

/// The name by which messages call a file.
pub(crate) fn name(file: &Path) -> &Path {
    if file == Path::new("-") { Path::new("<stdin>") } else { file }
}

/// A name of a file in one line, as the errors of `cors-core` show it: with what a terminal would
/// act on escaped.
pub(crate) fn in_one_line(name: &str) -> String {
    const KEPT: [char; 3] = ['\\', '"', '\''];

    let parts = name.split_inclusive(KEPT).map(|part| {
        let escaped = part.strip_suffix(KEPT).unwrap_or(part);
        let kept = part.strip_prefix(escaped).unwrap_or_default();
        format!("{}{kept}", escaped.escape_debug())
    });
    parts.collect()
}

fn is_standard_input(file: &Path) -> bool {
    ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"].iter().any(|name| file == Path::new(name))
}

/// Whether the shell has opened the file for the command; its name has no extension then.
fn is_opened(file: &Path) -> bool {
    ["/dev/fd", "/proc/self/fd"].iter().any(|opened| file.starts_with(opened))
}

#[cfg(unix)]
fn is_pipe(file: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;

    fs::metadata(file).is_ok_and(|metadata| metadata.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe(_: &Path) -> bool {
    false
}
