//! Quality of the public tables: rows that repeat or contradict each other, columns that say nothing, damaged texts. Personal
//! data are looked for in a module of their own.

use facts::{Damage, DamagedText, MixedColumn, QualityFacts, SplitQuestion, Storage};

use super::package::{TEST, TRAIN};
use super::{duplicates, personal};
use crate::read::numbers;
use crate::table::{Column, MISSING, Table};

/// Characters of an example.
const EXAMPLE: usize = 60;

/// Measures both tables. `features` are the joined columns, `target` the joined first target, train rows first.
///
/// Cost: one pass over rows for repetitions, one over the distinct texts for everything else; some 50 ms at 50,000 rows of
/// 20 columns in the development profile.
pub(super) fn measure(
    train: &Table,
    test: &Table,
    features: &[Column],
    target: &Column,
    question: &SplitQuestion,
) -> QualityFacts {
    let is_feature = |column: &&Column| {
        column.name != question.id_column && !question.targets.contains(&column.name)
    };
    let of_train = || train.columns.iter().filter(is_feature);
    let (duplicate_rows, conflicting_rows) = repetitions(features, target, train.rows);
    let damaged = |path: &'static str, table: &Table| -> Vec<DamagedText> {
        table
            .columns
            .iter()
            .flat_map(|column| damage(path, column))
            .collect()
    };
    let share = |column: &Column| column.missing() as f64 / train.rows as f64;
    QualityFacts {
        train_rows: train.rows,
        duplicate_rows,
        conflicting_rows,
        constant_columns: of_train()
            .filter(|column| {
                column.distinct() == 0 || column.distinct() == 1 && column.missing() == 0
            })
            .map(|column| column.name.clone())
            .collect(),
        mixed_columns: of_train().filter_map(mixed).collect(),
        damaged_texts: [damaged(TRAIN, train), damaged(TEST, test)].concat(),
        personal: personal::find(train, test),
        missing: of_train()
            .filter(|column| column.missing() > 0)
            .map(|column| (column.name.clone(), share(column)))
            .collect(),
    }
}

/// Train rows that equal an earlier one, and rows that have the features of another but not the target that most of them have.
fn repetitions(features: &[Column], target: &Column, train_rows: usize) -> (usize, usize) {
    if features.is_empty() {
        return (0, 0);
    }
    let hashes = duplicates::row_hashes(features, train_rows);
    let mut rows: Vec<(u128, u32)> = hashes
        .into_iter()
        .zip(target.codes.iter().copied())
        .filter(|(_, code)| *code != MISSING)
        .collect();
    rows.sort_unstable();
    let (mut repeated, mut conflicting) = (0, 0);
    for group in rows.chunk_by(|a, b| a.0 == b.0) {
        let mut most = 0;
        for same in group.chunk_by(|a, b| a == b) {
            repeated += same.len() - 1;
            most = most.max(same.len());
        }
        conflicting += group.len() - most;
    }
    (repeated, conflicting)
}

/// A text column in which some cells are numbers.
fn mixed(column: &Column) -> Option<MixedColumn> {
    if column.storage != Storage::Text {
        return None;
    }
    let is_number = |text: &str| numbers::float(text).is_some();
    let cells = |wanted: bool| -> usize {
        let words = column.words.iter().zip(&column.counts);
        words
            .filter(|(text, _)| is_number(text) == wanted)
            .map(|(_, &count)| count as usize)
            .sum()
    };
    let (of_numbers, of_texts) = (cells(true), cells(false));
    if of_numbers == 0 || of_texts == 0 {
        return None;
    }
    let rarer = of_numbers <= of_texts;
    Some(MixedColumn {
        column: column.name.clone(),
        numbers: of_numbers as f64 / (of_numbers + of_texts) as f64,
        example: column
            .words
            .iter()
            .find(|text| is_number(text) == rarer)
            .map(shortened)
            .unwrap_or_default(),
    })
}

/// Damage in a column's name or cells, by kind.
fn damage(path: &str, column: &Column) -> Vec<DamagedText> {
    let mut found: Vec<DamagedText> = Vec::new();
    let mut note = |text: &str, cells: usize| {
        for damage in damages(text) {
            match found.iter_mut().find(|other| other.damage == damage) {
                Some(other) => other.cells += cells,
                None => found.push(DamagedText {
                    path: path.to_owned(),
                    column: column.name.clone(),
                    damage,
                    cells,
                    example: shortened(text),
                }),
            }
        }
    };
    note(&column.name, 1);
    column
        .words
        .iter()
        .zip(&column.counts)
        .for_each(|(text, &count)| note(text, count as usize));
    found
}

fn damages(text: &str) -> Vec<Damage> {
    let mut found = Vec::new();
    if text
        .chars()
        .any(|character| character.is_control() && !matches!(character, '\t' | '\n' | '\r'))
    {
        found.push(Damage::Control);
    }
    if !text.is_ascii() {
        if text.contains('\u{fffd}') {
            found.push(Damage::Replacement);
        }
        if text
            .split(|character: char| character.is_ascii())
            .any(is_mojibake)
        {
            found.push(Damage::Mojibake);
        }
    }
    found
}

/// Whether characters beyond ASCII, written as Windows-1252, are the UTF-8 of a letter of Europe or of a punctuation mark:
/// `Ã©` is `é`. Others (`ß“`, which would be a letter of N'Ko) stand side by side in sound texts.
fn is_mojibake(run: &str) -> bool {
    if run.chars().nth(1).is_none() {
        return false;
    }
    let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(run);
    let likely = |character: char| matches!(u32::from(character), 0x80..0x250 | 0x2000..0x2200);
    !unmappable && std::str::from_utf8(&bytes).is_ok_and(|text| text.chars().all(likely))
}

fn shortened(text: &str) -> String {
    text.chars().take(EXAMPLE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::column;

    fn table(columns: Vec<Column>) -> Table {
        Table {
            rows: columns[0].codes.len(),
            columns,
        }
    }

    fn question() -> SplitQuestion {
        SplitQuestion {
            id_column: "id".to_owned(),
            targets: vec!["target".to_owned()],
            classification: true,
            predictions: Vec::new(),
            split_column: None,
        }
    }

    #[test]
    fn rows_that_repeat_and_contradict() {
        let features = [column("a", &["1", "1", "1", "2", "2", "3"])];
        let target = column("target", &["x", "x", "y", "z", "z", "x"]);
        assert_eq!(repetitions(&features, &target, 6), (2, 1));
        assert_eq!(repetitions(&features, &target, 2), (1, 0));
    }

    #[test]
    fn columns_are_described() {
        let train = table(vec![
            column("id", &["1", "2", "3", "4"]),
            column("same", &["k", "k", "k", "k"]),
            column("gaps", &["", "k", "k", ""]),
            column("mixed", &["1", "2", "none", "3"]),
            column("target", &["x", "y", "x", "y"]),
        ]);
        let features: Vec<Column> = train.columns[1..4].to_vec();
        let facts = measure(&train, &train, &features, &train.columns[4], &question());
        assert_eq!(facts.constant_columns, ["same"]);
        assert_eq!(facts.missing, [("gaps".to_owned(), 0.5)]);
        assert_eq!(facts.mixed_columns.len(), 1);
        assert_eq!(
            (
                facts.mixed_columns[0].numbers,
                facts.mixed_columns[0].example.as_str()
            ),
            (0.75, "none")
        );
        assert_eq!((facts.duplicate_rows, facts.damaged_texts.len()), (0, 0));
    }

    #[test]
    fn damage_is_told_from_foreign_letters() {
        assert_eq!(damages("CafÃ©"), [Damage::Mojibake]);
        assert_eq!(damages("itâ€™s"), [Damage::Mojibake]);
        assert_eq!(damages("caf\u{fffd}"), [Damage::Replacement]);
        assert_eq!(damages("a\u{7}b"), [Damage::Control]);
        for sound in [
            "Genève",
            "groß“",
            "São Tomé",
            "ÀÉ",
            "日本",
            "20 °C",
            "“quoted”",
            "two\nlines\t",
            "Ã",
        ] {
            assert_eq!(damages(sound), [], "{sound}");
        }
        let found = damage("p", &column("x", &["Ã©a", "b", "Ã©a"]));
        assert_eq!((found.len(), found[0].cells), (1, 2));
    }
}
