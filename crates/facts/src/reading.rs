//! How a raw file is read, so that Rust's reader and a generated `prepare.py` see the same cells.

use serde::{Deserialize, Serialize};

/// Everything needed to read one raw file into a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Path inside the dataset's folder.
    pub path: String,
    /// Compression around the file.
    pub compression: Option<Compression>,
    /// Text encoding; `Utf8` for binary formats.
    pub encoding: Encoding,
    /// The format and its dialect.
    pub format: Format,
    /// Cell texts that mean "missing" in this file beside the empty cell, e.g. `?` or `NA`, in order of first use.
    /// With pandas: `na_values=["", *missing_markers], keep_default_na=False`. Readers that don't take the empty text for
    /// missing (JSON, ARFF, Parquet) have it in this list when such cells exist; apply it with `replace`.
    pub missing_markers: Vec<String>,
    /// Whether text cells carry blanks around their value that reading strips. With pandas: read delimited text with
    /// `dtype="str"` and `keep_default_na=False`, strip every text, then replace markers and convert numbers; of other
    /// formats, strip the columns of text.
    pub strip_blanks: bool,
    /// Columns (by final name) that are text although a reader that guesses types takes some or all of their cells for
    /// numbers or truth values: codes with leading zeros, mixed columns of a large file. With pandas: `dtype={name: "str"}`.
    pub read_as_text: Vec<String>,
}

/// Compression around a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// gzip.
    Gzip,
}

/// Text encodings that are recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8 without a byte-order mark.
    Utf8,
    /// UTF-8 with a byte-order mark.
    Utf8Bom,
    /// UTF-16 with a byte-order mark.
    Utf16,
    /// Windows-1252, the superset of Latin-1 that such files nearly always are.
    Windows1252,
}

impl Encoding {
    /// The name of Python's codec that decodes the same way.
    pub fn python_codec(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf8Bom => "utf-8-sig",
            Self::Utf16 => "utf-16",
            Self::Windows1252 => "cp1252",
        }
    }
}

/// The format of a file with its dialect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Format {
    /// Delimited text.
    Delimited {
        /// Between cells.
        separator: Separator,
        /// Quote character, when any cell is quoted.
        quote: Option<char>,
        /// Prefix of comment lines, when there are any.
        comment: Option<char>,
        /// Lines before the header (or the first row) that are no data.
        skip_lines: usize,
        /// Whether numbers are written with a decimal comma. With pandas: `decimal=","`.
        decimal_comma: bool,
        /// Where column names come from.
        header: Header,
    },
    /// Weka's attribute-relation format, dense. Cells of numeric attributes are numbers, all others text
    /// (also a nominal `{0, 1}`); quotes and the blanks around cells are taken off; `?` is missing.
    Arff,
    /// Apache Parquet.
    Parquet,
    /// A JSON document that holds records.
    JsonRecords {
        /// Keys that lead from the document to the array of records; empty when the document is the array.
        record_path: Vec<String>,
        /// Whether nested objects were flattened, with `_` between keys.
        flattened: bool,
    },
    /// One JSON object a line.
    JsonLines {
        /// Whether nested objects were flattened, with `_` between keys.
        flattened: bool,
    },
    /// One sheet of a workbook.
    Xlsx {
        /// Name of the sheet.
        sheet: String,
        /// Rows before the header row, or before the first data row when the header is absent.
        skip_rows: usize,
        /// Where column names come from.
        header: Header,
    },
}

/// What stands between cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `|`
    Pipe,
    /// A tab.
    Tab,
    /// Any run of blanks.
    Whitespace,
}

/// Where column names come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Header {
    /// The first line that is not skipped names the columns. Empty and repeated names and blanks at their ends are repaired in
    /// [`crate::ColumnProfile::name`]; `names` has the repaired ones when any was, else it is empty.
    /// With pandas: `header=0` and, when `names` is not empty, `names=names`.
    Present {
        /// Repaired names of all columns, or empty.
        names: Vec<String>,
    },
    /// No line that is not skipped names the columns (also where a header of two lines is skipped because its lines
    /// only together make names). With pandas: `header=None, names=names`.
    Absent {
        /// Names of all columns.
        names: Vec<String>,
        /// Where they were found, e.g. `wine.names`, `dataset.json`, `first two lines`, or `numbered`.
        source: String,
    },
}

/// How several files make one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// A single file.
    Single,
    /// Columns side by side: row n of each file belongs together.
    SideBySide,
    /// Rows of all files one after the other: the same columns in each.
    Stacked,
}
