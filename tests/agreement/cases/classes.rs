//! Cases of classes and of their probabilities.

use scoring::{Aligned, ClassProbabilities, Labels, MultiProbabilities, Probabilities};
use serde_json::{Value, json};

use crate::random::Random;

/// Names of classes. Equal ones to the eye are different ones here, as in scikit-learn.
const NAMES: [[&str; 6]; 3] = [
    ["a", "b", "c", "d", "e", "f"],
    ["10", "9", "-1", "0", "", " "],
    ["größe", "e\u{301}", "\u{e9}", "日本語", "🦀", "Ω"],
];

pub(super) const LABELS: [&str; 8] = [
    "random",
    "mostly right",
    "one true class",
    "one predicted class",
    "one class on both sides",
    "perfect",
    "predicted classes are never true",
    "a rare class",
];

pub(super) fn labels(random: &mut Random, rows: usize, flavour: &'static str) -> (Aligned, Value) {
    let classes = 2 + random.below(5);
    let names = &random.pick(&NAMES)[..classes as usize];
    let only = random.below(classes);
    let any = |random: &mut Random| random.below(classes);
    let truth = match flavour {
        "one true class" | "one class on both sides" => vec![only; rows],
        "a rare class" => random.many(rows, |random| u32::from(random.once_in(20))),
        "predicted classes are never true" => random.many(rows, |random| random.below(classes / 2)),
        _ => random.many(rows, any),
    };
    let predicted = match flavour {
        "perfect" => truth.clone(),
        "one predicted class" | "one class on both sides" => vec![only; rows],
        "mostly right" => truth
            .iter()
            .map(|&label| {
                if random.once_in(4) {
                    any(random)
                } else {
                    label
                }
            })
            .collect(),
        "predicted classes are never true" => random.many(rows, |random| {
            classes / 2 + random.below(classes - classes / 2)
        }),
        "a rare class" => random.many(rows, |random| u32::from(random.once_in(10))),
        _ => random.many(rows, any),
    };
    let positive = random.below(classes);
    let named =
        |side: &[u32]| -> Vec<&str> { side.iter().map(|&label| names[label as usize]).collect() };
    let json = json!({
        "truth": named(&truth),
        "predicted": named(&predicted),
        "classes": names,
        "positive": names[positive as usize],
    });
    let labels = Labels::new(truth, predicted, classes, Some(positive));
    (Aligned::Labels(labels), json)
}

pub(super) const PROBABILITIES: [&str; 9] = [
    "random",
    "ties",
    "one true class",
    "constant",
    "perfect",
    "zeros and ones",
    "near zero and one",
    "any magnitude",
    "informative",
];

/// A score of one class, mostly a probability.
fn score(random: &mut Random, flavour: &str, truth: bool) -> f64 {
    match flavour {
        "ties" => (random.share() * 5.0).round() / 5.0,
        "constant" => 0.3,
        "perfect" => f64::from(truth),
        "zeros and ones" => f64::from(random.below(2)),
        "near zero and one" => *random.pick(&[
            5e-324,
            1e-300,
            1e-17,
            f64::EPSILON,
            1e-15,
            1.0 - 1e-15,
            1.0 - f64::EPSILON,
        ]),
        "any magnitude" => random.bell() * 10_f64.powf(random.share() * 600.0 - 300.0),
        "informative" => (random.share() + f64::from(truth)) / 2.0,
        _ => random.share(),
    }
}

pub(super) fn probabilities(
    random: &mut Random,
    rows: usize,
    flavour: &'static str,
) -> (Aligned, Value) {
    let one = random.once_in(2);
    let truth = random.many(rows, |random| match flavour {
        "one true class" => one,
        _ => random.once_in(3),
    });
    let scores: Vec<f64> = truth
        .iter()
        .map(|&truth| score(random, flavour, truth))
        .collect();
    let bits: Vec<u8> = truth.iter().map(|&truth| truth.into()).collect();
    let json = json!({ "truth": bits, "scores": scores });
    (
        Aligned::Probabilities(Probabilities::new(truth, scores)),
        json,
    )
}

pub(super) const CLASS_PROBABILITIES: [&str; 8] = [
    "random",
    "ties",
    "rows that don't sum to one",
    "a class is never true",
    "uniform",
    "zeros and ones",
    "informative",
    "near zero and one",
];

pub(super) fn class_probabilities(
    random: &mut Random,
    rows: usize,
    flavour: &'static str,
) -> (Aligned, Value) {
    let classes = 2 + random.below(5);
    let mut truth: Vec<u32> = random.many(rows, |random| random.below(classes));
    if flavour == "a class is never true" {
        truth.iter_mut().for_each(|class| *class = (*class).max(1));
    } else {
        // Every class is true somewhere, unless there are too few rows.
        for (class, row) in (0..classes).zip(truth.iter_mut()) {
            *row = class;
        }
    }
    let mut table = Vec::with_capacity(rows);
    for &class in &truth {
        let mut row = match flavour {
            "uniform" => vec![1.0; classes as usize],
            "zeros and ones" => {
                let chosen = random.below(classes);
                (0..classes)
                    .map(|class| f64::from(class == chosen))
                    .collect()
            }
            _ => (0..classes)
                .map(|other| score(random, flavour, other == class).max(1e-300))
                .collect::<Vec<f64>>(),
        };
        if flavour != "rows that don't sum to one" {
            let sum: f64 = row.iter().sum();
            row.iter_mut().for_each(|cell| *cell /= sum);
        }
        table.push(row);
    }
    let json = json!({ "truth": truth, "scores": table, "classes": classes });
    let rows = ClassProbabilities::new(truth, table.concat(), classes);
    (Aligned::ClassProbabilities(rows), json)
}

pub(super) const MULTI_PROBABILITIES: [&str; 9] = [
    "random",
    "ties",
    "rows without a positive",
    "rows with positives only",
    "a column of one class",
    "constant",
    "perfect",
    "near zero and one",
    "any magnitude",
];

pub(super) fn multi_probabilities(
    random: &mut Random,
    rows: usize,
    flavour: &'static str,
) -> (Aligned, Value) {
    let columns = 2 + random.below(4) as usize;
    let mut truth = random.many(rows, |random| {
        random.many(columns, |random| random.once_in(2))
    });
    for (index, row) in truth.iter_mut().enumerate() {
        match flavour {
            "rows without a positive" if index % 2 == 0 || rows < 3 => row.fill(false),
            "rows with positives only" if index % 2 == 0 || rows < 3 => row.fill(true),
            "a column of one class" => row[1] = rows.is_multiple_of(2),
            _ => {}
        }
    }
    let scores: Vec<Vec<f64>> = truth
        .iter()
        .map(|row| {
            row.iter()
                .map(|&truth| score(random, flavour, truth))
                .collect()
        })
        .collect();
    let bits: Vec<Vec<u8>> = truth
        .iter()
        .map(|row| row.iter().map(|&truth| truth.into()).collect())
        .collect();
    let json = json!({ "truth": bits, "scores": scores });
    let rows = MultiProbabilities::new(truth.concat(), scores.concat(), columns as u32);
    (Aligned::MultiProbabilities(rows), json)
}
