//! What is wrong with a text, and where, bounded however long the text is.

use std::fmt::Display;
use std::ops::Range;

use cors_core::explain::Severity;
use serde::Serialize;

/// The most problems that are reported. Nobody reads more at once, and each one costs a look-up.
pub(crate) const MOST_PROBLEMS: usize = 50;

/// The first problems of a text.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Problems {
    problems: Vec<Problem>,
    /// How many there are, with those that are not reported.
    total: usize,
}

/// Something to say about a text, and where.
#[derive(Clone, Debug, Serialize)]
struct Problem {
    severity: Severity,
    /// In the words of `cors-core` or of the parser.
    message: String,
    /// The place, in the units of JavaScript's strings. `None` if a setting is missing.
    place: Option<Range<usize>>,
}

impl Problems {
    /// Reports the first of `found`, of which there are `total`. `place` returns where one is, in
    /// bytes, and is called only for those. The characters of the text are walked over once at
    /// most.
    pub(crate) fn new<T: Display>(
        severity: Severity,
        total: usize,
        text: impl Iterator<Item = char>,
        found: impl IntoIterator<Item = T>,
        place: impl Fn(&T) -> Option<Range<usize>>,
    ) -> Self {
        let problem =
            |found: T| Problem { severity, message: found.to_string(), place: place(&found) };
        let mut problems: Vec<_> = found.into_iter().take(MOST_PROBLEMS).map(problem).collect();
        count_in_utf16(text, problems.iter_mut().filter_map(|problem| problem.place.as_mut()));
        Self { problems, total }
    }
}

/// Turns ranges of bytes into ranges of UTF-16 units, which JavaScript counts in.
fn count_in_utf16<'a>(
    mut text: impl Iterator<Item = char>,
    ranges: impl Iterator<Item = &'a mut Range<usize>>,
) {
    let mut ends: Vec<_> = ranges.flat_map(|range| [&mut range.start, &mut range.end]).collect();
    ends.sort_unstable();
    let (mut byte, mut unit) = (0, 0);
    for end in ends {
        while byte < *end
            && let Some(character) = text.next()
        {
            byte += character.len_utf8();
            unit += character.len_utf16();
        }
        *end = unit;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::ops::Range;

    use cors_core::explain::Severity;

    use super::{MOST_PROBLEMS, Problems};

    /// The places of the problems at these bytes, and how many characters were walked over.
    fn places(text: &str, bytes: &[Range<usize>]) -> (Vec<Range<usize>>, usize) {
        let walked = Cell::new(0);
        let characters = text.chars().inspect(|_| walked.set(walked.get() + 1));
        let found = bytes.iter().map(|bytes| bytes.start);
        let place = |start: &usize| bytes.iter().find(|bytes| bytes.start == *start).cloned();
        let problems = Problems::new(Severity::Error, bytes.len(), characters, found, place);
        let places = problems.problems.into_iter().filter_map(|problem| problem.place);
        (places.collect(), walked.get())
    }

    #[test]
    fn places_are_counted_as_javascript_counts() {
        // Two, three and four bytes; one, one and two units.
        let text = "aéb€c𝄞d";
        let bytes = [7..12, 0..1, 1..3, 4..7, 12..13, 13..13, 90..99];
        let units = [4..7, 0..1, 1..2, 3..4, 7..8, 8..8, 8..8];
        assert_eq!(places(text, &bytes).0, units);
    }

    #[test]
    fn the_text_is_walked_over_once_whatever_the_number_of_problems() {
        for lines in [10, 1_000, 100_000] {
            let text = "[[rules]]\n".repeat(lines);
            // From the end, so that no two places are found on the way.
            let bytes: Vec<_> =
                (0..lines).rev().map(|line| line * 10..line * 10 + 9).take(200).collect();
            let (places, walked) = places(&text, &bytes);
            assert_eq!(places.len(), lines.min(MOST_PROBLEMS));
            assert!(walked <= text.len(), "{walked} of {}", text.len());
        }
    }

    #[test]
    fn only_the_first_are_looked_up_and_all_are_counted() {
        let looked_up = Cell::new(0);
        let place = |_: &usize| {
            looked_up.set(looked_up.get() + 1);
            None
        };
        let problems = Problems::new(Severity::Warning, 10_000, "".chars(), 0.., place);
        assert_eq!(problems.total, 10_000);
        let messages = problems.problems.iter().map(|problem| problem.message.clone());
        assert!(messages.eq((0..MOST_PROBLEMS).map(|n| n.to_string())));
        assert_eq!(looked_up.get(), MOST_PROBLEMS);
    }
}
