//! An interner of cell texts: every distinct text is stored once, in order of first appearance.
//! It doesn't know what a text means.

/// Distinct texts, numbered from 0 in order of first appearance.
///
/// Texts lie end to end in one string, so that a column of a million different numbers costs some 20 bytes a row
/// instead of an allocation for each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    text: String,
    ends: Vec<usize>,
    /// Open addressing with linear probing; `EMPTY` or a word's number. Its length is a power of two.
    slots: Vec<u32>,
}

const EMPTY: u32 = u32::MAX;

impl Words {
    /// The number of `word`, which is added when it is new.
    pub(crate) fn intern(&mut self, word: &str) -> u32 {
        if (self.ends.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut slot = hash(word.as_bytes()) as usize & mask;
        loop {
            match self.slots[slot] {
                EMPTY => break,
                code if self.get(code) == word => return code,
                _ => slot = (slot + 1) & mask,
            }
        }
        let code = u32::try_from(self.ends.len()).expect("a table has fewer than 2^32 - 1 rows");
        self.text.push_str(word);
        self.ends.push(self.text.len());
        self.slots[slot] = code;
        code
    }

    /// The word of that number.
    pub(crate) fn get(&self, code: u32) -> &str {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        &self.text[start..self.ends[code]]
    }

    /// How many distinct words there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All words in order of first appearance.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|code| self.get(code as u32))
    }

    /// Frees what only [`Words::intern`] needs; interning again rebuilds it.
    pub(crate) fn freeze(&mut self) {
        self.slots = Vec::new();
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    fn grow(&mut self) {
        let size = (self.ends.len() * 4).next_power_of_two().max(16);
        let mask = size - 1;
        let mut slots = vec![EMPTY; size];
        for (code, word) in self.iter().enumerate() {
            let mut slot = hash(word.as_bytes()) as usize & mask;
            while slots[slot] != EMPTY {
                slot = (slot + 1) & mask;
            }
            slots[slot] = code as u32;
        }
        self.slots = slots;
    }
}

/// A fixed multiplicative hash, eight bytes at a time: the standard one is seeded at random, and slower.
fn hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state = bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state = (state.rotate_left(23) ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR);
        state ^= state >> 29;
    }
    state ^ (state >> 32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equal_texts_and_only_they_share_a_number(texts in prop::collection::vec("[a-c]{0,3}", 0..200)) {
            let mut words = Words::default();
            let codes: Vec<u32> = texts.iter().map(|text| words.intern(text)).collect();
            for (text, &code) in texts.iter().zip(&codes) {
                prop_assert_eq!(words.get(code), text);
            }
            let distinct: std::collections::BTreeSet<_> = texts.iter().collect();
            prop_assert_eq!(words.len(), distinct.len());
        }
    }
}
