//! What a parser says of a text, with the line that it is about. Both are cut, so that a policy
//! file that is a link to some other file does not print that file.

use crate::files::formats::SyntaxError;

/// In bytes.
const LONGEST_LINE: usize = 200;
const LONGEST_MESSAGE: usize = 200;

/// Returns the error that a parser has found at this byte of the text.
pub(super) fn error(text: &str, byte: Option<usize>, message: &str) -> SyntaxError {
    let message = message_in_one_line(message);
    let Some(byte) = byte else { return SyntaxError { place: None, message } };
    let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
    let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    let content = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let mut offset = (before.len() - line_start).min(content.len());
    while !content.is_char_boundary(offset) {
        offset -= 1;
    }
    let (before, after) = content.split_at_checked(offset).unwrap_or((content, ""));
    let column = before.chars().count() + 1;
    // The half of the line that may stand before the place, or more where less follows.
    let room = LONGEST_LINE - after.len().min(LONGEST_LINE / 2);
    let (shown_before, is_cut) = last(before, room);
    let (shown_after, is_cut_after) = first(after, LONGEST_LINE - shown_before.len());
    let mut shown = String::from(if is_cut { "…" } else { "" });
    escape(shown_before, &mut shown);
    let caret = " ".repeat(shown.chars().count());
    escape(shown_after, &mut shown);
    if is_cut_after {
        shown.push('…');
    }
    let margin = " ".repeat(line.to_string().len());
    let message = format!(
        "line {line}, column {column}: {message}\n\
         {margin} |\n\
         {line} | {shown}\n\
         {margin} | {caret}^"
    );
    SyntaxError { place: Some((line, column)), message }
}

/// What a parser says, without the text that it is about, which can go over many lines. What is
/// still long is cut in the middle, because the end says what was expected.
fn message_in_one_line(message: &str) -> String {
    let mut line = String::new();
    let mut message = message.trim_end();
    if let Some(expected) = expected_instead_of_string(message) {
        line.push_str("invalid type: string, expected ");
        message = expected;
    }
    if message.len() <= LONGEST_MESSAGE {
        escape(message, &mut line);
        return line;
    }
    escape(first(message, LONGEST_MESSAGE / 2).0, &mut line);
    line.push('…');
    escape(last(message, LONGEST_MESSAGE / 2).0, &mut line);
    line
}

/// What a message expects instead of a string that it quotes.
fn expected_instead_of_string(message: &str) -> Option<&str> {
    let quoted = message.strip_prefix("invalid type: string \"")?;
    let (_, expected) = quoted.rsplit_once("\", expected ")?;
    Some(expected)
}

/// At most so many bytes from the start of a text, and whether that is less than all.
fn first(text: &str, bytes: usize) -> (&str, bool) {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    (text.get(..end).unwrap_or_default(), end < text.len())
}

/// At most so many bytes from the end of a text, and whether that is less than all.
fn last(text: &str, bytes: usize) -> (&str, bool) {
    let mut start = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    (text.get(start..).unwrap_or_default(), start > 0)
}

/// Adds a text to a line, escaping what a terminal would act on: control characters, and those that
/// change the direction of writing.
fn escape(text: &str, line: &mut String) {
    for c in text.chars() {
        match c {
            '"' | '\'' | '\\' => line.push(c),
            '\t' | '\n' => line.push(' '),
            c => line.extend(c.escape_debug()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::error;

    fn describe(text: &str, byte: Option<usize>, message: &str) -> String {
        error(text, byte, message).message
    }

    #[test]
    fn the_place_is_shown() {
        let text = "a = 1\nb = é x\n";
        let shown = "line 2, column 7: wrong\n  |\n2 | b = é x\n  |       ^";
        assert_eq!(describe(text, Some(13), "wrong\n"), shown);
        assert_eq!(describe(text, None, "wrong"), "wrong");
    }

    #[test]
    fn a_place_outside_of_the_text_is_its_end() {
        let shown = "line 1, column 2: wrong\n  |\n1 | é\n  |  ^";
        assert_eq!(describe("é", Some(99), "wrong"), shown);
        let shown = "line 3, column 1: wrong\n  |\n3 | \n  | ^";
        assert_eq!(describe("é\n\n", Some(5), "wrong"), shown);
        // In the middle of a character.
        let shown = "line 1, column 1: wrong\n  |\n1 | é\n  | ^";
        assert_eq!(describe("é", Some(1), "wrong"), shown);
    }

    #[test]
    fn long_lines_and_messages_are_cut() {
        for (before, after, shown) in [
            (0, 1000, format!("{}…", "a".repeat(200))),
            (1000, 0, format!("…{}", "b".repeat(200))),
            (1000, 1000, format!("…{}{}…", "b".repeat(100), "a".repeat(100))),
            (150, 1000, format!("…{}{}…", "b".repeat(100), "a".repeat(100))),
            (90, 1000, format!("{}{}…", "b".repeat(90), "a".repeat(110))),
            (1000, 50, format!("…{}{}", "b".repeat(150), "a".repeat(50))),
        ] {
            let text = format!("{}{}", "b".repeat(before), "a".repeat(after));
            let printed = describe(&text, Some(before), "wrong");
            assert_eq!(printed.lines().nth(2), Some(&*format!("1 | {shown}")));
            let caret = printed.lines().nth(3).and_then(|line| line.find('^'));
            assert_eq!(caret, Some(4 + shown.chars().take_while(|c| *c != 'a').count()));
        }
        let message = format!("invalid value {:?}, expected a policy", "é".repeat(1000));
        let printed = describe("", None, &message);
        assert!(printed.len() < 210, "{printed}");
        assert!(printed.starts_with("invalid value \"é"), "{printed}");
        assert!(printed.ends_with("é\", expected a policy"), "{printed}");
    }

    #[test]
    fn a_text_of_another_type_is_not_repeated() {
        let message = "invalid type: string \"a\\nb\", expected \", expected a list";
        let printed = "invalid type: string, expected a list";
        assert_eq!(describe("", None, message), printed);
    }

    #[test]
    fn terminals_are_told_nothing() {
        let text = "a\x1b[31m\u{202e}b\t\0";
        let printed = describe(text, Some(0), "not\x07\nthis");
        let shown = "line 1, column 1: not\\u{7} this\n  |\n1 | a\\u{1b}[31m\\u{202e}b \\0\n  | ^";
        assert_eq!(printed, shown);
    }
}
