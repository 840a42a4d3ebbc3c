//! What the pages promise beside their code: links that go somewhere, commands that name what there is.

#![expect(clippy::expect_used, reason = "a test that panics has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tests::EnforcementTable;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Every page of the repository.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut folders = vec![PathBuf::from(ROOT)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_foreign = ["corpus", "node_modules", "target"].contains(&&*name);
            if path.is_dir() && !name.starts_with('.') && !is_foreign {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a file of text")
}

/// Where the links of a page go: `[text](target)` and `[name]: target`.
fn targets(text: &str) -> Vec<&str> {
    let inline = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let named = text.lines().filter(|line| line.starts_with('['));
    let named = named.filter_map(|line| line.split_once("]: ")).map(|(_, target)| target);
    inline.chain(named).collect()
}

/// The anchors of a page's headings, as repositories make them.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = |character: &char| character.is_alphanumeric() || " -_".contains(*character);
        heading.chars().filter(kept).collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

#[test]
fn links_go_somewhere() {
    for page in pages() {
        let text = read(&page);
        for target in targets(&text).into_iter().filter(|target| !target.contains("://")) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let place = page.parent().expect("a folder").join(file);
            let place = if file.is_empty() { page.clone() } else { place };
            assert!(place.exists(), "{} links to {target}", page.display());
            let is_known = anchor.is_empty() || anchors(&read(&place)).iter().any(|a| a == anchor);
            assert!(is_known, "{} has no heading for {target}", page.display());
        }
    }
}

/// The pages that rustdoc includes: the chapters of the guide, and the guides for moving from other
/// middleware.
fn chapters() -> Vec<(PathBuf, BTreeSet<String>)> {
    let of_adapters = ["actix", "axum", "poem", "rocket", "salvo"];
    let of_adapters = of_adapters.map(|name| (format!("cors-{name}"), "src/lib.rs"));
    let crates = of_adapters.into_iter().chain([("cors-core".to_owned(), "src/guide.rs")]);
    crates.flat_map(|(folder, source)| included(&Path::new(ROOT).join(folder), source)).collect()
}

/// The pages that a file of a crate includes, and the links that rustdoc is given for each.
fn included(folder: &Path, source: &str) -> Vec<(PathBuf, BTreeSet<String>)> {
    let source = read(&folder.join(source));
    let mut chapters = Vec::new();
    let mut defined = BTreeSet::new();
    for line in source.lines() {
        if let Some((label, _)) = line.strip_prefix("/// [").and_then(|line| line.split_once("]: "))
        {
            defined.insert(label.to_owned());
        }
        if let Some((_, page)) = line.split_once("include_str!(\"../") {
            let page = page.split('"').next().unwrap_or_default();
            chapters.push((folder.join(page), std::mem::take(&mut defined)));
        }
    }
    chapters
}

/// A page of the guide is read in the repository and in rustdoc, where relative paths lead nowhere.
#[test]
fn links_of_the_guide_go_somewhere_in_rustdoc() {
    let chapters = chapters();
    assert!(chapters.len() >= 12, "the guide has chapters, and each adapter a page");
    for (page, defined) in chapters {
        let text = read(&page);
        let page = page.display();
        let is_relative = |target: &str| !target.contains("://") && !target.starts_with('#');
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(
                !is_relative(target),
                "{page}: give the link to {target} a name, and define it"
            );
        }
        let named = text.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: "));
        let named = named.filter(|(_, target)| is_relative(target));
        let named: BTreeSet<String> = named.map(|(label, _)| label.to_owned()).collect();
        assert_eq!(named, defined, "{page} and its crate define different links");
    }
}

/// `UPDATE_TABLES=1 cargo test -p tests --test documented` writes the rows.
#[test]
fn the_chapter_about_enforcement_has_every_row() {
    const START: &str = "<!-- table -->\n";
    const END: &str = "<!-- end of table -->";

    let path = Path::new(ROOT).join("cors-core/docs/enforcement.md");
    let text = read(&path);
    let (before, rest) = text.split_once(START).expect("the page marks the table");
    let (_, after) = rest.split_once(END).expect("the page marks the table");
    let current = format!("{before}{START}{}\n{END}{after}", EnforcementTable::load());
    if std::env::var_os("UPDATE_TABLES").is_some() {
        fs::write(&path, &current).expect("a file that can be written");
    } else {
        assert!(text == current, "set UPDATE_TABLES=1 to renew the page");
    }
}

/// The README's table of settings has those of the schema.
#[test]
fn the_readme_has_every_setting() {
    let schema: serde_json::Value =
        serde_json::from_str(cors_core::PolicyConfig::JSON_SCHEMA).expect("the schema is JSON");
    let properties = schema["$defs"]["sole_rule"]["properties"].as_object().expect("properties");
    let settings: BTreeSet<_> =
        properties.keys().filter(|name| *name != "$schema").cloned().collect();
    let readme = read(&Path::new(ROOT).join("README.md"));
    let (_, table) = readme.split_once("\n| setting | meaning |").expect("a table of settings");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let names = rows.filter_map(|row| row.split('|').nth(1));
    let names = names.flat_map(|names| names.split('`').skip(1).step_by(2).map(str::to_owned));
    assert_eq!(names.collect::<BTreeSet<_>>(), settings);
}

/// The words of each command in the pages that begins with `cargo`, in a block or in a line.
fn commands() -> Vec<(PathBuf, Vec<String>)> {
    let mut commands = Vec::new();
    for page in pages() {
        let text = read(&page);
        let words =
            |line: &str| -> Vec<String> { line.split_whitespace().map(Into::into).collect() };
        let in_blocks = text.lines().filter(|line| line.starts_with("cargo "));
        let in_lines = text.split('`').skip(1).step_by(2).filter(|code| code.contains("cargo "));
        for line in in_blocks.chain(in_lines) {
            commands.push((page.clone(), words(line)));
        }
    }
    commands
}

#[test]
fn commands_name_what_there_is() {
    let packages = read(&Path::new(ROOT).join("Cargo.lock"));
    let has_target = |package: &str, folder: &str, name: &str| {
        let folder = Path::new(ROOT).join(package).join(folder);
        folder.join(name).is_dir() || folder.join(format!("{name}.rs")).is_file()
    };
    let mut seen = BTreeSet::new();
    for (page, words) in commands() {
        // Packages are in folders of their names, but for the examples, which have no such targets.
        let package = words.iter().skip_while(|word| *word != "-p").nth(1);
        let package = package.map_or("tests", String::as_str);
        for pair in words.windows(2) {
            let [option, name] = pair else { continue };
            let name = name.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            // Others stand for a name.
            if !name.chars().all(|c| c.is_ascii_lowercase() || "-_".contains(c)) {
                continue;
            }
            let is_there = match option.as_str() {
                "-p" => packages.contains(&format!("name = \"{name}\"")),
                "--test" => has_target(package, "tests", name),
                "--bench" => has_target(package, "benches", name),
                _ => continue,
            };
            assert!(is_there, "{}: there is nothing for {option} {name}", page.display());
            seen.insert(option.clone());
        }
    }
    assert_eq!(seen.len(), 3, "the pages have such commands");
}
