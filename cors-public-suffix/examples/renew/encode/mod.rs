//! Packs the rules in the form that `src/list.rs` reads and describes.

mod huffman;
mod tokens;

use std::error::Error;

use huffman::{BitWriter, Code};
use tokens::Tokens;

// As in `src/list.rs`.
const BLOCK: usize = 32;
const STEP: usize = 8;
const END: u8 = b'\n';

/// A rule in a block.
struct Packed {
    /// How many bytes more this rule repeats than the rule before does. `None` for the first rule of
    /// a block.
    change: Option<i8>,
    rest: Vec<u8>,
}

/// Returns the data for a list of rules such as `co.uk`, `*.ck` and `!www.ck`.
pub(crate) fn encode<'a>(rules: impl Iterator<Item = &'a str>) -> Result<Vec<u8>, Box<dyn Error>> {
    let rules = pack(&sort(rules))?;
    let tokens = Tokens::choose(&rules.iter().map(|rule| rule.rest.as_slice()).collect::<Vec<_>>());
    let changes: Vec<_> = rules.iter().filter_map(|rule| rule.change).collect();
    let change_code = Code::new(&changes)?;
    let parsed: Vec<_> = rules.iter().map(|rule| tokens.parse(&rule.rest)).collect();
    let token_code = Code::new(&parsed.concat())?;

    let (mut starts, mut blocks) = (Vec::new(), Vec::new());
    for (rules, parsed) in rules.chunks(BLOCK).zip(parsed.chunks(BLOCK)) {
        starts.push(blocks.len());
        let mut bits = BitWriter::default();
        for (rule, parsed) in rules.iter().zip(parsed) {
            rule.change.iter().for_each(|change| change_code.write(change, &mut bits));
            parsed.iter().for_each(|token| token_code.write(token, &mut bits));
        }
        blocks.extend(bits.into_bytes());
    }

    let (mut token_starts, mut texts) = (Vec::new(), Vec::new());
    for tokens in token_code.symbols().chunks(STEP) {
        token_starts.push(texts.len());
        for token in tokens {
            let (last, others) = token.split_last().ok_or("an empty token")?;
            texts.extend(others);
            texts.push(last | 0x80);
        }
    }

    let mut data = Vec::new();
    let sizes = [rules.len(), token_code.symbols().len(), texts.len(), change_code.symbols().len()];
    push_u16s(&sizes, &mut data)?;
    push_u16s(change_code.counts(), &mut data)?;
    data.extend(change_code.symbols().iter().flat_map(|change| change.to_le_bytes()));
    push_u16s(token_code.counts(), &mut data)?;
    push_u16s(&token_starts, &mut data)?;
    data.extend(texts);
    push_u16s(&starts, &mut data)?;
    data.extend(blocks);
    Ok(data)
}

/// Reverses and sorts the rules, and drops each rule that is an ancestor of another one.
fn sort<'a>(rules: impl Iterator<Item = &'a str>) -> Vec<Vec<u8>> {
    let mut sorted: Vec<Vec<u8>> =
        rules.map(|rule| rule.bytes().rev().chain([b'.']).collect()).collect();
    sorted.sort();
    let mut leaves: Vec<Vec<u8>> = Vec::new();
    for rule in sorted {
        if leaves.last().is_some_and(|before| rule.starts_with(before)) {
            leaves.pop();
        }
        leaves.push(rule);
    }
    leaves
}

fn pack(rules: &[Vec<u8>]) -> Result<Vec<Packed>, Box<dyn Error>> {
    let mut packed = Vec::new();
    for block in rules.chunks(BLOCK) {
        let (mut before, mut repeated_before): (&[u8], _) = (&[], 0);
        for rule in block {
            let repeated = before.iter().zip(rule).take_while(|(one, other)| one == other).count();
            let change = i8::try_from(i16::try_from(repeated)? - repeated_before)?;
            let mut rest = rule.get(repeated..).unwrap_or_default().to_vec();
            *rest.last_mut().ok_or("an empty rule")? = END;
            packed.push(Packed { change: (!before.is_empty()).then_some(change), rest });
            (before, repeated_before) = (rule, i16::try_from(repeated)?);
        }
    }
    Ok(packed)
}

fn push_u16s(numbers: &[usize], data: &mut Vec<u8>) -> Result<(), Box<dyn Error>> {
    for number in numbers {
        data.extend(u16::try_from(*number)?.to_le_bytes());
    }
    Ok(())
}
