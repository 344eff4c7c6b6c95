//! What the template of `prepare.py` is given.

use facts::{Format, Profile, Reading, Storage};
use serde::Serialize;
use task_format::{Prediction, SplitPolicy};

use super::python::list;
use super::reading::ReadingCode;
use crate::{Derivation, Proposal};

/// Input of `prepare.py`.
#[derive(Serialize)]
pub(super) struct PrepareContext<'a> {
    title: &'a str,
    seed: u64,
    test_fraction: f64,
    id: &'a str,
    target: &'a str,
    /// Raw and published classes, where they differ.
    spelling: Option<Vec<(&'a str, &'a str)>>,
    spelling_reason: &'static str,
    labels: &'a [String],
    threshold: Option<Threshold<'a>>,
    group: Option<&'a str>,
    time: Option<Time<'a>>,
    left_out: Vec<(String, String)>,
    reading: ReadingCode,
    raw_rows: usize,
    dropped_rows: &'a [crate::DroppedRows],
    kept_rows: usize,
    prediction: &'static str,
    sample_labels: String,
    sample_decimals: u32,
    all_labels: String,
}

#[derive(Serialize)]
struct Threshold<'a> {
    yes: &'a str,
    no: &'a str,
}

#[derive(Serialize)]
struct Time<'a> {
    column: &'a str,
    pattern: &'a str,
}

impl<'a> PrepareContext<'a> {
    pub(super) fn new(profile: &'a Profile, proposal: &'a Proposal) -> Self {
        let target = &proposal.target;
        let (mut spelling, mut threshold) = (None, None);
        match &target.derivation {
            Some(Derivation::Renamed { labels }) => {
                spelling = Some(
                    labels
                        .iter()
                        .map(|(raw, label)| (raw.as_str(), label.as_str()))
                        .collect::<Vec<_>>(),
                );
            }
            Some(Derivation::Positive { yes, no }) => threshold = Some(Threshold { yes, no }),
            Some(Derivation::Rule { .. }) => {
                unreachable!("no rule of the catalogue derives a column")
            }
            None => {}
        }
        let (sample_labels, all_labels) = match (&spelling, &threshold) {
            (Some(_), _) => (
                "sorted(set(LABELS.values()))".to_owned(),
                "LABELS.values()".to_owned(),
            ),
            (None, Some(_)) => (list(&target.labels, 0), list(&target.labels, 0)),
            (None, None) => ("LABELS".to_owned(), "LABELS".to_owned()),
        };
        let column = proposal.split.column.as_deref();
        let time = column
            .filter(|_| proposal.split.policy == SplitPolicy::Time)
            .map(|name| Time {
                column: name,
                pattern: profile
                    .column(name)
                    .and_then(|column| column.dates.as_ref())
                    .map(|dates| dates.pattern.as_str())
                    .expect("a proposal divides by a date column of its profile"),
            });
        let target_column = profile
            .column(&target.column)
            .expect("a proposal's target is a column of its profile");
        let decimals = match target_column.storage {
            Storage::Integer => 0,
            _ => target_column
                .numbers
                .map_or(2, |numbers| numbers.decimals.clamp(1, 6)),
        };
        Self {
            title: &proposal.title,
            seed: proposal.split.seed,
            test_fraction: proposal.split.test_fraction,
            id: &proposal.id_column,
            target: &target.column,
            spelling_reason: spelling.as_deref().map_or("", spelling_reason),
            spelling,
            labels: &target.labels,
            threshold,
            group: column.filter(|_| proposal.split.policy == SplitPolicy::Group),
            time,
            left_out: left_out(profile, proposal),
            reading: ReadingCode::new(profile),
            raw_rows: profile.rows,
            dropped_rows: &proposal.dropped_rows,
            kept_rows: profile.rows.saturating_sub(proposal.dropped_row_count()),
            prediction: match proposal.prediction {
                Prediction::Label => "label",
                Prediction::Probability => "probability",
                Prediction::Number => "number",
                other => unreachable!("no rule proposes predictions of the kind {other:?}"),
            },
            sample_labels,
            sample_decimals: decimals,
            all_labels,
        }
    }
}

/// Why classes are spelled differently than in the raw data.
fn spelling_reason(pairs: &[(&str, &str)]) -> &'static str {
    let labels = || pairs.iter().map(|(_, label)| *label);
    if labels().all(|label| matches!(label, "True" | "False")) {
        "Truth values are written as Python writes them."
    } else if labels().all(|label| label.parse::<f64>().is_ok()) {
        "Numbers are written as programs write them, so that reading and writing changes nothing."
    } else {
        "Some spellings would be read as a missing value."
    }
}

/// Columns that are dropped after reading, in file order, then those of left-out parts of a workbook.
fn left_out(profile: &Profile, proposal: &Proposal) -> Vec<(String, String)> {
    let known = profile.columns.iter().filter_map(|column| {
        proposal
            .dropped
            .get(&column.name)
            .map(|reason| (column.name.clone(), reason.clone()))
    });
    let mut out: Vec<(String, String)> = known.collect();
    // Of these formats, `file: column` entries name columns that a reader sees although the profile
    // leaves them out. (Of a workbook they name sheets.)
    let typed = |reading: &&Reading| {
        matches!(
            reading.format,
            Format::Parquet | Format::JsonRecords { .. } | Format::JsonLines { .. }
        )
    };
    for (what, reason) in &profile.left_out {
        let column = profile
            .readings
            .iter()
            .filter(typed)
            .find_map(|reading| what.strip_prefix(&reading.path)?.strip_prefix(": "));
        if let Some(column) = column {
            out.push((column.to_owned(), reason.clone()));
        }
    }
    out
}
