//! Numbers in the [canonical Huffman code](https://en.wikipedia.org/wiki/Canonical_Huffman_code).

/// Reads bits, the most significant bit of each byte first.
#[derive(Debug)]
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn next(&mut self) -> Option<u16> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(u16::from(bit))
    }
}

/// How many codes have each length, from one bit on. Symbols are numbered in the order of their
/// codes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code<'a>(U16s<'a>);

impl<'a> Code<'a> {
    pub(crate) const MAX_BITS: usize = 15;

    pub(crate) fn split_from(data: &mut &'a [u8]) -> Option<Self> {
        U16s::split_from(data, Self::MAX_BITS).map(Self)
    }

    /// Reads the number of the next symbol.
    pub(crate) fn read(self, bits: &mut Bits<'_>) -> Option<usize> {
        let (mut code, mut first, mut symbols) = (0_u16, 0_u16, 0_u16);
        for length in 0..Self::MAX_BITS {
            let count = self.0.get(length)?;
            code = code.checked_mul(2)?.checked_add(bits.next()?)?;
            first = first.checked_mul(2)?;
            let rank = code.checked_sub(first)?;
            if rank < count {
                return Some(usize::from(symbols.checked_add(rank)?));
            }
            first = first.checked_add(count)?;
            symbols = symbols.checked_add(count)?;
        }
        None
    }
}

/// Numbers of two bytes, the lower byte first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct U16s<'a>(&'a [u8]);

impl<'a> U16s<'a> {
    /// Takes so many numbers from the front of the data.
    pub(crate) fn split_from(data: &mut &'a [u8], count: usize) -> Option<Self> {
        split_bytes(data, count.checked_mul(2)?).map(Self)
    }

    pub(crate) fn get(self, index: usize) -> Option<u16> {
        let at = index.checked_mul(2)?;
        let number = self.0.get(at..at.checked_add(2)?)?;
        Some(u16::from_le_bytes(number.try_into().ok()?))
    }
}

/// Takes so many bytes from the front of the data.
pub(crate) fn split_bytes<'a>(data: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (bytes, rest) = data.split_at_checked(count)?;
    *data = rest;
    Some(bytes)
}
