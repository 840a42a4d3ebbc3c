//! Searches in short texts, when a policy is built. The standard library's searchers are made for long
//! texts, and each kind of pattern brings its own copy of them into every service. Here, all
//! searches share a few loops, which are not inlined.

/// Returns where a part begins.
#[inline(never)]
pub(crate) fn find(text: &str, part: &str) -> Option<usize> {
    let mut rests = (0..text.len()).filter_map(|at| Some((at, text.as_bytes().get(at..)?)));
    rests.find(|(_, rest)| rest.starts_with(part.as_bytes())).map(|(at, _)| at)
}

#[inline(never)]
pub(crate) fn contains(text: &str, part: &str) -> bool {
    find(text, part).is_some()
}

/// Returns what stands before and after a separator.
#[inline(never)]
pub(crate) fn split_once<'a>(text: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
    let at = find(text, separator)?;
    Some((text.get(..at)?, text.get(at + separator.len()..)?))
}

#[inline(never)]
pub(crate) fn replace(text: &str, part: &str, by: &str) -> String {
    let mut replaced = String::new();
    let mut rest = text;
    while let Some((before, after)) = split_once(rest, part) {
        replaced.push_str(before);
        replaced.push_str(by);
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

#[inline(never)]
pub(crate) fn has(text: &str, is_meant: fn(char) -> bool) -> bool {
    text.chars().any(is_meant)
}

#[inline(never)]
pub(crate) fn has_only(text: &str, is_meant: fn(char) -> bool) -> bool {
    text.chars().all(is_meant)
}

/// Returns whether the first character is of this kind.
#[inline(never)]
pub(crate) fn starts(text: &str, is_meant: fn(char) -> bool) -> bool {
    text.chars().next().is_some_and(is_meant)
}

/// Returns whether the last character is of this kind.
#[inline(never)]
pub(crate) fn ends(text: &str, is_meant: fn(char) -> bool) -> bool {
    text.chars().next_back().is_some_and(is_meant)
}

#[inline(never)]
pub(crate) fn trim(text: &str, is_padding: fn(char) -> bool) -> &str {
    trim_start(trim_end(text, is_padding), is_padding)
}

#[inline(never)]
pub(crate) fn trim_start(text: &str, is_padding: fn(char) -> bool) -> &str {
    text.trim_start_matches(is_padding)
}

#[inline(never)]
pub(crate) fn trim_end(text: &str, is_padding: fn(char) -> bool) -> &str {
    text.trim_end_matches(is_padding)
}

/// Returns the parts between separators. A part can be empty.
pub(crate) const fn split(text: &str, is_separator: fn(char) -> bool) -> Parts<'_> {
    Parts { rest: Some(text), is_separator }
}

#[derive(Clone)]
pub(crate) struct Parts<'a> {
    rest: Option<&'a str>,
    is_separator: fn(char) -> bool,
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest.take()?;
        let mut chars = rest.chars();
        while let Some(c) = chars.next() {
            if (self.is_separator)(c) {
                self.rest = Some(chars.as_str());
                return rest.get(..rest.len() - chars.as_str().len() - c.len_utf8());
            }
        }
        Some(rest)
    }
}

#[inline(never)]
pub(crate) fn is_ascii(text: &str) -> bool {
    text.bytes().all(|byte| byte < 128)
}

#[inline(never)]
pub(crate) fn to_lower_case(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// Returns whether a word is one of these, which are separated by spaces, in any case.
#[inline(never)]
pub(crate) fn is_one_of(word: &str, words: &str) -> bool {
    split(words, |c| c == ' ').any(|known| known.eq_ignore_ascii_case(word))
}

/// Returns whether a text begins with another one, in any case.
#[inline(never)]
pub(crate) fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}
