//! The table that a generation ends with, and its JSON.

use std::time::Duration;

use camino::Utf8Path;
use findings::{Finding, Verdict};
use pipeline::{DatasetOutcome, DatasetReport, TaskReport};
use serde::Serialize;

use crate::table::{Align, Table};

/// Longest message of a finding in the table; the whole one stands in the ledger and in `--json`.
const MESSAGE_CHARACTERS: usize = 160;
/// Digits of a score.
const DIGITS: usize = 4;

/// The last line of `--json`.
#[derive(Serialize)]
pub(crate) struct Finished {
    event: &'static str,
    verified: usize,
    rejected: usize,
    refused: usize,
    failed: usize,
    cost_usd: f64,
}

/// Counts over all datasets.
pub(crate) fn finished(reports: &[DatasetReport]) -> Finished {
    let verified = reports.iter().map(DatasetReport::verified).sum();
    let tasks: usize = reports.iter().map(|report| tasks(report).len()).sum();
    let count = |matches: fn(&DatasetOutcome) -> bool| {
        reports
            .iter()
            .filter(|report| matches(&report.outcome))
            .count()
    };
    Finished {
        event: "run_finished",
        verified,
        rejected: tasks - verified,
        refused: count(|outcome| matches!(outcome, DatasetOutcome::Refused(_))),
        failed: count(|outcome| matches!(outcome, DatasetOutcome::Failed { .. })),
        cost_usd: 0.0,
    }
}

/// The table for people.
pub(crate) fn table(reports: &[DatasetReport], out: &Utf8Path, wall: Duration) -> String {
    let mut table = Table::new([
        ("verdict", Align::Left),
        ("task", Align::Left),
        ("metric", Align::Left),
        ("constant", Align::Right),
        ("linear", Align::Right),
        ("forest", Align::Right),
        ("boosted", Align::Right),
        ("time", Align::Right),
        ("cost", Align::Right),
    ]);
    for report in reports {
        match &report.outcome {
            DatasetOutcome::Tasks(tasks) => {
                for task in tasks {
                    table.row(cells(task), notes(&task.verdict));
                }
            }
            DatasetOutcome::Refused(refusal) => {
                let note = format!("{}: {}", refusal.reason.as_str(), refusal.detail);
                table.row(whole("refused", report), vec![note]);
            }
            DatasetOutcome::Failed { error, hint, .. } => {
                let mut notes = vec![error.clone()];
                notes.extend(hint.iter().map(|hint| format!("hint: {hint}")));
                table.row(whole("failed", report), notes);
            }
        }
    }
    let counts = finished(reports);
    let mut text = table.render();
    text.push('\n');
    let noun = |count: usize, one: &str| {
        if count == 1 {
            format!("1 {one}")
        } else {
            format!("{count} {one}s")
        }
    };
    let mut parts = vec![
        format!("{} verified", counts.verified),
        format!("{} rejected", counts.rejected),
    ];
    for (count, what) in [(counts.refused, "refused"), (counts.failed, "failed")] {
        if count > 0 {
            parts.push(format!("{} {what}", noun(count, "dataset")));
        }
    }
    text.push_str(&format!(
        "{}; {} in {}, $0.00\n",
        parts.join(", "),
        noun(reports.len(), "dataset"),
        seconds(wall)
    ));
    if let Some(first) = reports
        .iter()
        .flat_map(tasks)
        .find(|task| task.digest.is_some())
    {
        text.push_str(&format!(
            "`cargo xtask show {}` shows the first\n",
            out.join(&first.task)
        ));
    }
    text
}

fn tasks(report: &DatasetReport) -> &[TaskReport] {
    match &report.outcome {
        DatasetOutcome::Tasks(tasks) => tasks,
        DatasetOutcome::Refused(_) | DatasetOutcome::Failed { .. } => &[],
    }
}

fn cells(task: &TaskReport) -> Vec<String> {
    let score = |name: &str| {
        let found = task.ladder.iter().find(|(rung, _)| rung == name);
        found.map_or(String::new(), |(_, score)| format!("{score:.DIGITS$}"))
    };
    let verdict = if task.digest.is_some() {
        "verified"
    } else {
        "rejected"
    };
    vec![
        verdict.to_owned(),
        task.task.clone(),
        task.metric.clone(),
        score("constant"),
        score("linear"),
        score("forest"),
        score("boosted"),
        seconds(Duration::from_millis(task.wall_ms)),
        "$0.00".to_owned(),
    ]
}

/// A row for a dataset as a whole.
fn whole(verdict: &str, report: &DatasetReport) -> Vec<String> {
    let mut cells = vec![verdict.to_owned(), report.dataset.clone()];
    cells.resize(7, String::new());
    cells.push(seconds(Duration::from_millis(report.wall_ms)));
    cells.push("$0.00".to_owned());
    cells
}

/// Why a task was rejected, then what is worth knowing.
fn notes(verdict: &Verdict) -> Vec<String> {
    let line = |word: &str, finding: &Finding| {
        format!(
            "{word} {} {}: {}",
            finding.check,
            finding.title,
            shortened(&finding.message)
        )
    };
    let failed = verdict
        .rejecting()
        .map(|finding| line(finding.status.as_str(), finding));
    failed
        .chain(verdict.warnings().map(|finding| line("warn", finding)))
        .collect()
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= MESSAGE_CHARACTERS {
        return text.to_owned();
    }
    text.chars()
        .take(MESSAGE_CHARACTERS - 1)
        .chain(['…'])
        .collect()
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
