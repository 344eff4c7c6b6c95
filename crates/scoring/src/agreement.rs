//! How well two lists of numbers about the same subjects agree, such as the ratings of models on two sets of tasks.
//! For more than two lists, see `reliability`.
//!
//! With pairs (a, b), d = a − b and n pairs:
//!
//! | statistic | formula | source |
//! |---|---|---|
//! | Pearson, Spearman, Kendall τ-b | see `correlation` | – |
//! | concordance correlation | 2 s(ab) / (s²(a) + s²(b) + (ā − b̄)²) | Lin 1989; moments by n (population) or n − 1 (sample) |
//! | Bland–Altman bias and limits | mean d; mean d ± 1.96 sd(d), sd by n − 1 | Bland & Altman 1986 |
//! | top-k overlap | shared subjects of both lists' k largest / k | – |

use crate::Interval;
use crate::correlation::{self, Levels};

/// Two finite numbers for each subject, for two subjects or more.
#[derive(Clone, Debug, PartialEq)]
pub struct Pairs {
    a: Vec<f64>,
    b: Vec<f64>,
}

/// Difference of two ways to measure, as a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlandAltman {
    /// Mean of a − b.
    pub bias: f64,
    /// Standard deviation of a − b, by n − 1.
    pub sd: f64,
    /// Bias ± 1.96 standard deviations: where 95 % of the differences lie if they are normal.
    pub limits: Interval,
}

/// By which number of rows moments are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moments {
    /// By n: Lin's definition.
    Population,
    /// By n − 1.
    Sample,
}

impl Pairs {
    /// Subject n of `a` is subject n of `b`; `None` when lengths differ, there are fewer than two subjects, or a number is
    /// not finite.
    pub fn new(a: Vec<f64>, b: Vec<f64>) -> Option<Self> {
        let finite = |numbers: &[f64]| numbers.iter().all(|number| number.is_finite());
        let sound = a.len() == b.len() && a.len() >= 2 && finite(&a) && finite(&b);
        sound.then_some(Self { a, b })
    }

    /// Pearson's r, −1 to 1; `None` when a list is constant.
    pub fn pearson(&self) -> Option<f64> {
        correlation::pearson(&self.a, &self.b, &self.ones())
    }

    /// Spearman's ρ with average ranks, −1 to 1; `None` when a list is constant.
    pub fn spearman(&self) -> Option<f64> {
        correlation::spearman(&Levels::new(&self.a), &Levels::new(&self.b), &self.ones())
    }

    /// Kendall's τ-b, −1 to 1; `None` when a list is constant.
    pub fn kendall_tau_b(&self) -> Option<f64> {
        correlation::kendall_tau_b(&Levels::new(&self.a), &Levels::new(&self.b), &self.ones())
    }

    /// Lin's concordance correlation coefficient, −1 to 1: as Pearson's r, lowered by a difference of means or scales;
    /// `None` when both lists are the same constant.
    pub fn concordance(&self, moments: Moments) -> Option<f64> {
        let divisor = match moments {
            Moments::Population => self.a.len() as f64,
            Moments::Sample => self.a.len() as f64 - 1.0,
        };
        let (mean_a, mean_b) = (mean(&self.a), mean(&self.b));
        let moment = |x: &[f64], mean_x: f64, y: &[f64], mean_y: f64| -> f64 {
            let products = x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y));
            products.sum::<f64>() / divisor
        };
        let shared = moment(&self.a, mean_a, &self.b, mean_b);
        let spread = moment(&self.a, mean_a, &self.a, mean_a)
            + moment(&self.b, mean_b, &self.b, mean_b)
            + (mean_a - mean_b).powi(2);
        (spread > 0.0).then(|| 2.0 * shared / spread)
    }

    /// Bias and limits of agreement.
    pub fn bland_altman(&self) -> BlandAltman {
        let differences: Vec<f64> = self.a.iter().zip(&self.b).map(|(a, b)| a - b).collect();
        let bias = mean(&differences);
        let squares: f64 = differences.iter().map(|d| (d - bias).powi(2)).sum();
        let sd = (squares / (differences.len() as f64 - 1.0)).sqrt();
        BlandAltman {
            bias,
            sd,
            limits: Interval {
                low: bias - 1.96 * sd,
                high: bias + 1.96 * sd,
            },
        }
    }

    /// Share of the `k` largest of one list that are among the `k` largest of the other, 0–1; of equal numbers the first
    /// are taken. `None` unless `k` is between 1 and the number of subjects.
    pub fn top_overlap(&self, k: usize) -> Option<f64> {
        if k == 0 || k > self.a.len() {
            return None;
        }
        let top = |numbers: &[f64]| {
            let mut subjects: Vec<usize> = (0..numbers.len()).collect();
            subjects.sort_by(|&i, &j| numbers[j].total_cmp(&numbers[i]));
            subjects.truncate(k);
            subjects
        };
        let (a, b) = (top(&self.a), top(&self.b));
        let shared = a.iter().filter(|subject| b.contains(subject)).count();
        Some(shared as f64 / k as f64)
    }

    fn ones(&self) -> Vec<u32> {
        vec![1; self.a.len()]
    }
}

/// Mean of numbers, of which there must be one.
///
/// The mean of equal numbers is exactly that number: their sum is rounded (three times 0.1 is not 0.3), and what that leaves
/// as deviations from the mean would look like variance where there is none.
pub(crate) fn mean(numbers: &[f64]) -> f64 {
    if numbers.iter().all(|number| *number == numbers[0]) {
        return numbers[0];
    }
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(a: &[f64], b: &[f64]) -> Pairs {
        Pairs::new(a.to_vec(), b.to_vec()).unwrap()
    }

    #[test]
    fn the_same_list_agrees_perfectly() {
        let same = pairs(&[3.0, 1.0, 2.0], &[3.0, 1.0, 2.0]);
        assert_eq!(same.pearson(), Some(1.0));
        assert_eq!(same.concordance(Moments::Population), Some(1.0));
        assert_eq!(same.concordance(Moments::Sample), Some(1.0));
        assert_eq!(same.bland_altman().sd, 0.0);
        assert_eq!(same.top_overlap(1), Some(1.0));
    }

    #[test]
    fn concordance_sees_a_shift_that_pearson_does_not() {
        let shifted = pairs(&[1.0, 2.0, 3.0], &[11.0, 12.0, 13.0]);
        assert_eq!(shifted.pearson(), Some(1.0));
        // 2 · 2/3 / (2/3 + 2/3 + 100)
        let expected = (4.0 / 3.0) / (4.0 / 3.0 + 100.0);
        let concordance = shifted.concordance(Moments::Population).unwrap();
        assert!((concordance - expected).abs() < 1e-12);
        assert_eq!(shifted.bland_altman().bias, -10.0);
    }

    #[test]
    fn what_has_no_value() {
        for number in [1.0, 0.1, 0.7, 1e300] {
            let constant = pairs(&[number; 3], &[number; 3]);
            assert_eq!(constant.concordance(Moments::Population), None, "{number}");
            assert_eq!(constant.bland_altman().sd, 0.0, "{number}");
            let apart = pairs(&[number; 3], &[number / 4.0; 3]);
            assert_eq!(apart.concordance(Moments::Sample), Some(0.0), "{number}");
        }
        let constant = pairs(&[1.0, 1.0], &[1.0, 1.0]);
        assert_eq!(constant.pearson(), None);
        assert_eq!(constant.concordance(Moments::Sample), None);
        assert_eq!(constant.top_overlap(0), None);
        assert_eq!(constant.top_overlap(3), None);
        assert_eq!(Pairs::new(vec![1.0], vec![1.0]), None);
        assert_eq!(Pairs::new(vec![1.0, 2.0], vec![1.0]), None);
        assert_eq!(Pairs::new(vec![1.0, f64::NAN], vec![1.0, 2.0]), None);
    }
}
