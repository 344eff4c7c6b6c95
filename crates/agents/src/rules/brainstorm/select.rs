//! From formulations to proposals: features, division, metric, and the best few that differ.

use std::collections::{BTreeMap, BTreeSet};

use facts::{ColumnProfile, Role};
use scoring::{Input, Metric};
use task_format::{Objective, Prediction, SplitPolicy, TaskId};

use super::plausibility::appraise;
use super::table::Table;
use super::targets::Formulation;
use super::{features, leaks, phrases, split};
use crate::naming::same_stem;
use crate::{FeatureKind, FeaturePlan, MetricPlan, Proposal};

/// Below, a proposal is made only when there is no better one.
const WORTH_PROPOSING: f64 = 0.28;

/// The best proposals, distinct in target or objective.
pub(super) fn best(
    table: &Table<'_>,
    formulations: Vec<Formulation<'_>>,
    most: usize,
) -> Vec<Proposal> {
    let mut open: Vec<Proposal> = formulations
        .iter()
        .filter_map(|formulation| propose(table, formulation))
        .collect();
    prefer_questions(table, &mut open);
    let mut chosen: Vec<Proposal> = Vec::new();
    while chosen.len() < most {
        // Ties go to the column that stands first: `max_by` would take the last.
        let next = open
            .iter()
            .enumerate()
            .map(|(index, proposal)| {
                (
                    index,
                    proposal.score * distinctness(table, proposal, &chosen),
                )
            })
            .fold(None::<(usize, f64)>, |best, entry| match best {
                Some(best) if best.1 >= entry.1 => Some(best),
                _ => Some(entry),
            });
        let Some((index, score)) = next else { break };
        if score <= 0.0 || (score < WORTH_PROPOSING && !chosen.is_empty()) {
            break;
        }
        let mut proposal = open.remove(index);
        proposal.score = (score * 1000.0).round() / 1000.0;
        chosen.push(proposal);
    }
    chosen
}

/// Of a verdict and its finer shades (`PASS`, or passed how), the plain one is the better question.
fn prefer_questions(table: &Table<'_>, open: &mut [Proposal]) {
    let finer_than = |fine: &Proposal, plain: &Proposal| {
        fine.target.labels.len() > 2
            && plain.target.labels.len() == 2
            && plain.score >= 0.55 * fine.score
            && table.determines(&fine.target.column, &plain.target.column)
    };
    let factors: Vec<f64> = open
        .iter()
        .map(|proposal| {
            if open.iter().any(|plain| finer_than(proposal, plain)) {
                0.5
            } else if open.iter().any(|fine| finer_than(fine, proposal)) {
                1.25
            } else {
                1.0
            }
        })
        .collect();
    for (proposal, factor) in open.iter_mut().zip(factors) {
        proposal.score = (proposal.score * factor).min(1.0);
    }
}

fn propose(table: &Table<'_>, formulation: &Formulation<'_>) -> Option<Proposal> {
    let profile = table.profile;
    let target = formulation.column;
    let id = TaskId::new(&profile.dataset.slug, &target.name, formulation.objective);
    let seed = seed_of(id.as_str());

    let mut dropped: BTreeMap<String, String> = BTreeMap::new();
    for column in table
        .columns()
        .iter()
        .filter(|column| column.name != target.name)
    {
        if let Some(reason) = features::useless(table, column) {
            dropped.insert(column.name.clone(), reason);
        }
    }
    for leak in leaks::of_target(table, target, formulation.objective) {
        dropped.entry(leak.column).or_insert(leak.reason);
    }
    let left_out: BTreeSet<&str> = dropped.keys().map(String::as_str).collect();
    let split = split::plan(table, formulation, &left_out, seed);
    let fixing = table
        .profile
        .entities
        .iter()
        .any(|entity| table.determines(&entity.column, &target.name));
    if fixing && split.policy != SplitPolicy::Group {
        // Rows of one entity share the target; spread over both sides, they would give it away.
        return None;
    }
    let group = split
        .column
        .as_deref()
        .filter(|_| split.policy == SplitPolicy::Group);
    if let Some(group) = group {
        // Competitors need the groups for their own validation; no group of train is in test.
        dropped.remove(group);
    }

    let features: Vec<FeaturePlan> = table
        .columns()
        .iter()
        .filter(|column| column.name != target.name && !dropped.contains_key(&column.name))
        .map(|column| features::plan(table, column, group))
        .collect();
    let usable = features
        .iter()
        .filter(|feature| !matches!(feature.kind, FeatureKind::Text | FeatureKind::Group))
        .count();
    if usable == 0 {
        return None;
    }
    let appraisal = appraise(table, formulation, usable);
    let measurements = features
        .iter()
        .filter(|feature| matches!(feature.kind, FeatureKind::Number { .. }))
        .count();
    let metric = metric_for(formulation, measurements);
    Some(Proposal {
        title: phrases::title(
            &profile.dataset.title,
            &formulation.target,
            formulation.objective,
        ),
        rationale: phrases::rationale(formulation, &appraisal, usable),
        id,
        target: formulation.target.clone(),
        objective: formulation.objective,
        metric: MetricPlan::Catalogue(metric),
        table: None,
        sources: Vec::new(),
        prediction: predicted(metric)
            .expect("the rules propose metrics of one label, probability or number per row"),
        split,
        id_column: id_column(&profile.columns, &target.name),
        features,
        dropped,
        dropped_rows: formulation.dropped_rows.clone(),
        score: appraisal.score,
    })
}

/// So many measurements often rank two classes without a mistake; log loss still tells good models from better ones.
const RICH: usize = 12;

/// How predictions are scored.
fn metric_for(formulation: &Formulation<'_>, measurements: usize) -> Metric {
    let counts = &formulation.target.counts;
    let rarest = counts.iter().min().copied().unwrap_or(0) as f64;
    let largest = counts.iter().max().copied().unwrap_or(0).max(1) as f64;
    match formulation.objective {
        Objective::Detection => Metric::AveragePrecision,
        Objective::Ordinal => Metric::QuadraticWeightedKappa,
        Objective::Binary if measurements >= RICH && rarest >= 0.3 * (rarest + largest) => {
            Metric::LogLoss
        }
        Objective::Binary if rarest >= 0.4 * (rarest + largest) => Metric::Accuracy,
        Objective::Binary => Metric::RocAuc,
        Objective::Multiclass if rarest * 3.0 >= largest => Metric::Accuracy,
        Objective::Multiclass => Metric::BalancedAccuracy,
        Objective::Regression => {
            let numbers = formulation
                .column
                .numbers
                .expect("a regression target has numbers");
            // Amounts over orders of magnitude are judged by ratio: a miss by half weighs the same everywhere.
            if numbers.min >= 0.0 && numbers.skewness > 1.5 {
                Metric::Rmsle
            } else if numbers.skewness.abs() < 1.0 && formulation.column.role == Role::Count {
                Metric::Mae
            } else {
                Metric::Rmse
            }
        }
    }
}

/// What a prediction cell holds for the metric; `None` when it compares more than one label, probability or number per
/// row.
pub(crate) fn predicted(metric: Metric) -> Option<Prediction> {
    match metric.input() {
        Input::Labels | Input::OrderedLabels => Some(Prediction::Label),
        Input::Probability => Some(Prediction::Probability),
        Input::Numbers => Some(Prediction::Number),
        _ => None,
    }
}

/// How much a proposal adds to those chosen before it, 0–1.
fn distinctness(table: &Table<'_>, proposal: &Proposal, chosen: &[Proposal]) -> f64 {
    let column = proposal.target.column.as_str();
    chosen
        .iter()
        .map(|other| {
            let known = other.target.column.as_str();
            if known == column {
                return if other.objective == proposal.objective {
                    0.0
                } else {
                    0.5
                };
            }
            if other.id == proposal.id {
                return 0.0;
            }
            let tied = table.near_copies(known, column)
                || table.determines(known, column)
                || table.determines(column, known);
            if tied {
                return 0.4;
            }
            let shared = table.tokens(known).iter().any(|a| {
                !table.is_common(a)
                    && a.len() > 2
                    && table.tokens(column).iter().any(|b| same_stem(a, b))
            });
            if shared {
                0.6
            } else if other.objective == proposal.objective {
                0.9
            } else {
                1.0
            }
        })
        .product()
}

/// A name for the id column that neither a raw column nor the target has, whatever its case.
pub(crate) fn id_column<'a>(
    columns: impl IntoIterator<Item = &'a ColumnProfile>,
    target: &str,
) -> String {
    let names: Vec<&str> = columns
        .into_iter()
        .map(|column| column.name.as_str())
        .collect();
    let taken = |name: &str| {
        target.eq_ignore_ascii_case(name)
            || names.iter().any(|column| column.eq_ignore_ascii_case(name))
    };
    ["id", "row_id", "task_row_id"]
        .into_iter()
        .map(str::to_owned)
        .chain((2..).map(|number| format!("task_row_id_{number}")))
        .find(|name| !taken(name))
        .expect("the candidates are endless")
}

/// A seed of six digits from the task's id (FNV-1a), so that tasks differ and the same task never does.
pub(crate) fn seed_of(id: &str) -> u64 {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    100_000 + hash % 900_000
}
