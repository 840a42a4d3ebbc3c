//! Where the settings of diagnostics stand in their file. Nothing of this is done for a file that
//! has nothing to report.

use std::collections::{BTreeSet, HashMap};

use crate::files::formats::{Places, without_byte_order_mark};
use crate::policy::{Diagnostic, PolicyFormat};

/// Adds the lines and columns of settings to diagnostics. A setting that is missing is at the place
/// of what it is missing in.
pub(super) fn locate<'d>(
    format: PolicyFormat,
    text: &str,
    diagnostics: impl IntoIterator<Item = &'d mut Diagnostic>,
) {
    let diagnostics: Vec<_> = diagnostics.into_iter().collect();
    if diagnostics.is_empty() {
        return;
    }
    let paths = diagnostics.iter().flat_map(|diagnostic| with_ancestors(diagnostic.path()));
    let mut places: Places = paths.map(|path| (path.to_owned(), None)).collect();
    let text = without_byte_order_mark(text);
    format.find(text, &mut places);
    let lines_and_columns = lines_and_columns(text, places.values().flatten().copied());
    for diagnostic in diagnostics {
        let place = with_ancestors(diagnostic.path()).find_map(|path| *places.get(path)?);
        if let Some((line, column)) = place.and_then(|byte| lines_and_columns.get(&byte)) {
            diagnostic.locate(*line, *column);
        }
    }
}

/// A path, and the paths of the tables and lists that it is in, from the inside out.
fn with_ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.get(..path.rfind(['.', '['])?))
}

/// The lines, and the columns in characters, of some bytes. Both count from one.
fn lines_and_columns(
    text: &str,
    bytes: impl Iterator<Item = usize>,
) -> HashMap<usize, (usize, usize)> {
    let bytes: BTreeSet<_> = bytes.collect();
    let mut characters = text.char_indices().peekable();
    let (mut line, mut column) = (1, 1);
    let place = |byte| {
        while let Some((_, character)) = characters.next_if(|(at, _)| *at < byte) {
            (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        (byte, (line, column))
    };
    bytes.into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::files::error::LoadError;
    use crate::files::load::Policies;

    /// The code, line and column of each diagnostic.
    fn found(name: &str, text: &str) -> Vec<(&'static str, Option<usize>, Option<usize>)> {
        let diagnostics = match Policies::parse(text, Path::new(name)) {
            Ok(policies) => policies.lints(),
            Err(LoadError::Invalid { errors, lints, .. }) => {
                errors.into_iter().chain(lints).collect()
            }
            Err(error) => panic!("{error}"),
        };
        diagnostics.iter().map(|found| (found.code(), found.line(), found.column())).collect()
    }

    #[test]
    fn diagnostics_have_the_place_of_their_setting() {
        let toml = "# é\nmax_age = -1\nallow_origins = [\n  'https://a.example',\n  'https://b.example/', 'é'\n]\nallow_methods = ['patch']";
        assert_eq!(
            found("a.toml", toml),
            [
                ("origin-has-path", Some(5), Some(3)),
                ("origin-scheme-missing", Some(5), Some(25)),
                ("max-age-out-of-range", Some(2), Some(1)),
                ("method-not-upper-case", Some(7), Some(18)),
            ]
        );
        let json = "{\n\t\"allow_origins\": [\"https://a.example\", \"https://b.example/\"],\n\t\"max_age\": -1\n}";
        assert_eq!(
            found("a.json", json),
            [("origin-has-path", Some(2), Some(41)), ("max-age-out-of-range", Some(3), Some(2))]
        );
        let named = "{\"policies\": {\"\\u00e9 \\n\": {\"allow_origins\": [\"é\"]},\n \"é\": {}}}";
        assert_eq!(
            found("a.json", named),
            [("origins-missing", Some(2), Some(2)), ("origin-scheme-missing", Some(1), Some(47))]
        );
        let yaml = "allow_origins:\n  - https://a.example\n  - https://b.example/\nmax_age: -1\n";
        assert_eq!(
            found("a.yaml", yaml),
            [("origin-has-path", Some(3), Some(5)), ("max-age-out-of-range", Some(4), Some(1))]
        );
    }

    #[test]
    fn what_is_missing_is_where_it_should_be() {
        let rules = "[[rules]]\nallow_origins = ['https://a.example']\n\n[[rules]]\nmax_age = 1\n";
        assert_eq!(found("a.toml", rules), [("origins-missing", Some(4), Some(1))]);
        assert_eq!(found("a.toml", ""), [("origins-missing", None, None)]);
        let named = "policies:\n  web:\n    allow_origins: ['https://a.example/']\n  'a b': {}\n";
        assert_eq!(
            found("a.yaml", named),
            [("origins-missing", Some(4), Some(3)), ("origin-has-path", Some(3), Some(21))]
        );
        // A text that should be a list has no elements.
        let text = "allow_origins = 'https://a.example/'";
        let [list, element] = found("a.toml", text)[..] else { panic!("two errors") };
        assert_eq!((list.1, list.2), (Some(1), Some(1)));
        assert_eq!((element.1, element.2), (Some(1), Some(1)));
    }

    #[test]
    fn warnings_of_a_valid_file_have_places_too() {
        let toml = "allow_origins = ['https://a.example', 'https://a.example']";
        assert_eq!(found("a.toml", toml), [("duplicate-origin", Some(1), Some(39))]);
    }
}
