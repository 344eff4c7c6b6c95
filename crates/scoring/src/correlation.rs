//! Correlation of two lists of numbers under row weights: shared by metrics and agreement statistics, which add names and
//! errors.
//!
//! | statistic | formula | ties |
//! |---|---|---|
//! | Pearson's r | Σ (x − x̄)(y − ȳ) / √(Σ (x − x̄)² Σ (y − ȳ)²) | – |
//! | Spearman's ρ | Pearson's r of the ranks | tied values share the mean of their ranks |
//! | Kendall's τ-b | (C − D) / √((P − X)(P − Y)) | X, Y: pairs tied on a side, P: all pairs |
//!
//! A row of weight n counts as n equal rows, a row of weight 0 as absent. None has a value when a side is constant.
//! Sources: SciPy 1.17 (`pearsonr`, `spearmanr`, `kendalltau`), to which they are equal to 1e-9;
//! Kendall, *The treatment of ties in ranking problems*, 1945, for τ-b.

use crate::sort;

/// Pearson's r, −1 to 1; `None` when a side is constant.
///
/// Numbers may be as large or small as `f64` goes: each side is scaled first, which does not change r.
///
/// # Panics
///
/// When the lists differ in length.
pub(crate) fn pearson(x: &[f64], y: &[f64], weights: &[u32]) -> Option<f64> {
    assert!(
        x.len() == y.len() && x.len() == weights.len(),
        "both sides and the weights have the same rows"
    );
    if is_constant(x, weights) || is_constant(y, weights) {
        return None;
    }
    let (x, y) = (deviations(x, weights), deviations(y, weights));
    let product = |a: &[f64], b: &[f64]| -> f64 {
        let rows = a.iter().zip(b).zip(weights);
        rows.map(|((a, b), &weight)| f64::from(weight) * a * b)
            .sum()
    };
    ratio(product(&x, &y), product(&x, &x), product(&y, &y))
}

/// Spearman's ρ, −1 to 1; `None` when a side is constant.
///
/// # Panics
///
/// When the sides differ in length.
pub(crate) fn spearman(x: &Levels, y: &Levels, weights: &[u32]) -> Option<f64> {
    pearson(
        &x.average_ranks(weights),
        &y.average_ranks(weights),
        weights,
    )
}

/// Kendall's τ-b, −1 to 1; `None` when a side is constant.
///
/// Takes n log n steps: discordant pairs are counted by a Fenwick tree instead of one by one.
///
/// # Panics
///
/// When the sides differ in length.
pub(crate) fn kendall_tau_b(x: &Levels, y: &Levels, weights: &[u32]) -> Option<f64> {
    assert!(
        x.level.len() == y.level.len() && x.level.len() == weights.len(),
        "both sides and the weights have the same rows"
    );
    let mut below = Fenwick::new(y.count);
    let (mut concordant, mut discordant, mut seen) = (0_i128, 0_i128, 0_u64);
    let mut start = 0;
    while start < x.order.len() {
        // Rows that are tied in x are no pairs of each other's: all are counted before any is added.
        let level = x.level[x.order[start] as usize];
        let rows = x.order[start..].iter().map(|&row| row as usize);
        let tied = rows.clone().take_while(|&row| x.level[row] == level);
        let end = start + tied.clone().count();
        for row in tied.clone().filter(|&row| weights[row] > 0) {
            let smaller = below.sum(y.level[row]);
            let larger = seen - below.sum(y.level[row] + 1);
            concordant += i128::from(weights[row]) * i128::from(smaller);
            discordant += i128::from(weights[row]) * i128::from(larger);
        }
        for row in tied {
            below.add(y.level[row], weights[row]);
            seen += u64::from(weights[row]);
        }
        start = end;
    }
    ratio(
        (concordant - discordant) as f64,
        x.untied_pairs(weights),
        y.untied_pairs(weights),
    )
}

/// The values of a side as levels: 0 for the lowest, equal for equal values. Sorted once for any number of weightings.
#[derive(Clone, Debug)]
pub(crate) struct Levels {
    /// Of each row.
    level: Vec<u32>,
    /// Rows from the lowest level to the highest.
    order: Vec<u32>,
    /// Number of levels.
    count: usize,
}

impl Levels {
    /// Levels of finite `values`; −0 and 0 are the same value.
    pub(crate) fn new(values: &[f64]) -> Self {
        let narrow =
            |number: usize| u32::try_from(number).expect("a submission has fewer than 2³² rows");
        let order = sort::order(values);
        let mut level = vec![0; values.len()];
        let mut count = 0;
        let mut last = None;
        for &row in &order {
            let value = values[row as usize];
            if last != Some(value) {
                count += 1;
                last = Some(value);
            }
            level[row as usize] = narrow(count - 1);
        }
        Self {
            level,
            order,
            count,
        }
    }

    /// The level of a row.
    pub(crate) fn level(&self, row: usize) -> u32 {
        self.level[row]
    }

    /// Number of levels.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Rank of each row from 1, where equal values share the mean of their ranks.
    pub(crate) fn average_ranks(&self, weights: &[u32]) -> Vec<f64> {
        let mut before = 0.0;
        let ranks: Vec<f64> = self
            .totals(weights)
            .into_iter()
            .map(|total| {
                let rank = before + (total as f64 + 1.0) / 2.0;
                before += total as f64;
                rank
            })
            .collect();
        self.level
            .iter()
            .map(|&level| ranks[level as usize])
            .collect()
    }

    /// Number of pairs whose values differ.
    fn untied_pairs(&self, weights: &[u32]) -> f64 {
        let pairs = |rows: u64| i128::from(rows) * (i128::from(rows) - 1) / 2;
        let totals = self.totals(weights);
        let all = pairs(totals.iter().sum());
        (all - totals.into_iter().map(pairs).sum::<i128>()) as f64
    }

    /// Weight of each level.
    fn totals(&self, weights: &[u32]) -> Vec<u64> {
        let mut totals = vec![0; self.count];
        for (&level, &weight) in self.level.iter().zip(weights) {
            totals[level as usize] += u64::from(weight);
        }
        totals
    }
}

/// Sums of the first n of a list of weights, each in log n steps.
pub(crate) struct Fenwick(Vec<u64>);

impl Fenwick {
    pub(crate) fn new(length: usize) -> Self {
        Self(vec![0; length + 1])
    }

    pub(crate) fn add(&mut self, index: u32, weight: u32) {
        let mut node = index as usize + 1;
        while node < self.0.len() {
            self.0[node] += u64::from(weight);
            node += node & node.wrapping_neg();
        }
    }

    /// Sum of the weights at indices below `end`.
    pub(crate) fn sum(&self, end: u32) -> u64 {
        let (mut node, mut sum) = (end as usize, 0);
        while node > 0 {
            sum += self.0[node];
            node &= node - 1;
        }
        sum
    }
}

/// The quotient that is exactly ±1 for equal or opposite sides: √(v²) is v in binary floating point, √v √v is not.
fn ratio(shared: f64, x: f64, y: f64) -> Option<f64> {
    (x > 0.0 && y > 0.0).then(|| (shared / (x * y).sqrt()).clamp(-1.0, 1.0))
}

/// Whether all rows that are present have the same value; no rows have.
pub(crate) fn is_constant(values: &[f64], weights: &[u32]) -> bool {
    let mut present = values
        .iter()
        .zip(weights)
        .filter(|(_, weight)| **weight > 0);
    let first = present.next();
    first.is_none_or(|(first, _)| present.all(|(value, _)| value == first))
}

/// Deviations from the mean, divided by a power of two that brings the largest value near 1.
///
/// The power of two loses no digit, where dividing by the largest value itself would: at 10⁸ ± 10⁻³ that is seen in r.
fn deviations(values: &[f64], weights: &[u32]) -> Vec<f64> {
    // An absent row must neither set the scale nor overflow on it.
    let present = |(&value, &weight): (&f64, &u32)| if weight == 0 { 0.0 } else { value };
    let mut scaled: Vec<f64> = values.iter().zip(weights).map(present).collect();
    let largest = scaled
        .iter()
        .fold(0.0_f64, |most, value| most.max(value.abs()));
    let exponent = largest.log2().floor().clamp(-1000.0, 1000.0);
    let scale = (-exponent).exp2();
    for value in &mut scaled {
        *value *= scale;
    }
    // The second pass removes the rounding of the first mean.
    for _ in 0..2 {
        let (mut sum, mut total) = (0.0, 0.0);
        for (value, &weight) in scaled.iter().zip(weights) {
            sum += value * f64::from(weight);
            total += f64::from(weight);
        }
        let mean = sum / total;
        for value in &mut scaled {
            *value -= mean;
        }
    }
    scaled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(x: &[f64], y: &[f64]) -> [Option<f64>; 3] {
        let ones = vec![1; x.len()];
        let (a, b) = (Levels::new(x), Levels::new(y));
        [
            pearson(x, y, &ones),
            spearman(&a, &b, &ones),
            kendall_tau_b(&a, &b, &ones),
        ]
    }

    /// Expected values: SciPy 1.17.1.
    #[test]
    fn as_scipy() {
        let x = [1.0, 2.0, 2.0, 3.0, 5.0, 4.0, 2.0];
        let y = [2.0, 1.0, 4.0, 3.0, 3.0, 7.0, 1.0];
        let expected = [
            0.522_107_416_003_789_3,
            0.528_395_949_267_478,
            0.378_516_649_305_112_6,
        ];
        for (score, expected) in all(&x, &y).into_iter().zip(expected) {
            let score = score.unwrap();
            assert!(
                (score - expected).abs() < 1e-12,
                "{score} is not {expected}"
            );
        }
    }

    #[test]
    fn a_constant_side_has_no_value() {
        assert_eq!(all(&[0.1; 3], &[1.0, 2.0, 3.0]), [None; 3]);
        assert_eq!(all(&[1.0, 2.0], &[0.0, -0.0]), [None; 3]);
        assert_eq!(all(&[], &[]), [None; 3]);
        assert_eq!(all(&[1.0], &[1.0]), [None; 3]);
        assert_eq!(pearson(&[1.0, 2.0], &[1.0, 2.0], &[3, 0]), None);
    }

    #[test]
    fn any_magnitude_will_do() {
        for scale in [1e300, 1.7e308 / 3.0, 1e-300, 5e-324] {
            let x = [scale, 2.0 * scale, 3.0 * scale];
            assert_eq!(all(&x, &x), [Some(1.0); 3], "{scale}");
        }
        let x: Vec<f64> = (0..9).map(|row| 1e8 + f64::from(row)).collect();
        let y: Vec<f64> = (0..9).map(|row| -f64::from(row)).collect();
        assert_eq!(all(&x, &y), [Some(-1.0); 3]);
    }

    proptest! {
        #[test]
        fn weights_are_repeated_rows(rows in prop::collection::vec((0..6_i8, 0..6_i8, 0..4_u32), 2..30)) {
            let side = |pick: fn(&(i8, i8, u32)) -> i8| rows.iter().map(|row| f64::from(pick(row))).collect::<Vec<_>>();
            let (x, y) = (side(|row| row.0), side(|row| row.1));
            let weights: Vec<u32> = rows.iter().map(|row| row.2).collect();
            let repeat = |values: &[f64]| -> Vec<f64> {
                let rows = values.iter().zip(&weights);
                rows.flat_map(|(&value, &weight)| std::iter::repeat_n(value, weight as usize)).collect()
            };
            let (a, b) = (Levels::new(&x), Levels::new(&y));
            let weighted =
                [pearson(&x, &y, &weights), spearman(&a, &b, &weights), kendall_tau_b(&a, &b, &weights)];
            for (weighted, repeated) in weighted.into_iter().zip(all(&repeat(&x), &repeat(&y))) {
                match (weighted, repeated) {
                    (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-12, "{} {}", a, b),
                    (a, b) => prop_assert_eq!(a, b),
                }
            }
        }

        /// τ-b pair by pair.
        #[test]
        fn kendall_counts_pairs(rows in prop::collection::vec((0..5_i8, 0..5_i8), 2..40)) {
            let (mut sum, mut x, mut y) = (0.0, 0.0, 0.0);
            for (index, a) in rows.iter().enumerate() {
                for b in &rows[..index] {
                    let (dx, dy) = ((a.0 - b.0).signum(), (a.1 - b.1).signum());
                    sum += f64::from(dx * dy);
                    x += f64::from(dx.abs());
                    y += f64::from(dy.abs());
                }
            }
            let side = |pick: fn(&(i8, i8)) -> i8| rows.iter().map(|row| f64::from(pick(row))).collect::<Vec<_>>();
            let [_, _, tau] = all(&side(|row| row.0), &side(|row| row.1));
            match tau {
                Some(tau) => prop_assert!((tau - sum / f64::sqrt(x * y)).abs() < 1e-12),
                None => prop_assert_eq!(x * y, 0.0),
            }
        }
    }
}
