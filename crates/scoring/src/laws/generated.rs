//! Random rows for every form that metrics compare, and what can be done to them: reorder, repeat, make perfect, corrupt.

use crate::{
    Aligned, ClassProbabilities, DefaultValue, Input, LabelSets, Labels, Metric, MultiNumbers,
    MultiProbabilities, Numbers, Parameter, Parameters, Probabilities, Rankings, Survival, Texts,
};
use proptest::prelude::*;

/// Number of classes, columns and labels.
pub(super) const WIDTH: u32 = 3;

/// What one row is made of, whatever the form: numbers in 0–1, with ties.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) truth: [f64; 3],
    pub(super) predicted: [f64; 3],
}

/// One of the two.
type Side = fn(&Row) -> [f64; 3];

pub(super) fn row() -> impl Strategy<Value = Row> {
    // Twentieths, so that ties occur; above 0, so that relative errors have a value.
    let cell = || (1..20_u8).prop_map(|number| f64::from(number) / 20.0);
    let side = move || [cell(), cell(), cell()];
    (side(), side()).prop_map(|(truth, predicted)| Row { truth, predicted })
}

pub(super) fn rows(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(row(), count)
}

/// Rows in which every class, label and answer occurs, so that every metric has a value and its optimum can be reached.
pub(super) fn complete(mut rows: Vec<Row>) -> Vec<Row> {
    for truth in [[0.1, 0.9, 0.1], [0.5, 0.1, 0.9], [0.9, 0.5, 0.1]] {
        rows.push(Row {
            truth,
            predicted: truth,
        });
    }
    // Rankings need a relevant item in each row.
    for row in &mut rows {
        if row.truth.iter().all(|cell| !is_positive(*cell)) {
            row.truth[0] = 0.9;
        }
    }
    rows
}

/// Parameters that the metric takes and has no default for.
pub(super) fn parameters(metric: Metric) -> Parameters {
    let mut parameters = Parameters::default();
    for takes in metric.parameters() {
        match (takes.default, takes.parameter) {
            (DefaultValue::Required, Parameter::Beta) => parameters.beta = Some(0.7),
            (DefaultValue::Required, Parameter::Scale) => parameters.scale = Some(1.7),
            _ => {}
        }
    }
    parameters
}

fn class(cell: f64) -> u32 {
    (cell * f64::from(WIDTH)) as u32
}

fn is_positive(cell: f64) -> bool {
    cell > 0.6
}

fn labels(cells: &[f64; 3]) -> Vec<u32> {
    let cells = (0..).zip(cells);
    cells
        .filter(|(_, cell)| is_positive(**cell))
        .map(|(label, _)| label)
        .collect()
}

/// Columns from the highest cell to the lowest.
fn ranked(cells: &[f64; 3]) -> Vec<u32> {
    let mut columns: Vec<u32> = (0..WIDTH).collect();
    columns.sort_by(|a, b| cells[*b as usize].total_cmp(&cells[*a as usize]));
    columns
}

fn text(cells: &[f64; 3]) -> String {
    let words = ["ab", "b", "a é", "", "ba"];
    cells.map(|cell| words[(cell * 5.0) as usize]).join(" ")
}

/// Truth and predictions of a row in the form that the metric compares, both read from the row in the same way.
pub(super) fn aligned(metric: Metric, rows: &[Row]) -> Aligned {
    let first = |pick: Side| rows.iter().map(move |row| pick(row)[0]);
    let truth: Side = |row| row.truth;
    let predicted: Side = |row| row.predicted;
    let cells = |pick: Side| rows.iter().flat_map(pick).collect::<Vec<f64>>();
    let sets = |pick: Side| rows.iter().map(|row| labels(&pick(row))).collect();
    match metric.input() {
        Input::Labels | Input::OrderedLabels => Aligned::Labels(Labels::new(
            first(truth).map(class).collect(),
            first(predicted).map(class).collect(),
            WIDTH,
            Some(1),
        )),
        Input::Probability => Aligned::Probabilities(Probabilities::new(
            first(truth).map(is_positive).collect(),
            first(predicted).collect(),
        )),
        Input::Numbers => Aligned::Numbers(Numbers::new(
            first(truth).collect(),
            first(predicted).collect(),
        )),
        Input::ClassProbabilities => Aligned::ClassProbabilities(ClassProbabilities::new(
            first(truth).map(class).collect(),
            cells(predicted),
            WIDTH,
        )),
        Input::MultiProbabilities => Aligned::MultiProbabilities(MultiProbabilities::new(
            cells(truth).into_iter().map(is_positive).collect(),
            cells(predicted),
            WIDTH,
        )),
        Input::MultiNumbers => {
            Aligned::MultiNumbers(MultiNumbers::new(cells(truth), cells(predicted), WIDTH))
        }
        Input::LabelSets => Aligned::LabelSets(LabelSets::new(sets(truth), sets(predicted), WIDTH)),
        Input::Ranking => Aligned::Rankings(Rankings::new(
            sets(truth),
            rows.iter().map(|row| ranked(&row.predicted)).collect(),
        )),
        Input::Text => Aligned::Texts(Texts::new(
            rows.iter().map(|row| text(&row.truth)).collect(),
            rows.iter().map(|row| text(&row.predicted)).collect(),
        )),
        Input::Survival => Aligned::Survival(Survival::new(
            first(truth).collect(),
            rows.iter().map(|row| is_positive(row.truth[1])).collect(),
            first(predicted).collect(),
        )),
    }
}

/// The rows with the best predictions of the metric's form. Where some stand in `wrong`, they predict the opposite.
pub(super) fn perfect(metric: Metric, rows: &[Row], wrong: &[bool]) -> Vec<Row> {
    let answers = rows.iter().zip(wrong).map(|(row, &wrong)| {
        let answer = best(metric, row);
        let opposite = |cell: f64| match metric.input() {
            // Never the same number again.
            Input::Numbers | Input::MultiNumbers => 1.33 - cell,
            // The next class or label.
            Input::Labels | Input::OrderedLabels | Input::Text => (cell + 0.35) % 1.0,
            _ => 1.0 - cell,
        };
        Row {
            truth: row.truth,
            predicted: if wrong { answer.map(opposite) } else { answer },
        }
    });
    answers.collect()
}

fn best(metric: Metric, row: &Row) -> [f64; 3] {
    let certain = |truth: bool| f64::from(u8::from(truth));
    match metric.input() {
        Input::Probability | Input::MultiProbabilities | Input::Ranking => {
            row.truth.map(|cell| certain(is_positive(cell)))
        }
        Input::ClassProbabilities => [0, 1, 2].map(|label| certain(label == class(row.truth[0]))),
        // Of two rows of the same time, the one with the event has the higher risk.
        Input::Survival => {
            let event = certain(is_positive(row.truth[1]));
            [1.0 - row.truth[0] + event / 100.0; 3]
        }
        Input::Labels
        | Input::OrderedLabels
        | Input::Numbers
        | Input::MultiNumbers
        | Input::LabelSets
        | Input::Text => row.truth,
    }
}
