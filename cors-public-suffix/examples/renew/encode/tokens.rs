//! The texts that rules are made of.

use std::collections::{BTreeMap, HashMap};

use super::huffman;

/// How many pairs are joined. After that, tokens that do not pay for themselves are dropped.
const JOINED: usize = 600;
const ROUNDS: usize = 6;
const LONGEST: usize = 24;

/// The bits of a byte that no text has as a token so far, an estimate.
const UNUSED: usize = 12;

/// The bits that one token takes in the list of starts.
const START: usize = 16 / super::STEP;

/// Texts, and how many bits each takes.
pub(crate) struct Tokens(HashMap<Vec<u8>, usize>);

impl Tokens {
    /// Chooses tokens that make texts short.
    pub(crate) fn choose(texts: &[&[u8]]) -> Self {
        let mut uses: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        for token in join_pairs(texts) {
            *uses.entry(token).or_default() += 1;
        }
        for _ in 0..ROUNDS {
            let tokens = Self::new(&uses);
            uses.clear();
            for token in texts.iter().flat_map(|text| tokens.parse(text)) {
                *uses.entry(token.to_vec()).or_default() += 1;
            }
            uses.retain(|token, uses| tokens.pays(token, *uses));
        }
        Self::new(&uses)
    }

    fn new(uses: &BTreeMap<Vec<u8>, usize>) -> Self {
        Self(huffman::lengths(uses).into_iter().collect())
    }

    /// Cuts a text into the tokens that take the fewest bits.
    pub(crate) fn parse<'t>(&self, text: &'t [u8]) -> Vec<&'t [u8]> {
        self.parse_by(text, LONGEST).1
    }

    /// Returns whether a token saves more bits than it takes in the list of tokens.
    fn pays(&self, token: &[u8], uses: usize) -> bool {
        let bits = self.0.get(token).copied().unwrap_or(UNUSED);
        let (without, _) = self.parse_by(token, token.len() - 1);
        token.len() == 1 || uses * without.saturating_sub(bits) > 8 * token.len() + START
    }

    /// Returns the fewest bits of a text, and its tokens. No token is longer than the limit.
    fn parse_by<'t>(&self, text: &'t [u8], longest: usize) -> (usize, Vec<&'t [u8]>) {
        // For each end, the fewest bits of the text before, and the length of its last token.
        let mut best: Vec<(usize, usize)> = vec![(0, 0)];
        for end in 1..=text.len() {
            let shortest = (1..=end.min(longest.max(1))).filter_map(|length| {
                let token = text.get(end - length..end)?;
                let unused = (length == 1).then_some(UNUSED);
                let bits = self.0.get(token).copied().or(unused)?;
                Some((best.get(end - length)?.0 + bits, length))
            });
            best.extend(shortest.min());
        }
        let bits = best.last().map_or(0, |(bits, _)| *bits);
        let (mut tokens, mut rest) = (Vec::new(), text);
        while let Some((before, token)) =
            best.get(rest.len()).and_then(|(_, length)| rest.split_at_checked(rest.len() - length))
        {
            if token.is_empty() {
                break;
            }
            tokens.push(token);
            rest = before;
        }
        tokens.reverse();
        (bits, tokens)
    }
}

/// Returns the tokens of the texts: the most frequent pair of neighbours becomes one token, again and again
/// ([byte pair encoding](https://en.wikipedia.org/wiki/Byte-pair_encoding)).
fn join_pairs(texts: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut tokens: Vec<Vec<u8>> = (0..=u8::MAX).map(|byte| vec![byte]).collect();
    let mut parsed: Vec<Vec<usize>> =
        texts.iter().map(|text| text.iter().map(|byte| usize::from(*byte)).collect()).collect();
    let width = tokens.len() + JOINED;
    let mut counts = vec![0_u32; width * width];
    for joined in tokens.len()..width {
        let mut seen = Vec::new();
        for text in &parsed {
            for (one, other) in text.iter().zip(text.iter().skip(1)) {
                let pair = one * width + other;
                if let Some(count) = counts.get_mut(pair) {
                    *count += 1;
                    if *count == 1 {
                        seen.push(pair);
                    }
                }
            }
        }
        let most = seen.iter().max_by_key(|pair| (counts.get(**pair), **pair));
        let Some((one, other)) = most.map(|pair| (pair / width, pair % width)) else { break };
        tokens.push(
            [one, other].iter().filter_map(|at| tokens.get(*at)).flatten().copied().collect(),
        );
        for pair in seen {
            counts.get_mut(pair).into_iter().for_each(|count| *count = 0);
        }
        for text in &mut parsed {
            let mut at = 0;
            while at + 1 < text.len() {
                if text.get(at..at + 2) == Some(&[one, other]) {
                    text.splice(at..at + 2, [joined]);
                }
                at += 1;
            }
        }
    }
    parsed.into_iter().flatten().filter_map(|token| tokens.get(token).cloned()).collect()
}
