//! What precision, recall, F and Jaccard have in common: three counts, of one class, one label or one row.

/// How many are true, predicted, and both.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    pub(crate) truth: f64,
    pub(crate) predicted: f64,
    pub(crate) both: f64,
}

/// A ratio of the three counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ratio {
    Precision,
    Recall,
    Jaccard,
    /// With β².
    F(f64),
}

impl Tally {
    /// Whether there is anything to count.
    pub(crate) fn occurs(&self) -> bool {
        self.truth + self.predicted > 0.0
    }
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, tally| Self {
            truth: sum.truth + tally.truth,
            predicted: sum.predicted + tally.predicted,
            both: sum.both + tally.both,
        })
    }
}

impl Ratio {
    /// The ratio, 0 where its denominator is (scikit-learn's `zero_division=0`).
    pub(crate) fn of(self, tally: Tally) -> f64 {
        let (above, below) = match self {
            Self::Precision => (tally.both, tally.predicted),
            Self::Recall => (tally.both, tally.truth),
            Self::Jaccard => (tally.both, tally.truth + tally.predicted - tally.both),
            // Multiplied out, so that a perfect score divides a number by itself.
            Self::F(beta_squared) => (
                beta_squared * tally.both + tally.both,
                beta_squared * tally.truth + tally.predicted,
            ),
        };
        if below == 0.0 { 0.0 } else { above / below }
    }

    /// The mean over those that occur on either side; 0 when none does.
    pub(crate) fn macro_mean(self, tallies: &[Tally]) -> f64 {
        let occurring = tallies.iter().filter(|tally| tally.occurs());
        quotient(occurring.fold((0.0, 0.0), |(sum, count), tally| {
            (sum + self.of(*tally), count + 1.0)
        }))
    }

    /// The mean in proportion to how often each is true; 0 when none is.
    pub(crate) fn weighted_mean(self, tallies: &[Tally]) -> f64 {
        quotient(tallies.iter().fold((0.0, 0.0), |(sum, count), tally| {
            (sum + tally.truth * self.of(*tally), count + tally.truth)
        }))
    }

    /// The ratio of the summed counts.
    pub(crate) fn micro(self, tallies: &[Tally]) -> f64 {
        self.of(tallies.iter().copied().sum())
    }
}

fn quotient((sum, count): (f64, f64)) -> f64 {
    if count == 0.0 { 0.0 } else { sum / count }
}
