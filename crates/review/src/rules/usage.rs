//! Use of the raw data: columns and rows that are left out, with reasons; raw files that nothing reads.

use facts::{Dimension, IssueSeverity};
use task_format::{DESCRIPTION, MANIFEST, PREPARE};

use super::description::Description;
use super::sheet::{Flaw, Sheet, percent};
use crate::subject::{ReviewSubject, quote_description};

/// Points lost below a share of raw columns that are kept.
const COLUMNS_KEPT: [(f64, f64); 2] = [(0.25, 1.0), (0.5, 0.5)];
/// Share of raw rows left out from which a reader wants to be told, and from which it is most of the data.
const ROWS_LEFT_OUT: (f64, f64) = (0.1, 0.5);
/// Shortest reason that is one, in characters.
const SHORTEST_REASON: usize = 8;

pub(crate) fn judge(subject: &ReviewSubject<'_>, description: &Description<'_>) -> Sheet {
    let mut sheet = Sheet::new(Dimension::UseOfRawData);
    columns(&mut sheet, subject);
    rows(&mut sheet, subject, description);
    files(&mut sheet, subject);
    sheet.leave_open(
        "whether a column or row that is left out, or another file, would have made a better task",
    );
    sheet
}

fn columns(sheet: &mut Sheet, subject: &ReviewSubject<'_>) {
    let data = &subject.manifest.data;
    sheet.cite(subject.manifest_line("feature_columns"));
    let kept = data.feature_columns.len() + data.target_columns.len();
    let dropped = data.dropped_columns.len();
    let message = format!("{kept} columns are used, {dropped} left out");
    let share = kept as f64 / (kept + dropped).max(1) as f64;
    match COLUMNS_KEPT.iter().find(|(least, _)| share < *least) {
        Some((_, points)) => sheet.lose(*points, message),
        None => sheet.note(message),
    }
    let without_reason: Vec<String> = data
        .dropped_columns
        .iter()
        .filter(|(_, reason)| reason.trim().chars().count() < SHORTEST_REASON)
        .map(|(column, _)| format!("`{column}`"))
        .collect();
    if !without_reason.is_empty() {
        sheet.flaw(
            1.0,
            Flaw {
                severity: IssueSeverity::Major,
                place: MANIFEST,
                quote: subject.manifest_line("[data.dropped_columns]"),
                message: format!(
                    "columns are left out without a reason: {}",
                    without_reason.join(", ")
                ),
                fix: "State in task.toml why each is left out.".to_owned(),
            },
        );
    } else if dropped > 0 {
        sheet.note("each column that is left out has a reason");
    }
}

fn rows(sheet: &mut Sheet, subject: &ReviewSubject<'_>, description: &Description<'_>) {
    let data = &subject.manifest.data;
    sheet.cite(subject.manifest_line("dropped_rows"));
    let all = data
        .train_rows
        .saturating_add(data.test_rows)
        .saturating_add(data.dropped_rows);
    let share = data.dropped_rows as f64 / all.max(1) as f64;
    let message = format!(
        "{} of {all} raw rows are left out ({})",
        data.dropped_rows,
        percent(share)
    );
    let (told, most) = ROWS_LEFT_OUT;
    if share <= told {
        sheet.note(if data.dropped_rows == 0 {
            "every raw row is used".to_owned()
        } else {
            message
        });
        return;
    }
    let says = |line: &&super::description::Line<'_>| {
        let lower = line.source.to_lowercase();
        lower.contains("row")
            && (lower.contains("left out")
                || lower.contains("not part")
                || lower.contains("without")
                || lower.contains("dropped")
                || lower.contains("removed")
                || lower.contains("excluded"))
    };
    match description.lines().iter().find(says) {
        Some(line) => {
            sheet.cite(quote_description(line.source));
            if share > most {
                sheet.lose(1.0, message);
            } else {
                sheet.lose(0.25, message);
            }
        }
        None => sheet.flaw(
            if share > most { 2.0 } else { 1.0 },
            Flaw {
                severity: IssueSeverity::Minor,
                place: DESCRIPTION,
                quote: None,
                message: format!("{message}, and the description does not say so"),
                fix: "Say in description.md which rows are not part of the task, and why."
                    .to_owned(),
            },
        ),
    }
}

/// Raw files that the manifest lists but `prepare.py` does not name. A pattern may name many.
fn files(sheet: &mut Sheet, subject: &ReviewSubject<'_>) {
    let Some(prepare) = subject.package.scripts.get(PREPARE) else {
        sheet.leave_open("which raw files are read: prepare.py is not there");
        return;
    };
    if ["glob(", "iterdir(", "listdir(", "scandir(", "walk("]
        .iter()
        .any(|call| prepare.contains(call))
    {
        sheet.leave_open("whether every raw file is read: prepare.py lists folders");
        return;
    }
    let unread: Vec<String> = subject
        .manifest
        .dataset
        .files
        .iter()
        .map(|file| file.path.rsplit('/').next().unwrap_or(&file.path))
        .filter(|name| !prepare.contains(name))
        .map(|name| format!("`{name}`"))
        .collect();
    if unread.is_empty() {
        sheet.note("prepare.py names every raw file");
    } else {
        sheet.flaw(
            0.5,
            Flaw {
                severity: IssueSeverity::Minor,
                place: PREPARE,
                quote: None,
                message: format!(
                    "prepare.py does not name the raw file {}",
                    unread.join(", ")
                ),
                fix: "Read it, or take it off the list in task.toml.".to_owned(),
            },
        );
    }
}
