//! What a competitor gets of each column, and what stays behind whatever the target is.

use facts::{ColumnProfile, Role, Storage, Trend};

use super::table::Table;
use crate::{FeatureKind, FeaturePlan};

/// Emptier columns carry next to nothing and would make a test set with no value at all likely.
const MAX_MISSING: f64 = 0.98;
/// A number beyond this skewness, never negative, is better seen on a logarithmic scale.
const SKEWED: f64 = 3.0;

/// Why a column stays behind in every task of this table.
pub(crate) fn useless(table: &Table<'_>, column: &ColumnProfile) -> Option<String> {
    let missing = column.missing as f64 / table.profile.rows.max(1) as f64;
    if column.storage == Storage::Empty || column.distinct == 0 {
        return Some("is empty".to_owned());
    }
    // One value or none is a ticked box, and tells as much as yes or no.
    let ticked = (1.0 - MAX_MISSING..=MAX_MISSING).contains(&missing);
    if column.distinct == 1 && !ticked {
        return Some("has the same value in every row".to_owned());
    }
    if column
        .numbers
        .is_some_and(|numbers| numbers.trend == Trend::Sequence)
        && column.missing == 0
    {
        return Some("numbers the rows".to_owned());
    }
    if column.role == Role::Id && !table.repeats(column) {
        return Some("names the row and says nothing about others".to_owned());
    }
    (missing > MAX_MISSING).then(|| "is nearly always empty".to_owned())
}

/// How the baselines use a column.
pub(crate) fn plan(table: &Table<'_>, column: &ColumnProfile, group: Option<&str>) -> FeaturePlan {
    let kind = if group == Some(column.name.as_str()) {
        FeatureKind::Group
    } else {
        kind(table, column)
    };
    FeaturePlan {
        column: column.name.clone(),
        kind,
        missing: column.missing > 0,
    }
}

fn kind(table: &Table<'_>, column: &ColumnProfile) -> FeatureKind {
    let number = matches!(column.storage, Storage::Integer | Storage::Float);
    match column.role {
        Role::Number | Role::Count | Role::Ordinal if number => {
            let skewed = column.numbers.is_some_and(|numbers| {
                let median = numbers.quantiles[3];
                numbers.skewness > SKEWED && numbers.min >= 0.0 && numbers.max >= 10.0 * median
            });
            FeatureKind::Number { skewed }
        }
        Role::Ordinal => match &column.order {
            Some(order) => FeatureKind::Grade {
                order: order.clone(),
            },
            None => FeatureKind::Category,
        },
        Role::Date => match &column.dates {
            Some(dates) => {
                let parts = date_parts(&dates.pattern, &dates.first, &dates.last);
                FeatureKind::Date {
                    pattern: dates.pattern.clone(),
                    parts,
                }
            }
            None => FeatureKind::Text,
        },
        Role::Text if !table.repeats(column) => FeatureKind::Text,
        _ if names_with_few_rows(table, column) => FeatureKind::Text,
        _ => FeatureKind::Category,
    }
}

/// Whether a column of codes or names has so few rows of each that a simple solver would learn rows by heart.
fn names_with_few_rows(table: &Table<'_>, column: &ColumnProfile) -> bool {
    column.distinct > 20 && column.distinct * 5 > table.filled(column)
}

/// The parts of a date that vary between the first and the last.
fn date_parts(pattern: &str, first: &str, last: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let differs = |end: usize| first.get(..end) != last.get(..end);
    if differs(4) {
        parts.push("year");
    }
    if differs(7) {
        parts.push("month");
    }
    if pattern.contains("%d") || pattern.contains("%j") {
        parts.push("day_of_week");
    }
    if pattern.contains("%H") || pattern.contains("%I") || pattern.contains("%T") {
        parts.push("hour");
    }
    if parts.is_empty() {
        parts.push("month");
    }
    parts.into_iter().map(str::to_owned).collect()
}
