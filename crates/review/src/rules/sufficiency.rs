//! Data sufficiency: rows, rows per feature, rows per class.

use facts::{Dimension, IssueSeverity};
use task_format::MANIFEST;

use super::sheet::{Flaw, Sheet};
use crate::subject::ReviewSubject;

/// Points lost below a number of labelled rows.
const TRAIN: [(u64, f64); 3] = [(50, 2.0), (200, 1.0), (1000, 0.25)];
/// Points lost below a number of test rows. Source of 100: deepchecks' condition on the size of a test set.
const TEST: [(u64, f64); 2] = [(30, 1.5), (100, 0.5)];
/// Points lost below a number of labelled rows per feature. Source of 10: events per variable, Peduzzi et al. 1996.
const PER_FEATURE: [(f64, f64); 2] = [(1.0, 1.0), (10.0, 0.25)];
/// Points lost below a number of labelled rows of the rarest class.
const RAREST: [(usize, f64); 2] = [(5, 1.0), (20, 0.5)];
/// Points lost from which on something is an issue.
const ISSUE: f64 = 1.0;

pub(crate) fn judge(subject: &ReviewSubject<'_>) -> Sheet {
    let mut sheet = Sheet::new(Dimension::DataSufficiency);
    let data = &subject.manifest.data;
    sheet.cite(subject.manifest_line("train_rows"));
    sheet.cite(subject.manifest_line("test_rows"));
    let (train, test) = (data.train_rows, data.test_rows);
    weigh(
        &mut sheet,
        points(&TRAIN, |least| train < least),
        format!("{train} labelled rows"),
        "Keep more rows, or take a larger dataset.",
    );
    weigh(
        &mut sheet,
        points(&TEST, |least| test < least),
        format!("{test} rows to predict"),
        "Move rows from train to test, so that scores tell competitors apart.",
    );
    let features = data.feature_columns.len();
    weigh(
        &mut sheet,
        points(&PER_FEATURE, |least| {
            (train as f64) < least * features as f64
        }),
        format!("{features} features for {train} labelled rows"),
        "Drop features that say nothing, or keep more rows.",
    );
    classes(&mut sheet, subject);
    sheet.leave_open("whether the rows stand for what the task is about");
    sheet
}

fn classes(sheet: &mut Sheet, subject: &ReviewSubject<'_>) {
    let labels = subject.split.map_or(&[][..], |split| &split.labels);
    let Some(rarest) = labels.iter().min_by_key(|label| label.train) else {
        return;
    };
    sheet.cite(subject.manifest_line("labels"));
    weigh(
        sheet,
        points(&RAREST, |least| rarest.train < least),
        format!(
            "{} classes; the rarest, `{}`, has {} labelled rows and {} to predict",
            labels.len(),
            rarest.label,
            rarest.train,
            rarest.test
        ),
        "Merge the rarest classes, or leave their rows out and say so.",
    );
}

/// A sentence that costs points, and is an issue when it costs many.
fn weigh(sheet: &mut Sheet, points: f64, message: String, fix: &str) {
    if points == 0.0 {
        sheet.note(message);
    } else if points < ISSUE {
        sheet.lose(points, message);
    } else {
        sheet.flaw(
            points,
            Flaw {
                severity: IssueSeverity::Minor,
                place: MANIFEST,
                quote: None,
                message,
                fix: fix.to_owned(),
            },
        );
    }
}

/// The points of the first step that is not reached; the steps rise.
fn points<T: Copy>(steps: &[(T, f64)], below: impl Fn(T) -> bool) -> f64 {
    steps
        .iter()
        .find(|(least, _)| below(*least))
        .map_or(0.0, |(_, points)| *points)
}
