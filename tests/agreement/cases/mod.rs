//! Cases for every form of rows: random ones, and those at which implementations part — one class only, ties, constants,
//! empty sets, one row, two rows, 10,000 rows, extreme magnitudes, labels and texts beyond ASCII.

mod amounts;
mod classes;
mod sets;

use scoring::{Aligned, Domain, Input, Metric, Parameters};
use serde_json::{Value, json};

use crate::random::Random;

/// Rows on which metrics are evaluated, for us and for Python.
pub(crate) struct Case {
    /// What is special about it.
    pub(crate) flavour: &'static str,
    pub(crate) aligned: Aligned,
    /// A value of every parameter, or none where defaults are compared; a metric is given those that it takes.
    pub(crate) parameters: Parameters,
    /// The same rows and parameters as `fixtures/agreement.py` reads them.
    pub(crate) json: Value,
}

/// A form of rows: its name in `fixtures/agreement.py`, and its cases.
pub(crate) struct Form {
    pub(crate) name: &'static str,
    pub(crate) cases: Vec<Case>,
}

/// The name of the form whose cases suit a metric.
pub(crate) fn form_of(metric: Metric) -> &'static str {
    match metric.input() {
        Input::Labels | Input::OrderedLabels => "labels",
        Input::Probability => "probabilities",
        Input::ClassProbabilities => "class_probabilities",
        Input::MultiProbabilities => "multi_probabilities",
        Input::Numbers if metric.domain() == Domain::Any => "numbers",
        Input::Numbers => "amounts",
        // Gains are amounts, though any number may predict their order.
        Input::MultiNumbers if metric.domain() == Domain::Any && metric != Metric::Ndcg => {
            "multi_numbers"
        }
        Input::MultiNumbers => "multi_amounts",
        Input::LabelSets => "label_sets",
        Input::Ranking => "rankings",
        Input::Text => "texts",
        Input::Survival => "survival",
    }
}

/// Rows of one flavour.
type Make = fn(&mut Random, usize, &'static str) -> (Aligned, Value);

/// How many cases a form has.
const CASES: usize = 210;

/// Every form with its cases, always the same.
pub(crate) fn forms() -> Vec<Form> {
    let table: [(&'static str, &[&'static str], Make); 12] = [
        ("labels", &classes::LABELS, classes::labels),
        (
            "probabilities",
            &classes::PROBABILITIES,
            classes::probabilities,
        ),
        (
            "class_probabilities",
            &classes::CLASS_PROBABILITIES,
            classes::class_probabilities,
        ),
        (
            "multi_probabilities",
            &classes::MULTI_PROBABILITIES,
            classes::multi_probabilities,
        ),
        ("numbers", &amounts::NUMBERS, amounts::numbers),
        ("amounts", &amounts::AMOUNTS, amounts::numbers),
        ("multi_numbers", &amounts::NUMBERS, amounts::multi_numbers),
        ("multi_amounts", &amounts::AMOUNTS, amounts::multi_numbers),
        ("survival", &amounts::SURVIVAL, amounts::survival),
        ("label_sets", &sets::LABEL_SETS, sets::label_sets),
        ("rankings", &sets::RANKINGS, sets::rankings),
        ("texts", &sets::TEXTS, sets::texts),
    ];
    let forms = table.into_iter().zip(1..);
    forms
        .map(|((name, flavours, make), seed)| {
            let mut random = Random::new(seed);
            let cases = (0..CASES).map(|index| case(&mut random, index, flavours, make));
            Form {
                name,
                cases: cases.collect(),
            }
        })
        .collect()
}

fn case(random: &mut Random, index: usize, flavours: &[&'static str], make: Make) -> Case {
    let flavour = flavours[index % flavours.len()];
    let rows = match index / flavours.len() {
        0 if index == 0 => 10_000,
        0 => 1 + random.below(400) as usize,
        1 => 1,
        2 | 3 => 2,
        _ => 3 + random.below(50) as usize,
    };
    let (aligned, mut json) = make(random, rows, flavour);
    let parameters = Parameters {
        k: Some(1 + random.below(12)),
        beta: Some(*random.pick(&[0.1, 0.5, 1.0, 2.0, 3.7])),
        quantile: Some(*random.pick(&[0.01, 0.1, 0.5, 0.75, 0.999])),
        scale: Some(*random.pick(&[1e-3, 0.7, 1.0, 250.0])),
    };
    // Some cases go by the defaults, as far as there are any.
    let parameters = match index % 5 {
        4 => Parameters {
            k: None,
            quantile: None,
            ..parameters
        },
        _ => parameters,
    };
    let given = json!({
        "k": parameters.k,
        "beta": parameters.beta,
        "quantile": parameters.quantile,
        "scale": parameters.scale,
    });
    for (name, value) in given.as_object().unwrap() {
        json[name] = value.clone();
    }
    Case {
        flavour,
        aligned,
        parameters,
        json,
    }
}
