//! What a metric compares, and which numbers have a meaning for it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a metric compares.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// One class per row.
    Labels,
    /// A probability of the positive class per row, or for ranking metrics any score that rises with it.
    Probability,
    /// A number per row.
    Numbers,
    /// One class per row, where classes are ordered.
    OrderedLabels,
    /// A probability of every class per row, or for ranking metrics any score that rises with it.
    ClassProbabilities,
    /// Several yes-or-no questions per row, and a probability (or any score that rises with it) of each.
    MultiProbabilities,
    /// Several numbers per row.
    MultiNumbers,
    /// A set of labels per row.
    LabelSets,
    /// A list of items per row, best first, of which a set is relevant.
    Ranking,
    /// A text per row.
    Text,
    /// A risk per row, higher for an earlier event, where events may be censored.
    Survival,
}

/// Which finite numbers have a meaning for a metric, as predictions and as truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Domain {
    /// All.
    Any,
    /// From 0 to 1.
    UnitInterval,
    /// Greater than the bound.
    Above(f64),
    /// The bound and greater.
    AtLeast(f64),
}

impl Domain {
    /// Whether the number has a meaning; NaN and infinities never have.
    pub fn contains(self, number: f64) -> bool {
        number.is_finite()
            && match self {
                Self::Any => true,
                Self::UnitInterval => (0.0..=1.0).contains(&number),
                Self::Above(bound) => number > bound,
                Self::AtLeast(bound) => number >= bound,
            }
    }
}
