//! Texts that are all different, in an order: the ids of the answers, the labels of a task.
//!
//! All stand in one piece of memory, and are found by their bytes. The index that finds them is made when it is first
//! needed: a submission in the order of the answers needs none.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Up to so many texts are looked through one after the other.
const FEW: usize = 8;

/// Numbers of which at least every eighth is there are looked up in a table.
const DENSE: usize = 8;

/// Different texts in an order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Distinct {
    /// All texts, end to end.
    text: String,
    /// Where each ends.
    ends: Vec<u32>,
    /// The least and the greatest, while all are numbers.
    numbers: Option<(u64, u64)>,
    /// Where each number from the least on stands, plus one; 0 for a number that is not there.
    places: OnceLock<Vec<u32>>,
    index: OnceLock<Index>,
}

/// Why a text was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is there already.
    Repeated,
    /// Together the texts would have more than 4 GiB, or there would be more than 2³² − 1.
    TooLarge,
}

impl Distinct {
    /// Appends a text.
    pub(crate) fn push(&mut self, text: &str) -> Result<(), Refused> {
        let last = self.ends.len().checked_sub(1).map(|last| self.get(last));
        // Texts that grow, shorter ones first, are different without further search: so are numbers in a row.
        let grows = last.is_none_or(|last| (last.len(), last) < (text.len(), text));
        if (!grows || self.index.get().is_some()) && self.find_by_index(text.as_bytes()).is_some() {
            return Err(Refused::Repeated);
        }
        self.append(text)
    }

    /// The place of a text, which is appended if it is not there.
    ///
    /// Unlike [`Self::find`] it makes nothing that the next text appended would throw away.
    pub(crate) fn find_or_push(&mut self, text: &str) -> Result<usize, Refused> {
        if let Some(place) = self.find_by_index(text.as_bytes()) {
            return Ok(place);
        }
        let place = self.len();
        self.append(text).map(|()| place)
    }

    /// Appends a text that is not there, to the index too where there is one.
    fn append(&mut self, text: &str) -> Result<(), Refused> {
        let row = u32::try_from(self.len()).map_err(|_| Refused::TooLarge)?;
        let end = u32::try_from(self.text.len() + text.len()).map_err(|_| Refused::TooLarge)?;
        if row == u32::MAX {
            return Err(Refused::TooLarge);
        }
        let crowded = match self.index.get_mut() {
            Some(index) => index.insert(text.as_bytes(), row).is_err(),
            None => false,
        };
        self.numbers = number(text.as_bytes()).and_then(|number| match self.numbers {
            None => (row == 0).then_some((number, number)),
            Some((least, greatest)) => Some((least.min(number), greatest.max(number))),
        });
        self.places.take();
        self.text.push_str(text);
        self.ends.push(end);
        if crowded {
            self.index = OnceLock::from(Index::sorted(self));
        }
        Ok(())
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The length of all together.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The text at a place.
    ///
    /// # Panics
    ///
    /// When there is no such place.
    pub(crate) fn get(&self, place: usize) -> &str {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[place] as usize]
    }

    /// Whether these bytes stand at a place.
    pub(crate) fn is_at(&self, place: usize, bytes: &[u8]) -> bool {
        place < self.len() && self.get(place).as_bytes() == bytes
    }

    /// The place of a text.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<usize> {
        if self.len() <= FEW {
            (0..self.len()).find(|&place| self.is_at(place, bytes))
        } else if let Some((least, greatest)) = self.dense_numbers() {
            let places = self.places.get_or_init(|| self.places(least, greatest));
            let offset = usize::try_from(number(bytes)?.checked_sub(least)?).ok()?;
            (*places.get(offset)? as usize).checked_sub(1)
        } else {
            self.find_by_index(bytes)
        }
    }

    /// All in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|place| self.get(place))
    }

    /// The least and the greatest number, where a table from one to the other is little larger than the texts.
    fn dense_numbers(&self) -> Option<(u64, u64)> {
        self.numbers
            .filter(|(least, greatest)| greatest - least < (DENSE * self.len()) as u64)
    }

    fn places(&self, least: u64, greatest: u64) -> Vec<u32> {
        let mut places = vec![0; (greatest - least) as usize + 1];
        for (place, text) in (1..).zip(self.iter()) {
            let number = number(text.as_bytes()).expect("only numbers have a range");
            places[(number - least) as usize] = place;
        }
        places
    }

    fn find_by_index(&self, bytes: &[u8]) -> Option<usize> {
        let found = match self.index.get_or_init(|| Index::of(self)) {
            Index::Hashed(table) => {
                table.find(key(bytes), |row| self.is_at(row as usize, bytes))?
            }
            Index::Sorted(places) => *places.get(bytes)?,
        };
        Some(found as usize)
    }
}

/// The number that a text writes in the one way without sign, blanks and leading zeros.
fn number(bytes: &[u8]) -> Option<u64> {
    let canonical = matches!(bytes, [b'0'] | [b'1'..=b'9', ..]) && bytes.len() <= 18;
    if !canonical {
        return None;
    }
    bytes.iter().try_fold(0_u64, |number, byte| {
        byte.is_ascii_digit()
            .then(|| 10 * number + u64::from(byte - b'0'))
    })
}

/// Finds places by their texts.
#[derive(Clone, Debug)]
enum Index {
    /// What nearly all texts get.
    Hashed(Table),
    /// For texts that collide, by bad luck or because somebody chose them so: slower, but never slow.
    Sorted(BTreeMap<Box<[u8]>, u32>),
}

impl Index {
    fn of(texts: &Distinct) -> Self {
        let mut table = Table::with_room_for(texts.len());
        let hashed = (0..)
            .zip(texts.iter())
            .try_for_each(|(place, text)| table.insert(key(text.as_bytes()), place));
        match hashed {
            Ok(()) => Self::Hashed(table),
            Err(Crowded) => Self::sorted(texts),
        }
    }

    fn sorted(texts: &Distinct) -> Self {
        let texts = texts.iter().map(|text| text.as_bytes().into());
        Self::Sorted(texts.zip(0..).collect())
    }

    /// Adds a place whose text is not there yet; after an error the index has to be made again.
    fn insert(&mut self, text: &[u8], place: u32) -> Result<(), Crowded> {
        match self {
            Self::Hashed(table) => table.insert(key(text), place),
            Self::Sorted(places) => {
                places.insert(text.into(), place);
                Ok(())
            }
        }
    }
}

/// How far from its own slot a key may stand: what a search costs at most, whoever chose the texts.
///
/// In a table that is at most half full, runs of used slots grow with the logarithm of its size: of a million random keys
/// the worst stands some 70 slots off.
const FARTHEST: usize = 256;

/// A key would stand farther from its own slot than [`FARTHEST`].
#[derive(Clone, Copy, Debug)]
struct Crowded;

/// An open-addressing table from keys to places, at most half full.
#[derive(Clone, Debug)]
struct Table {
    /// Their number is a power of two.
    slots: Vec<Slot>,
    used: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: u64,
    /// Plus one; 0 where nothing stands.
    place: u32,
}

impl Table {
    fn with_room_for(places: usize) -> Self {
        Self {
            slots: vec![Slot::default(); (2 * places).next_power_of_two().max(16)],
            used: 0,
        }
    }

    /// Adds a place whose text is not there yet.
    fn insert(&mut self, key: u64, place: u32) -> Result<(), Crowded> {
        if 2 * (self.used + 1) > self.slots.len() {
            let mut larger = Self::with_room_for(2 * self.used);
            for slot in self.slots.iter().filter(|slot| slot.place != 0) {
                larger.put(*slot)?;
            }
            *self = larger;
        }
        let place = place + 1;
        self.put(Slot { key, place })
    }

    fn put(&mut self, slot: Slot) -> Result<(), Crowded> {
        let free = self.run(slot.key).find(|&at| self.slots[at].place == 0);
        self.slots[free.ok_or(Crowded)?] = slot;
        self.used += 1;
        Ok(())
    }

    /// The place with this key of which `is_it` is true; a key that is the text itself needs no such question.
    fn find(&self, key: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        for at in self.run(key) {
            let Slot { key: found, place } = self.slots[at];
            if place == 0 {
                return None;
            }
            if found == key && (key < HASHED || is_it(place - 1)) {
                return Some(place - 1);
            }
        }
        None
    }

    /// The slots where a key may stand, its own first.
    fn run(&self, key: u64) -> impl Iterator<Item = usize> + use<> {
        let mask = self.slots.len() - 1;
        let own = mixed(key, 0) as usize;
        (0..FARTHEST.min(mask + 1)).map(move |step| own.wrapping_add(step) & mask)
    }
}

/// Keys from here on are hashes of longer texts; those below are the texts themselves.
const HASHED: u64 = 1 << 63;

/// A text of up to seven bytes packed with its length, which needs no look at the text to compare: memory is what a search
/// among a million ids waits for. A hash of a longer one, eight bytes at a time.
///
/// The hash has no secret: whoever chooses the texts can make them collide. [`FARTHEST`] bounds what that costs.
fn key(bytes: &[u8]) -> u64 {
    let pack = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0, |word, &byte| word << 8 | u64::from(byte))
    };
    match bytes.len() {
        len @ 0..=7 => (len as u64) << 56 | pack(bytes),
        len => {
            let words = bytes.chunks(8).map(pack);
            words.fold(len as u64, mixed) | HASHED
        }
    }
}

/// Two words multiplied to twice their width and folded, as wyhash does.
fn mixed(a: u64, b: u64) -> u64 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let product = u128::from(a ^ b.rotate_left(32) ^ MULTIPLIER) * u128::from(MULTIPLIER);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn texts(most: usize) -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec("[ab0-9é]{0,3}(longer than seven )?", 0..most)
    }

    proptest! {
        #[test]
        fn finds_what_a_map_finds(
            texts in prop_oneof![texts(60), prop::collection::vec("[0-9]{1,2}", 0..60)],
            asked in prop_oneof![texts(20), prop::collection::vec("[0-9]{1,3}", 0..20)],
        ) {
            let (mut distinct, mut map) = (Distinct::default(), BTreeMap::new());
            for text in &texts {
                let place = map.len();
                let fresh = !map.contains_key(text);
                map.entry(text.clone()).or_insert(place);
                prop_assert_eq!(distinct.push(text).is_ok(), fresh);
            }
            prop_assert_eq!(distinct.len(), map.len());
            for text in texts.iter().chain(&asked) {
                prop_assert_eq!(distinct.find(text.as_bytes()), map.get(text).copied());
            }
        }
    }

    #[test]
    fn numbers_in_a_row_need_no_index() {
        let mut distinct = Distinct::default();
        for number in 7..2000 {
            assert_eq!(distinct.push(&number.to_string()), Ok(()));
        }
        for (text, place) in [
            ("7", Some(0)),
            ("1999", Some(1992)),
            ("2000", None),
            ("6", None),
        ] {
            assert_eq!(distinct.find(text.as_bytes()), place);
        }
        for other in ["", "08", "+8", "8.0", "x", "99999999999999999999"] {
            assert_eq!(distinct.find(other.as_bytes()), None, "{other}");
        }
        assert!(distinct.index.get().is_none());
        assert_eq!(distinct.push("2100"), Ok(()));
        assert_eq!(distinct.find(b"2100"), Some(1993));
        assert_eq!(distinct.find(b"2099"), None);
        assert_eq!(distinct.push("8"), Err(Refused::Repeated));
        assert_eq!(distinct.find(b"1999"), Some(1992));
        assert_eq!(distinct.push("08"), Ok(()));
        assert_eq!(distinct.find(b"1999"), Some(1992));
        assert_eq!(distinct.find(b"08"), Some(1994));
        assert_eq!(distinct.find(b"2000"), None);
    }

    /// Texts of two words whose hashes are all the same: the second word undoes what the first one did.
    fn colliding(count: u64) -> Vec<String> {
        // `mixed` looks at `a ^ b.rotate_left(32)` only: any first word can be followed by one that leads to the same.
        let length = 16;
        let ascii = |word: u64| {
            word.to_be_bytes()
                .iter()
                .all(|byte| (1..0x80).contains(byte))
        };
        let mut found = Vec::new();
        for first in (0..count * 2000).map(|n| 0x6161_6161_6161_6161 ^ spread(n)) {
            let state = mixed(length, first);
            let second = (state ^ 0x1357_9bdf_2468_ace0).rotate_left(32);
            if ascii(first) && ascii(second) {
                let bytes = [first.to_be_bytes(), second.to_be_bytes()].concat();
                found.push(String::from_utf8(bytes).expect("both words are ASCII"));
                if found.len() as u64 == count {
                    break;
                }
            }
        }
        found
    }

    /// Seven bits a byte.
    fn spread(n: u64) -> u64 {
        (0..8).fold(0, |word, byte| {
            word | (n >> (7 * byte) & 0x7f) << (8 * byte)
        })
    }

    #[test]
    fn texts_that_collide_are_found_all_the_same_and_fast() {
        let texts = colliding(4 * FARTHEST as u64);
        assert_eq!(texts.len(), 4 * FARTHEST, "enough of them collide");
        assert!(
            texts
                .iter()
                .all(|text| key(text.as_bytes()) == key(texts[0].as_bytes()))
        );
        let mut distinct = Distinct::default();
        for text in &texts {
            assert_eq!(distinct.push(text), Ok(()));
        }
        for (place, text) in texts.iter().enumerate() {
            assert_eq!(distinct.find(text.as_bytes()), Some(place));
            assert_eq!(distinct.push(text), Err(Refused::Repeated));
        }
        assert_eq!(distinct.find(b"another text altogether"), None);
        assert!(matches!(distinct.index.get(), Some(Index::Sorted(_))));
        assert_eq!(distinct.push("one more text"), Ok(()));
        assert_eq!(distinct.find(b"one more text"), Some(texts.len()));
    }

    #[test]
    fn honest_texts_are_hashed() {
        let mut distinct = Distinct::default();
        for n in (0..200_000_u32).rev() {
            assert_eq!(distinct.push(&format!("row number {n}")), Ok(()));
        }
        assert!(matches!(distinct.index.get(), Some(Index::Hashed(_))));
    }

    /// Numbers have a dense table, which every push throws away: looking each up before would build it each time.
    #[test]
    fn finding_or_pushing_builds_no_table() {
        let mut distinct = Distinct::default();
        for n in 0..2000 {
            assert_eq!(distinct.find_or_push(&(n % 1000).to_string()), Ok(n % 1000));
            assert!(distinct.places.get().is_none());
        }
        assert_eq!(distinct.len(), 1000);
    }

    #[test]
    fn similar_texts_have_different_keys() {
        for prefix in ["", "a longer prefix "] {
            let mut keys: Vec<u64> = (0..100_000)
                .map(|n: u32| key(format!("{prefix}{n}").as_bytes()))
                .collect();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), 100_000, "{prefix:?}");
        }
    }
}
