//! Everything a competitor can get wrong, each with a stable code and a message to act on.

use std::fmt;

use serde::Serialize;

use crate::submission::printable;

/// Why a submission gets no score.
///
/// Ids and cells are quoted as written, shortened to 60 characters; lists of examples have at most five.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum InvalidSubmission {
    /// There is no file.
    NoFile,
    /// A file whose permissions keep us from reading it.
    NotReadable,
    /// Not a regular file.
    NotAFile {
        /// What it is, e.g. `a symbolic link`.
        found: &'static str,
    },
    /// Too many bytes to be a submission.
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The most that is read.
        limit: u64,
    },
    /// A binary format, known by its first bytes.
    NotCsv {
        /// What it looks like, e.g. `a zip archive`.
        looks_like: &'static str,
    },
    /// Text that is not CSV: a quote out of place, a NUL byte.
    NotCsvAt {
        /// Line, from 1.
        line: u64,
        /// What is wrong there.
        problem: &'static str,
    },
    /// A row far longer than any row of this task.
    RowTooLong {
        /// Line on which it begins, from 1.
        line: u64,
    },
    /// Not UTF-8.
    NotUtf8 {
        /// Line, from 1.
        line: u64,
    },
    /// No bytes, or blank lines only.
    Empty,
    /// A header and no rows.
    HeaderOnly,
    /// The header is not the expected one; the order of columns does not matter.
    Columns {
        /// The expected columns.
        expected: Vec<String>,
        /// Those that are not there.
        missing: Vec<String>,
        /// Those that should not be there.
        extra: Vec<String>,
        /// Those that are there more than once.
        repeated: Vec<String>,
    },
    /// So many columns that their names were not looked at.
    TooManyColumns {
        /// Columns of a submission.
        expected: usize,
        /// Columns of this one.
        found: usize,
    },
    /// A row with another number of cells than the header.
    Ragged {
        /// Line, from 1.
        line: u64,
        /// Cells of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// Far more rows than there are to predict; the rest was not read.
    TooManyRows {
        /// Rows to predict.
        expected: usize,
    },
    /// Ids that are not in the test file.
    UnknownIds {
        /// How many rows have one.
        count: usize,
        /// The first of them.
        examples: Vec<String>,
        /// A known id that differs from the first example only in how a number is written.
        meant: Option<String>,
    },
    /// Ids that stand in several rows.
    DuplicateIds {
        /// How many rows repeat an earlier id.
        count: usize,
        /// The first of them.
        examples: Vec<String>,
    },
    /// Ids of the test file without a row.
    MissingIds {
        /// How many.
        count: usize,
        /// The first of them.
        examples: Vec<String>,
    },
    /// A cell without a value, or NaN.
    MissingValue {
        /// Line, from 1.
        line: u64,
        /// The row's id.
        id: String,
    },
    /// An infinite number.
    Infinite {
        /// Line, from 1.
        line: u64,
        /// The row's id.
        id: String,
        /// The cell.
        value: String,
    },
    /// Text where a number is needed.
    NotANumber {
        /// Line, from 1.
        line: u64,
        /// The row's id.
        id: String,
        /// The cell.
        value: String,
    },
    /// A number that the metric has no meaning for.
    OutOfRange {
        /// Line, from 1.
        line: u64,
        /// The row's id.
        id: String,
        /// The cell.
        value: String,
        /// What is allowed, e.g. `from 0 to 1`.
        allowed: String,
    },
    /// A label that is not one of the task's.
    UnknownLabel {
        /// Line, from 1.
        line: u64,
        /// The row's id.
        id: String,
        /// The cell.
        value: String,
        /// The labels, at most ten.
        labels: Vec<String>,
    },
    /// A text far longer than any of the answers.
    TextTooLong {
        /// Line, from 1.
        line: u64,
        /// The row's id.
        id: String,
        /// The most characters that are compared.
        limit: usize,
    },
    /// Finite numbers so large that the score is not.
    Overflow,
    /// What a task's own metric refuses.
    ByMetric(MetricRefusal),
    /// Predictions that the metric has no value for, though it has one for others.
    NoScore {
        /// Why.
        why: String,
    },
}

/// What a task's own metric says of a submission that it refuses, made fit to print: it comes from foreign code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MetricRefusal {
    reason: String,
    message: String,
}

impl MetricRefusal {
    /// The reason as a word for programs, and the message. Of the word only ASCII letters, digits and `_` are kept, at most
    /// 40, of the message the first 500 characters, without control characters.
    pub fn new(reason: &str, message: &str) -> Self {
        let word = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
        Self {
            reason: reason.chars().filter(word).take(40).collect(),
            message: printable(message, 500),
        }
    }
}

impl InvalidSubmission {
    /// The reason as a stable word for programs.
    pub fn code(&self) -> &str {
        match self {
            Self::NoFile => "no_file",
            Self::NotReadable => "not_readable",
            Self::NotAFile { .. } => "not_a_file",
            Self::TooLarge { .. } => "too_large",
            Self::NotCsv { .. } | Self::NotCsvAt { .. } => "not_csv",
            Self::RowTooLong { .. } => "row_too_long",
            Self::NotUtf8 { .. } => "not_utf8",
            Self::Empty => "empty",
            Self::HeaderOnly => "header_only",
            Self::Columns { missing, .. } if !missing.is_empty() => "missing_columns",
            Self::Columns { extra, .. } if !extra.is_empty() => "extra_columns",
            Self::Columns { .. } => "repeated_columns",
            Self::TooManyColumns { .. } => "extra_columns",
            Self::Ragged { .. } => "ragged",
            Self::TooManyRows { .. } => "too_many_rows",
            Self::UnknownIds { .. } => "unknown_ids",
            Self::DuplicateIds { .. } => "duplicate_ids",
            Self::MissingIds { .. } => "missing_ids",
            Self::MissingValue { .. } => "missing_value",
            Self::Infinite { .. } => "infinite",
            Self::NotANumber { .. } => "not_a_number",
            Self::OutOfRange { .. } => "out_of_range",
            Self::UnknownLabel { .. } => "unknown_label",
            Self::TextTooLong { .. } => "text_too_long",
            Self::Overflow => "overflow",
            Self::ByMetric(refusal) => &refusal.reason,
            Self::NoScore { .. } => "no_score",
        }
    }
}

impl fmt::Display for InvalidSubmission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFile => f.write_str("there is no submission file"),
            Self::NotReadable => {
                f.write_str("the submission can't be read: its permissions forbid it")
            }
            Self::NotAFile { found } => {
                write!(f, "the submission is {found}, it must be a regular file")
            }
            Self::TooLarge { bytes, limit } => {
                write!(
                    f,
                    "the file has {bytes} bytes, a submission to this task can't need more than {limit}"
                )
            }
            Self::NotCsv { looks_like } => {
                write!(f, "the file is {looks_like}, it must be a plain CSV text")
            }
            Self::NotCsvAt { line, problem } => write!(f, "line {line} is not CSV: {problem}"),
            Self::RowTooLong { line } => {
                write!(
                    f,
                    "line {line} begins a row that is far longer than any row of this task"
                )
            }
            Self::NotUtf8 { line } => write!(f, "line {line} is not UTF-8 text"),
            Self::Empty => f.write_str("the file is empty"),
            Self::HeaderOnly => f.write_str("the file has a header but no rows"),
            Self::Columns {
                expected,
                missing,
                extra,
                repeated,
            } => {
                write!(f, "the header must be `{}`", expected.join(","))?;
                for (names, verb) in [
                    (missing, "is missing"),
                    (extra, "is not expected"),
                    (repeated, "is repeated"),
                ] {
                    if !names.is_empty() {
                        write!(f, "; {} {verb}", quoted(names))?;
                    }
                }
                Ok(())
            }
            Self::TooManyColumns { expected, found } => {
                write!(
                    f,
                    "the header has {found} columns, a submission to this task has {expected}"
                )
            }
            Self::Ragged {
                line,
                expected,
                found,
            } => {
                let cells = if *found == 1 { "cell" } else { "cells" };
                write!(
                    f,
                    "line {line} has {found} {cells}, the header has {expected}"
                )
            }
            Self::TooManyRows { expected } => {
                write!(
                    f,
                    "the file has more than twice the {expected} rows that are to be predicted"
                )
            }
            Self::UnknownIds {
                count,
                examples,
                meant,
            } => {
                write!(
                    f,
                    "{count} {} an id that is not in the test file: {}",
                    rows_have(*count),
                    quoted(examples)
                )?;
                match meant {
                    Some(id) => write!(f, "; ids are compared as text: write `{id}`"),
                    None => Ok(()),
                }
            }
            Self::DuplicateIds { count, examples } => {
                write!(
                    f,
                    "{count} {} an id that stands in an earlier row: {}",
                    rows_have(*count),
                    quoted(examples)
                )
            }
            Self::MissingIds { count, examples } => {
                let ids = if *count == 1 {
                    "id of the test file has"
                } else {
                    "ids of the test file have"
                };
                write!(f, "{count} {ids} no row: {}", quoted(examples))
            }
            Self::MissingValue { line, id } => {
                write!(f, "line {line} (id `{id}`) has no value, or NaN")
            }
            Self::Infinite { line, id, value } => {
                write!(
                    f,
                    "line {line} (id `{id}`): `{value}` is not a finite number"
                )
            }
            Self::NotANumber { line, id, value } => {
                write!(f, "line {line} (id `{id}`): `{value}` is not a number")
            }
            Self::OutOfRange {
                line,
                id,
                value,
                allowed,
            } => {
                write!(
                    f,
                    "line {line} (id `{id}`): `{value}` is not allowed, predictions must be {allowed}"
                )
            }
            Self::UnknownLabel {
                line,
                id,
                value,
                labels,
            } => {
                let labels = quoted(labels);
                write!(
                    f,
                    "line {line} (id `{id}`): `{value}` is not one of the labels, which are {labels}"
                )
            }
            Self::TextTooLong { line, id, limit } => {
                write!(
                    f,
                    "line {line} (id `{id}`): the text has more than {limit} characters, far more than any of the answers"
                )
            }
            Self::Overflow => {
                f.write_str("the predictions are so large that the score is not finite")
            }
            Self::ByMetric(refusal) => f.write_str(&refusal.message),
            Self::NoScore { why } => write!(f, "the predictions have no score: {why}"),
        }
    }
}

fn rows_have(count: usize) -> &'static str {
    if count == 1 { "row has" } else { "rows have" }
}

fn quoted(texts: &[String]) -> String {
    texts
        .iter()
        .map(|text| format!("`{text}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
