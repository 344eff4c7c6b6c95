//! The forms in which rows of truth and prediction are compared, one type each. Their constructors refuse what no metric
//! can read: sides of different length, numbers that are not finite, indices out of range.

mod columns;
mod label_sets;
mod labels;
mod numbers;
mod probabilities;
mod rankings;
mod survival;
mod texts;

pub use columns::{ClassProbabilities, MultiNumbers, MultiProbabilities};
pub use label_sets::LabelSets;
pub use labels::Labels;
pub use numbers::Numbers;
pub use probabilities::Probabilities;
pub use rankings::Rankings;
pub use survival::Survival;
pub use texts::Texts;

/// # Panics
///
/// When the sides differ in length: whoever aligned them made a mistake.
fn assert_same_rows(truth: usize, predicted: usize) {
    assert_eq!(truth, predicted, "truth and predictions have the same rows");
}

/// # Panics
///
/// When a number is not finite: it must have been refused before, with the row it stands in.
fn assert_finite(numbers: &[f64]) {
    assert!(
        numbers.iter().all(|number| number.is_finite()),
        "numbers are finite"
    );
}
