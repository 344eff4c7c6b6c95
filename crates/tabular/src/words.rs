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
    /// Open addressing with linear probing: the hash in the upper half, the word's number in the lower, or `EMPTY`.
    /// Comparing hashes first saves a look at the text, which is nearly always out of the cache.
    slots: Vec<u64>,
}

const EMPTY: u64 = u64::MAX;

impl Words {
    /// The number of `word`, which is added when it is new.
    pub(crate) fn intern(&mut self, word: &str) -> u32 {
        if (self.ends.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let hash = hash(word.as_bytes());
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == EMPTY {
                break;
            }
            if (slot >> 32) as u32 == hash && self.get(slot as u32) == word {
                return slot as u32;
            }
            at = (at + 1) & mask;
        }
        let code = self.append(word);
        self.slots[at] = u64::from(hash) << 32 | u64::from(code);
        code
    }

    /// Adds a word that is known to be new; [`Words::intern`] may still be used after [`Words::freeze`].
    pub(crate) fn append(&mut self, word: &str) -> u32 {
        let code = u32::try_from(self.ends.len()).expect("a table has fewer than 2^32 - 1 rows");
        self.text.push_str(word);
        self.ends.push(self.text.len());
        code
    }

    /// The word of that number.
    pub(crate) fn get(&self, code: u32) -> &str {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        &self.text[start..self.ends[code]]
    }

    /// Takes off the first words; the others' numbers shrink accordingly.
    pub(crate) fn drop_first(&mut self, count: usize) {
        let cut = if count == 0 { 0 } else { self.ends[count - 1] };
        self.text.drain(..cut);
        self.ends.drain(..count);
        self.ends.iter_mut().for_each(|end| *end -= cut);
        self.slots = Vec::new();
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

    /// Doubles the slots; after [`Words::freeze`], rebuilds them.
    fn grow(&mut self) {
        let size = (self.ends.len() * 4).next_power_of_two().max(16);
        let mask = size - 1;
        let old = if self.slots.is_empty() {
            self.iter()
                .zip(0_u64..)
                .map(|(word, code)| u64::from(hash(word.as_bytes())) << 32 | code)
                .collect()
        } else {
            std::mem::take(&mut self.slots)
        };
        let mut slots = vec![EMPTY; size];
        for slot in old.into_iter().filter(|&slot| slot != EMPTY) {
            let mut at = (slot >> 32) as usize & mask;
            while slots[at] != EMPTY {
                at = (at + 1) & mask;
            }
            slots[at] = slot;
        }
        self.slots = slots;
    }
}

/// A fixed multiplicative hash, eight bytes at a time: the standard one is seeded at random, and slower.
fn hash(bytes: &[u8]) -> u32 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state = bytes.len() as u64;
    let mut mix = |word: [u8; 8]| {
        state = (state.rotate_left(23) ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR);
        state ^= state >> 29;
    };
    let (chunks, rest) = bytes.as_chunks::<8>();
    chunks.iter().for_each(|chunk| mix(*chunk));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    mix(last);
    (state ^ (state >> 32)) as u32
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
