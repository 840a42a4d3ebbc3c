/// Bytes that a grammar allows. Looking one up takes the same few instructions for any set.
pub(crate) struct ByteSet([bool; 256]);

#[expect(
    clippy::indexing_slicing,
    reason = "there is a place for every byte, and the compiler makes the sets"
)]
impl ByteSet {
    /// ASCII letters, digits, and these.
    pub(crate) const fn alphanumeric_and(others: &[u8]) -> Self {
        let mut set = [false; 256];
        let mut byte = 0;
        while byte < 128 {
            set[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        let mut at = 0;
        while at < others.len() {
            set[others[at] as usize] = true;
            at += 1;
        }
        Self(set)
    }

    /// Every ASCII character that is visible: neither a control nor the space.
    pub(crate) const fn visible_ascii() -> Self {
        let mut set = [false; 256];
        let mut byte = 0;
        while byte < 128 {
            set[byte] = (byte as u8).is_ascii_graphic();
            byte += 1;
        }
        Self(set)
    }

    pub(crate) const fn without(mut self, others: &[u8]) -> Self {
        let mut at = 0;
        while at < others.len() {
            self.0[others[at] as usize] = false;
            at += 1;
        }
        self
    }

    pub(crate) const fn without_upper_case(self) -> Self {
        self.without(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    }

    #[inline]
    pub(crate) const fn contains(&self, byte: u8) -> bool {
        self.0[byte as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::ByteSet;

    fn text(set: &ByteSet) -> String {
        (0..=255).filter(|byte| set.contains(*byte)).map(char::from).collect()
    }

    #[test]
    fn a_set_has_its_bytes_and_no_others() {
        let set = ByteSet::alphanumeric_and(b"-_");
        let lower = "abcdefghijklmnopqrstuvwxyz";
        assert_eq!(text(&set), format!("-0123456789{}_{lower}", lower.to_uppercase()));
        assert_eq!(text(&set.without_upper_case()), format!("-0123456789_{lower}"));
        let visible = ByteSet::visible_ascii();
        assert_eq!(text(&visible), ('!'..='~').collect::<String>());
        assert_eq!(text(&visible.without(b"!~")), ('"'..='}').collect::<String>());
    }
}
