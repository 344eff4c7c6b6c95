//! What was measured of leaks across a prepared split: near duplicates, side channels, copies of the answers. Exact
//! duplicates and single features stand beside them in `split`.

use serde::{Deserialize, Serialize};

/// Test rows that have a near duplicate in train, beside train rows that have one in the rest of train.
///
/// Rows that equal another row in every feature are left out on both sides: exact duplicates are another matter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearDuplicateFacts {
    /// When two rows are near.
    pub nearness: Nearness,
    /// Test rows looked at.
    pub test_rows: usize,
    /// Of these, rows that are near a train row.
    pub test_near: usize,
    /// Train rows looked at.
    pub train_rows: usize,
    /// Of these, rows that are near another train row: what the data have anyhow.
    pub train_near: usize,
    /// Share of near rows, 0–1, that there would be by chance: for distances, of points drawn from a smooth density; for one
    /// changed cell, of test rows whose features are independent, each distributed as in train. 0 where nothing is known.
    pub chance: f64,
    /// Of `test_near`: rows that look like an object of train recorded once more. They have at least three cells that at
    /// most one in twenty train rows has, no train row shares half of these but those that differ in one cell, and chance
    /// explains none. Counted for one changed cell only.
    #[serde(default)]
    pub test_telling: usize,
    /// Near pairs as (test row, train row), from 1 in file order, header not counted; at most 3.
    pub examples: Vec<(usize, usize)>,
}

/// When two rows are near.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nearness {
    /// They agree in all features but one.
    OneCell,
    /// They are closer than 0.13 times the median distance to the nearest neighbour (Euclidean; numbers by rank, 0–1;
    /// different categories, and a number and a missing one, 1 apart).
    Distance {
        /// Intrinsic dimension of the rows.
        dimension: f64,
    },
    /// The texts in this column share at least 80 % of their shingles (Jaccard).
    Text {
        /// The column.
        column: String,
    },
}

/// How one channel that should say nothing goes with the target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelFacts {
    /// What it is, e.g. `position in test.csv`.
    pub channel: String,
    /// Whose rows it was measured on.
    pub side: Side,
    /// Rows it was measured on.
    pub rows: usize,
    /// Spearman's rho with the target; for classes, the correlation of the channel's ranks with the indicator of
    /// the class where it is strongest. Times √(rows − 1) it is standard normal when the channel says nothing.
    pub rho: f64,
    /// For classes: the class, and the area under the ROC curve of the channel for telling it, 0–1.
    pub class: Option<(String, f64)>,
    /// Classes (or other contrasts) among which the strongest was taken; 1 for numbers.
    pub contrasts: usize,
}

/// A side of the split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Labelled rows.
    Train,
    /// Rows to predict.
    Test,
}

/// The search for the answers among public files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AnswerSearch {
    /// Columns that were compared.
    pub columns: usize,
    /// Columns that are the answers.
    pub found: Vec<AnswerCopy>,
    /// Public files, or members of archives, that were not searched or not as a whole (path, reason as a fragment). Images
    /// and recordings, told by their first bytes, are none of them.
    pub not_searched: Vec<(String, String)>,
}

/// A public column that is the answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnswerCopy {
    /// The file; a member of an archive stands behind a colon.
    pub path: String,
    /// The column.
    pub column: String,
    /// The target whose answers it has.
    pub target: String,
    /// How its rows find theirs: `id`, `row order`, `order of the answers` or `features`.
    pub aligned_by: String,
    /// In which way it is the same: `text`, `number`, `code` (one code for each value) or `line` (a linear function).
    pub same_as: String,
    /// Rows compared.
    pub rows: usize,
    /// Share of them that agree, 0–1.
    pub share: f64,
}

/// Pairs of a test id and an answer that stand in a text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ToldAnswers {
    /// The text, a path in the package.
    pub path: String,
    /// Test rows of which it says an answer.
    pub pairs: usize,
    /// Those of which it says the right one.
    pub right: usize,
    /// How many would be right by chance: the sum of the shares of the answers that are said.
    pub chance: f64,
    /// Standard error of that number.
    pub sigma: f64,
}
