//! What is said of files that cannot be read, parsed or used.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::error::Error;
use std::io::{Read, repeat};
use std::path::{Path, PathBuf};

use cors_core::{LoadError, Policies, Policy, PolicyFormat};
use tempfile::TempDir;

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// What is said of a file with this name and text, without the folder.
    fn error(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        self.without_folder(&Policies::from_path(self.write(name, text)).unwrap_err())
    }

    fn without_folder(&self, error: &LoadError) -> String {
        error.to_string().replace(&format!("{}/", self.0.path().display()), "")
    }
}

#[test]
fn only_regular_files_of_a_bounded_size_are_read() {
    let files = Files::new();
    let policy = "allow_origins = ['*']";
    let padding = " ".repeat((16 << 20) - policy.len());
    let path = files.write("large.toml", format!("{policy}{padding}"));
    Policies::from_path(&path).unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_len((16 << 20) + 1).unwrap();
    std::fs::create_dir(files.0.path().join("folder.toml")).unwrap();
    for (name, expected) in [
        ("large.toml", "this file is larger than 16 MiB, which no policy is; name a policy file"),
        ("folder.toml", "this is a directory; name a file in it"),
    ] {
        let error = Policy::from_path(files.0.path().join(name)).unwrap_err();
        assert_eq!(files.without_folder(&error), format!("{name}: {expected}"));
    }
    // Whatever it is called.
    let error = Policy::from_path(files.0.path()).unwrap_err();
    assert!(error.to_string().ends_with(": this is a directory; name a file in it"), "{error}");
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_opened() {
    let files = Files::new();
    let pipe = files.0.path().join("pipe.toml");
    // Nobody writes into it.
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(files.0.path().join("socket.toml"));
    std::os::unix::fs::symlink("/dev/zero", files.0.path().join("device.toml")).unwrap();
    for kind in ["pipe", "socket", "device"] {
        let error = Policy::from_path(files.0.path().join(format!("{kind}.toml"))).unwrap_err();
        assert_eq!(
            files.without_folder(&error),
            format!("{kind}.toml: this is a {kind}; copy what it contains to a regular file")
        );
    }
}

#[test]
fn what_is_not_text_is_said() {
    let error = Files::new().error("policy.toml", b"allow_origins = ['\xff']");
    assert_eq!(error, "policy.toml: byte 18 is not UTF-8; save the file as UTF-8");
    let error = Files::new().error("policy.yaml", b"TOKEN=secret\0HOME=/root\0");
    let expected = "policy.yaml: byte 12 is NUL, so this is not a text file; name a policy file";
    assert_eq!(error, expected);
}

#[test]
fn whatever_can_be_read_holds_policies() {
    for (format, name, text) in [
        (None, "<stdin>", "allow_origins = ['https://a.example']"),
        (None, "<stdin>", "{\"allow_origins\": [\"https://a.example\"]}"),
        (None, "<stdin>", "# YAML\nallow_origins: [https://a.example]"),
        (None, "a.yaml", "{allow_origins: [https://a.example]}"),
        (Some(PolicyFormat::Yaml), "a.toml", "{allow_origins: [https://a.example]}"),
    ] {
        let policies = Policies::from_reader(text.as_bytes(), format, name).unwrap();
        assert!(policies.select(None).unwrap().allows_origin(b"https://a.example"), "{text}");
    }
    let error = |reader| Policies::from_reader(reader, None, "<stdin>").unwrap_err().to_string();
    let endless: Box<dyn Read> = Box::new(repeat(b'a'));
    assert!(error(endless).starts_with("<stdin>: this file is larger than 16 MiB, "));
    // Its first half is cut off.
    let endless: Box<dyn Read> = Box::new(b"a".chain(repeat("é".as_bytes()[0])));
    assert!(error(endless).starts_with("<stdin>: this file is larger than 16 MiB, "));
    let broken: Box<dyn Read> = Box::new("allow_origins: [".as_bytes());
    assert!(error(broken).starts_with("<stdin>: line 1, column 16: "));
}

#[test]
fn a_format_that_was_guessed_is_named() {
    let error = |format, name: &str, text: &str| {
        Policies::from_reader(text.as_bytes(), format, name).unwrap_err().to_string()
    };
    for (text, expected) in [
        // TOML whose first key has a colon, YAML that begins with a list, YAML that begins like JSON.
        ("'a:b' = 1\nallow_origins = ['*']", "YAML"),
        ("- a", "TOML"),
        ("{allow_origins: ['*']}", "JSON"),
    ] {
        let error = error(None, "<stdin>", text);
        let guess = format!(
            "; the first line looks like {expected}; if the text is not {expected}, name its format\n"
        );
        assert!(error.contains(&guess), "{error}");
        assert_eq!(error.lines().count(), 4, "{error}");
    }
    // Nothing is guessed where the format is known, and nothing depends on it in other errors.
    for (format, name, text) in [
        (Some(PolicyFormat::Toml), "<stdin>", "a"),
        (None, "a.toml", "a"),
        (None, "<stdin>", "max_age = 600"),
    ] {
        let error = error(format, name, text);
        assert!(!error.contains("looks like"), "{error}");
    }
}

/// Here all formats are on. `cors-axum/tests/formats.rs` reads files in formats that are off.
#[test]
fn the_feature_of_a_format_is_named() {
    let error = |name: &str, format, guessed| {
        LoadError::FormatDisabled { path: name.into(), format, guessed }.to_string()
    };
    for (format, expected) in [
        (
            PolicyFormat::Toml,
            "TOML support is not compiled in; enable the feature \"toml\" of your cors-* crate in Cargo.toml",
        ),
        (
            PolicyFormat::Json,
            "JSON support is not compiled in; enable the feature \"json\" of your cors-* crate in Cargo.toml",
        ),
        (
            PolicyFormat::Yaml,
            "YAML support is not compiled in; enable the feature \"yaml\" of your cors-* crate in Cargo.toml",
        ),
    ] {
        assert_eq!(error("policy", format, false), format!("policy: {expected}"));
    }
    assert_eq!(
        error("<stdin>", PolicyFormat::Yaml, true),
        "<stdin>: YAML support is not compiled in; enable the feature \"yaml\" of your cors-* crate in Cargo.toml; the first line looks like YAML; if the text is not YAML, name its format"
    );
}

/// The first lines of errors about files with line breaks in their names, and how many lines
/// follow.
#[cfg(unix)]
#[test]
fn no_name_of_a_file_breaks_a_line() {
    let files = Files::new();
    let named = "[policies.a]\nallow_origins = ['*']\n";
    for (name, text, lines) in [
        ("a\nb.txt", "", 1),
        ("a\nb.toml", "allow_origins = [", 4),
        ("a\nb.yaml", "allow_origins: ['a', 'b']", 2),
        ("a\nb\u{2028}\u{1b}.json", "{}", 1),
        ("a\nb.toml", named, 1),
    ] {
        let path = files.write(name, text);
        let error = Policy::from_path(path).unwrap_err();
        let shown = name.replace('\n', "\\n").replace('\u{2028}', "\\u{2028}");
        let shown = shown.replace('\u{1b}', "\\u{1b}") + ":";
        let (text, debug) = (files.without_folder(&error), format!("{error:?}"));
        assert!(text.starts_with(&shown) && debug.contains(&shown), "{text} {debug}");
        assert_eq!((text.lines().count(), debug.lines().count()), (lines, 1), "{text} {debug}");
        assert!(!text.contains(['\u{2028}', '\u{1b}']) && !debug.contains(['\u{2028}', '\u{1b}']));
    }
    let error = Policy::from_path(files.0.path().join("no\nfile.toml")).unwrap_err();
    assert!(files.without_folder(&error).starts_with("no\\nfile.toml: "), "{error}");
}

#[test]
fn syntax_errors_show_the_place() {
    let files = Files::new();
    for (name, text, expected) in [
        (
            "a.toml",
            "allow_origins = [\n'a'\nb = 1",
            "line 3, column 1: missing comma between array elements, expected `,`\n  |\n3 | b = 1\n  | ^",
        ),
        (
            "a.toml",
            "[policies]\nweb = 1",
            "line 2, column 7: invalid type: integer `1`, expected a policy: a table with `allow_origins`, or with `rules`\n  |\n2 | web = 1\n  |       ^",
        ),
        (
            "a.json",
            "{\n\"allow_origins\": [}",
            "line 2, column 19: expected value\n  |\n2 | \"allow_origins\": [}\n  |                   ^",
        ),
        (
            "a.json",
            "[]",
            "line 1, column 2: a policy is a table of settings, not a list; a list of rules stands below rules\n  |\n1 | []\n  |  ^",
        ),
        (
            "a.json",
            "\"text\"",
            "line 1, column 6: invalid type: string, expected a policy: a table with `allow_origins`, or with `rules`\n  |\n1 | \"text\"\n  |      ^",
        ),
        (
            "a.yaml",
            "allow_origins:\n  - [",
            "line 2, column 5: unclosed bracket '['\n  |\n2 |   - [\n  |     ^",
        ),
        (
            "a.yaml",
            "- a",
            "a policy is a table of settings, not a list; a list of rules stands below rules",
        ),
        (
            "a.yaml",
            "é: 1\né: 2",
            "line 2, column 1: duplicate mapping key `é` is not allowed here\n  |\n2 | é: 2\n  | ^",
        ),
    ] {
        assert_eq!(files.error(name, text), format!("{name}: {expected}"));
    }
}

/// As when a policy file is a link to some other file, in a pull request of strangers.
#[test]
fn other_files_are_not_printed() {
    let files = Files::new();
    let secret = "SECRET".repeat(10_000);
    for text in [
        format!("{secret}\n{secret}\n"),
        format!("PATH=/usr/bin\0TOKEN={secret}\0"),
        format!("\"{secret}\""),
        format!("'''{secret}\n{secret}'''"),
        format!("rules = '''\n{secret}\n{secret}'''"),
        format!("rules = '{secret}'"),
        format!("policies: |\n  {secret}\n  {secret}\n"),
        format!("\"policies\": \"{secret}\""),
        format!("{{\"policies\": \"{secret}\"}}"),
        format!("[remote \"{secret}\"]\n\turl = {secret}\n"),
        format!("root:{secret}:0:0:root:/root:/bin/bash\n"),
        format!("a: *{secret}\nb: &{secret} 1\nc: !{secret} 2\n"),
        format!("!!{secret} a"),
        format!("%{secret} a\n---\n"),
        format!("{{{secret}}}"),
    ] {
        for name in ["a.toml", "a.json", "a.yaml"] {
            let error = files.error(name, &text);
            assert!(error.len() < 1000, "{} bytes: {name} {text:.20}", error.len());
            assert!(error.matches("SECRET").count() <= 70, "{name}: {error}");
        }
    }
}

#[test]
fn many_errors_are_counted() {
    let files = Files::new();
    let wrong = (0..20_000).map(|n| format!("'{n}',")).collect::<String>();
    let wrong = format!("allow_origins = [{wrong}]");
    let error = files.error("a.toml", &wrong);
    assert_eq!(error.lines().count(), 51);
    assert_eq!(error.lines().last(), Some("a.toml: 19950 more errors"));
    assert!(error.len() < 10_000, "{} bytes", error.len());
    // In one of several policies, besides the errors of others.
    let named = format!("[policies.a]\n[policies.b]\n{wrong}\n[policies.c]");
    let path = files.write("b.toml", named);
    let Err(LoadError::Invalid { errors, .. }) = Policies::from_path(path) else {
        unreachable!("the policies are not valid");
    };
    assert_eq!((errors.count(), errors.iter().count()), (20_002, 50));
    let names = (0..1_000).map(|n| format!("[policies.p{n:03}]\nallow_origins = ['*']\n"));
    let path = files.write("c.toml", names.collect::<String>());
    let error = Policies::from_path(path).unwrap().select(None).unwrap_err().to_string();
    assert!(error.ends_with(" p018, p019, …"), "{error}");
}

/// All kinds of errors, with what is wrong.
fn errors(files: &Files) -> Vec<(LoadError, &'static str)> {
    let named = "[policies.a]\nallow_origins = ['*']\n";
    let load = |path: &Path| Policy::from_path(path).unwrap_err();
    let folder = files.0.path();
    let (path, format) = (folder.join("disabled.yaml"), PolicyFormat::Yaml);
    vec![
        (LoadError::FormatDisabled { path, format, guessed: true }, "is not compiled in"),
        (Policy::from_env("CORS_POLICY_THAT_IS_NOT_SET").unwrap_err(), "is not set, or is empty"),
        (load(&folder.join("none.toml")), "(os error "),
        (load(folder), "this is a directory"),
        (load(&files.write("policy.txt", "")), "the extension"),
        (load(&files.write("broken.toml", "allow_origins = [")), "unclosed array"),
        (load(&files.write("broken.json", "[")), "a policy is a table"),
        (load(&files.write("wrong.toml", "allow_origins = ['null']")), "\"null\" is what"),
        (load(&files.write("wrong.yaml", "allow_origins: [a]\nmax_age: -1")), "max_age"),
        (load(&files.write("named.toml", named)), "have names"),
        (load(&files.write("list.toml", "[[policies]]")), "policies is a table"),
    ]
}

/// Those who print an error with its causes print each cause once, and those who print the error
/// alone print the cause too.
#[test]
fn an_error_states_its_cause_once() {
    let files = Files::new();
    for (error, cause) in errors(&files) {
        let mut chain = error.to_string();
        assert!(chain.contains(cause), "{chain}");
        let mut source = error.source();
        while let Some(error) = source {
            chain.push_str(&format!(": {error}"));
            source = error.source();
        }
        assert_eq!(chain.matches(cause).count(), 1, "{chain}");
    }
}

#[test]
fn an_error_is_a_single_line_for_debug() {
    let files = Files::new();
    for (error, cause) in errors(&files) {
        let line = format!("{error:?}");
        assert!(line.contains(cause) && !line.contains('\n'), "{line}");
    }
}
