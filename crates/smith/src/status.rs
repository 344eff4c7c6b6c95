//! `smith status`: the funnel of an output folder, from its ledger.

use std::collections::BTreeMap;

use camino::Utf8Path;
use findings::{CheckId, Policy};
use ledger::{DatasetSummary, Funnel, History, LedgerError, Spending};
use pipeline::ledger_folder;
use serde::Serialize;

use crate::{
    arguments::{self, Global},
    console, exit,
    failure::Failure,
    table::{Align, Table},
};

/// What `--json` prints.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    funnel: &'a Funnel,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_dataset: Option<&'a [DatasetSummary]>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    spending: &'a [Spending],
}

pub(crate) fn run(global: &Global, arguments: &arguments::Status) -> Result<u8, Failure> {
    let folder = ledger_folder(&arguments.out);
    let history = History::read(&folder).map_err(|error| {
        let hint = match &error {
            LedgerError::Missing { .. } => Some(without_ledger(arguments, &folder)),
            _ => error.hint(),
        };
        Failure::usage(&error, hint)
    })?;
    if let Some(format) = history.newer_format() {
        console::error_line(&format!(
            "warning: events of the later format {format} were left out; a newer smith reads them"
        ));
    }
    let funnel = history.funnel();
    let datasets = arguments.datasets.then(|| history.datasets());
    let spending = history.spending();
    if global.json {
        console::json(&Line {
            funnel: &funnel,
            by_dataset: datasets.as_deref(),
            spending: &spending,
        });
    } else {
        let policy = Policy::embedded();
        console::out(&render(&funnel, datasets.as_deref(), &spending, &policy));
    }
    Ok(exit::OK)
}

/// What to do about an output folder whose ledger is not there.
fn without_ledger(arguments: &arguments::Status, ledger: &Utf8Path) -> String {
    let out = &arguments.out;
    if out.is_dir() {
        format!(
            "the funnel is counted from `{ledger}`: bring it along, or judge what is in `{out}` again with `smith verify`"
        )
    } else {
        "give the folder that `smith generate --out` wrote to".to_owned()
    }
}

fn render(
    funnel: &Funnel,
    datasets: Option<&[DatasetSummary]>,
    spending: &[Spending],
    policy: &Policy,
) -> String {
    let mut tables = vec![counts(funnel)];
    tables.extend(losses("lost at stage", &funnel.losses_by_stage, |_| {
        String::new()
    }));
    tables.extend(losses("lost by check", &funnel.losses_by_check, |id| {
        title(policy, id)
    }));
    tables.extend(losses("refused because of", &funnel.refusals, |_| {
        String::new()
    }));
    tables.extend(losses("warned by check", &funnel.warnings_by_check, |id| {
        title(policy, id)
    }));
    tables.extend((!spending.is_empty()).then(|| by_agent(spending)));
    tables.extend(failed_attempts(spending));
    tables.extend(datasets.map(by_dataset));
    tables
        .iter()
        .map(Table::render)
        .collect::<Vec<_>>()
        .join("\n")
}

fn counts(funnel: &Funnel) -> Table {
    let mut table = Table::new([("stage", Align::Left), ("count", Align::Right)]);
    for (stage, count) in [
        ("datasets", funnel.datasets),
        ("proposals", funnel.proposals),
        ("drafts", funnel.drafts),
        ("candidates", funnel.candidates),
        ("reviewed", funnel.reviewed),
        ("executed", funnel.executed),
        ("verified", funnel.verified),
        ("published", funnel.published),
    ] {
        // The engine of rules has no reviewer of its own before execution.
        if stage != "reviewed" || count > 0 {
            table.row(vec![stage.to_owned(), count.to_string()], Vec::new());
        }
    }
    if funnel.failed > 0 {
        let cells = vec!["datasets that failed".to_owned(), funnel.failed.to_string()];
        table.row(cells, Vec::new());
    }
    if funnel.failed_tasks > 0 {
        let cells = vec![
            "tasks that failed".to_owned(),
            funnel.failed_tasks.to_string(),
        ];
        table.row(cells, Vec::new());
    }
    table
}

/// Names with counts and what they are about; `None` when there are none.
fn losses(
    heading: &str,
    losses: &BTreeMap<String, usize>,
    about: impl Fn(&str) -> String,
) -> Option<Table> {
    let mut table = Table::new([
        (heading, Align::Left),
        ("count", Align::Right),
        ("about", Align::Left),
    ]);
    for (name, count) in losses {
        table.row(
            vec![name.clone(), count.to_string(), about(name)],
            Vec::new(),
        );
    }
    (!losses.is_empty()).then_some(table)
}

/// What a check is about; empty for one that this policy does not know.
fn title(policy: &Policy, id: &str) -> String {
    let id: Option<CheckId> = id.parse().ok();
    id.and_then(|id| policy.rule(id))
        .map_or(String::new(), |rule| rule.title.clone())
}

/// Model calls by stage and agent: what they cost, and what was saved by replaying replies.
fn by_agent(spending: &[Spending]) -> Table {
    let mut table = Table::new([
        ("stage", Align::Left),
        ("agent", Align::Left),
        ("calls", Align::Right),
        ("retries", Align::Right),
        ("replayed", Align::Right),
        ("tokens in", Align::Right),
        ("cached", Align::Right),
        ("tokens out", Align::Right),
        ("cost", Align::Right),
        ("saved", Align::Right),
    ]);
    for part in spending {
        let cells = vec![
            part.stage.clone(),
            part.agent.clone(),
            part.calls.to_string(),
            part.retries.to_string(),
            part.replayed.to_string(),
            part.input_tokens.to_string(),
            part.cached_tokens.to_string(),
            part.output_tokens.to_string(),
            dollars(part.cost_usd),
            dollars(part.replayed_usd),
        ];
        table.row(cells, Vec::new());
    }
    table
}

/// Attempts that gave no reply, and what they may have cost beside the calls; `None` when there were none.
fn failed_attempts(spending: &[Spending]) -> Option<Table> {
    let mut table = Table::new([
        ("stage", Align::Left),
        ("agent", Align::Left),
        ("failed attempts", Align::Right),
        ("tokens", Align::Right),
        ("may have cost", Align::Right),
    ]);
    let failing = || spending.iter().filter(|part| part.failed > 0);
    for part in failing() {
        let cells = vec![
            part.stage.clone(),
            part.agent.clone(),
            part.failed.to_string(),
            part.failed_tokens.to_string(),
            dollars(part.failed_usd),
        ];
        table.row(cells, Vec::new());
    }
    failing().next().is_some().then_some(table)
}

fn dollars(cost: Option<f64>) -> String {
    cost.map_or("unknown".to_owned(), |cost| format!("${cost:.4}"))
}

fn by_dataset(datasets: &[DatasetSummary]) -> Table {
    let mut table = Table::new([
        ("dataset", Align::Left),
        ("proposals", Align::Right),
        ("published", Align::Right),
        ("lost", Align::Right),
    ]);
    for dataset in datasets {
        let mut notes: Vec<String> = dataset
            .lost
            .iter()
            .map(|lost| {
                let checks = match lost.checks.as_slice() {
                    [] => String::new(),
                    checks => format!(" by {}", checks.join(", ")),
                };
                let given_up = match &lost.given_up {
                    Some(reason) => format!(", given up: {reason}"),
                    None => String::new(),
                };
                format!("{}: lost at {}{checks}{given_up}", lost.task, lost.stage)
            })
            .collect();
        for failed in &dataset.failed {
            notes.push(format!("{}: failed: {}", failed.task, failed.error));
            notes.extend(failed.hint.iter().map(|hint| format!("hint: {hint}")));
        }
        notes.extend(
            dataset
                .refusal
                .iter()
                .map(|refusal| format!("refused, {}: {}", refusal.reason, refusal.detail)),
        );
        notes.extend(
            dataset
                .failure
                .iter()
                .map(|error| format!("failed: {error}")),
        );
        let cells = vec![
            dataset.dataset.clone(),
            dataset.proposals.to_string(),
            dataset.published.len().to_string(),
            dataset.lost.len().to_string(),
        ];
        table.row(cells, notes);
    }
    table
}

#[cfg(test)]
mod tests {
    use ledger::{DatasetRefusal, LostTask};

    use super::*;

    #[test]
    fn losses_stand_below_the_counts() {
        let count = |name: &str| BTreeMap::from([(name.to_owned(), 1)]);
        let funnel = Funnel {
            datasets: 2,
            proposals: 2,
            published: 1,
            losses_by_stage: count("execute"),
            losses_by_check: count("D05"),
            refusals: count("not_enough_rows"),
            warnings_by_check: count("C02"),
            ..Funnel::default()
        };
        let datasets = [
            DatasetSummary {
                dataset: "iris".to_owned(),
                proposals: 2,
                published: vec!["iris--a-binary".to_owned()],
                lost: vec![LostTask {
                    task: "iris--b-binary".to_owned(),
                    stage: "execute".to_owned(),
                    checks: vec!["D05".to_owned()],
                    given_up: Some("no column says more".to_owned()),
                }],
                ..DatasetSummary::default()
            },
            DatasetSummary {
                dataset: "notes".to_owned(),
                refusal: Some(DatasetRefusal {
                    reason: "not_enough_rows".to_owned(),
                    detail: "it has 3 rows".to_owned(),
                }),
                ..DatasetSummary::default()
            },
        ];
        insta::assert_snapshot!(render(&funnel, Some(&datasets), &[], &Policy::embedded()), @r"
        stage       count
        datasets        2
        proposals       2
        drafts          0
        candidates      0
        executed        0
        verified        0
        published       1

        lost at stage  count
        execute            1

        lost by check  count  about
        D05                1  no feature is the target in disguise

        refused because of  count
        not_enough_rows         1

        warned by check  count  about
        C02                  1  headroom: no baseline is nearly perfect

        dataset  proposals  published  lost
        iris             2          1     1
            iris--b-binary: lost at execute by D05, given up: no column says more
        notes            0          0     0
            refused, not_enough_rows: it has 3 rows
        ");
    }

    #[test]
    fn failed_attempts_stand_below_the_calls() {
        let part = |agent: &str, failed, failed_usd| Spending {
            stage: "design".to_owned(),
            agent: agent.to_owned(),
            calls: 2,
            cost_usd: Some(0.5),
            replayed_usd: Some(0.0),
            failed,
            failed_tokens: 17_000 * failed,
            failed_usd,
            ..Spending::default()
        };
        let render = |spending: &[Spending]| {
            let text = render(&Funnel::default(), None, spending, &Policy::embedded());
            let last = text.rsplit_once("\n\n");
            last.map_or("", |(_, table)| table).to_owned()
        };
        let spending = [
            part("designer", 2, Some(0.25)),
            part("judge", 0, Some(0.0)),
            part("x", 1, None),
        ];
        insta::assert_snapshot!(render(&spending), @r"
        stage   agent     failed attempts  tokens  may have cost
        design  designer                2   34000        $0.2500
        design  x                       1   17000        unknown
        ");
        assert!(!render(&spending[1..2]).contains("failed"));
    }
}
