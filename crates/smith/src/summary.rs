//! The table that a generation ends with, and its JSON.

use std::time::Duration;

use camino::Utf8Path;
use findings::Finding;
use ledger::Spending;
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
    /// Tasks on which the work could not be done.
    failed_tasks: usize,
    /// What this run cost; null when a price is unknown.
    cost_usd: Option<f64>,
    /// What replies would have cost that were replayed; null when a price is unknown.
    replayed_usd: Option<f64>,
    tokens: u64,
    /// Attempts that gave no reply and may have to be paid; what they may cost is in no other number.
    failed_attempts: u64,
    failed_tokens: u64,
    /// Null when a price is unknown.
    failed_usd: Option<f64>,
}

/// Counts over all datasets.
pub(crate) fn finished(reports: &[DatasetReport], spending: &[Spending]) -> Finished {
    let verified = reports.iter().map(DatasetReport::verified).sum();
    let tasks: usize = reports.iter().map(|report| report.tasks.len()).sum();
    let failed_tasks = reports.iter().flat_map(DatasetReport::failures).count();
    let count = |matches: fn(&DatasetOutcome) -> bool| {
        reports
            .iter()
            .filter(|report| matches(&report.outcome))
            .count()
    };
    let sum = |of: fn(&Spending) -> Option<f64>| {
        spending
            .iter()
            .try_fold(0.0, |sum, part| Some(sum + of(part)?))
    };
    Finished {
        event: "run_finished",
        verified,
        rejected: tasks - verified - failed_tasks,
        refused: count(|outcome| matches!(outcome, DatasetOutcome::Refused(_))),
        failed: count(|outcome| matches!(outcome, DatasetOutcome::Failed { .. })),
        failed_tasks,
        cost_usd: sum(|part| part.cost_usd),
        replayed_usd: sum(|part| part.replayed_usd),
        tokens: spending
            .iter()
            .map(|part| part.input_tokens + part.output_tokens)
            .sum(),
        failed_attempts: spending.iter().map(|part| part.failed).sum(),
        failed_tokens: spending.iter().map(|part| part.failed_tokens).sum(),
        failed_usd: sum(|part| part.failed_usd),
    }
}

/// The table for people.
pub(crate) fn table(
    reports: &[DatasetReport],
    spending: &[Spending],
    out: &Utf8Path,
    wall: Duration,
) -> String {
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
        for task in &report.tasks {
            table.row(cells(task), notes(task));
        }
        match &report.outcome {
            DatasetOutcome::Tasks => {}
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
    let counts = finished(reports, spending);
    let mut text = table.render();
    text.push('\n');
    let mut parts = vec![
        format!("{} verified", counts.verified),
        format!("{} rejected", counts.rejected),
    ];
    if counts.failed_tasks > 0 {
        let one = if counts.failed_tasks == 1 { "" } else { "s" };
        parts.push(format!("{} task{one} failed", counts.failed_tasks));
    }
    for (count, what) in [(counts.refused, "refused"), (counts.failed, "failed")] {
        if count > 0 {
            parts.push(format!("{} {what}", noun(count as u64, "dataset")));
        }
    }
    text.push_str(&format!(
        "{}; {} in {}, {}\n",
        parts.join(", "),
        noun(reports.len() as u64, "dataset"),
        seconds(wall),
        dollars(counts.cost_usd)
    ));
    if counts.tokens > 0 {
        let replayed = match counts.replayed_usd {
            Some(0.0) => String::new(),
            cost => format!(", {} worth of them replayed for free", dollars(cost)),
        };
        text.push_str(&format!(
            "{} tokens{replayed}; `smith status` shows them by stage and agent\n",
            counts.tokens
        ));
    }
    if counts.failed_attempts > 0 {
        text.push_str(&format!(
            "{} may have cost up to {} more, for {} tokens\n",
            noun(counts.failed_attempts, "failed attempt"),
            dollars(counts.failed_usd),
            counts.failed_tokens
        ));
    }
    if let Some(first) = reports
        .iter()
        .flat_map(|report| &report.tasks)
        .find(|task| task.digest.is_some())
    {
        text.push_str(&format!(
            "`cargo xtask show {}` shows the first\n",
            out.join(&first.task)
        ));
    }
    text
}

fn cells(task: &TaskReport) -> Vec<String> {
    let score = |name: &str| {
        let found = task.ladder.iter().find(|(rung, _)| rung == name);
        found.map_or(String::new(), |(_, score)| format!("{score:.DIGITS$}"))
    };
    let verdict = match (&task.digest, &task.failure) {
        (Some(_), _) => "verified",
        (None, Some(_)) => "failed",
        (None, None) => "rejected",
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
        dollars(task.cost_usd),
    ]
}

fn noun(count: u64, one: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {one}s")
    }
}

/// A row for a dataset as a whole.
fn whole(verdict: &str, report: &DatasetReport) -> Vec<String> {
    let mut cells = vec![verdict.to_owned(), report.dataset.clone()];
    cells.resize(7, String::new());
    cells.push(seconds(Duration::from_millis(report.wall_ms)));
    cells.push(String::new());
    cells
}

/// Why a task was rejected or not judged, then what is worth knowing.
fn notes(task: &TaskReport) -> Vec<String> {
    if let Some(failure) = &task.failure {
        let hint = failure.hint.iter().map(|hint| format!("hint: {hint}"));
        return [failure.error.clone()].into_iter().chain(hint).collect();
    }
    let line = |word: &str, finding: &Finding| {
        format!(
            "{word} {} {}: {}",
            finding.check,
            finding.title,
            shortened(&finding.message)
        )
    };
    let failed = task
        .verdict
        .rejecting()
        .map(|finding| line(finding.status.as_str(), finding));
    let reason = task.reason.iter().map(|reason| shortened(reason));
    failed
        .chain(reason)
        .chain(task.verdict.warnings().map(|finding| line("warn", finding)))
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

/// Money for people; what a model costs whose price is unknown, nobody knows.
pub(crate) fn dollars(cost: Option<f64>) -> String {
    match cost {
        Some(cost) => format!("${cost:.2}"),
        None => "$?".to_owned(),
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_attempts_may_have_cost_is_told_apart() {
        let failing = |failed, failed_usd| Spending {
            calls: 1,
            input_tokens: 900,
            output_tokens: 100,
            cost_usd: Some(0.5),
            replayed_usd: Some(0.0),
            failed,
            failed_tokens: 17_000,
            failed_usd,
            ..Spending::default()
        };
        let table =
            |spending: &[Spending]| table(&[], spending, Utf8Path::new("tasks"), Duration::ZERO);
        let text = table(&[failing(1, Some(0.25)), failing(2, Some(0.125))]);
        assert!(
            text.ends_with("stage and agent\n3 failed attempts may have cost up to $0.38 more, for 34000 tokens\n"),
            "{text}"
        );
        let text = table(&[failing(1, None)]);
        assert!(
            text.contains("1 failed attempt may have cost up to $? more"),
            "{text}"
        );
        assert!(!table(&[failing(0, Some(0.0))]).contains("failed attempt"));
    }
}
