//! Reads policies as a service does, and besides from standard input and from pipes.

use std::fs::{self, File};
use std::io::{self, Read as _};
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

    /// The format as it is written on the command line.
    pub(crate) fn format_name(&self) -> Option<&'static str> {
        self.input_format.map(|format| match format {
            Format::Toml => "toml",
            Format::Json => "json",
            Format::Yaml => "yaml",
        })
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
        self.read_with_text(file).policies
    }

    /// The same with the text that was read.
    pub(crate) fn read_with_text(&self, file: &Path) -> Read {
        let format = self.format();
        if is_standard_input(file) {
            return read_from(io::stdin().lock(), format, name(file));
        }
        let is_regular = fs::metadata(file).is_ok_and(|metadata| metadata.is_file());
        let has_format = self.format_of(file).is_some() || is_opened(file);
        let can_be_read = (is_regular && has_format) || is_pipe(file);
        if !can_be_read {
            // It is refused as a service refuses it.
            return Read { policies: Policies::from_path(file), text: String::new() };
        }
        match File::open(file) {
            Ok(opened) => read_from(opened, format, file),
            Err(error) => {
                let policies = Err(LoadError::Read { path: file.into(), error });
                Read { policies, text: String::new() }
            }
        }
    }
}

/// The policies of a file, and its text as far as it was read.
pub(crate) struct Read {
    pub(crate) policies: Result<Policies, LoadError>,
    pub(crate) text: String,
}

fn read_from(reader: impl io::Read, format: Option<PolicyFormat>, name: &Path) -> Read {
    let mut recorder = Recorder { reader, recorded: Vec::new() };
    let policies = Policies::from_reader(recorder.by_ref(), format, name);
    Read { policies, text: String::from_utf8_lossy(&recorder.recorded).into_owned() }
}

/// Keeps what is read through it.
struct Recorder<R> {
    reader: R,
    recorded: Vec<u8>,
}

impl<R: io::Read> io::Read for Recorder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.reader.read(buffer)?;
        self.recorded.extend(buffer.iter().take(len));
        Ok(len)
    }
}

/// What messages call standard input.
pub(crate) const STANDARD_INPUT: &str = "<stdin>";

/// The name by which messages call a file.
pub(crate) fn name(file: &Path) -> &Path {
    if file == Path::new("-") { Path::new(STANDARD_INPUT) } else { file }
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

/// Reads a header as it is given on the command line.
pub(crate) fn parse_header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("write a name, a colon and a value")?;
    Ok((name.trim().into(), value.trim().into()))
}
