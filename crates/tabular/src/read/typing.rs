//! Turns raw columns into typed ones. What a reader that guesses types would do is decided here once, and where it would
//! do something else than is right (codes with leading zeros), [`Typed::read_as_text`] says so.

use facts::Storage;
use indexmap::IndexMap;

use super::missing::{has_none, is_missing};
use super::numbers;
use crate::table::{Column, MISSING, Nature, RawColumn};
use crate::words::Words;

/// A typed column and what its reading must mind.
#[derive(Debug)]
pub(crate) struct Typed {
    pub(crate) column: Column,
    /// pandas would guess another type for all or some of the cells.
    pub(crate) read_as_text: bool,
    /// Cells carry blanks that pandas would keep.
    pub(crate) blanks: bool,
}

/// How the cells of a file are interpreted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conventions<'a> {
    pub(crate) markers: &'a [String],
    pub(crate) decimal_comma: bool,
    /// Whether pandas reads the file in pieces, each with its own guess.
    pub(crate) in_pieces: bool,
}

/// Types a column.
pub(crate) fn typed(raw: RawColumn, conventions: Conventions<'_>) -> Typed {
    let missing = is_missing(&raw, conventions.markers);
    let mut used = vec![false; raw.words.len()];
    for &code in raw.codes.iter().filter(|&&code| !has_none(&missing, code)) {
        used[code as usize] = true;
    }
    let present = || {
        raw.words
            .iter()
            .zip(&used)
            .filter(|&(_, &used)| used)
            .map(|(word, _)| word)
    };
    let (storage, numeric_looks) = storage(&raw, present, conventions.decimal_comma);

    // Equal values share a code: texts once trimmed, numbers by value (`1.0` and `1.00`).
    let first_equal = first_equal(&raw, &used, storage, conventions.decimal_comma);
    let mut words = Words::default();
    let mut values: Vec<f64> = Vec::new();
    let mut new_codes = vec![MISSING; raw.words.len()];
    let mut codes = Vec::with_capacity(raw.codes.len());
    for &code in &raw.codes {
        if has_none(&missing, code) {
            codes.push(MISSING);
            continue;
        }
        let first = first_equal
            .as_ref()
            .map_or(code, |numbers| numbers.first[code as usize]);
        if new_codes[first as usize] == MISSING {
            new_codes[first as usize] = match &first_equal {
                // Values differ, so their texts do: no need to look them up.
                Some(numbers) => {
                    values.push(numbers.values[first as usize]);
                    words.append(raw.words.get(first).trim())
                }
                None => words.intern(raw.words.get(first).trim()),
            };
        }
        codes.push(new_codes[first as usize]);
    }
    words.freeze();
    let mut counts = vec![0_u32; words.len()];
    codes
        .iter()
        .filter(|&&code| code != MISSING)
        .for_each(|&code| counts[code as usize] += 1);

    let is_text = storage == Storage::Text;
    let blanks = raw.words.iter().zip(&missing).any(|(word, &missing)| {
        let trimmed = word.trim();
        // pandas ignores ASCII blanks around numbers, and only there.
        trimmed.len() != word.len()
            && (is_text
                || missing
                || storage == Storage::Boolean
                || word.chars().any(|c| c.is_whitespace() && !c.is_ascii()))
    });
    let some_look_numeric =
        || present().any(|word| numbers::float(word).is_some() || numbers::truth(word).is_some());
    let read_as_text = is_text
        && raw.nature == Nature::Guess
        && (numeric_looks || (conventions.in_pieces && some_look_numeric()));
    Typed {
        column: Column {
            name: raw.name,
            storage,
            codes,
            words,
            numbers: values,
            counts,
        },
        read_as_text,
        blanks,
    }
}

/// Words of a numeric column as numbers.
struct Numbers {
    values: Vec<f64>,
    /// For each word, the first one of the same value.
    first: Vec<u32>,
}

fn first_equal(
    raw: &RawColumn,
    used: &[bool],
    storage: Storage,
    decimal_comma: bool,
) -> Option<Numbers> {
    if !matches!(storage, Storage::Integer | Storage::Float) {
        return None;
    }
    let mut values = vec![f64::NAN; raw.words.len()];
    let mut order: Vec<(u64, u32)> = Vec::new();
    for (code, word) in raw.words.iter().enumerate().filter(|&(code, _)| used[code]) {
        let key = if storage == Storage::Integer {
            let value =
                numbers::integer(word).expect("every word was read as a whole number before");
            values[code] = value as f64;
            value as u64
        } else {
            let value = if decimal_comma {
                numbers::float_with_comma(word)
            } else {
                numbers::float(word)
            };
            // Adding 0 turns -0 into 0.
            values[code] = value.expect("every word was read as a number before") + 0.0;
            values[code].to_bits()
        };
        order.push((key, code as u32));
    }
    order.sort_unstable();
    let mut first: Vec<u32> = (0..raw.words.len() as u32).collect();
    for group in order.chunk_by(|a, b| a.0 == b.0) {
        group
            .iter()
            .for_each(|&(_, code)| first[code as usize] = group[0].1);
    }
    Some(Numbers { values, first })
}

/// The storage, and whether a text column looks like numbers or truth values throughout.
fn storage<'w, I: Iterator<Item = &'w str>>(
    raw: &RawColumn,
    present: impl Fn() -> I,
    decimal_comma: bool,
) -> (Storage, bool) {
    if present().next().is_none() {
        return (Storage::Empty, false);
    }
    if raw.nature == Nature::Text {
        return (Storage::Text, false);
    }
    let float = |word| {
        if decimal_comma {
            numbers::float_with_comma(word)
        } else {
            numbers::float(word)
        }
    };
    if present().all(|word| numbers::integer(word).is_some()) {
        return if raw.nature == Nature::Guess && are_codes(present) {
            (Storage::Text, true)
        } else {
            (Storage::Integer, false)
        };
    }
    if present().all(|word| float(word).is_some()) {
        let beyond_integers = |word: &str| {
            let word = word.trim();
            word.len() > 18
                && word
                    .trim_start_matches(['+', '-'])
                    .bytes()
                    .all(|byte| byte.is_ascii_digit())
        };
        // Whole numbers of twenty digits name things; as floats they would lose their last digits.
        return if raw.nature == Nature::Guess && present().any(beyond_integers) {
            (Storage::Text, true)
        } else {
            (Storage::Float, false)
        };
    }
    if present().all(|word| numbers::truth(word.trim()).is_some()) {
        return (Storage::Boolean, false);
    }
    // Such as `1e999`, which pandas reads as infinite.
    (Storage::Text, present().all(numbers::is_numeric_looking))
}

/// Whether whole numbers are codes: some have leading zeros, beyond the two digits that months and hours are padded to.
fn are_codes<'w, I: Iterator<Item = &'w str>>(words: impl Fn() -> I) -> bool {
    let padded = |word: &str| word.trim().len() > 1 && word.trim().starts_with('0');
    words().any(padded) && words().any(|word| word.trim().len() > 2)
}

/// Types all columns of a file.
pub(crate) fn typed_all(
    columns: Vec<RawColumn>,
    conventions: Conventions<'_>,
) -> (Vec<Column>, Vec<String>, bool) {
    let mut read_as_text = Vec::new();
    let mut blanks = false;
    let mut all = IndexMap::new();
    for raw in columns {
        let typed = typed(raw, conventions);
        blanks |= typed.blanks;
        if typed.read_as_text {
            read_as_text.push(typed.column.name.clone());
        }
        all.insert(typed.column.name.clone(), typed.column);
    }
    (all.into_values().collect(), read_as_text, blanks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cells: &[&str], storage: Storage, read_as_text: bool) -> Typed {
        let mut raw = RawColumn::new("x", Nature::Guess);
        cells.iter().for_each(|cell| raw.push(Some(cell)));
        let markers = ["?".to_owned()];
        let typed = typed(
            raw,
            Conventions {
                markers: &markers,
                decimal_comma: false,
                in_pieces: false,
            },
        );
        assert_eq!(
            (typed.column.storage, typed.read_as_text),
            (storage, read_as_text),
            "{cells:?}"
        );
        typed
    }

    #[test]
    fn storages() {
        check(&["1", "-2", "?", ""], Storage::Integer, false);
        check(&["01", "12"], Storage::Integer, false);
        check(&["001", "120"], Storage::Text, true);
        check(&["1", "2.0"], Storage::Float, false);
        check(&["1", "x"], Storage::Text, false);
        check(&["true", "False", "?"], Storage::Boolean, false);
        check(&["", "?"], Storage::Empty, false);
        check(&["12345678901234567890", "1"], Storage::Text, true);
        check(&["1e999", "1"], Storage::Text, true);
    }

    #[test]
    fn equal_values_share_a_code() {
        let typed = check(&["1.0", "1.00", "?", "2"], Storage::Float, false);
        assert_eq!(typed.column.codes, [0, 0, MISSING, 1]);
        assert_eq!(typed.column.counts, [2, 1]);
        assert_eq!(typed.column.numbers, [1.0, 2.0]);
        let typed = check(&["No ", "No", "Yes"], Storage::Text, false);
        assert_eq!(typed.column.codes, [0, 0, 1]);
        assert!(typed.blanks);
        assert!(!check(&["1 ", " 2"], Storage::Integer, false).blanks);
        assert!(check(&["1", "  "], Storage::Integer, false).blanks);
    }
}
