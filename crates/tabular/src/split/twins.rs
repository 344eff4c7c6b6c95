//! Whether two rows that differ in one cell are one object recorded twice, or two of many that are alike anyway.

use super::duplicates::{code_or_last, shares};
use super::near::Rows;

/// Share of train rows, at most, that have a cell by which an object can be told.
const RARE_CELL: f64 = 0.05;
/// Such cells that a row needs to be told from others.
const RARE_CELLS: usize = 3;
/// The probability, at most, that train has a row like it in all cells but one, if features were independent.
const CHANCE: f64 = 1e-3;

/// How often each value stands in train.
pub(super) struct Shares(Vec<Vec<f64>>);

impl Shares {
    pub(super) fn new(rows: &Rows<'_>) -> Self {
        Self(
            rows.features
                .iter()
                .map(|feature| shares(feature, rows.train_rows))
                .collect(),
        )
    }

    /// Share of train rows with the cell that a row has in the feature at `at`.
    fn of(&self, rows: &Rows<'_>, row: usize, at: usize) -> f64 {
        self.0[at][code_or_last(&rows.features[at], row)]
    }

    /// The probability that a train row agrees with a row in all cells but one, if features were independent:
    /// 1 − exp(−n Σⱼ (1 − pⱼ) Πₖ≠ⱼ pₖ), n the train rows, p the share of them that have the row's cell.
    pub(super) fn by_chance(&self, rows: &Rows<'_>, row: usize) -> f64 {
        let shares: Vec<f64> = (0..rows.features.len())
            .map(|at| self.of(rows, row, at))
            .collect();
        // Products of the shares behind each place, so that a share of 0 divides nothing.
        let mut behind = vec![1.0; shares.len() + 1];
        for at in (0..shares.len()).rev() {
            behind[at] = behind[at + 1] * shares[at];
        }
        let (mut before, mut sum) = (1.0, 0.0);
        for (at, share) in shares.iter().enumerate() {
            sum += (1.0 - share) * before * behind[at + 1];
            before *= share;
        }
        -f64::exp_m1(-(rows.train_rows as f64) * sum)
    }
}

/// Finds train rows by their rare cells.
pub(super) struct Twins<'r, 'f> {
    rows: &'r Rows<'f>,
    shares: &'r Shares,
    /// For each feature the searched train rows by their code, missing last, and where each code's begin.
    by_code: Vec<(Vec<usize>, Vec<u32>)>,
    /// Rare cells in which a train row agrees with the row that is asked about; 0 but during a question.
    agree: Vec<u16>,
}

impl<'r, 'f> Twins<'r, 'f> {
    pub(super) fn new(rows: &'r Rows<'f>, shares: &'r Shares, searched: &[usize]) -> Self {
        let by_code = rows.features.iter().map(|feature| {
            let mut starts = vec![0_usize; feature.distinct() + 2];
            for &row in searched {
                starts[code_or_last(feature, row) + 1] += 1;
            }
            for at in 1..starts.len() {
                starts[at] += starts[at - 1];
            }
            let mut next = starts.clone();
            let mut of_code = vec![0_u32; searched.len()];
            for &row in searched {
                let code = code_or_last(feature, row);
                of_code[next[code]] = row as u32;
                next[code] += 1;
            }
            (starts, of_code)
        });
        Self {
            rows,
            shares,
            by_code: by_code.collect(),
            agree: vec![0; rows.train_rows],
        }
    }

    /// Whether a row can be told from others by its rare cells, and train has rows like it in all cells but one, and
    /// none that is half like it: an object and its records, where rows of one model, shop or series come in all degrees
    /// of likeness.
    pub(super) fn is_one_of_few(&mut self, row: usize) -> bool {
        let width = self.rows.features.len();
        let rare: Vec<usize> = (0..width)
            .filter(|&at| self.shares.of(self.rows, row, at) <= RARE_CELL)
            .collect();
        if rare.len() < RARE_CELLS || self.shares.by_chance(self.rows, row) > CHANCE {
            return false;
        }
        let mut touched = Vec::new();
        for &at in &rare {
            let code = code_or_last(&self.rows.features[at], row);
            let (starts, of_code) = &self.by_code[at];
            for &other in &of_code[starts[code]..starts[code + 1]] {
                if self.agree[other as usize] == 0 {
                    touched.push(other as usize);
                }
                self.agree[other as usize] += 1;
            }
        }
        let mut few = true;
        for &other in &touched {
            let agree = std::mem::take(&mut self.agree[other]) as usize;
            few &= 2 * agree < rare.len() || self.differing(row, other) == 1;
        }
        few
    }

    fn differing(&self, row: usize, other: usize) -> usize {
        self.rows
            .features
            .iter()
            .filter(|feature| feature.codes[row] != feature.codes[other])
            .count()
    }
}
