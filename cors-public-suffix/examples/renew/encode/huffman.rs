//! The [canonical Huffman code](https://en.wikipedia.org/wiki/Canonical_Huffman_code).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// As in `src/code.rs`.
const MAX_BITS: usize = 15;

/// The shortest code for symbols that occur as often as given.
pub(crate) struct Code<T> {
    symbols: Vec<T>,
    counts: [usize; MAX_BITS],
    /// The code of each symbol, and its length.
    codes: BTreeMap<T, (usize, usize)>,
}

impl<T: Clone + Ord> Code<T> {
    pub(crate) fn new(occurrences: &[T]) -> Result<Self, &'static str> {
        let mut frequencies = BTreeMap::new();
        for symbol in occurrences {
            *frequencies.entry(symbol.clone()).or_insert(0) += 1;
        }
        let mut lengths: Vec<_> =
            lengths(&frequencies).into_iter().map(|(symbol, length)| (length, symbol)).collect();
        lengths.sort();

        let mut counts = [0; MAX_BITS];
        let mut codes = BTreeMap::new();
        let (mut code, mut length_before) = (0, 0);
        for (length, symbol) in &lengths {
            let count = length.checked_sub(1).and_then(|at| counts.get_mut(at));
            *count.ok_or("a code is too long, or is the only one")? += 1;
            code <<= length - length_before;
            codes.insert(symbol.clone(), (code, *length));
            (code, length_before) = (code + 1, *length);
        }
        Ok(Self { symbols: lengths.into_iter().map(|(_, symbol)| symbol).collect(), counts, codes })
    }

    /// The symbols, in the order of their codes.
    pub(crate) fn symbols(&self) -> &[T] {
        &self.symbols
    }

    /// How many codes have each length, from one bit on.
    pub(crate) fn counts(&self) -> &[usize] {
        &self.counts
    }

    pub(crate) fn write(&self, symbol: &T, bits: &mut BitWriter) {
        if let Some((code, length)) = self.codes.get(symbol) {
            bits.0.extend((0..*length).rev().map(|at| code >> at & 1 == 1));
        }
    }
}

/// How many bits each symbol takes.
pub(crate) fn lengths<T: Clone + Ord>(frequencies: &BTreeMap<T, usize>) -> BTreeMap<T, usize> {
    // Trees, the rarest first, with the symbols in them. The number makes the order definite.
    let mut trees: BinaryHeap<_> = frequencies
        .iter()
        .enumerate()
        .map(|(number, (symbol, count))| Reverse((*count, number, vec![symbol])))
        .collect();
    let mut lengths: BTreeMap<_, _> =
        frequencies.keys().map(|symbol| (symbol.clone(), 0)).collect();
    for number in frequencies.len().. {
        let Some(Reverse((one_count, _, mut symbols))) = trees.pop() else { break };
        let Some(Reverse((other_count, _, other))) = trees.pop() else { break };
        symbols.extend(other);
        for symbol in &symbols {
            lengths.entry((*symbol).clone()).and_modify(|length| *length += 1);
        }
        trees.push(Reverse((one_count + other_count, number, symbols)));
    }
    lengths
}

/// Bits, the most significant bit of each byte first.
#[derive(Default)]
pub(crate) struct BitWriter(Vec<bool>);

impl BitWriter {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        let byte = |bits: &[bool]| {
            bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << (7 - at))
        };
        self.0.chunks(8).map(byte).collect()
    }
}
