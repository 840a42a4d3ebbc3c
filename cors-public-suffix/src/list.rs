//! The rules of the list, as `examples/renew` packs them.
//!
//! Each rule is written from its last byte to its first, such as `ku.oc` and `kc.*`. The rules at
//! and below a name then begin with the same bytes, and sorting puts them side by side. A rule that
//! is an ancestor of another rule is left out, because the rule below it gives the same answer.
//!
//! The rules are in blocks of [`BLOCK`]. The first rule of a block is complete. Each other rule
//! repeats the first bytes of the rule before; the data has the number of these bytes, as the
//! difference from the number of the rule before. The rest of a rule consists of tokens, which are
//! frequent texts. Differences and tokens are written in Huffman codes.
//!
//! The data is, in this order:
//!
//! | | |
//! |---|---|
//! | header | four numbers of two bytes, the lower byte first: rules, tokens, bytes of tokens, changes |
//! | changes | a [`Code`], and one signed byte for each symbol: the difference of repeated bytes |
//! | tokens | a [`Code`], and where each [`STEP`]th token starts, two bytes each |
//! | token texts | ASCII; the last byte of a token has the highest bit, the last byte of a rule is [`END`] |
//! | block starts | two bytes each |
//! | blocks | bits |

use core::cmp::Ordering;

use crate::code::{Bits, Code, U16s, split_bytes};

/// How many rules a block has.
const BLOCK: usize = 32;

/// How many tokens have one start.
const STEP: usize = 8;

/// What ends a rule. It stands for a dot with nothing below.
const END: u8 = b'\n';

const LAST_OF_TOKEN: u8 = 0x80;

/// The first bytes of the rules that are looked for, with the dot that ends the last label.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key<'a> {
    name: &'a [u8],
    end: &'static [u8],
}

impl<'a> Key<'a> {
    /// The rules at and below `name`.
    pub(crate) const fn at_or_below(name: &'a str) -> Self {
        Self { name: name.as_bytes(), end: b"." }
    }

    /// The rule `*.name`.
    pub(crate) const fn wildcard(name: &'a str) -> Self {
        Self { name: name.as_bytes(), end: b".*." }
    }

    /// The rule `!name`.
    pub(crate) const fn exception(name: &'a str) -> Self {
        Self { name: name.as_bytes(), end: b"!." }
    }

    fn get(&self, at: usize) -> Option<u8> {
        match at.checked_sub(self.name.len()) {
            None => self.name.iter().nth_back(at).copied(),
            Some(at) => self.end.get(at).copied(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct List<'a> {
    rules: usize,
    changes: &'a [u8],
    change_code: Code<'a>,
    tokens: &'a [u8],
    token_code: Code<'a>,
    token_starts: U16s<'a>,
    block_starts: U16s<'a>,
    blocks: &'a [u8],
}

impl<'a> List<'a> {
    /// Returns `None` if the data is malformed, as the other methods do.
    pub(crate) fn new(mut data: &'a [u8]) -> Option<Self> {
        let header = U16s::split_from(&mut data, 4)?;
        let size = |at| header.get(at).map(usize::from);
        let rules = size(0)?;
        let change_code = Code::split_from(&mut data)?;
        let changes = split_bytes(&mut data, size(3)?)?;
        let token_code = Code::split_from(&mut data)?;
        let token_starts = U16s::split_from(&mut data, size(1)?.div_ceil(STEP))?;
        let tokens = split_bytes(&mut data, size(2)?)?;
        let block_starts = U16s::split_from(&mut data, rules.div_ceil(BLOCK))?;
        let blocks = data;
        Some(Self {
            rules,
            changes,
            change_code,
            tokens,
            token_code,
            token_starts,
            block_starts,
            blocks,
        })
    }

    /// Returns whether a rule begins with the key.
    pub(crate) fn contains(&self, key: Key<'_>) -> Option<bool> {
        // The blocks before `low` start before the key, those from `high` on after it.
        let (mut low, mut high) = (0, self.rules.div_ceil(BLOCK));
        while low < high {
            let middle = low.midpoint(high);
            match self.scan(middle, 1, key)? {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Some(true),
                Ordering::Greater => high = middle,
            }
        }
        let Some(block) = low.checked_sub(1) else { return Some(false) };
        let rules = self.rules.checked_sub(block.checked_mul(BLOCK)?)?.min(BLOCK);
        Some(self.scan(block, rules, key)? == Ordering::Equal)
    }

    /// Compares the first rules of a block with the key, until a rule begins with the key, or
    /// stands after it.
    fn scan(&self, block: usize, rules: usize, key: Key<'_>) -> Option<Ordering> {
        let start = usize::from(self.block_starts.get(block)?);
        let mut bits = Bits::new(self.blocks.get(start..)?);
        // How many bytes a rule has in common with the rule before, and that one with the key.
        let (mut repeated, mut matched) = (0_usize, 0);
        for rule in 0..rules {
            if rule > 0 {
                let change = *self.changes.get(self.change_code.read(&mut bits)?)?;
                repeated = repeated.checked_add_signed(i8::from_le_bytes([change]).into())?;
            }
            let mut is_read = false;
            match repeated.cmp(&matched) {
                // The rule before was less, and the key has more in common with it than this rule.
                Ordering::Less => return Some(Ordering::Greater),
                Ordering::Equal => {
                    let order;
                    (order, is_read) = self.compare_rest(&mut bits, key, &mut matched)?;
                    if order.is_ge() {
                        return Some(order);
                    }
                }
                // This rule differs from the key where the rule before does.
                Ordering::Greater => {}
            }
            while !is_read && rule + 1 < rules {
                is_read = ends_rule(self.read_token(&mut bits)?);
            }
        }
        Some(Ordering::Less)
    }

    /// Reads a rule on until it is seen how it compares with the key, whose first bytes are known
    /// to match. Returns also whether the rule is read to its end.
    fn compare_rest(
        &self,
        bits: &mut Bits<'_>,
        key: Key<'_>,
        matched: &mut usize,
    ) -> Option<(Ordering, bool)> {
        loop {
            let token = self.read_token(bits)?;
            for byte in token {
                let byte = match byte & !LAST_OF_TOKEN {
                    END => b'.',
                    byte => byte,
                };
                let order = byte.cmp(&key.get(*matched)?);
                if order.is_ne() {
                    return Some((order, ends_rule(token)));
                }
                *matched += 1;
                if key.get(*matched).is_none() {
                    return Some((Ordering::Equal, ends_rule(token)));
                }
            }
            if ends_rule(token) {
                return Some((Ordering::Less, true));
            }
        }
    }

    fn read_token(&self, bits: &mut Bits<'_>) -> Option<&'a [u8]> {
        let number = self.token_code.read(bits)?;
        let start = usize::from(self.token_starts.get(number / STEP)?);
        let tokens = self.tokens.get(start..)?;
        tokens.split_inclusive(|byte| byte & LAST_OF_TOKEN != 0).nth(number % STEP)
    }
}

fn ends_rule(token: &[u8]) -> bool {
    token.last() == Some(&(END | LAST_OF_TOKEN))
}

#[cfg(test)]
mod tests {
    extern crate std;

    use proptest::prelude::*;
    use std::vec::Vec;

    use super::{Key, List};
    use crate::DATA;

    #[test]
    fn the_ends_of_the_list_are_found() {
        let list = List::new(DATA).unwrap();
        // The key of `a` stands before the first rule, that of `zz` after the last one.
        for (name, is_listed) in
            [("a", false), ("xn--9krt00a", true), ("buzz", true), ("zz", false)]
        {
            assert_eq!(list.contains(Key::at_or_below(name)), Some(is_listed), "{name}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// A panic or an endless loop would fail this.
        #[test]
        fn malformed_data_is_only_misread(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..200),
            header in any::<[u8; 8]>(),
            keeps_header in any::<bool>(),
            length in 0..=DATA.len(),
            names in prop::collection::vec("[a-z.]{0,20}", 20),
        ) {
            let mut data: Vec<u8> = DATA[..length].to_vec();
            for (at, byte) in changes {
                if !data.is_empty() {
                    let at = at.index(data.len());
                    data[at] = byte;
                }
            }
            if !keeps_header && data.len() > header.len() {
                data[..header.len()].copy_from_slice(&header);
            }
            if let Some(list) = List::new(&data) {
                for name in &names {
                    let _ = list.contains(Key::at_or_below(name));
                }
            }
        }
    }
}
