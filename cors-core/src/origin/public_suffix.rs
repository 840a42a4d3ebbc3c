//! The names below which anybody can register one, from the
//! [Public Suffix List](https://publicsuffix.org/).

/// Whether subdomains of `base` may belong to different people: it is a public suffix, or one
/// stands below it, as `s3.amazonaws.com` does below `amazonaws.com`. A top-level domain that the
/// list does not know is taken for a suffix.
#[cfg(feature = "public-suffix")]
pub(crate) fn public_suffix_at_or_below(base: &str) -> bool {
    list::has_suffix_at_or_below(base)
}

/// Without the list nothing is known of any name.
#[cfg(not(feature = "public-suffix"))]
pub(crate) fn public_suffix_at_or_below(_base: &str) -> bool {
    true
}

#[cfg(feature = "public-suffix")]
mod list {
    use std::cmp::Ordering;
    use std::sync::LazyLock;

    /// The rules of the list in the order of [`compare`], so that a name stands right before all
    /// those below it.
    static RULES: LazyLock<Box<[&str]>> = LazyLock::new(|| {
        let lines = include_str!("public_suffixes.txt").lines();
        lines.filter(|line| !line.is_empty() && !line.starts_with("//")).collect()
    });

    /// See the list's [algorithm](https://github.com/publicsuffix/list/wiki/Format#formal-algorithm).
    pub(super) fn has_suffix_at_or_below(base: &str) -> bool {
        let Some((label, parent)) = base.split_once('.') else {
            return true;
        };
        let listed_or_below = first_at_or_after(base)
            .and_then(|rule| rule.strip_suffix(base))
            .is_some_and(|below| below.is_empty() || below.ends_with('.'));
        let has_rule = |rule: &str| first_at_or_after(rule) == Some(rule);
        listed_or_below
            || has_rule(&format!("*.{parent}")) && !has_rule(&format!("!{label}.{parent}"))
    }

    fn first_at_or_after(name: &str) -> Option<&'static str> {
        let at = RULES.partition_point(|rule| compare(rule, name) == Ordering::Less);
        RULES.get(at).copied()
    }

    /// Compares label by label, the top-level domain first.
    fn compare(one: &str, other: &str) -> Ordering {
        one.rsplit('.').cmp(other.rsplit('.'))
    }

    #[cfg(test)]
    mod tests {
        use std::cmp::Ordering;

        use super::{RULES, compare, has_suffix_at_or_below};

        #[test]
        fn the_list_is_sorted_and_whole() {
            assert!(RULES.len() > 10_000, "{} rules", RULES.len());
            for pair in RULES.windows(2) {
                assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            }
            for rule in &RULES[..] {
                let allowed = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
                let name = rule.trim_start_matches("*.").trim_start_matches('!');
                assert!(name.bytes().all(allowed), "{rule}");
            }
        }

        #[test]
        fn suffixes_and_their_ancestors_are_found() {
            for base in [
                "com",
                "co.uk",
                "github.io",
                "s3.amazonaws.com",
                // A rule with a wildcard makes every name right below a suffix.
                "anything.ck",
                "eu-west-1.compute.amazonaws.com",
                // Names in Punycode.
                "xn--fiqs8s",
                "xn--55qx5d.cn",
                // No suffixes themselves.
                "amazonaws.com",
                "compute.amazonaws.com",
                "windows.net",
                "core.windows.net",
                "digitaloceanspaces.com",
                "fastly.net",
                "oraclecloudapps.com",
                "r.appspot.com",
                "kawasaki.jp",
                // Unlisted top-level domains.
                "corp",
                "internal",
            ] {
                assert!(has_suffix_at_or_below(base), "{base}");
            }
        }

        #[test]
        fn names_that_belong_to_someone_are_not() {
            for base in [
                "example.com",
                "example.co.uk",
                "octocat.github.io",
                // Exceptions to a rule with a wildcard.
                "www.ck",
                "city.kawasaki.jp",
                "example.anything.ck",
                "service.corp",
                "aws.amazon.com",
                // Listed names are no ancestors of those that only end in the same letters.
                "indows.net",
                "notamazonaws.com",
            ] {
                assert!(!has_suffix_at_or_below(base), "{base}");
            }
        }
    }
}
