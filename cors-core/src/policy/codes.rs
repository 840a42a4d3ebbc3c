//! The chapter of codes is made from the kinds of errors and warnings.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::origin::PatternErrorKind;
use crate::policy::error::PolicyError;
use crate::policy::error_kind::PolicyErrorKind;
use crate::policy::format::PolicyFormat;
use crate::policy::lint::LintKind;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/codes.md");

/// Of suggested changes, whose reasons name what is missing.
const SUGGESTIONS: [(&str, &str, &str); 5] = [
    ("origin-not-listed", "no rule allows the origin of the page", "add it to `allow_origins`"),
    ("method-not-listed", "the rule does not allow the method", "add it to `allow_methods`"),
    ("header-not-listed", "the rule does not allow a header", "add it to `allow_headers`"),
    (
        "credentials-not-allowed",
        "the script asks for credentials",
        "set `allow_credentials` to true",
    ),
    (
        "origin-needs-own-rule",
        "with credentials, `*` does not count as an origin",
        "add a rule for the origin before the rule with `*`",
    ),
];

/// `UPDATE_CODES=1 cargo test -p cors-core --all-features codes` writes the chapter.
#[test]
fn the_chapter_has_every_code() {
    const START: &str = "<!-- codes -->\n";
    const END: &str = "<!-- end of codes -->";

    let text = std::fs::read_to_string(PATH).unwrap();
    let (before, rest) = text.split_once(START).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let current = format!("{before}{START}{}{END}{after}", tables());
    if std::env::var_os("UPDATE_CODES").is_some() {
        std::fs::write(PATH, &current).unwrap();
    } else {
        assert!(text == current, "set UPDATE_CODES=1 to renew the chapter");
    }
}

fn tables() -> String {
    let origins =
        PatternErrorKind::ALL.map(|kind| (kind.code(), kind.reason(), kind.help().into()));
    let errors = PolicyErrorKind::ALL.map(|kind| {
        // Lines to write depend on the format of the file.
        let help = match kind.help() {
            "" => PolicyError::new(String::new(), kind).into_diagnostic(PolicyFormat::Toml).help,
            help => help.into(),
        };
        (kind.code(), kind.reason(), help)
    });
    let warnings = LintKind::ALL.map(|kind| (kind.code(), kind.reason(), kind.help().into()));
    let suggestions = SUGGESTIONS.map(|(code, reason, help)| (code, reason, help.into()));
    [
        table("Errors of origins", &origins),
        table("Other errors", &errors),
        table("Warnings", &warnings),
        table("Suggested changes", &suggestions),
    ]
    .concat()
}

fn table(title: &str, rows: &[(&str, &str, Cow<'static, str>)]) -> String {
    let sorted: BTreeMap<_, _> =
        rows.iter().map(|(code, reason, help)| (code, (reason, help))).collect();
    let mut table =
        format!("\n## {title}\n\n| code | what is wrong | what to do |\n|---|---|---|\n");
    for (code, (reason, help)) in sorted {
        let row = format!("{reason} | {help}")
            .replace("characters !#$%&'*+-.^_`|~", "characters of tokens")
            .replace(
                "OriginPredicate::predicate(|origin, _| origin.is_private())",
                r"`OriginPredicate::predicate(\|origin, _\| origin.is_private())`",
            )
            // Values and lines are code in Markdown.
            .replace("allow_origins = [\"https://example.com\"]", "`allow_origins`")
            .replace('"', "`")
            .replace("[[rules]]", "`[[rules]]`")
            .replace("[policies.NAME]", "`[policies.NAME]`");
        table.push_str(&format!("| `{code}` | {row} |\n"));
    }
    table
}

#[test]
fn no_two_kinds_share_a_code() {
    let origins = PatternErrorKind::ALL.map(PatternErrorKind::code);
    let errors = PolicyErrorKind::ALL.map(PolicyErrorKind::code);
    let warnings = LintKind::ALL.map(LintKind::code);
    let suggestions = SUGGESTIONS.map(|(code, ..)| code);
    let mut codes = [&origins[..], &errors, &warnings, &suggestions].concat();
    codes.sort_unstable();
    let all = codes.len();
    codes.dedup();
    // A policy without rules and a rule without origins are the same to their author.
    assert_eq!(codes.len(), all - 1);
    for code in codes {
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{code}");
    }
}
