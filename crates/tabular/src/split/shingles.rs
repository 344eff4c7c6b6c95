//! Near duplicates among free texts, by MinHash. It compares wordings, not meanings.

use facts::{NearDuplicateFacts, Nearness, Storage};

use super::near::{Rows, counted, drawn};
use crate::stats::mix64;
use crate::table::{Column, MISSING};

/// Jaccard similarity from which on two texts are near duplicates.
const SIMILAR: f64 = 0.8;
/// Words, or characters, of a shingle.
const SHINGLE: usize = 5;
/// Mean number of words from which on shingles are of words: in shorter texts one changed word would leave too few.
const LONG: f64 = 60.0;
/// Mean number of words from which on a column holds free text.
const FREE: f64 = 4.0;
/// Characters of a text that are looked at.
const CHARACTERS: usize = 4_000;
/// Train rows that are compared, and rows of either side that are asked about.
const TRAIN: usize = 20_000;
const ASKED: usize = 1_000;
/// Least hashes that are kept of a text, and how many of them find candidates: two texts of similarity 0.8 share none of
/// their eight least with a probability below 10⁻⁵.
const SKETCH: usize = 64;
const FINDERS: usize = 8;
/// Texts with one finder, beyond which it is boilerplate.
const CROWD: usize = 100;

/// Each column of free texts on its own.
pub(super) fn near(rows: &Rows<'_>) -> Vec<NearDuplicateFacts> {
    rows.features
        .iter()
        .filter_map(|column| Some(column_near(rows, column, words(column)?)))
        .collect()
}

/// Mean number of words when the column holds free texts that hardly repeat.
fn words(column: &Column) -> Option<f64> {
    if column.storage != Storage::Text || column.distinct() * 2 < column.present() {
        return None;
    }
    let count: usize = column
        .words
        .iter()
        .map(|text| text.split_whitespace().count())
        .sum();
    let mean = count as f64 / column.distinct().max(1) as f64;
    (mean >= FREE).then_some(mean)
}

fn column_near(rows: &Rows<'_>, column: &Column, words: f64) -> NearDuplicateFacts {
    let all: Vec<usize> = rows
        .train()
        .filter(|&row| column.codes[row] != MISSING)
        .collect();
    let (mut train, mut test) = rows.asked(ASKED);
    train.retain(|&row| column.codes[row] != MISSING);
    test.retain(|&row| column.codes[row] != MISSING);
    let against: Vec<(usize, Vec<u64>)> = drawn(&all, TRAIN)
        .into_iter()
        .map(|row| {
            (
                row,
                sketch(column.text(row).unwrap_or_default(), words >= LONG),
            )
        })
        .collect();
    let mut finders: Vec<(u64, u32)> = against
        .iter()
        .enumerate()
        .flat_map(|(at, (_, sketch))| {
            sketch
                .iter()
                .take(FINDERS)
                .map(move |&hash| (hash, at as u32))
        })
        .collect();
    finders.sort_unstable();
    let partner = |row: usize| {
        let wanted = sketch(column.text(row).unwrap_or_default(), words >= LONG);
        let candidates = wanted.iter().take(FINDERS).flat_map(|&hash| {
            let start = finders.partition_point(|(other, _)| *other < hash);
            finders[start..]
                .iter()
                .take_while(move |(other, _)| *other == hash)
                .take(CROWD)
        });
        let mut near: Vec<usize> = candidates
            .map(|&(_, at)| &against[at as usize])
            .filter(|(other, sketch)| *other != row && jaccard(&wanted, sketch) >= SIMILAR)
            .map(|(other, _)| *other)
            .collect();
        near.sort_unstable();
        near.first().copied()
    };
    let in_train: Vec<Option<usize>> = train.iter().map(|&row| partner(row)).collect();
    let in_test: Vec<_> = test.iter().map(|&row| (row, partner(row))).collect();
    let nearness = Nearness::Text {
        column: column.name.clone(),
    };
    counted(nearness, 0.0, rows, &in_train, &in_test)
}

/// The least hashes of a text's shingles, sorted: a bottom-k sketch (Broder, *Compression and Complexity of Sequences* 1997).
/// Letter case, punctuation and the width of blanks make no difference; a text shorter than a shingle is one.
fn sketch(text: &str, of_words: bool) -> Vec<u64> {
    let text: String = text
        .chars()
        .take(CHARACTERS)
        .flat_map(char::to_lowercase)
        .collect();
    let words: Vec<&str> = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let symbols: Vec<u64> = if of_words {
        words
            .iter()
            .map(|word| {
                word.bytes()
                    .fold(1, |hash, byte| mix64(hash ^ u64::from(byte)))
            })
            .collect()
    } else {
        words
            .join(" ")
            .chars()
            .map(|character| u64::from(u32::from(character)))
            .collect()
    };
    let shingle = |symbols: &[u64]| symbols.iter().fold(0, |hash, symbol| mix64(hash ^ symbol));
    let mut hashes: Vec<u64> = if symbols.len() <= SHINGLE {
        vec![shingle(&symbols)]
    } else {
        symbols.windows(SHINGLE).map(shingle).collect()
    };
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(SKETCH);
    hashes
}

/// The similarity of two texts, estimated from the least hashes of both together: exact for short texts.
fn jaccard(a: &[u64], b: &[u64]) -> f64 {
    let (mut i, mut j, mut both, mut all) = (0, 0, 0, 0);
    while all < SKETCH && (i < a.len() || j < b.len()) {
        let (x, y) = (a.get(i).copied(), b.get(j).copied());
        let least = x.into_iter().chain(y).min();
        both += usize::from(x == y);
        i += usize::from(x == least);
        j += usize::from(y == least);
        all += 1;
    }
    both as f64 / all.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Generator;
    use crate::testing::column;

    const WORDS: [&str; 12] = [
        "river", "stone", "lamp", "quiet", "garden", "window", "signal", "paper", "engine",
        "copper", "winter", "harbour",
    ];

    fn text(generator: &mut Generator, words: usize) -> String {
        let word =
            |generator: &mut Generator| WORDS[(generator.next() >> 40) as usize % WORDS.len()];
        (0..words)
            .map(|_| word(generator))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn facts(words: usize, copies: usize) -> NearDuplicateFacts {
        let mut generator = Generator::new(3);
        let mut texts: Vec<String> = (0..300).map(|_| text(&mut generator, words)).collect();
        for copy in 0..copies {
            texts[200 + copy] =
                format!("{}!", texts[copy].to_uppercase()).replacen("RIVER", "brook", 1);
        }
        let columns = vec![column("note", &texts)];
        near(&Rows::new(&columns, 200, 300)).remove(0)
    }

    #[test]
    fn reworded_copies_are_found() {
        for words in [30, 120] {
            let clean = facts(words, 0);
            assert_eq!(
                (clean.test_near, clean.train_near, clean.test_rows),
                (0, 0, 100)
            );
            let found = facts(words, 12).test_near;
            assert!(
                (11..=12).contains(&found),
                "{found} of 12 texts of {words} words"
            );
        }
    }

    #[test]
    fn similarity_is_that_of_sets() {
        let words = |text: &str| sketch(text, true);
        assert_eq!(jaccard(&words("a b c d e f"), &words("A, b c d e f.")), 1.0);
        assert_eq!(
            jaccard(&words("a b c d e f"), &words("a b c d e g")),
            1.0 / 3.0
        );
        assert_eq!(jaccard(&words("a b c d e f"), &words("x")), 0.0);
    }

    #[test]
    fn categories_are_no_texts() {
        let cells: Vec<String> = (0..100)
            .map(|n| format!("a phrase of some words {}", n % 3))
            .collect();
        assert!(near(&Rows::new(&[column("kind", &cells)], 80, 100)).is_empty());
    }
}
