//! The table of columns in `description.md`: what each feature is, in a line.

use facts::{ColumnProfile, NumberSummary, Profile};
use serde::Serialize;

use super::markdown::{cell, code, opening, plain};
use crate::naming::{grouped, human, percent};
use crate::{FeatureKind, FeaturePlan};

/// Longest meaning of a column in the table, in characters.
pub(super) const MAX_MEANING: usize = 240;
/// From this share of missing cells on, a column without a line of its own is named for them: less than what the checks want
/// declared, since train may have more gaps than the whole table.
const MANY_MISSING: f64 = 0.02;
/// Most values of a category that are named.
const MAX_VALUES: usize = 6;
/// Longest value that is named, in characters.
const MAX_VALUE: usize = 40;

/// A row of the table of columns.
#[derive(Serialize)]
pub(super) struct ColumnLine<'a> {
    pub(super) name: &'a str,
    kind: &'static str,
    text: String,
}

pub(super) fn columns_intro(explained: bool, described: usize) -> String {
    if described == 0 {
        "Every feature is a number.".to_owned()
    } else if explained {
        "Meanings are those that the publishers give; values and ranges are those of all rows together.".to_owned()
    } else {
        "The publishers give no meanings; values and ranges are those of all rows together."
            .to_owned()
    }
}

pub(super) fn column_line<'a>(
    profile: &Profile,
    feature: &'a FeaturePlan,
    column: &ColumnProfile,
) -> ColumnLine<'a> {
    let kind = match &feature.kind {
        FeatureKind::Number { .. } => "number",
        FeatureKind::Category if column.distinct == 2 => "one of two",
        FeatureKind::Category => "category",
        FeatureKind::Grade { .. } => "ordered",
        FeatureKind::Date { .. } => "date",
        FeatureKind::Text => "text",
        FeatureKind::Group => "group",
    };
    let mut sentences: Vec<String> = Vec::new();
    if let Some(meaning) = &column.meaning {
        sentences.push(plain(opening(meaning, MAX_MEANING).trim_end_matches('.')));
    }
    if let Some(unit) = column
        .unit
        .as_deref()
        .filter(|unit| mentions_unit(&sentences, unit))
    {
        sentences.push(format!("in {}", plain(unit)));
    }
    sentences.push(values(&feature.kind, column));
    if column.missing > 0 {
        sentences.push(format!(
            "{} missing",
            percent(column.missing as f64 / profile.rows.max(1) as f64)
        ));
    }
    sentences.retain(|sentence| !sentence.is_empty());
    ColumnLine {
        name: &feature.column,
        kind,
        text: sentences.join("; "),
    }
}

/// The columns with many missing cells among those that have no line of their own, with the share.
pub(super) fn further_missing(profile: &Profile, further: &[&str]) -> Vec<String> {
    let share = |name: &str| {
        let missing = profile.column(name)?.missing;
        let share = missing as f64 / profile.rows.max(1) as f64;
        (share >= MANY_MISSING).then(|| format!("{} ({})", code(name), percent(share)))
    };
    further.iter().filter_map(|name| share(name)).collect()
}

/// Whether the unit is not said yet.
fn mentions_unit(sentences: &[String], unit: &str) -> bool {
    !sentences.iter().any(|sentence| sentence.contains(unit))
}

/// The values of a column in a few words.
fn values(kind: &FeatureKind, column: &ColumnProfile) -> String {
    match kind {
        FeatureKind::Number { .. } => column
            .numbers
            .map(|numbers| range(&numbers))
            .unwrap_or_default(),
        FeatureKind::Grade { order } => format!("in order {}", cells(order, order.len())),
        FeatureKind::Date { .. } => column
            .dates
            .as_ref()
            .map(|dates| format!("from {} to {}", dates.first, dates.last))
            .unwrap_or_default(),
        FeatureKind::Text => column
            .text
            .map(|text| {
                if text.mean_words >= 1.5 {
                    format!("{:.0} words on average", text.mean_words)
                } else {
                    format!("{} different", grouped(column.distinct as i64))
                }
            })
            .unwrap_or_default(),
        FeatureKind::Group => format!("{} different", grouped(column.distinct as i64)),
        FeatureKind::Category => {
            let named: Vec<String> = column
                .categories
                .iter()
                .filter(|category| category.value.chars().count() <= MAX_VALUE)
                .take(MAX_VALUES)
                .map(|category| category.value.clone())
                .collect();
            if column.categories_complete && column.categories.len() <= named.len() {
                let mut named = named;
                named.sort_by(|a, b| match (a.parse::<f64>(), b.parse::<f64>()) {
                    (Ok(x), Ok(y)) => x.total_cmp(&y),
                    _ => a.cmp(b),
                });
                cells(&named, MAX_VALUES)
            } else if named.is_empty() {
                format!("{} values", grouped(column.distinct as i64))
            } else {
                format!(
                    "{} values, most often {}",
                    grouped(column.distinct as i64),
                    cells(&named, 3)
                )
            }
        }
    }
}

pub(super) fn range(numbers: &NumberSummary) -> String {
    format!(
        "{} to {}, median {}",
        human(numbers.min),
        human(numbers.max),
        human(numbers.quantiles[3])
    )
}

pub(super) fn cells(values: &[String], most: usize) -> String {
    let mut shown: Vec<String> = values.iter().take(most).map(|value| cell(value)).collect();
    if values.len() > most {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}
