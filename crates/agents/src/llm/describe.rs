//! A profile in words for a model. All of it is untrusted text, which whoever uses it fences.

use std::fmt::Write as _;

use facts::{ColumnProfile, OtherTable, Profile, Reading};
use serde::Serialize;

use crate::Proposal;

/// Columns that are told one by one; of wider tables, `profile_column` tells the others.
const MOST_COLUMNS: usize = 250;
/// Most that is told of the columns of one table, in bytes: what comes after them is told as well.
const MOST_BYTES: usize = 24_000;
/// Values of a column that are told.
const MOST_VALUES: usize = 8;
/// Longest value or meaning that is told whole, in characters.
const MOST_TEXT: usize = 80;
/// Relations that are told.
const MOST_RELATIONS: usize = 60;
/// Columns of a table beside the main one that are told one by one.
const MOST_OTHER_COLUMNS: usize = 40;

/// What was measured of a dataset.
pub(super) fn profile(profile: &Profile) -> String {
    let mut out = String::new();
    let dataset = &profile.dataset;
    line(&mut out, "title", &dataset.title);
    for (name, text) in [
        ("description", &dataset.description),
        ("source", &dataset.source),
        ("licence", &dataset.licence),
    ] {
        line(&mut out, name, text.as_deref().unwrap_or("not stated"));
    }
    if !profile.others.is_empty() {
        line(&mut out, "table", profile.path());
        let others: Vec<String> = profile.others.iter().map(size).collect();
        line(&mut out, "other tables, told below", &others.join(", "));
    }
    out.push_str(&table(profile));
    for table in &profile.others {
        other(&mut out, table);
    }
    out
}

/// What was measured of the main table.
pub(super) fn table(profile: &Profile) -> String {
    let mut out = String::new();
    rows(&mut out, profile.rows, profile.duplicate_rows);
    out.push_str("\nthe table is read like this:\n");
    readings(&mut out, &profile.readings);
    let _ = writeln!(out, "and made one by: {}", json(&profile.combine));
    let left_out: Vec<&(String, String)> = profile.left_out_of_all().collect();
    list(&mut out, "left out of the table", &left_out);
    // Columns come last: where a wide table is cut, it is among them.
    list(
        &mut out,
        "columns that name entities with several rows",
        &profile.entities,
    );
    list(
        &mut out,
        "columns that say when a row happened",
        &profile.times,
    );
    let relations = &profile.relations[..profile.relations.len().min(MOST_RELATIONS)];
    list(&mut out, "relations between columns", relations);
    columns(&mut out, &profile.columns, MOST_COLUMNS);
    out
}

/// A table beside the main one: all that is told of it but its relations, which `profile_table` tells.
fn other(out: &mut String, table: &OtherTable) {
    let _ = writeln!(out, "\n== another table: {} ==", table.path());
    rows(out, table.rows, table.duplicate_rows);
    out.push_str("read like this:\n");
    readings(out, &table.readings);
    columns(out, &table.columns, MOST_OTHER_COLUMNS);
    list(out, "entities with several rows", &table.entities);
    list(out, "times", &table.times);
}

fn rows(out: &mut String, rows: usize, copies: usize) {
    line(
        out,
        "rows",
        &format!("{rows}, of which {copies} are exact copies of earlier ones"),
    );
}

fn readings(out: &mut String, readings: &[Reading]) {
    for reading in readings {
        let _ = writeln!(out, "- {}", json(reading));
    }
}

fn columns(out: &mut String, columns: &[ColumnProfile], most: usize) {
    let _ = writeln!(out, "\n{} columns:", columns.len());
    out.push_str("name | storage | role | missing | distinct | what it holds\n");
    let start = out.len();
    for (told, column) in columns.iter().enumerate() {
        let row = row(column);
        if told >= most || out.len() - start + row.len() > MOST_BYTES {
            let more = columns.len() - told;
            let _ = writeln!(out, "and {more} more columns, which `profile_column` tells");
            break;
        }
        let _ = writeln!(out, "{row}");
    }
}

/// What the table is called, and how large it is.
fn size(table: &OtherTable) -> String {
    format!(
        "{} ({} rows of {} columns)",
        table.path(),
        table.rows,
        table.columns.len()
    )
}

/// The raw files.
pub(super) fn files(profile: &Profile) -> String {
    let mut out = String::new();
    for file in &profile.dataset.files {
        let of = |readings: &[Reading]| readings.iter().any(|one| one.path == file.path);
        let read = if of(&profile.readings) {
            ", part of the table"
        } else if profile.others.iter().any(|table| of(&table.readings)) {
            ", part of another table"
        } else {
            ""
        };
        let _ = writeln!(
            out,
            "{} ({}, {} bytes{})",
            file.path,
            json(&file.kind).trim_matches('"'),
            file.bytes,
            read
        );
    }
    out
}

/// All that was measured of a column.
pub(super) fn column(column: &ColumnProfile) -> String {
    json(column)
}

/// The metric in a sentence.
pub(super) fn metric(proposal: &Proposal) -> String {
    let metric = &proposal.metric;
    let direction = match metric.direction() {
        scoring::Direction::Maximize => "Higher is better",
        scoring::Direction::Minimize => "Lower is better",
    };
    format!(
        "{} (`{}`): {}. {direction}; a perfect submission scores {}.",
        metric.title(),
        metric.name(),
        metric.formula(),
        metric.optimum()
    )
}

fn row(column: &ColumnProfile) -> String {
    let mut holds = Vec::new();
    if let Some(meaning) = &column.meaning {
        holds.push(short(meaning));
    }
    if let Some(unit) = &column.unit {
        holds.push(format!("in {}", short(unit)));
    }
    if let Some(numbers) = &column.numbers {
        let [_, _, _, median, ..] = numbers.quantiles;
        holds.push(format!(
            "{} to {}, median {}, mean {}, skewness {:.2}, zeros {:.1} %",
            rounded(numbers.min),
            rounded(numbers.max),
            rounded(median),
            rounded(numbers.mean),
            numbers.skewness,
            100.0 * numbers.zeros
        ));
    }
    if let Some(dates) = &column.dates {
        holds.push(format!(
            "{} to {}, written as {}",
            dates.first, dates.last, dates.pattern
        ));
    }
    // A category is a word or a few, which its values show.
    if let Some(text) = &column.text
        && column.categories.is_empty()
    {
        holds.push(format!("{:.0} words on average", text.mean_words));
    }
    if column.categories.is_empty() {
        let examples: Vec<String> = column.examples.iter().map(|value| short(value)).collect();
        holds.push(format!("e.g. {}", examples.join(", ")));
    } else if column.numbers.is_none() || column.distinct <= 2 * MOST_VALUES {
        let values: Vec<String> = column
            .categories
            .iter()
            .take(MOST_VALUES)
            .map(|one| format!("{} ({})", short(&one.value), one.count))
            .collect();
        let more = if column.distinct > values.len() {
            ", …"
        } else {
            ""
        };
        holds.push(format!("{}{more}", values.join(", ")));
    }
    if let Some(order) = &column.order {
        holds.push(format!("in order {}", order.join(" < ")));
    }
    format!(
        "{} | {} | {} | {} | {} | {}",
        short(&column.name),
        json(&column.storage).trim_matches('"'),
        json(&column.role).trim_matches('"'),
        column.missing,
        column.distinct,
        holds.join("; ")
    )
}

fn line(out: &mut String, name: &str, text: &str) {
    let _ = writeln!(out, "{name}: {text}");
}

fn list<T: Serialize>(out: &mut String, title: &str, items: &[T]) {
    if !items.is_empty() {
        let _ = writeln!(out, "\n{title}:");
        for item in items {
            let _ = writeln!(out, "- {}", json(item));
        }
    }
}

/// A value as JSON, its numbers no longer than a reader needs.
pub(super) fn json(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Rounding);
    value
        .serialize(&mut serializer)
        .expect("a fact is JSON, and memory takes everything");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// Compact JSON with rounded numbers.
struct Rounding;

impl serde_json::ser::Formatter for Rounding {
    fn write_f64<W: std::io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        value: f64,
    ) -> std::io::Result<()> {
        serde_json::ser::CompactFormatter.write_f64(writer, rounded(value))
    }
}

/// Whole numbers as they are, others with six digits: more are noise of arithmetic.
fn rounded(value: f64) -> f64 {
    if value.fract() == 0.0 || !value.is_finite() {
        return value;
    }
    format!("{value:.5e}").parse().unwrap_or(value)
}

fn short(text: &str) -> String {
    let one_line = text.replace(['\n', '\r'], " ");
    match one_line.char_indices().nth(MOST_TEXT) {
        Some((end, _)) => format!("{}…", &one_line[..end]),
        None => one_line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_no_longer_than_a_reader_needs() {
        for (value, told) in [
            (34.650000000000006, "34.65"),
            (1.0 / 3.0, "0.333333"),
            (-1234567.89, "-1234570"),
            (20231231.0, "20231231"),
            (1e-7 / 3.0, "0.0000000333333"),
            (0.0, "0"),
        ] {
            assert_eq!(rounded(value).to_string(), told);
        }
        let facts = serde_json::json!({ "mean": 0.1 + 0.2, "rows": 3, "none": null });
        assert_eq!(json(&facts), r#"{"mean":0.3,"none":null,"rows":3}"#);
    }
}
