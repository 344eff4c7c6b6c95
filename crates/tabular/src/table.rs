//! Tables in memory: columns of codes into a dictionary of distinct texts. It neither reads files nor judges columns.

use std::collections::{BTreeMap, BTreeSet};

use facts::Storage;

use crate::words::Words;

/// The code of a cell without a value.
pub(crate) const MISSING: u32 = u32::MAX;

/// A column as a format's reader hands it over: texts as written, nothing interpreted.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawColumn {
    /// Final name.
    pub(crate) name: String,
    /// One code a row: into `words`, or [`MISSING`] where the format itself has "no value".
    pub(crate) codes: Vec<u32>,
    /// The distinct texts.
    pub(crate) words: Words,
    /// What the format says about the cells.
    pub(crate) nature: Nature,
}

/// What a format says about the cells of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Nature {
    /// Nothing: the texts decide.
    #[default]
    Guess,
    /// They are texts, also where they look like numbers.
    Text,
    /// They are numbers or truth values, also where they look like codes.
    Number,
}

impl RawColumn {
    /// An empty column.
    pub(crate) fn new(name: impl Into<String>, nature: Nature) -> Self {
        Self {
            name: name.into(),
            nature,
            ..Self::default()
        }
    }

    /// Adds one cell.
    pub(crate) fn push(&mut self, cell: Option<&str>) {
        let code = cell.map_or(MISSING, |text| self.words.intern(text));
        self.codes.push(code);
    }
}

/// A typed column: cells that mean "missing" are [`MISSING`], equal values share a code.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// Name, unique in its table.
    pub(crate) name: String,
    /// How cells are stored.
    pub(crate) storage: Storage,
    /// One code a row.
    pub(crate) codes: Vec<u32>,
    /// The distinct values as first written; every one occurs.
    pub(crate) words: Words,
    /// The value of each word; empty unless the storage is a number.
    pub(crate) numbers: Vec<f64>,
    /// Rows with each word.
    pub(crate) counts: Vec<u32>,
}

impl Column {
    /// Distinct values, missing not counted.
    pub(crate) fn distinct(&self) -> usize {
        self.counts.len()
    }

    /// Rows without a value.
    pub(crate) fn missing(&self) -> usize {
        self.codes.len() - self.present()
    }

    /// Rows with a value.
    pub(crate) fn present(&self) -> usize {
        self.counts.iter().map(|&count| count as usize).sum()
    }

    /// Whether cells are numbers.
    pub(crate) fn is_numeric(&self) -> bool {
        matches!(self.storage, Storage::Integer | Storage::Float)
    }

    /// The number in a row; `NaN` where it is missing or the column holds no numbers.
    pub(crate) fn number(&self, row: usize) -> f64 {
        self.numbers
            .get(self.codes[row] as usize)
            .copied()
            .unwrap_or(f64::NAN)
    }

    /// The text in a row.
    pub(crate) fn text(&self, row: usize) -> Option<&str> {
        let code = self.codes[row];
        (code != MISSING).then(|| self.words.get(code))
    }

    /// Rows of the most frequent value.
    pub(crate) fn mode_count(&self) -> usize {
        self.counts.iter().copied().max().unwrap_or(0) as usize
    }
}

/// A typed table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// Columns of equal length.
    pub(crate) columns: Vec<Column>,
    /// Data rows.
    pub(crate) rows: usize,
}

impl Table {
    /// The column of that name.
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Every column by its name, for looking up many.
    pub(crate) fn by_name(&self) -> BTreeMap<&str, &Column> {
        self.columns
            .iter()
            .map(|column| (column.name.as_str(), column))
            .collect()
    }
}

/// Finds a name that is not `taken` yet by numbering repetitions: `name`, `name_2`, `name_3`, …
pub(crate) fn unique_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    (2..)
        .map(|number| format!("{name}_{number}"))
        .find(|candidate| !taken(candidate))
        .expect("some number is free")
}

/// Names given so far, none of them twice.
#[derive(Default)]
pub(crate) struct Names {
    given: BTreeSet<String>,
    /// The number that the next repetition of a name is tried with, so that many repetitions of one stay cheap.
    next: BTreeMap<String, usize>,
}

impl Names {
    /// The name that is wanted, numbered as by [`unique_name`] where it is given already.
    pub(crate) fn give(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        if self.given.contains(wanted) {
            let next = self.next.entry(wanted.to_owned()).or_insert(2);
            while self.given.contains(&name) {
                name = format!("{wanted}_{next}");
                *next += 1;
            }
        }
        self.given.insert(name.clone());
        name
    }
}

/// Repairs header cells: blanks at the ends go, empty names become `unnamed_3` (the position, from 1), repeated ones
/// are numbered. The flag says whether anything was.
pub(crate) fn repair_names(header: &[impl AsRef<str>]) -> (Vec<String>, bool) {
    let mut given = Names::default();
    let mut repaired = false;
    let names = header
        .iter()
        .enumerate()
        .map(|(position, cell)| {
            let trimmed = cell.as_ref().trim();
            let name = if trimmed.is_empty() {
                given.give(&format!("unnamed_{}", position + 1))
            } else {
                given.give(trimmed)
            };
            repaired |= name != cell.as_ref();
            name
        })
        .collect();
    (names, repaired)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_names_are_repaired() {
        let (names, repaired) = repair_names(&["a", "", " b ", "a", "a_2", ""]);
        assert_eq!(names, ["a", "unnamed_2", "b", "a_2", "a_2_2", "unnamed_6"]);
        assert!(repaired);
        assert!(!repair_names(&["a", "b c"]).1);
    }

    #[test]
    fn a_name_repeated_often_is_numbered_in_one_pass() {
        let (names, _) = repair_names(&vec!["a"; 200_000]);
        assert_eq!(names[199_999], "a_200000");
    }
}
