//! Every metric of the catalogue against scikit-learn, SciPy or a plain definition, in the pinned environment.
//!
//! Cases are made here, seeded; `fixtures/agreement.py` scores them in the sandbox; ours must be the same to 1e-9, absolute
//! or relative, and have no value exactly where theirs has none. Where we differ on purpose stands in `differences`, with
//! the reason. The test prints a table: `cargo test -p e2e --test agreement -- --nocapture`.
//! What can't become rows at all (NaN, infinities, ids that don't match) is the business of the crate `grading`.

#![cfg(test)]

mod cases;
mod differences;
mod python;
mod random;

use std::collections::BTreeMap;

use scoring::{Metric, Parameter, Parameters};

use cases::{Case, Form};
use differences::{DIFFERENCES, Difference};

/// Largest [`difference`].
const TOLERANCE: f64 = 1e-9;
/// Fewest cases of a metric.
const LEAST_CASES: usize = 200;
/// Fewest of them in which both sides have the same score: no agreement is made of cases without one.
const LEAST_EQUAL: usize = 100;

/// How the cases of one metric went.
#[derive(Default)]
struct Tally {
    equal: usize,
    no_value: usize,
    /// By index in [`DIFFERENCES`].
    on_purpose: BTreeMap<usize, usize>,
    largest: f64,
    failures: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_agrees() {
    let forms = cases::forms();
    let theirs = python::scores(&forms).await;
    let mut tallies = BTreeMap::new();
    for metric in Metric::ALL {
        let name = cases::form_of(metric);
        let form = forms
            .iter()
            .find(|form| form.name == name)
            .expect("a form that is named has cases");
        let theirs = theirs
            .get(metric.name())
            .unwrap_or_else(|| panic!("`fixtures/agreement.py` has no reference for {metric}"));
        tallies.insert(metric, tally(metric, form, theirs));
    }
    let unknown: Vec<_> = theirs
        .keys()
        .filter(|name| Metric::from_name(name).is_none())
        .collect();
    assert!(unknown.is_empty(), "references of no metric: {unknown:?}");

    println!("{}", table(&tallies));
    let failures: Vec<String> = tallies
        .values()
        .flat_map(|tally| tally.failures.iter().take(5).cloned())
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    for (metric, tally) in &tallies {
        assert!(
            tally.equal >= LEAST_EQUAL,
            "{metric} has a score on both sides in {} cases only",
            tally.equal
        );
    }
    for (index, difference) in DIFFERENCES.iter().enumerate() {
        for metric in difference.metrics {
            assert!(
                tallies[metric].on_purpose.contains_key(&index),
                "{metric} never differed because {}",
                difference.reason
            );
        }
    }
}

/// Compares the scores of one metric, case by case.
fn tally(metric: Metric, form: &Form, theirs: &[Option<f64>]) -> Tally {
    assert_eq!(form.cases.len(), theirs.len());
    assert!(form.cases.len() >= LEAST_CASES);
    let mut tally = Tally::default();
    for (index, (case, &theirs)) in form.cases.iter().zip(theirs).enumerate() {
        let parameters = taken(metric, &case.parameters);
        let ours = metric.evaluate_with(&case.aligned, &parameters);
        match (&ours, theirs) {
            (Ok(ours), Some(theirs)) => {
                let difference = difference(*ours, theirs);
                if difference <= TOLERANCE {
                    tally.equal += 1;
                    tally.largest = tally.largest.max(difference);
                    continue;
                }
            }
            (Err(_), None) => {
                tally.no_value += 1;
                continue;
            }
            _ => {}
        }
        let covers =
            |difference: &Difference| difference.covers(metric, &case.aligned, ours.ok(), theirs);
        if let Some(reason) = DIFFERENCES.iter().position(covers) {
            *tally.on_purpose.entry(reason).or_default() += 1;
        } else {
            tally
                .failures
                .push(failure(metric, index, case, &ours, theirs));
        }
    }
    tally
}

/// How far a score is from the one that is expected, absolute for scores up to 1, relative beyond.
fn difference(score: f64, expected: f64) -> f64 {
    (score - expected).abs() / expected.abs().max(1.0)
}

/// Those of the parameters that the metric takes.
fn taken(metric: Metric, all: &Parameters) -> Parameters {
    let takes = |parameter| {
        let mut taken = metric.parameters().iter();
        taken.any(|takes| takes.parameter == parameter)
    };
    Parameters {
        k: all.k.filter(|_| takes(Parameter::K)),
        beta: all.beta.filter(|_| takes(Parameter::Beta)),
        quantile: all.quantile.filter(|_| takes(Parameter::Quantile)),
        scale: all.scale.filter(|_| takes(Parameter::Scale)),
    }
}

fn failure(
    metric: Metric,
    index: usize,
    case: &Case,
    ours: &Result<f64, scoring::Undefined>,
    theirs: Option<f64>,
) -> String {
    let rows: String = case.json.to_string().chars().take(300).collect();
    let ours = match ours {
        Ok(score) => score.to_string(),
        Err(undefined) => format!("no value ({undefined})"),
    };
    let theirs = theirs.map_or_else(|| "no value".to_owned(), |score| score.to_string());
    format!(
        "{metric}, case {index} ({}, {} rows): ours {ours}, theirs {theirs}: {rows}",
        case.flavour,
        case.aligned.rows()
    )
}

fn table(tallies: &BTreeMap<Metric, Tally>) -> String {
    let mut lines = vec![
        "| metric | cases | equal | no value on both sides | different on purpose | largest difference |".to_owned(),
        "|---|---|---|---|---|---|".to_owned(),
    ];
    for (metric, tally) in tallies {
        let on_purpose: usize = tally.on_purpose.values().sum();
        let cases = tally.equal + tally.no_value + on_purpose + tally.failures.len();
        lines.push(format!(
            "| {metric} | {cases} | {} | {} | {on_purpose} | {:.1e} |",
            tally.equal, tally.no_value, tally.largest
        ));
    }
    lines.push(String::new());
    for difference in DIFFERENCES {
        let names: Vec<_> = difference
            .metrics
            .iter()
            .map(|metric| metric.name())
            .collect();
        lines.push(format!("{}: {}", names.join(", "), difference.reason));
    }
    lines.join("\n")
}
