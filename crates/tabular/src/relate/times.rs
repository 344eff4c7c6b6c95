//! Columns that say when a row happened. Times of day and years of manufacture say something else.

use facts::{ColumnProfile, Role, Storage, TimeColumn};

use crate::describe::naming::NameWords;
use crate::describe::{date_pattern, dates};
use crate::table::{Column, Table};

/// Time columns, dates before years, then in file order.
pub(crate) fn times(table: &Table, profiles: &[ColumnProfile]) -> Vec<TimeColumn> {
    let mut found: Vec<(u8, TimeColumn)> = Vec::new();
    for (column, profile) in table.columns.iter().zip(profiles) {
        if column.distinct() < 2 {
            continue;
        }
        if let Some(pattern) = date_pattern(column).filter(|_| profile.role == Role::Date) {
            let reason = format!("dates written as {pattern}");
            found.push((0, time(column, reason, |row| moment(column, row, pattern))));
        } else if is_year(column, profile) {
            let years = profile
                .numbers
                .as_ref()
                .map_or((0.0, 0.0), |numbers| (numbers.min, numbers.max));
            let reason = format!("named like a year, from {} to {}", years.0, years.1);
            found.push((1, time(column, reason, |row| column.number(row))));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, time)| time).collect()
}

fn moment(column: &Column, row: usize, pattern: &str) -> f64 {
    column
        .text(row)
        .and_then(|text| dates::moment(text, pattern))
        .map_or(f64::NAN, dates::Moment::ordinal)
}

fn time(column: &Column, reason: String, at: impl Fn(usize) -> f64) -> TimeColumn {
    let moments = || {
        (0..column.codes.len())
            .map(&at)
            .filter(|moment| !moment.is_nan())
    };
    let rises = moments()
        .zip(moments().skip(1))
        .all(|(before, after)| before <= after);
    let falls = moments()
        .zip(moments().skip(1))
        .all(|(before, after)| before >= after);
    TimeColumn {
        column: column.name.clone(),
        distinct: column.distinct(),
        sorted: rises || falls,
        reason,
    }
}

/// Years in which rows happened: named so, whole, and credible as dates of records. Years of something else (a vehicle's
/// make, a foundation) are named after it.
fn is_year(column: &Column, profile: &ColumnProfile) -> bool {
    let name = NameWords::new(&column.name);
    let of_something_else = name.any(&[
        "model",
        "built",
        "founded",
        "birth",
        "born",
        "veh",
        "vehicle",
        "since",
        "made",
        "renovated",
        "month",
        "yearveh",
        "construction",
    ]) || column.name.to_lowercase().contains("yearveh");
    let credible = profile
        .numbers
        .as_ref()
        .is_some_and(|numbers| numbers.min >= 1500.0 && numbers.max <= 2100.0);
    column.storage == Storage::Integer && name.is_year() && credible && !of_something_else
}

#[cfg(test)]
mod tests {
    use crate::testing::related;

    #[test]
    fn dates_and_years() {
        let day: Vec<String> = (0..40)
            .map(|n| format!("2020-01-{:02}", n / 2 + 1))
            .collect();
        let year: Vec<String> = (0..40)
            .map(|n: usize| (1990 + n * 7 % 12).to_string())
            .collect();
        let times = related(&[("Year", &year), ("Model Year", &year), ("when", &day)]).times;
        let found: Vec<(&str, bool)> = times
            .iter()
            .map(|time| (time.column.as_str(), time.sorted))
            .collect();
        assert_eq!(found, [("when", true), ("Year", false)]);
    }
}
