//! One class per row, on both sides. Several classes per row are in `label_sets`.

use super::assert_same_rows;

/// Classes as indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    truth: Vec<u32>,
    predicted: Vec<u32>,
    classes: u32,
    positive: Option<u32>,
}

impl Labels {
    /// Classes `0..classes`, for ordered labels from low to high; `positive` is the class that F1 counts.
    ///
    /// # Panics
    ///
    /// When the sides differ in length or an index is not below `classes`: the caller made these indices.
    pub fn new(truth: Vec<u32>, predicted: Vec<u32>, classes: u32, positive: Option<u32>) -> Self {
        assert_same_rows(truth.len(), predicted.len());
        let known = |label: &u32| *label < classes;
        assert!(
            truth.iter().all(known) && predicted.iter().all(known),
            "labels are indices below the number of classes"
        );
        assert!(
            positive.is_none_or(|label| label < classes),
            "the positive class is one of the classes"
        );
        Self {
            truth,
            predicted,
            classes,
            positive,
        }
    }

    /// True classes.
    pub fn truth(&self) -> &[u32] {
        &self.truth
    }

    /// Predicted classes.
    pub fn predicted(&self) -> &[u32] {
        &self.predicted
    }

    /// Number of classes.
    pub fn classes(&self) -> u32 {
        self.classes
    }

    /// The class that F1 counts.
    pub fn positive(&self) -> Option<u32> {
        self.positive
    }
}
