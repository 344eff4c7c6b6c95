//! Measures a prepared split: what its files look like, and what could leak from answers into what a solver sees.
//! A malformed file is a fact; only a host that denies reading is an error.

mod channels;
mod copies;
mod distance;
mod duplicates;
mod features;
mod files;
mod ids;
mod inventory;
mod near;
mod package;
mod personal;
mod quality;
mod sample;
mod shingles;
mod split_column;
mod told;
mod twins;

use std::collections::BTreeMap;

use camino::Utf8Path;
use facts::{ChannelFacts, LabelCount, Side, SplitFacts, SplitQuestion, Storage, TargetFacts};

use crate::describe::{date_pattern, dates};
use crate::error::SplitError;
use crate::read::retyped;
use crate::stats::spread_rows;
use crate::table::{Column, MISSING, Table};
use channels::Target;
use inventory::Inventory;
use package::Package;

/// Rows of train and of test that feature probes look at; more are thinned evenly.
const PROBE_ROWS: usize = 40_000;
/// The same for targets beside the first, of which at most so many are measured.
const FURTHER_PROBE_ROWS: usize = 10_000;
const FURTHER_TARGETS: usize = 20;
/// Most distinct answers that are listed for the search in descriptions.
const TELLTALES: usize = 1000;
/// Significant digits from which on a number can't stand in a description by chance.
const TELLTALE_DIGITS: usize = 5;

/// Measures the split whose files lie in `public` (`train.csv`, `test.csv`, `sample_submission.csv`) and `private`
/// (`test_answer.csv`).
///
/// # Errors
///
/// When the host denies reading a file. Files that are missing or malformed, and columns that are missing, are part of the
/// facts: see [`SplitFacts::incomplete`].
pub fn split_facts(
    public: &Utf8Path,
    private: &Utf8Path,
    question: &SplitQuestion,
) -> Result<SplitFacts, SplitError> {
    let package = Package::read(public, private).map_err(SplitError)?;
    let targets_in_test = package.test.as_ref().map_or_else(Vec::new, |test| {
        question
            .targets
            .iter()
            .filter(|target| test.column(target).is_some())
            .cloned()
            .collect()
    });
    let mut facts = SplitFacts {
        csvs: package.csvs.clone(),
        targets_in_test,
        ..SplitFacts::default()
    };
    match Split::new(&package, question) {
        Ok(split) => {
            let files = inventory::public_files(public).map_err(SplitError)?;
            split.measure(question, &files, &mut facts);
            let ids = expect_column(split.test, &question.id_column);
            facts.told_answers =
                told::search(&files.files, ids, &split.answers_of_test()).map_err(SplitError)?;
            facts.answer_search =
                copies::search(&split, &question.targets, &question.id_column, &files)
                    .map_err(SplitError)?;
        }
        Err(why) => facts.incomplete = Some(why),
    }
    Ok(facts)
}

/// The files of a split that is whole, rows of test joined with their answers.
struct Split<'p> {
    train: &'p Table,
    test: &'p Table,
    sample: &'p Table,
    answers: &'p Table,
    /// The first target: train rows, then test rows (missing where the answers lack the id).
    target: Column,
    /// Further targets likewise.
    further: Vec<Column>,
}

impl<'p> Split<'p> {
    fn new(package: &'p Package, question: &SplitQuestion) -> Result<Self, String> {
        let whole = |table: &'p Option<Table>, path: &str| {
            table
                .as_ref()
                .ok_or_else(|| format!("`{path}` is missing or no table"))
        };
        let train = whole(&package.train, package::TRAIN)?;
        let test = whole(&package.test, package::TEST)?;
        let sample = whole(&package.sample, package::SAMPLE)?;
        let answers = whole(&package.answers, package::ANSWERS)?;
        let target = question.targets.first().ok_or("the task names no target")?;
        let needs: [(&Table, &str, &str); 5] = [
            (test, package::TEST, &question.id_column),
            (sample, package::SAMPLE, &question.id_column),
            (answers, package::ANSWERS, &question.id_column),
            (train, package::TRAIN, target),
            (answers, package::ANSWERS, target),
        ];
        for (table, path, column) in needs {
            if table.column(column).is_none() {
                return Err(format!("`{path}` has no column `{column}`"));
            }
        }
        if train.rows == 0 || test.rows == 0 {
            return Err("train or test has no rows".to_owned());
        }
        let rows = ids::rows_by_id(answers, &question.id_column);
        let test_ids = expect_column(test, &question.id_column);
        let row_of: Vec<Option<usize>> = (0..test.rows)
            .map(|row| test_ids.text(row).and_then(|id| rows.get(id)).copied())
            .collect();
        let joined = |target: &String| -> Option<Column> {
            let answer = answers.column(target)?;
            let mut aligned = answer.clone();
            aligned.codes = row_of
                .iter()
                .map(|row| row.map_or(MISSING, |at| answer.codes[at]))
                .collect();
            Some(retyped([train.column(target)?, &aligned].into_iter()))
        };
        Ok(Self {
            train,
            test,
            sample,
            answers,
            target: joined(target).expect("the first target stands in train and answers"),
            further: question
                .targets
                .iter()
                .skip(1)
                .take(FURTHER_TARGETS)
                .filter_map(joined)
                .collect(),
        })
    }

    /// The first target of the test rows.
    fn answers_of_test(&self) -> Column {
        Column {
            codes: self.target.codes[self.train.rows..].to_vec(),
            ..self.target.clone()
        }
    }

    fn measure(&self, question: &SplitQuestion, files: &Inventory, facts: &mut SplitFacts) {
        facts.ids = ids::agreement(
            self.train,
            self.test,
            self.sample,
            self.answers,
            &question.id_column,
        );
        let features = self.features(question);
        facts.duplicates = duplicates::across(&features, &self.target, self.train.rows);
        facts.near_duplicates =
            near::measure(&features, self.train.rows, self.train.rows + self.test.rows);
        facts.quality = quality::measure(self.train, self.test, &features, &self.target, question);
        facts.split_column = question
            .split_column
            .as_deref()
            .map(|column| split_column::measure(self.train, self.test, column));
        let measured = self.of_target(&self.target, &features, PROBE_ROWS, question, files);
        (facts.channels, facts.features, facts.labels) =
            (measured.channels, measured.features, measured.labels);
        facts.further_targets = self
            .further
            .iter()
            .map(|target| self.of_target(target, &features, FURTHER_PROBE_ROWS, question, files))
            .collect();
        facts.sample = sample::association(self.sample, self.answers, question);
        if !question.classification {
            facts.telltale_values = telltales(&self.target, self.train.rows);
        }
    }

    /// What channels and single features say of one target.
    fn of_target(
        &self,
        target: &Column,
        features: &[Column],
        rows: usize,
        question: &SplitQuestion,
        files: &Inventory,
    ) -> TargetFacts {
        let train = spread_rows(self.train.rows, rows);
        let test: Vec<usize> = spread_rows(self.test.rows, rows)
            .into_iter()
            .map(|row| row + self.train.rows)
            .collect();
        let probe = features::Probe::new(target, &train, &test, question.classification);
        TargetFacts {
            target: target.name.clone(),
            channels: self.channels(target, question, files),
            features: features
                .iter()
                .map(|feature| probe.measure(feature))
                .collect(),
            labels: if question.classification {
                self.labels(target)
            } else {
                Vec::new()
            },
        }
    }

    /// What order, ids and files of single rows say about the target.
    fn channels(
        &self,
        target: &Column,
        question: &SplitQuestion,
        files: &Inventory,
    ) -> Vec<ChannelFacts> {
        let mut facts = Vec::new();
        for (side, table, name) in [
            (Side::Train, self.train, "train.csv"),
            (Side::Test, self.test, "test.csv"),
        ] {
            let classification = question.classification;
            let target = Target::new(target, self.train.rows, side, classification);
            facts.extend(target.position(name));
            if let Some(ids) = table.column(&question.id_column) {
                facts.extend(target.ids(ids));
                facts.extend(files::channels(&files.files, table, ids, &target, side));
            }
        }
        facts
    }

    /// Columns that stand in train and in test, joined: train rows, then test rows.
    fn features(&self, question: &SplitQuestion) -> Vec<Column> {
        let is_feature = |column: &&Column| {
            column.name != question.id_column && !question.targets.contains(&column.name)
        };
        let of_test = self.test.by_name();
        self.train
            .columns
            .iter()
            .filter(is_feature)
            .filter_map(|train| {
                Some(dates_as_numbers(retyped(
                    [train, *of_test.get(train.name.as_str())?].into_iter(),
                )))
            })
            .collect()
    }

    fn labels(&self, target: &Column) -> Vec<LabelCount> {
        let mut counts = BTreeMap::<&str, (usize, usize)>::new();
        for (row, &code) in target
            .codes
            .iter()
            .enumerate()
            .filter(|(_, code)| **code != MISSING)
        {
            let count = counts.entry(target.words.get(code)).or_default();
            if row < self.train.rows {
                count.0 += 1
            } else {
                count.1 += 1
            }
        }
        counts
            .into_iter()
            .map(|(label, (train, test))| LabelCount {
                label: label.to_owned(),
                train,
                test,
            })
            .collect()
    }
}

/// A column of dates with the moments as numbers, so that probes see their order; any other column as it is.
fn dates_as_numbers(column: Column) -> Column {
    let Some(pattern) = date_pattern(&column) else {
        return column;
    };
    let moment = |word| dates::moment(word, pattern).map_or(f64::NAN, dates::Moment::ordinal);
    let numbers = column.words.iter().map(moment).collect();
    Column {
        storage: Storage::Float,
        numbers,
        ..column
    }
}

fn expect_column<'t>(table: &'t Table, name: &str) -> &'t Column {
    table
        .column(name)
        .expect("its presence was checked when the split was joined")
}

/// Distinct answers that would be recognised in a text, in order of first appearance.
fn telltales(target: &Column, train_rows: usize) -> Vec<String> {
    if !matches!(target.storage, Storage::Integer | Storage::Float) {
        return Vec::new();
    }
    let mut seen = std::collections::BTreeSet::new();
    target.codes[train_rows..]
        .iter()
        .filter(|&&code| code != MISSING && seen.insert(code))
        .map(|&code| target.words.get(code))
        .filter(|text| significant_digits(text) >= TELLTALE_DIGITS)
        .take(TELLTALES)
        .map(str::to_owned)
        .collect()
}

/// Digits between the first and the last that is not 0, exponent left out.
fn significant_digits(text: &str) -> usize {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    let first = digits.iter().position(|&digit| digit != b'0');
    let last = digits.iter().rposition(|&digit| digit != b'0');
    first.zip(last).map_or(0, |(first, last)| last - first + 1)
}

#[cfg(test)]
mod tests;
