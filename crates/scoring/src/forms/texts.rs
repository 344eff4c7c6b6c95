//! A text per row, on both sides, compared by Unicode scalar values: whoever made them decides on normal forms.

use super::assert_same_rows;

/// Texts on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    truth: Vec<String>,
    predicted: Vec<String>,
}

impl Texts {
    /// Texts on both sides, which may be empty.
    ///
    /// # Panics
    ///
    /// When the sides differ in length.
    pub fn new(truth: Vec<String>, predicted: Vec<String>) -> Self {
        assert_same_rows(truth.len(), predicted.len());
        Self { truth, predicted }
    }

    /// True texts.
    pub fn truth(&self) -> &[String] {
        &self.truth
    }

    /// Predicted texts.
    pub fn predicted(&self) -> &[String] {
        &self.predicted
    }
}
