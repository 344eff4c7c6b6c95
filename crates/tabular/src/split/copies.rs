//! Looks for the answers among the public files, by value: any column of any table that is the target's answers, whatever
//! it is called. Whole files are compared by their digests elsewhere; associations short of equality are not its matter.

use std::collections::BTreeMap;

use facts::{AnswerCopy, AnswerSearch};

use super::Split;
use super::inventory::Inventory;
use super::package::{SAMPLE, TEST, TRAIN};
use crate::error::ReadError;
use crate::read::{BINARY, is_media, is_readable, tables};
use crate::stats::{mix64, pearson};
use crate::table::{Column, MISSING, Table};

/// Rows that agree are needed to speak of a copy at least.
const LEAST_ROWS: usize = 8;
/// Share of compared rows that agree.
const SHARE: f64 = 0.99;
/// The probability, at most, that unrelated columns agree as well.
const CHANCE: f64 = 1e-7;
/// Relative difference up to which numbers are equal.
const EQUAL: f64 = 1e-9;
/// Distinct values up to which codes of values are tried.
const CODES: usize = 100;
/// Bytes of a file that is searched.
const FILE_BYTES: u64 = 256 << 20;
/// Bytes at the start of a file that tell its kind.
const START: u64 = 512;
/// Features that must stand in a table for its rows to be recognised by them.
const LEAST_FEATURES: usize = 2;

/// Searches the package's own tables and every other public file.
///
/// Rows find their answers by id, else by the features that stand in the table, else by their order where there are as many
/// rows. A column is the answers when at least 99 % of the compared rows, and at least 8, agree as texts, as numbers to 1e-9, by
/// a one-to-one code or, for numbers, by a straight line, and unrelated columns of the same values would not.
///
/// Cost: reading what lies in `public/` beside the package's own tables, and a few milliseconds for a table of as many
/// rows as test.
pub(super) fn search(
    split: &Split<'_>,
    targets: &[String],
    id_column: &str,
    public: &Inventory,
) -> Result<AnswerSearch, ReadError> {
    let mut search = AnswerSearch {
        not_searched: public.unlisted.clone(),
        ..AnswerSearch::default()
    };
    let answers: Vec<Answers<'_>> = targets
        .iter()
        .filter_map(|target| Answers::new(split, target, id_column))
        .collect();
    for (path, table) in [
        (TRAIN, split.train),
        (TEST, split.test),
        (SAMPLE, split.sample),
    ] {
        compare(path, table, &answers, &mut search);
    }
    for file in &public.files {
        let path = format!("public/{}", file.path);
        if [TRAIN, TEST, SAMPLE].contains(&path.as_str()) {
            continue;
        }
        // A picture or a recording is no table: its first bytes tell without the rest.
        let start = start(file)?;
        if !is_readable(&start) {
            if !is_media(&start) {
                search.not_searched.push((path, BINARY.to_owned()));
            }
            continue;
        }
        if file.bytes > FILE_BYTES {
            search
                .not_searched
                .push((path, format!("it has more than {} MiB", FILE_BYTES >> 20)));
            continue;
        }
        let bytes =
            fs_err::read(&file.full).map_err(|source| ReadError::new(&file.full, source))?;
        let not_read = tables(&path, bytes, &mut |path, table| {
            compare(path, table, &answers, &mut search);
        });
        search.not_searched.extend(not_read);
    }
    Ok(search)
}

/// The first bytes of a file.
fn start(file: &super::inventory::PublicFile) -> Result<Vec<u8>, ReadError> {
    let error = |source| ReadError::new(&file.full, source);
    let mut start = Vec::new();
    let opened = fs_err::File::open(&file.full).map_err(error)?;
    std::io::Read::read_to_end(&mut std::io::Read::take(opened, START), &mut start)
        .map_err(error)?;
    Ok(start)
}

/// A target's answers and the ways to find a row's.
struct Answers<'s> {
    target: String,
    /// One for each row of test.
    column: Column,
    id_column: &'s str,
    by_id: BTreeMap<&'s str, usize>,
    /// Rows of test in the order of the answers, when that is another.
    answer_order: Option<Vec<usize>>,
    split: &'s Split<'s>,
}

impl<'s> Answers<'s> {
    fn new(split: &'s Split<'s>, target: &str, id_column: &'s str) -> Option<Self> {
        let source = split.answers.column(target)?;
        let at = super::ids::rows_by_id(split.answers, id_column);
        let ids = split.test.column(id_column)?;
        let place = |row: usize| ids.text(row).and_then(|id| at.get(id)).copied();
        let mut column = source.clone();
        column.codes = (0..split.test.rows)
            .map(|row| place(row).map_or(MISSING, |at| source.codes[at]))
            .collect();
        let by_id = super::ids::rows_by_id(split.test, id_column);
        let order: Vec<usize> = split
            .answers
            .column(id_column)
            .into_iter()
            .flat_map(|ids| {
                (0..split.answers.rows).filter_map(|row| by_id.get(ids.text(row)?).copied())
            })
            .collect();
        let in_order = order.iter().enumerate().all(|(at, &row)| at == row);
        Some(Self {
            target: target.to_owned(),
            column,
            id_column,
            by_id,
            answer_order: (!in_order).then_some(order),
            split,
        })
    }

    /// For each row of a table the row of test that it is, by each way that applies.
    fn alignments(&self, path: &str, table: &Table) -> Vec<(&'static str, Vec<Option<usize>>)> {
        if path == TEST {
            return vec![("row order", (0..table.rows).map(Some).collect())];
        }
        let matched = |rows: &[Option<usize>]| rows.iter().flatten().count();
        // Each row of test is found once: a count of rooms also has the texts of ids.
        let once = |rows: &Vec<Option<usize>>| {
            let mut found: Vec<usize> = rows.iter().flatten().copied().collect();
            let all = found.len();
            found.sort_unstable();
            found.dedup();
            found.len() >= LEAST_ROWS && found.len() as f64 >= SHARE * all as f64
        };
        let by_id = table
            .columns
            .iter()
            .map(|column| -> Vec<Option<usize>> {
                let of_code: Vec<Option<usize>> = column
                    .words
                    .iter()
                    .map(|word| self.by_id.get(word).copied())
                    .collect();
                column
                    .codes
                    .iter()
                    .map(|&code| of_code.get(code as usize).copied().flatten())
                    .collect()
            })
            .filter(once)
            .max_by_key(|rows| matched(rows));
        let mut ways = Vec::new();
        ways.extend(by_id.map(|rows| ("id", rows)));
        if path == TRAIN || path == SAMPLE {
            return ways;
        }
        ways.extend(
            self.by_features(table)
                .filter(|rows| matched(rows) >= LEAST_ROWS)
                .map(|rows| ("features", rows)),
        );
        // A headerless column read with its first line as the header, or a header read as a cell, is off by one.
        for (skipped, wanted) in [(0, table.rows), (1, table.rows.saturating_sub(1))] {
            if wanted == self.split.test.rows {
                let blank = std::iter::repeat_n(None, skipped);
                ways.push((
                    "row order",
                    blank.clone().chain((0..wanted).map(Some)).collect(),
                ));
                if let Some(order) = &self.answer_order {
                    ways.push((
                        "order of the answers",
                        blank.chain(order.iter().copied().map(Some)).collect(),
                    ));
                }
            }
        }
        ways
    }

    /// By the features of test that the table has too; rows of test that are not unique in them are left out.
    fn by_features(&self, table: &Table) -> Option<Vec<Option<usize>>> {
        let of_table = table.by_name();
        let shared: Vec<(&Column, &Column)> = self
            .split
            .test
            .columns
            .iter()
            .filter(|column| column.name != self.id_column)
            .filter_map(|column| Some((column, *of_table.get(column.name.as_str())?)))
            .collect();
        if shared.len() < LEAST_FEATURES {
            return None;
        }
        let hashes =
            |side: &dyn Fn(&(&'_ Column, &'_ Column)) -> Vec<u64>, rows: usize| -> Vec<u64> {
                let mut hashes = vec![0_u64; rows];
                for pair in &shared {
                    side(pair)
                        .into_iter()
                        .zip(&mut hashes)
                        .for_each(|(cell, hash)| *hash = mix64(*hash ^ cell));
                }
                hashes
            };
        let mut of_test: BTreeMap<u64, Option<usize>> = BTreeMap::new();
        for (row, hash) in hashes(&|(test, _)| cell_hashes(test), self.split.test.rows)
            .into_iter()
            .enumerate()
        {
            of_test
                .entry(hash)
                .and_modify(|other| *other = None)
                .or_insert(Some(row));
        }
        let rows = hashes(&|(_, other)| cell_hashes(other), table.rows);
        Some(
            rows.iter()
                .map(|hash| of_test.get(hash).copied().flatten())
                .collect(),
        )
    }
}

/// Hash of each cell; equal numbers written differently have the same.
fn cell_hashes(column: &Column) -> Vec<u64> {
    let of_text = |text: &str| {
        text.trim()
            .bytes()
            .fold(2, |hash, byte| mix64(hash ^ u64::from(byte)))
    };
    let of_code: Vec<u64> = column
        .words
        .iter()
        .enumerate()
        .map(|(code, text)| match column.numbers.get(code) {
            Some(number) if column.is_numeric() => mix64(number.to_bits()),
            _ => crate::read::numbers::float(text)
                .map_or_else(|| of_text(text), |number| mix64(number.to_bits())),
        })
        .collect();
    column
        .codes
        .iter()
        .map(|&code| of_code.get(code as usize).copied().unwrap_or(1))
        .collect()
}

/// Compares every column of a table with every target's answers.
fn compare(path: &str, table: &Table, answers: &[Answers<'_>], search: &mut AnswerSearch) {
    for answers in answers {
        let ways = answers.alignments(path, table);
        let of_train = answers.split.train.by_name();
        for column in &table.columns {
            // What train and test both have is a feature, and judged as one.
            let in_train = of_train.contains_key(column.name.as_str());
            if column.name == answers.id_column || path == TEST && in_train {
                continue;
            }
            search.columns += 1;
            let found = ways
                .iter()
                .find_map(|(way, rows)| Some((way, same(column, &answers.column, rows)?)));
            if let Some((way, Same { how, rows, share })) = found {
                search.found.push(AnswerCopy {
                    path: path.to_owned(),
                    column: column.name.clone(),
                    target: answers.target.clone(),
                    aligned_by: (*way).to_owned(),
                    same_as: how.to_owned(),
                    rows,
                    share,
                });
            }
        }
    }
}

struct Same {
    how: &'static str,
    rows: usize,
    share: f64,
}

/// A row's codes: the cell's, the answer's.
type Pair = (u32, u32);

/// Whether a cell and an answer, given as codes, are the same.
type Agree<'a> = dyn Fn(u32, u32) -> bool + 'a;

/// Whether a column is the answers, its rows being those of test given by `rows`.
fn same(column: &Column, answers: &Column, rows: &[Option<usize>]) -> Option<Same> {
    let pairs: Vec<Pair> = rows
        .iter()
        .enumerate()
        .filter_map(|(row, test)| Some((column.codes[row], answers.codes[(*test)?])))
        .filter(|(cell, answer)| *cell != MISSING && *answer != MISSING)
        .collect();
    if pairs.len() < LEAST_ROWS {
        return None;
    }
    let text =
        |cell: u32, answer: u32| column.words.get(cell).trim() == answers.words.get(answer).trim();
    let number = |cell: u32, answer: u32| {
        let (a, b) = (
            column.numbers.get(cell as usize),
            answers.numbers.get(answer as usize),
        );
        a.zip(b)
            .is_some_and(|(a, b)| (a - b).abs() <= EQUAL * b.abs().max(1.0))
    };
    let ways: [(&'static str, &Agree<'_>); 2] = [("text", &text), ("number", &number)];
    for (how, equal) in ways {
        let agree = pairs
            .iter()
            .filter(|(cell, answer)| equal(*cell, *answer))
            .count();
        if is_copy(&pairs, agree, 0.0) {
            return Some(Same {
                how,
                rows: pairs.len(),
                share: agree as f64 / pairs.len() as f64,
            });
        }
    }
    by_code(&pairs).or_else(|| by_line(column, answers, &pairs))
}

/// Whether that many agreeing rows are the share that is asked for, and more than chance gives: unrelated columns agree in a
/// row with the probability Σ p², where p are the shares of the answers' values. `ways` is the logarithm of how many
/// codes could have been tried.
fn is_copy(pairs: &[Pair], agree: usize, ways: f64) -> bool {
    if agree < LEAST_ROWS || (agree as f64) < SHARE * pairs.len() as f64 {
        return false;
    }
    let mut counts = BTreeMap::<u32, f64>::new();
    pairs
        .iter()
        .for_each(|(_, answer)| *counts.entry(*answer).or_default() += 1.0);
    let total = pairs.len() as f64;
    let chance: f64 = counts.values().map(|count| (count / total).powi(2)).sum();
    // Rows that disagree could be any of all rows.
    let misses = total - agree as f64;
    let placed = if misses > 0.0 {
        misses * (total * std::f64::consts::E / misses).ln()
    } else {
        0.0
    };
    agree as f64 * chance.ln() + placed + ways <= CHANCE.ln()
}

/// A code: each cell has its answer and each answer its cell, both by majority.
fn by_code(pairs: &[Pair]) -> Option<Same> {
    let majorities = |from: &dyn Fn(&Pair) -> Pair| -> BTreeMap<u32, u32> {
        let mut counts = BTreeMap::<Pair, usize>::new();
        pairs
            .iter()
            .for_each(|pair| *counts.entry(from(pair)).or_default() += 1);
        let mut best = BTreeMap::<u32, (usize, u32)>::new();
        for ((key, value), count) in counts {
            let entry = best.entry(key).or_insert((0, value));
            if count > entry.0 {
                *entry = (count, value);
            }
        }
        best.into_iter()
            .map(|(key, (_, value))| (key, value))
            .collect()
    };
    let answer_of = majorities(&|(cell, answer)| (*cell, *answer));
    let cell_of = majorities(&|(cell, answer)| (*answer, *cell));
    if cell_of.len() < 2 || cell_of.len().max(answer_of.len()) > CODES.min(pairs.len() / 2) {
        return None;
    }
    let agree = pairs
        .iter()
        .filter(|(cell, answer)| answer_of[cell] == *answer && cell_of[answer] == *cell)
        .count();
    let codes: f64 = (1..=answer_of.len()).map(|n| (n as f64).ln()).sum();
    is_copy(pairs, agree, codes).then(|| Same {
        how: "code",
        rows: pairs.len(),
        share: agree as f64 / pairs.len() as f64,
    })
}

/// A straight line through all rows, for numbers of many values.
fn by_line(column: &Column, answers: &Column, pairs: &[Pair]) -> Option<Same> {
    if !(column.is_numeric() && answers.is_numeric()) {
        return None;
    }
    let values = |of: &Column, code: &dyn Fn(&Pair) -> u32| -> Vec<f64> {
        pairs
            .iter()
            .map(|pair| of.numbers[code(pair) as usize])
            .collect()
    };
    let (a, b) = (
        values(column, &|pair| pair.0),
        values(answers, &|pair| pair.1),
    );
    let mut distinct: Vec<u32> = pairs.iter().map(|pair| pair.1).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let straight = pearson(&a, &b).is_some_and(|r| r.abs() > 1.0 - EQUAL);
    (straight && distinct.len() >= LEAST_ROWS).then_some(Same {
        how: "line",
        rows: pairs.len(),
        share: 1.0,
    })
}

#[cfg(test)]
mod tests;
