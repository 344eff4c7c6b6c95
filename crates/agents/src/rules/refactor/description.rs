//! `description.md`: the task as a competitor reads it.

use facts::{ColumnProfile, Profile, Storage};
use scoring::{Direction, Metric};
use serde::Serialize;
use task_format::{Manifest, Objective, Prediction, SplitPolicy};

use super::columns::{
    ColumnLine, MAX_MEANING, cells, column_line, columns_intro, further_missing, range,
};
use super::markdown::{code, csv_cell, opening, plain};
use crate::manifest::LIMITS;
use crate::naming::{counted, grouped, human, percent};
use crate::{Derivation, FeatureKind, FeaturePlan, Prepared, Proposal};

/// Longest introduction, in characters.
const MAX_ABOUT: usize = 900;
/// More columns than this are not described one by one.
const MAX_DESCRIBED: usize = 60;
/// Input of `description.md`.
#[derive(Serialize)]
pub(super) struct DescriptionContext<'a> {
    title: &'a str,
    about: Option<String>,
    goal: String,
    validation: Option<String>,
    train_rows: String,
    test_rows: String,
    looks_missing: Option<String>,
    id: &'a str,
    target: &'a str,
    target_code: String,
    target_text: String,
    columns_intro: String,
    columns: Vec<ColumnLine<'a>>,
    further_intro: String,
    further: Vec<&'a str>,
    further_missing: Vec<String>,
    example: String,
    prediction: String,
    metric_title: &'a str,
    formula: &'a str,
    direction: &'static str,
    optimum: String,
    wall_minutes: u64,
    memory: String,
    provenance: String,
    leaks: Vec<LeakLine<'a>>,
    dropped_rows: Vec<&'a str>,
}

/// A column that would give the answer away.
#[derive(Serialize)]
struct LeakLine<'a> {
    name: &'a str,
    reason: &'a str,
}

impl<'a> DescriptionContext<'a> {
    pub(super) fn new(
        profile: &'a Profile,
        proposal: &'a Proposal,
        prepared: &'a Prepared,
        manifest: &Manifest,
    ) -> Self {
        let described = |feature: &&FeaturePlan| {
            proposal.features.len() <= MAX_DESCRIBED
                || !matches!(feature.kind, FeatureKind::Number { .. })
        };
        let columns: Vec<ColumnLine<'_>> = proposal
            .features
            .iter()
            .filter(described)
            .take(MAX_DESCRIBED)
            .filter_map(|feature| {
                Some(column_line(
                    profile,
                    feature,
                    profile.column(&feature.column)?,
                ))
            })
            .collect();
        let further: Vec<&str> = proposal
            .features
            .iter()
            .map(|feature| feature.column.as_str())
            .filter(|name| columns.iter().all(|line| line.name != *name))
            .collect();
        let explained = profile
            .columns
            .iter()
            .any(|column| column.meaning.is_some());
        let target = profile
            .column(&proposal.target.column)
            .expect("a proposal's target is a column of its profile");
        Self {
            title: &proposal.title,
            about: profile
                .dataset
                .description
                .as_deref()
                .map(|text| opening(text, MAX_ABOUT)),
            goal: goal(proposal, target),
            validation: validation(proposal),
            train_rows: grouped(prepared.train_rows as i64),
            test_rows: grouped(prepared.test_rows as i64),
            looks_missing: looks_missing(profile, proposal),
            id: &proposal.id_column,
            target: &proposal.target.column,
            target_code: code(&proposal.target.column),
            target_text: target_text(proposal, target),
            columns_intro: columns_intro(explained, columns.len()),
            columns,
            further_intro: format!(
                "{}, in the order of the files:",
                counted(further.len(), "further column")
            ),
            further_missing: further_missing(profile, &further),
            further,
            example: example(prepared),
            prediction: prediction_rule(proposal),
            metric_title: proposal.metric.title(),
            formula: proposal.metric.formula(),
            direction: match proposal.metric.direction() {
                Direction::Maximize => "Higher is better",
                Direction::Minimize => "Lower is better",
            },
            optimum: human(proposal.metric.optimum()),
            wall_minutes: LIMITS.wall_seconds / 60,
            memory: format!("{} GiB", LIMITS.memory_bytes >> 30),
            provenance: provenance(profile, manifest),
            leaks: leaks(profile, proposal),
            dropped_rows: dropped_rows(proposal),
        }
    }
}

/// One or two sentences: what to predict.
fn goal(proposal: &Proposal, column: &ColumnProfile) -> String {
    let target = &proposal.target;
    let name = code(&target.column);
    let meaning = column
        .meaning
        .as_deref()
        .map(|meaning| {
            format!(
                " ({})",
                plain(opening(meaning, MAX_MEANING).trim_end_matches('.'))
            )
        })
        .unwrap_or_default();
    let shares = shares(proposal);
    match (&target.derivation, proposal.prediction) {
        (_, Prediction::Number) => {
            let unit = column
                .unit
                .as_deref()
                .map(|unit| format!(" in {}", plain(unit)))
                .unwrap_or_default();
            let range = column
                .numbers
                .map(|numbers| {
                    format!(
                        " Values run from {} to {}; half of them lie below {}.",
                        human(numbers.min),
                        human(numbers.max),
                        human(numbers.quantiles[3])
                    )
                })
                .unwrap_or_default();
            format!("For each row of `test.csv`, predict the number {name}{meaning}{unit}.{range}")
        }
        (Some(Derivation::Positive { yes, no }), _) => format!(
            "For each row of `test.csv`, tell whether {name}{meaning} is more than zero: `{yes}` if it is, else \
             `{no}`. {} {shares}",
            asks_probability(proposal)
        ),
        (_, Prediction::Probability) => format!(
            "For each row of `test.csv`, give the probability that {name}{meaning} is {}. {shares}",
            code(target.positive.as_deref().unwrap_or_default())
        ),
        (_, Prediction::Label) if proposal.objective == Objective::Ordinal => format!(
            "For each row of `test.csv`, predict the grade {name}{meaning}, from low to high {}. A prediction far \
             off costs more than one next to the truth.",
            listed(&target.labels, target.labels.len())
        ),
        (_, Prediction::Label) => format!(
            "For each row of `test.csv`, predict which of {} classes {name}{meaning} is. {shares}",
            target.labels.len()
        ),
        (_, other) => unreachable!("no rule proposes predictions of the kind {other:?}"),
    }
}

fn asks_probability(proposal: &Proposal) -> &'static str {
    match proposal.prediction {
        Prediction::Probability => "Give the probability of `yes`.",
        _ => "Give the answer.",
    }
}

/// How rows are spread over the classes.
fn shares(proposal: &Proposal) -> String {
    let total: usize = proposal.target.counts.iter().sum::<usize>().max(1);
    let mut classes: Vec<(&String, &usize)> = proposal
        .target
        .labels
        .iter()
        .zip(&proposal.target.counts)
        .collect();
    classes.sort_by(|a, b| b.1.cmp(a.1));
    let share = |count: usize| percent(count as f64 / total as f64);
    if let Some(positive) = &proposal.target.positive {
        let count = classes
            .iter()
            .find(|(label, _)| *label == positive)
            .map_or(0, |(_, count)| **count);
        return format!("{} of all rows are {}.", share(count), code(positive));
    }
    let shown: Vec<String> = classes
        .iter()
        .take(8)
        .map(|(label, count)| format!("{} ({})", code(label), share(**count)))
        .collect();
    let more = if classes.len() > shown.len() {
        ", …"
    } else {
        ""
    };
    format!("The classes by share of rows: {}{more}.", shown.join(", "))
}

/// What a competitor must know of the division to validate in the same way.
fn validation(proposal: &Proposal) -> Option<String> {
    let column = code(proposal.split.column.as_deref()?);
    match proposal.split.policy {
        SplitPolicy::Group => Some(format!(
            "No value of {column} is in both files: a model is asked about new ones. Validate in the same way, with \
             all rows of one {column} in the same fold."
        )),
        SplitPolicy::Time => Some(format!(
            "Test rows are later than all labelled ones, by {column}: the past is known, the future is asked for. \
             Validate in the same way."
        )),
        SplitPolicy::Stratified | SplitPolicy::Random | SplitPolicy::Official => None,
    }
}

fn target_text(proposal: &Proposal, column: &ColumnProfile) -> String {
    if proposal.target.labels.is_empty() {
        return column
            .numbers
            .map(|numbers| range(&numbers))
            .unwrap_or_default();
    }
    if matches!(
        proposal.target.derivation,
        Some(Derivation::Positive { .. })
    ) {
        return format!(
            "whether it is more than zero: {}",
            cells(&proposal.target.labels, 2)
        );
    }
    cells(&proposal.target.labels, 40)
}

fn listed(values: &[String], most: usize) -> String {
    let mut shown: Vec<String> = values.iter().take(most).map(|value| code(value)).collect();
    if values.len() > most {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// Words in feature cells that a reader may take for a missing value.
fn looks_missing(profile: &Profile, proposal: &Proposal) -> Option<String> {
    const WORDS: [&str; 6] = ["NA", "N/A", "None", "NULL", "null", "nan"];
    let mut found: Vec<&str> = Vec::new();
    for feature in &proposal.features {
        let Some(column) = profile.column(&feature.column) else {
            continue;
        };
        if !matches!(column.storage, Storage::Text) {
            continue;
        }
        for word in WORDS {
            if !found.contains(&word)
                && column
                    .categories
                    .iter()
                    .any(|category| category.value == word)
            {
                found.push(word);
            }
        }
    }
    (!found.is_empty()).then(|| found.into_iter().map(code).collect::<Vec<_>>().join(" or "))
}

/// Header and first rows of the sample submission as they stand in the file.
fn example(prepared: &Prepared) -> String {
    let line = |row: &Vec<String>| {
        row.iter()
            .map(|value| csv_cell(value))
            .collect::<Vec<_>>()
            .join(",")
    };
    let mut lines: Vec<String> = prepared.sample_head.iter().map(line).collect();
    lines.push("…".to_owned());
    lines.join("\n")
}

fn provenance(profile: &Profile, manifest: &Manifest) -> String {
    let title = plain(&profile.dataset.title);
    // What follows the first colon and blank is a path inside the source, of no use to a competitor.
    let source = profile
        .dataset
        .source
        .as_deref()
        .map(|source| source.split(": ").next().unwrap_or(source));
    let from = source
        .map(|source| format!(", from {}", code(source)))
        .unwrap_or_default();
    let licence = match manifest.dataset.licence.as_str() {
        "unstated" => "Its licence is not stated.".to_owned(),
        licence => format!("Licence: {}.", plain(licence).trim_end_matches('.')),
    };
    format!("The data are \"{title}\"{from}. {licence}")
}

/// Columns left out because of this target, not because they are empty or number the rows.
fn leaks<'a>(profile: &'a Profile, proposal: &'a Proposal) -> Vec<LeakLine<'a>> {
    const PLAIN: [&str; 5] = [
        "is empty",
        "has the same value in every row",
        "numbers the rows",
        "names the row and says nothing about others",
        "is nearly always empty",
    ];
    profile
        .columns
        .iter()
        .filter_map(|column| proposal.dropped.get_key_value(&column.name))
        .filter(|(_, reason)| !PLAIN.contains(&reason.as_str()))
        .map(|(name, reason)| LeakLine { name, reason })
        .collect()
}

fn dropped_rows(proposal: &Proposal) -> Vec<&str> {
    proposal
        .dropped_rows
        .iter()
        .map(|dropped| dropped.reason.as_str())
        .collect()
}

/// What a prediction cell may hold, for a competitor.
fn prediction_rule(proposal: &Proposal) -> String {
    let metric = proposal.metric.catalogue();
    match proposal.prediction {
        Prediction::Label => {
            "Each prediction is one of the labels, spelled as in `train.csv`.".to_owned()
        }
        Prediction::Probability if metric.is_some_and(Metric::needs_unit_interval) => {
            "Each prediction is a probability from 0 to 1.".to_owned()
        }
        Prediction::Probability => {
            "Each prediction is a probability, or any finite number that rises with it.".to_owned()
        }
        Prediction::Number => match metric.and_then(Metric::exclusive_lower_bound) {
            Some(bound) => format!("Each prediction is a finite number greater than {bound}."),
            None => "Each prediction is a finite number.".to_owned(),
        },
        other => unreachable!("no rule proposes predictions of the kind {other:?}"),
    }
}
