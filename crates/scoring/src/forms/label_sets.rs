//! A set of labels per row, on both sides: tags of a text, species in a recording, pixels of a mask.

use super::assert_same_rows;

/// Sets of label indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelSets {
    truth: Vec<Vec<u32>>,
    predicted: Vec<Vec<u32>>,
    labels: u32,
}

impl LabelSets {
    /// Sets of labels `0..labels`, in any order; one that is named twice in a row counts once.
    ///
    /// # Panics
    ///
    /// When the sides differ in length or an index is not below `labels`: the caller made these indices.
    pub fn new(mut truth: Vec<Vec<u32>>, mut predicted: Vec<Vec<u32>>, labels: u32) -> Self {
        assert_same_rows(truth.len(), predicted.len());
        for set in truth.iter_mut().chain(&mut predicted) {
            set.sort_unstable();
            set.dedup();
            assert!(
                set.last().is_none_or(|label| *label < labels),
                "labels are indices below the number of labels"
            );
        }
        Self {
            truth,
            predicted,
            labels,
        }
    }

    /// True sets, each sorted and without repetition.
    pub fn truth(&self) -> &[Vec<u32>] {
        &self.truth
    }

    /// Predicted sets, each sorted and without repetition.
    pub fn predicted(&self) -> &[Vec<u32>] {
        &self.predicted
    }

    /// Number of labels there are.
    pub fn labels(&self) -> u32 {
        self.labels
    }
}
