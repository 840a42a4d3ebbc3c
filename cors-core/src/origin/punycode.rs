//! [Punycode](https://www.rfc-editor.org/rfc/rfc3492), the form in which DNS and browsers write
//! labels outside ASCII. It is written to suggest what a person should have written, and read to lint
//! labels that are broken. The `idna` crate would do it too, with some thirty others below it.

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 128;

/// The longest label that DNS has. Its Punycode form has no fewer characters than the label.
const MAX_LABEL_LEN: usize = 63;

/// The label as DNS has it, with `xn--` before it unless it is ASCII; `None` if it is too long
/// for DNS, which bounds the time that this takes.
pub(crate) fn encode_label(label: &str) -> Option<String> {
    if label.chars().nth(MAX_LABEL_LEN).is_some() {
        return None;
    }
    if label.is_ascii() { Some(label.into()) } else { Some(["xn--", &encode(label)?].concat()) }
}

/// Whether a label that begins with `xn--` is the form of no name outside ASCII, so that
/// [browsers that check it](https://www.unicode.org/reports/tr46/#Validity_Criteria) have no page
/// there. Which characters names can have is not checked, apart from controls and spaces.
pub(crate) fn is_broken_label(label: &str) -> bool {
    label.strip_prefix("xn--").is_some_and(|encoded| {
        let is_name = |label: &String| {
            !label.is_ascii()
                && !label.contains(|c: char| c.is_control() || c.is_whitespace())
                && encode(label).as_deref() == Some(encoded)
        };
        !decode(encoded).as_ref().is_some_and(is_name)
    })
}

/// [The decoding procedure](https://www.rfc-editor.org/rfc/rfc3492#section-6.2). The time it takes
/// is quadratic, so a label longer than DNS has is refused.
fn decode(encoded: &str) -> Option<String> {
    if encoded.len() > MAX_LABEL_LEN {
        return None;
    }
    let (basic, extended) = encoded.rsplit_once('-').unwrap_or(("", encoded));
    if !basic.is_ascii() {
        return None;
    }
    let mut output: Vec<char> = basic.chars().collect();
    let (mut n, mut bias) = (INITIAL_N, INITIAL_BIAS);
    let mut at = 0_u32;
    let mut digits = extended.chars();
    while !digits.as_str().is_empty() {
        let delta = read_number(&mut digits, bias)?;
        let handled = u32::try_from(output.len()).ok()?.checked_add(1)?;
        bias = adapt(delta, handled, at == 0);
        at = at.checked_add(delta)?;
        n = n.checked_add(at / handled)?;
        at %= handled;
        output.insert(usize::try_from(at).ok()?, char::from_u32(n)?);
        at += 1;
    }
    Some(output.into_iter().collect())
}

/// Reads what [`write_number`] writes.
fn read_number(digits: &mut std::str::Chars<'_>, bias: u32) -> Option<u32> {
    let (mut number, mut weight, mut k) = (0_u32, 1_u32, BASE);
    loop {
        let digit = value(digits.next()?)?;
        number = digit.checked_mul(weight)?.checked_add(number)?;
        let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if digit < threshold {
            return Some(number);
        }
        weight = weight.checked_mul(BASE - threshold)?;
        k += BASE;
    }
}

/// [The encoding procedure](https://www.rfc-editor.org/rfc/rfc3492#section-6.3).
fn encode(label: &str) -> Option<String> {
    let mut output: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(output.len()).ok()?;
    if basic > 0 {
        output.push('-');
    }
    let total = u32::try_from(label.chars().count()).ok()?;
    let (mut n, mut delta, mut bias, mut handled) = (INITIAL_N, 0_u32, INITIAL_BIAS, basic);
    while handled < total {
        let next = label.chars().map(u32::from).filter(|c| *c >= n).min()?;
        delta = (next - n).checked_mul(handled + 1)?.checked_add(delta)?;
        n = next;
        for c in label.chars().map(u32::from) {
            if c < n {
                delta = delta.checked_add(1)?;
            } else if c == n {
                write_number(delta, bias, &mut output);
                bias = adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        n += 1;
    }
    Some(output)
}

/// Writes a [generalized variable-length integer](https://www.rfc-editor.org/rfc/rfc3492#section-3.3).
fn write_number(mut number: u32, bias: u32, output: &mut String) {
    let mut k = BASE;
    loop {
        let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if number < threshold {
            break;
        }
        let above = number - threshold;
        output.push(digit(threshold + above % (BASE - threshold)));
        number = above / (BASE - threshold);
        k += BASE;
    }
    output.push(digit(number));
}

fn digit(value: u32) -> char {
    char::from_digit((value + 10) % BASE, BASE).unwrap_or_default()
}

/// The inverse of [`digit`]. Origins are in lower case.
fn value(digit: char) -> Option<u32> {
    match digit {
        'a'..='z' => Some(u32::from(digit) - u32::from('a')),
        '0'..='9' => Some(u32::from(digit) - u32::from('0') + 26),
        _ => None,
    }
}

/// [Bias adaptation](https://www.rfc-editor.org/rfc/rfc3492#section-6.1).
const fn adapt(delta: u32, handled: u32, first: bool) -> u32 {
    let mut delta = delta / if first { DAMP } else { 2 };
    delta += delta / handled;
    let mut k = 0;
    while delta > ((BASE - T_MIN) * T_MAX) / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode, encode_label, is_broken_label};

    #[test]
    fn the_examples_of_the_rfc_are_encoded_and_decoded() {
        for (label, encoded) in [
            ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("他們爲什麽不說中文", "ihqwctvzc91f659drss3x8bo0yb"),
            ("למההםפשוטלאמדבריםעברית", "4dbcagdahymbxekheh6e0a7fei0b"),
            ("なぜみんな日本語を話してくれないのか", "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"),
            ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
            ("TạisaohọkhôngthểchỉnóitiếngViệt", "TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g"),
            ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"),
            ("MajiでKoiする5秒前", "MajiKoi5-783gue6qz075azm5e"),
            ("パフィーdeルンバ", "de-jg4avhby1noc0d"),
            ("そのスピードで", "d9juau41awczczp"),
        ] {
            assert_eq!(encode(label).as_deref(), Some(encoded), "{label}");
            assert_eq!(decode(encoded).as_deref(), Some(label), "{encoded}");
        }
    }

    /// Where a number is as large as its threshold, or one that the bias is halved at.
    #[test]
    fn limits_are_met() {
        for (label, encoded) in [
            ("日本日本", "wgva49gba"),
            ("aa姜媒宲", "aa-499c00av7b"),
            ("büyükşehirłódź", "bykehird-13a7fb95fwkzm"),
            ("почтаελλάδα", "hxakic4aa03fgdi5a8c"),
        ] {
            assert_eq!(encode(label).as_deref(), Some(encoded), "{label}");
            assert_eq!(decode(encoded).as_deref(), Some(label), "{encoded}");
        }
    }

    #[test]
    fn only_labels_outside_ascii_get_the_prefix() {
        assert_eq!(encode_label("example").as_deref(), Some("example"));
        assert_eq!(encode_label("bücher").as_deref(), Some("xn--bcher-kva"));
    }

    #[test]
    fn a_label_too_long_to_count_in_is_refused() {
        let label = format!("{}\u{10FFFF}", "a".repeat(5000));
        assert_eq!(encode(&label), None);
        assert_eq!(encode_label(&"é".repeat(64)), None);
        assert!(encode_label(&"é".repeat(63)).is_some());
    }

    #[test]
    fn labels_that_no_name_becomes_are_broken() {
        for label in [
            "xn--f",
            "xn--",
            "xn---",
            "xn--a-",
            "xn--example-",
            "xn--a_b",
            "xn--bcher-KVA",
            // A delimiter with nothing before it.
            "xn---wgv71a119e",
            // A control, a space, a surrogate, and more than there are code points.
            "xn--a",
            "xn--6a",
            "xn--ib9b",
            "xn--99999999",
            "xn--zzzzzzzzzzzz",
        ] {
            assert!(is_broken_label(label), "{label}");
        }
        assert!(is_broken_label(&format!("xn--{}", "a".repeat(64))));
        for label in ["xn--bcher-kva", "xn--caf-dma", "xn--wgv71a119e", "xn", "example", "x--n"] {
            assert!(!is_broken_label(label), "{label}");
        }
    }
}
