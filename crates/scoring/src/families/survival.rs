//! Metrics of risks under censoring.
//!
//! **Concordance index** (Harrell, *Evaluating the yield of medical tests*, 1982): of the pairs of rows in which it is
//! known whose event came first, the share in which that row has the higher risk; equal risks count half. A pair is
//! comparable when the earlier row had its event, or when both have the same time and one had its event, which then came
//! first. Two events at the same time say nothing. No comparable pair: undefined. The same as `concordance_index` of
//! lifelines (with the sign of its predictions changed) and as `concordance` of R's survival.

use crate::correlation::{Fenwick, Levels};
use crate::weights::{Weighted, Weights};
use crate::{Metric, Survival, Undefined, sort};

/// The metric on `rows`.
pub(crate) fn ready(metric: Metric, rows: &Survival) -> Result<Box<dyn Weighted + '_>, Undefined> {
    match metric {
        Metric::ConcordanceIndex => Ok(Box::new(Concordance {
            rows,
            by_time: sort::order(rows.times()),
            risks: Levels::new(rows.risks()),
        })),
        _ => Err(Undefined::Form(metric)),
    }
}

struct Concordance<'a> {
    rows: &'a Survival,
    /// Rows from the earliest to the latest.
    by_time: Vec<u32>,
    risks: Levels,
}

/// Rows that are known to have outlived the one at hand.
struct Outliving {
    by_risk: Fenwick,
    rows: u64,
}

impl Outliving {
    fn add(&mut self, level: u32, weight: u32) {
        self.by_risk.add(level, weight);
        self.rows += u64::from(weight);
    }
}

impl Weighted for Concordance<'_> {
    fn score(&self, weights: Weights<'_>) -> Result<f64, Undefined> {
        let (times, events) = (self.rows.times(), self.rows.events());
        let entries = weights.entries(times.len());
        let mut outliving = Outliving {
            by_risk: Fenwick::new(self.risks.count()),
            rows: 0,
        };
        let (mut won, mut comparable) = (0.0, 0.0);
        let same_time = |a: &u32, b: &u32| times[*a as usize] == times[*b as usize];
        for group in self.by_time.chunk_by(same_time).rev() {
            let rows = group.iter().map(|&row| row as usize);
            for row in rows.clone().filter(|&row| !events[row]) {
                outliving.add(self.risks.level(row), entries[row]);
            }
            for row in rows.clone().filter(|&row| events[row]) {
                let level = self.risks.level(row);
                let lower = outliving.by_risk.sum(level);
                let up_to = outliving.by_risk.sum(level + 1);
                let weight = f64::from(entries[row]);
                won += weight * (lower + up_to) as f64 / 2.0;
                comparable += weight * outliving.rows as f64;
            }
            for row in rows.filter(|&row| events[row]) {
                outliving.add(self.risks.level(row), entries[row]);
            }
        }
        if comparable == 0.0 {
            return Err(Undefined::NoComparablePairs(Metric::ConcordanceIndex));
        }
        Ok(won / comparable)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Aligned;

    fn score(rows: &[(u32, bool, u32)]) -> Result<f64, Undefined> {
        let rows = Survival::new(
            rows.iter().map(|row| f64::from(row.0)).collect(),
            rows.iter().map(|row| row.1).collect(),
            rows.iter().map(|row| f64::from(row.2)).collect(),
        );
        Metric::ConcordanceIndex.evaluate(&Aligned::Survival(rows))
    }

    #[test]
    fn by_hand() {
        // The event at 1 is above both others, that at 2 below the one at 3: 2 of 3 pairs.
        assert_eq!(
            score(&[(1, true, 9), (2, true, 1), (3, true, 5)]),
            Ok(2.0 / 3.0)
        );
        // A censored row is not known to come before anything.
        assert_eq!(score(&[(1, false, 1), (2, true, 5), (3, true, 2)]), Ok(1.0));
        assert_eq!(score(&[(1, true, 3), (2, true, 3)]), Ok(0.5));
    }

    #[test]
    fn equal_times() {
        assert_eq!(score(&[(1, true, 2), (1, false, 1)]), Ok(1.0));
        let none = Err(Undefined::NoComparablePairs(Metric::ConcordanceIndex));
        assert_eq!(score(&[(1, true, 2), (1, true, 1)]), none);
        assert_eq!(score(&[(1, false, 2), (2, false, 1)]), none);
    }

    proptest! {
        #[test]
        fn counts_pairs(rows in prop::collection::vec((1..8_u32, any::<bool>(), 0..5_u32), 1..40)) {
            let (mut won, mut comparable) = (0.0, 0.0);
            for early in rows.iter().filter(|row| row.1) {
                for late in &rows {
                    if late.0 > early.0 || (late.0 == early.0 && !late.1) {
                        comparable += 1.0;
                        won += match early.2.cmp(&late.2) {
                            std::cmp::Ordering::Greater => 1.0,
                            std::cmp::Ordering::Equal => 0.5,
                            std::cmp::Ordering::Less => 0.0,
                        };
                    }
                }
            }
            match score(&rows) {
                Ok(score) => prop_assert!((score - won / comparable).abs() < 1e-12),
                Err(_) => prop_assert_eq!(comparable, 0.0),
            }
        }
    }
}
