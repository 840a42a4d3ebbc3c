//! Reads the text of a policy file: a regular file of a bounded size, without waiting for anybody.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// No policy needs more, and reading takes several times as much memory.
const MAX_SIZE: u64 = 16 * 1024 * 1024;

/// Reads a regular file of at most 16 MiB.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    // Before it is opened, because opening a device can have effects.
    check(&fs::metadata(path)?)?;
    let file = open(path)?;
    // By now the path may lead to another file.
    check(&file.metadata()?)?;
    read_text(file)
}

/// Reads UTF-8 text of at most 16 MiB.
pub(super) fn read_text(reader: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    reader.take(MAX_SIZE + 1).read_to_end(&mut bytes)?;
    check_size(bytes.len() as u64)?;
    // Of what is no text, nothing is to be quoted: the environment of a process, for example.
    if let Some(place) = bytes.iter().position(|byte| *byte == 0) {
        return Err(io::Error::new(
            ErrorKind::InvalidData,
            format!("byte {place} is NUL, so this is not a text file; name a policy file"),
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        io::Error::new(
            ErrorKind::InvalidData,
            format!("byte {place} is not UTF-8; save the file as UTF-8"),
        )
    })
}

fn check(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_dir() {
        return Err(io::Error::new(
            ErrorKind::IsADirectory,
            "this is a directory; name a file in it",
        ));
    }
    if !metadata.is_file() {
        let kind = kind(metadata);
        return Err(io::Error::new(
            ErrorKind::InvalidInput,
            format!("this is a {kind}; copy what it contains to a regular file"),
        ));
    }
    check_size(metadata.len())
}

#[cfg(unix)]
fn kind(metadata: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;

    if metadata.file_type().is_fifo() {
        "pipe"
    } else if metadata.file_type().is_socket() {
        "socket"
    } else {
        "device"
    }
}

#[cfg(not(unix))]
fn kind(_: &Metadata) -> &'static str {
    "device"
}

fn check_size(size: u64) -> io::Result<()> {
    if size > MAX_SIZE {
        return Err(io::Error::new(
            ErrorKind::FileTooLarge,
            "this file is larger than 16 MiB, which no policy is; name a policy file",
        ));
    }
    Ok(())
}

/// Opens a file without waiting: a pipe that took its place after the check would wait for a writer.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, NONBLOCK);
    options.open(path)
}

/// `O_NONBLOCK`, which the standard library does not name, where its value is known.
#[cfg(unix)]
const NONBLOCK: i32 = if cfg!(all(
    any(target_os = "linux", target_os = "android"),
    any(
        target_arch = "x86_64",
        target_arch = "x86",
        target_arch = "aarch64",
        target_arch = "arm",
        target_arch = "riscv64"
    )
)) {
    0o4000
} else if cfg!(any(target_vendor = "apple", target_os = "freebsd", target_os = "openbsd")) {
    0x4
} else {
    0
};

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    use super::open;

    #[test]
    fn opening_a_pipe_waits_for_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("policy.toml");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(!open(&pipe).unwrap().metadata().unwrap().is_file());
    }
}
