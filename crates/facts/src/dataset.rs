//! A raw dataset as it was found: names, licence, files. Contents are the profile's matter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Combine;

/// What is known about a raw dataset without reading its tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetFacts {
    /// Short name for ids: lower case, `[a-z0-9-]`.
    pub slug: String,
    /// Name for people.
    pub title: String,
    /// What the data are about, in the words of whoever published them. Untrusted text.
    pub description: Option<String>,
    /// Where it came from, e.g. `sklearn:iris`, or what `dataset.json` states.
    pub source: Option<String>,
    /// Licence as stated; `None` when unstated or unknown.
    pub licence: Option<String>,
    /// Modality as stated in `dataset.json`, e.g. `tabular`; `None` when unstated.
    pub modality: Option<String>,
    /// Every raw file below the dataset's folder, sorted by path.
    pub files: Vec<RawFile>,
}

/// One raw file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawFile {
    /// Path inside the dataset's folder, with `/`.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the contents, lower-case hex.
    pub sha256: String,
    /// What the file looks like.
    pub kind: FileKind,
}

/// What a raw file looks like, by name and first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Delimited text: CSV, TSV and relatives, possibly gzipped.
    Delimited,
    /// Weka's attribute-relation format.
    Arff,
    /// Apache Parquet.
    Parquet,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    JsonLines,
    /// Office Open XML workbook.
    Xlsx,
    /// Prose about the data: `.names`, `.md`, `.rst`, `.txt` that is no table.
    Documentation,
    /// An image.
    Image,
    /// A sound.
    Audio,
    /// Anything else.
    Other,
}

/// What whoever provides a dataset states about its tables; everything it leaves open is detected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// The main table, when it is stated which files make it and how.
    pub table: Option<DeclaredTable>,
    /// What columns mean, by column name.
    pub meanings: BTreeMap<String, String>,
}

/// The files that make the main table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredTable {
    /// The files, in order; at least one.
    pub files: Vec<DeclaredFile>,
    /// How they make one table.
    pub combine: Combine,
}

/// One file of a declared table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredFile {
    /// Path inside the dataset's folder, as in [`RawFile::path`].
    pub path: String,
    /// Names of all columns of a file without a header line; `None` when the file has one or it is to be detected.
    pub names: Option<Vec<String>>,
    /// Where the names come from, e.g. `dataset.json`; goes into [`crate::Header::Absent`].
    pub names_source: String,
    /// Lines before the header or the first row that are no data, when stated.
    pub skip_lines: Option<usize>,
}

/// Why no task can be made of a dataset: a result with a reason, not an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The class of the reason.
    pub reason: RefusalReason,
    /// One sentence for a person, with the measured values.
    pub detail: String,
}

/// The classes of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// Too few rows for a meaningful train/test split.
    NotEnoughRows,
    /// No column is worth predicting, or nothing could predict it.
    NoTarget,
    /// Every column names things: a lookup table.
    IdentifiersOnly,
    /// The data can't be read: binary, ragged, empty, damaged.
    Unreadable,
    /// The data are of a kind that no designer exists for yet.
    UnsupportedModality,
    /// The archive would escape its folder or expand without bound.
    UnsafeArchive,
    /// The licence forbids it.
    Licence,
}

impl RefusalReason {
    /// The reason as it stands in tables and events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotEnoughRows => "not_enough_rows",
            Self::NoTarget => "no_target",
            Self::IdentifiersOnly => "identifiers_only",
            Self::Unreadable => "unreadable",
            Self::UnsupportedModality => "unsupported_modality",
            Self::UnsafeArchive => "unsafe_archive",
            Self::Licence => "licence",
        }
    }
}
