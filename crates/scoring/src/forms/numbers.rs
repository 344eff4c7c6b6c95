//! A number per row, on both sides. Several numbers per row are in `columns`.

use super::{assert_finite, assert_same_rows};

/// Numbers on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    truth: Vec<f64>,
    predicted: Vec<f64>,
}

impl Numbers {
    /// Numbers on both sides.
    ///
    /// # Panics
    ///
    /// When the sides differ in length or a number is not finite: it must have been refused before.
    pub fn new(truth: Vec<f64>, predicted: Vec<f64>) -> Self {
        assert_same_rows(truth.len(), predicted.len());
        assert_finite(&truth);
        assert_finite(&predicted);
        Self { truth, predicted }
    }

    /// True numbers, finite.
    pub fn truth(&self) -> &[f64] {
        &self.truth
    }

    /// Predicted numbers, finite.
    pub fn predicted(&self) -> &[f64] {
        &self.predicted
    }
}
