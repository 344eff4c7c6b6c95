//! What is wrong with a formulation, as a sentence for its author, and names that the author may have meant.

use std::fmt;

use facts::{ColumnProfile, OtherTable};
use serde::{Deserialize, Serialize};

use crate::rules::brainstorm::table::Table;

/// Names at least this alike are offered, 0–1: one wrong letter in five, or a missing word in a longer name.
const ALIKE: f64 = 0.6;
/// Most names that are offered.
const OFFERED: usize = 3;
/// Most values that are listed.
const LISTED: usize = 12;

/// Longest explanation, in characters: several sentences. Other models are told it.
pub(super) const PROSE: usize = 1_500;

/// What is wrong with a formulation, in a sentence for whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Problem(String);

impl Problem {
    pub(super) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// The sentence.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Requires a text, on one line and no longer than that.
pub(super) fn text(field: &str, text: &str, longest: Option<usize>, problems: &mut Vec<Problem>) {
    if text.trim().is_empty() {
        problems.push(Problem::new(format!("`{field}` is empty")));
    } else if let Some(longest) = longest.filter(|longest| line(text).chars().count() > *longest) {
        problems.push(Problem::new(format!(
            "`{field}` is longer than {longest} characters"
        )));
    }
}

/// A text on one line.
pub(super) fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The column of that name; else the problem, with names that may have been meant.
pub(super) fn column<'a>(
    table: &Table<'a>,
    field: &str,
    name: &str,
) -> Result<&'a ColumnProfile, Problem> {
    table.column(name).ok_or_else(|| {
        let names = table.columns().iter().map(|column| column.name.as_str());
        let has = |other: &&OtherTable| other.columns.iter().any(|column| column.name == name);
        let elsewhere = match table.profile.others.iter().find(has) {
            Some(other) => format!(", but one of `{}`", other.path()),
            None => meant(name, names),
        };
        Problem::new(format!(
            "`{field}` names `{name}`, which is no column of the table{elsewhere}"
        ))
    })
}

/// `; is it X or Y?` when some of the names are alike, the most alike first, else nothing.
pub(super) fn meant<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    let plain = name.trim().to_lowercase();
    let mut alike: Vec<(f64, &str)> = names
        .map(|other| {
            let likeness =
                strsim::normalized_damerau_levenshtein(&plain, &other.trim().to_lowercase());
            (likeness, other)
        })
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let offered: Vec<String> = alike
        .iter()
        .take(OFFERED)
        .map(|(_, name)| format!("`{name}`"))
        .collect();
    if offered.is_empty() {
        String::new()
    } else {
        format!("; is it {}?", offered.join(" or "))
    }
}

/// Values in a sentence.
pub(super) fn listed<'a>(values: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = if values.len() > LISTED { ", …" } else { "" };
    let shown: Vec<String> = values
        .take(LISTED)
        .map(|value| format!("`{value}`"))
        .collect();
    format!("{}{more}", shown.join(", "))
}
