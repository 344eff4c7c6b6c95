//! How consistently several raters (or sets of tasks) rate the same subjects. Two lists are compared in `agreement`.
//!
//! With n subjects, k raters, and the mean squares of a two-way analysis of variance — MSR between subjects, MSC between
//! raters, MSE of the rest:
//!
//! | statistic | formula | source |
//! |---|---|---|
//! | Cronbach's α | k / (k − 1) · (1 − Σ s²(rater) / s²(sum over raters)) | Cronbach 1951 |
//! | ICC(2,1) | (MSR − MSE) / (MSR + (k − 1) MSE + k (MSC − MSE) / n) | Shrout & Fleiss 1979: absolute agreement |
//! | ICC(3,1) | (MSR − MSE) / (MSR + (k − 1) MSE) | Shrout & Fleiss 1979: consistency |

use crate::agreement::mean;

/// A finite rating of each subject by each rater, for two of both or more.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratings {
    /// By rater, then by subject.
    raters: Vec<Vec<f64>>,
}

/// Mean squares of the two-way analysis of variance.
struct MeanSquares {
    subjects: f64,
    raters: f64,
    rest: f64,
}

impl Ratings {
    /// One list per rater, subjects in the same order; `None` when lists differ in length, there are fewer than two raters
    /// or subjects, or a rating is not finite.
    pub fn new(raters: Vec<Vec<f64>>) -> Option<Self> {
        let subjects = raters.first()?.len();
        let sound = raters.len() >= 2
            && subjects >= 2
            && raters.iter().all(|ratings| {
                ratings.len() == subjects && ratings.iter().all(|rating| rating.is_finite())
            });
        sound.then_some(Self { raters })
    }

    /// Cronbach's α, at most 1; `None` when the sums of all subjects are equal.
    pub fn cronbach_alpha(&self) -> Option<f64> {
        let raters = self.raters.len() as f64;
        let parts: f64 = self.raters.iter().map(|ratings| variance(ratings)).sum();
        let sums: Vec<f64> = (0..self.subjects())
            .map(|subject| self.raters.iter().map(|ratings| ratings[subject]).sum())
            .collect();
        let whole = variance(&sums);
        (whole > 0.0).then(|| raters / (raters - 1.0) * (1.0 - parts / whole))
    }

    /// ICC(2,1), at most 1: agreement in value of single raters who stand for others; `None` when all ratings are equal.
    pub fn icc_2_1(&self) -> Option<f64> {
        let (n, k) = (self.subjects() as f64, self.raters.len() as f64);
        let squares = self.mean_squares();
        let whole =
            squares.subjects + (k - 1.0) * squares.rest + k * (squares.raters - squares.rest) / n;
        (whole != 0.0).then(|| (squares.subjects - squares.rest) / whole)
    }

    /// ICC(3,1), at most 1: agreement up to a constant of each rater, of exactly these raters; `None` when nothing but
    /// those constants varies.
    pub fn icc_3_1(&self) -> Option<f64> {
        let k = self.raters.len() as f64;
        let squares = self.mean_squares();
        let whole = squares.subjects + (k - 1.0) * squares.rest;
        (whole != 0.0).then(|| (squares.subjects - squares.rest) / whole)
    }

    fn subjects(&self) -> usize {
        self.raters[0].len()
    }

    fn mean_squares(&self) -> MeanSquares {
        let (n, k) = (self.subjects() as f64, self.raters.len() as f64);
        let of_raters: Vec<f64> = self.raters.iter().map(|ratings| mean(ratings)).collect();
        let of_subjects: Vec<f64> = (0..self.subjects())
            .map(|subject| {
                let ratings = self.raters.iter().map(|ratings| ratings[subject]);
                mean(&ratings.collect::<Vec<f64>>())
            })
            .collect();
        let all = mean(&of_raters);
        let mut rest = 0.0;
        for (ratings, rater) in self.raters.iter().zip(&of_raters) {
            for (rating, subject) in ratings.iter().zip(&of_subjects) {
                rest += (rating - rater - subject + all).powi(2);
            }
        }
        MeanSquares {
            subjects: variance(&of_subjects) * k,
            raters: variance(&of_raters) * n,
            rest: rest / ((n - 1.0) * (k - 1.0)),
        }
    }
}

/// Variance by n − 1.
fn variance(numbers: &[f64]) -> f64 {
    let mean = mean(numbers);
    let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
    squares / (numbers.len() as f64 - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shrout & Fleiss 1979, table 2 (6 subjects, 4 judges): ICC(2,1) = 0.29, ICC(3,1) = 0.71.
    #[test]
    fn as_shrout_and_fleiss() {
        let ratings = Ratings::new(vec![
            vec![9.0, 6.0, 8.0, 7.0, 10.0, 6.0],
            vec![2.0, 1.0, 4.0, 1.0, 5.0, 2.0],
            vec![5.0, 3.0, 6.0, 2.0, 6.0, 4.0],
            vec![8.0, 2.0, 8.0, 6.0, 9.0, 7.0],
        ])
        .unwrap();
        assert_eq!((ratings.icc_2_1().unwrap() * 100.0).round(), 29.0);
        assert_eq!((ratings.icc_3_1().unwrap() * 100.0).round(), 71.0);
        // k MSR-based: 1 − MSE / MSR = 0.909, their ICC(3,4).
        assert_eq!((ratings.cronbach_alpha().unwrap() * 100.0).round(), 91.0);
    }

    #[test]
    fn equal_raters_agree_and_constants_have_no_value() {
        let same = Ratings::new(vec![vec![1.0, 2.0, 4.0]; 3]).unwrap();
        assert!((same.cronbach_alpha().unwrap() - 1.0).abs() < 1e-12);
        assert!((same.icc_2_1().unwrap() - 1.0).abs() < 1e-12);
        assert!((same.icc_3_1().unwrap() - 1.0).abs() < 1e-12);
        for number in [3.0, 0.1, 0.7] {
            for raters in 2..5 {
                let constant = Ratings::new(vec![vec![number; 3]; raters]).unwrap();
                let values = [
                    constant.cronbach_alpha(),
                    constant.icc_2_1(),
                    constant.icc_3_1(),
                ];
                assert_eq!(values, [None; 3], "{raters} times {number}");
            }
        }
        // Raters who differ in nothing but a constant of each.
        let shifted = Ratings::new(vec![vec![0.1; 3], vec![0.7; 3], vec![0.3; 3]]).unwrap();
        assert_eq!([shifted.cronbach_alpha(), shifted.icc_3_1()], [None; 2]);
        assert_eq!(shifted.icc_2_1(), Some(0.0));
    }

    #[test]
    fn ratings_are_complete() {
        assert_eq!(Ratings::new(vec![]), None);
        assert_eq!(Ratings::new(vec![vec![1.0, 2.0]]), None);
        assert_eq!(Ratings::new(vec![vec![1.0], vec![1.0]]), None);
        assert_eq!(Ratings::new(vec![vec![1.0, 2.0], vec![1.0]]), None);
        assert_eq!(
            Ratings::new(vec![vec![1.0, f64::NAN], vec![1.0, 2.0]]),
            None
        );
    }
}
