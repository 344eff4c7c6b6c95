//! A score of one class per row. Scores of every class are in `columns`.

use super::{assert_finite, assert_same_rows};

/// Truth as membership of the positive class, predictions as scores that rise with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Probabilities {
    truth: Vec<bool>,
    scores: Vec<f64>,
}

impl Probabilities {
    /// `truth` says which rows are of the positive class.
    ///
    /// # Panics
    ///
    /// When the sides differ in length or a score is not finite: it must have been refused before.
    pub fn new(truth: Vec<bool>, scores: Vec<f64>) -> Self {
        assert_same_rows(truth.len(), scores.len());
        assert_finite(&scores);
        Self { truth, scores }
    }

    /// Which rows are of the positive class.
    pub fn truth(&self) -> &[bool] {
        &self.truth
    }

    /// Predicted scores, finite.
    pub fn scores(&self) -> &[f64] {
        &self.scores
    }
}
