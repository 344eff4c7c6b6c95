//! Several cells per row, held row by row in one vector: cell `(row, column)` is at `row * columns + column`.

use super::{assert_finite, assert_same_rows};

/// One true class per row, and a score of every class.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassProbabilities {
    truth: Vec<u32>,
    scores: Vec<f64>,
    classes: u32,
}

/// Several yes-or-no questions per row (multi-label), and a score of every one.
#[derive(Clone, Debug, PartialEq)]
pub struct MultiProbabilities {
    truth: Vec<bool>,
    scores: Vec<f64>,
    columns: u32,
}

/// Several numbers per row, on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct MultiNumbers {
    truth: Vec<f64>,
    predicted: Vec<f64>,
    columns: u32,
}

impl ClassProbabilities {
    /// True classes `0..classes`, and `classes` scores per row that rise with the probability of each.
    ///
    /// # Panics
    ///
    /// When there are not `classes` scores per row, a class is not below `classes` or a score is not finite.
    pub fn new(truth: Vec<u32>, scores: Vec<f64>, classes: u32) -> Self {
        assert_same_rows(truth.len() * classes as usize, scores.len());
        assert!(
            truth.iter().all(|class| *class < classes),
            "labels are indices below the number of classes"
        );
        assert_finite(&scores);
        Self {
            truth,
            scores,
            classes,
        }
    }

    /// True classes.
    pub fn truth(&self) -> &[u32] {
        &self.truth
    }

    /// Predicted scores, row by row, finite.
    pub fn scores(&self) -> &[f64] {
        &self.scores
    }

    /// Number of classes, which is the number of scores per row.
    pub fn classes(&self) -> u32 {
        self.classes
    }

    /// The scores of a row, by class.
    ///
    /// # Panics
    ///
    /// When there is no such row.
    pub fn row(&self, row: usize) -> &[f64] {
        cells(&self.scores, self.classes, row)
    }
}

impl MultiProbabilities {
    /// `columns` answers and `columns` scores per row.
    ///
    /// # Panics
    ///
    /// When the sides differ in length, are not whole rows, there is no column, or a score is not finite.
    pub fn new(truth: Vec<bool>, scores: Vec<f64>, columns: u32) -> Self {
        assert_same_rows(truth.len(), scores.len());
        assert_whole_rows(truth.len(), columns);
        assert_finite(&scores);
        Self {
            truth,
            scores,
            columns,
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.truth.len() / self.columns as usize
    }

    /// Which cells are positive, row by row.
    pub fn truth(&self) -> &[bool] {
        &self.truth
    }

    /// Predicted scores, row by row, finite.
    pub fn scores(&self) -> &[f64] {
        &self.scores
    }

    /// Number of columns.
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// Truth and scores of a row.
    ///
    /// # Panics
    ///
    /// When there is no such row.
    pub fn row(&self, row: usize) -> (&[bool], &[f64]) {
        (
            cells(&self.truth, self.columns, row),
            cells(&self.scores, self.columns, row),
        )
    }
}

impl MultiNumbers {
    /// `columns` numbers per row, on both sides.
    ///
    /// # Panics
    ///
    /// When the sides differ in length, are not whole rows, there is no column, or a number is not finite.
    pub fn new(truth: Vec<f64>, predicted: Vec<f64>, columns: u32) -> Self {
        assert_same_rows(truth.len(), predicted.len());
        assert_whole_rows(truth.len(), columns);
        assert_finite(&truth);
        assert_finite(&predicted);
        Self {
            truth,
            predicted,
            columns,
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.truth.len() / self.columns as usize
    }

    /// True numbers, row by row, finite.
    pub fn truth(&self) -> &[f64] {
        &self.truth
    }

    /// Predicted numbers, row by row, finite.
    pub fn predicted(&self) -> &[f64] {
        &self.predicted
    }

    /// Number of columns.
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// True and predicted numbers of a row.
    ///
    /// # Panics
    ///
    /// When there is no such row.
    pub fn row(&self, row: usize) -> (&[f64], &[f64]) {
        (
            cells(&self.truth, self.columns, row),
            cells(&self.predicted, self.columns, row),
        )
    }
}

fn cells<T>(cells: &[T], columns: u32, row: usize) -> &[T] {
    let columns = columns as usize;
    &cells[row * columns..(row + 1) * columns]
}

/// # Panics
///
/// When a row would be incomplete, or have no cell.
fn assert_whole_rows(cells: usize, columns: u32) {
    assert!(columns > 0, "there is at least one column");
    assert!(
        cells.is_multiple_of(columns as usize),
        "every row has a cell in every column"
    );
}
