//! The profile of a table: what each column holds and how columns relate.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Combine, DatasetFacts, EntityColumn, Reading, Relation, TimeColumn};

/// Measured facts about a dataset's main table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// The dataset it belongs to.
    pub dataset: DatasetFacts,
    /// The files that make the table, in order, and how each is read.
    pub readings: Vec<Reading>,
    /// How these files make one table.
    pub combine: Combine,
    /// Data files, sheets or columns (`file: column`) that were left out of the table, with the reason.
    pub left_out: Vec<(String, String)>,
    /// Number of data rows.
    pub rows: usize,
    /// Number of rows that are an exact copy of an earlier row.
    pub duplicate_rows: usize,
    /// The columns in file order.
    pub columns: Vec<ColumnProfile>,
    /// Relations between columns.
    pub relations: Vec<Relation>,
    /// Columns that name an entity with several rows each (patient, user, store), most plausible first.
    pub entities: Vec<EntityColumn>,
    /// Columns that say when a row happened, most plausible first.
    pub times: Vec<TimeColumn>,
    /// Text of documentation beside the data (`.names`, readme), shortened to 20,000 characters. Untrusted text.
    pub documentation: Option<String>,
    /// The dataset's other tables, by path; empty for most datasets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<OtherTable>,
}

/// Measured facts about a table of the dataset that is not the main one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherTable {
    /// The files that make the table, in order, and how each is read; at least one.
    pub readings: Vec<Reading>,
    /// How these files make one table.
    pub combine: Combine,
    /// Sheets or columns (`file: column`) that were left out of the table, with the reason.
    pub left_out: Vec<(String, String)>,
    /// Number of data rows.
    pub rows: usize,
    /// Number of rows that are an exact copy of an earlier row.
    pub duplicate_rows: usize,
    /// The columns in file order.
    pub columns: Vec<ColumnProfile>,
    /// Relations between columns.
    pub relations: Vec<Relation>,
    /// Columns that name an entity with several rows each, most plausible first.
    pub entities: Vec<EntityColumn>,
    /// Columns that say when a row happened, most plausible first.
    pub times: Vec<TimeColumn>,
}

impl OtherTable {
    /// What the table is called: the path of its first file.
    pub fn path(&self) -> &str {
        first_path(&self.readings)
    }
}

fn first_path(readings: &[Reading]) -> &str {
    readings.first().map_or("", |reading| reading.path.as_str())
}

fn read_from(readings: &[Reading], path: &str) -> bool {
    readings.iter().any(|reading| reading.path == path)
}

impl Profile {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&ColumnProfile> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// What the main table is called: the path of its first file.
    pub fn path(&self) -> &str {
        first_path(&self.readings)
    }

    /// The same dataset with that table as the main one and the others beside it; `None` when no table is made of that file.
    ///
    /// The view names under `left_out` only what no table is made of.
    pub fn of_table(&self, path: &str) -> Option<Cow<'_, Self>> {
        if read_from(&self.readings, path) {
            return Some(Cow::Borrowed(self));
        }
        let place = self
            .others
            .iter()
            .position(|table| read_from(&table.readings, path))?;
        let mut others = self.others.clone();
        let chosen = others.remove(place);
        others.push(OtherTable {
            readings: self.readings.clone(),
            combine: self.combine,
            left_out: Vec::new(),
            rows: self.rows,
            duplicate_rows: self.duplicate_rows,
            columns: self.columns.clone(),
            relations: self.relations.clone(),
            entities: self.entities.clone(),
            times: self.times.clone(),
        });
        others.sort_by(|a, b| a.path().cmp(b.path()));
        let mut left_out = chosen.left_out;
        left_out.extend(self.left_out_of_all().cloned());
        left_out.sort();
        left_out.dedup();
        Some(Cow::Owned(Self {
            dataset: self.dataset.clone(),
            readings: chosen.readings,
            combine: chosen.combine,
            left_out,
            rows: chosen.rows,
            duplicate_rows: chosen.duplicate_rows,
            columns: chosen.columns,
            relations: chosen.relations,
            entities: chosen.entities,
            times: chosen.times,
            documentation: self.documentation.clone(),
            others,
        }))
    }

    /// What was left out of the main table and makes no other table either, with the reason.
    pub fn left_out_of_all(&self) -> impl Iterator<Item = &(String, String)> {
        let told = |path: &str| {
            let mut others = self.others.iter();
            others.any(|table| read_from(&table.readings, path))
        };
        self.left_out.iter().filter(move |(what, _)| !told(what))
    }
}

/// Measured facts about one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Name, unique in the table; what a reader that follows [`Reading`] calls it.
    pub name: String,
    /// How cells are stored.
    pub storage: Storage,
    /// What the column is, as far as can be told.
    pub role: Role,
    /// Rows without a value.
    pub missing: usize,
    /// Distinct values, missing not counted.
    pub distinct: usize,
    /// What it means, in the words of the documentation. Untrusted text.
    pub meaning: Option<String>,
    /// Unit of measure, when the documentation or the name states one.
    pub unit: Option<String>,
    /// Distribution of numbers; `Some` for integer and float storage with at least one value.
    pub numbers: Option<NumberSummary>,
    /// Values with counts, most frequent first (ties by value), at most 100; empty for float storage with more distinct values.
    pub categories: Vec<CategoryCount>,
    /// Whether `categories` has every distinct value.
    pub categories_complete: bool,
    /// Lengths, for text storage.
    pub text: Option<TextSummary>,
    /// Range, for dates.
    pub dates: Option<DateSummary>,
    /// The first five distinct values as written in the file.
    pub examples: Vec<String>,
    /// For an ordinal column with text values: the values from low to high, when the order is known.
    pub order: Option<Vec<String>>,
}

/// How cells are stored once read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// Whole numbers.
    Integer,
    /// Numbers with a fraction.
    Float,
    /// Two values written as truth values (`True`/`False`).
    Boolean,
    /// Anything else.
    Text,
    /// No value at all.
    Empty,
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Names a row or an entity: row numbers, keys, codes, names of persons.
    Id,
    /// One of a few unordered values, also when written as numbers (codes).
    Category,
    /// One of a few ordered values: grades, stages, Likert answers.
    Ordinal,
    /// A measurement on a scale.
    Number,
    /// How many: whole, not negative.
    Count,
    /// A date or time, in one column.
    Date,
    /// Free text.
    Text,
    /// The same value in every row, or no value.
    Constant,
}

/// Distribution of a numeric column; missing cells excluded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberSummary {
    /// Least value.
    pub min: f64,
    /// Greatest value.
    pub max: f64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Sample standard deviation (n − 1); 0 for a single value.
    pub std: f64,
    /// 1, 5, 25, 50, 75, 95 and 99 % quantiles, linear interpolation.
    pub quantiles: [f64; 7],
    /// Moment coefficient of skewness; 0 for a constant.
    pub skewness: f64,
    /// Share of zeros, 0–1.
    pub zeros: f64,
    /// Share of the most frequent value, 0–1.
    pub mode_share: f64,
    /// Most decimal digits any cell is written with.
    pub decimals: u32,
    /// Whether it only rises or falls down the file.
    pub trend: Trend,
}

/// Direction of a column down the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// Every value greater than the one before, by one: a row number.
    Sequence,
    /// Never falls.
    Rising,
    /// Never rises.
    Falling,
    /// Neither.
    None,
}

/// A value and how many rows have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryCount {
    /// The value as written in the file.
    pub value: String,
    /// Rows.
    pub count: usize,
}

/// Lengths of a text column, in characters and words.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextSummary {
    /// Mean number of characters.
    pub mean_characters: f64,
    /// Greatest number of characters.
    pub max_characters: usize,
    /// Mean number of words.
    pub mean_words: f64,
}

/// Range of a date column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateSummary {
    /// First, as `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SS`.
    pub first: String,
    /// Last, in the same form.
    pub last: String,
    /// How dates are written, as a `strptime` pattern, e.g. `%Y-%m-%d`.
    pub pattern: String,
}

/// How many rows the raw data have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawRows {
    /// All of them.
    pub all: u64,
    /// Those with a value in every target column.
    pub labelled: u64,
}
