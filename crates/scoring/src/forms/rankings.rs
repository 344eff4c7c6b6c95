//! A list of items per row, best first, beside the set of items that are right: recommendation and retrieval.

use super::assert_same_rows;

/// Relevant items and ranked predictions, as item numbers that only have to be equal or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rankings {
    relevant: Vec<Vec<u32>>,
    ranked: Vec<Vec<u32>>,
}

impl Rankings {
    /// The relevant items of each row in any order, and the predicted ones from best to worst. A relevant item that is
    /// named twice counts once; a predicted one that is repeated keeps its places in the list.
    ///
    /// # Panics
    ///
    /// When the sides differ in length.
    pub fn new(mut relevant: Vec<Vec<u32>>, ranked: Vec<Vec<u32>>) -> Self {
        assert_same_rows(relevant.len(), ranked.len());
        for set in &mut relevant {
            set.sort_unstable();
            set.dedup();
        }
        Self { relevant, ranked }
    }

    /// Relevant items, each set sorted and without repetition.
    pub fn relevant(&self) -> &[Vec<u32>] {
        &self.relevant
    }

    /// Predicted items, best first.
    pub fn ranked(&self) -> &[Vec<u32>] {
        &self.ranked
    }
}
