//! Score thresholds of a task that has no human leaderboard, from its ladder of baselines.
//!
//! - Bronze is the score of the best baseline.
//! - Silver and gold lie a third and two thirds of the way from there to an estimated ceiling.
//! - The ceiling is the best of: the better end of the best baseline's 95 % bootstrap interval; a tenth of the way from
//!   bronze to the optimum; and the least ceiling at which the steps between milestones are larger than the standard error
//!   of bronze. It never lies beyond the optimum. No ensemble is fitted to find a better one.
//!
//! A submission that reaches silver is then better than the best baseline by more than one standard error, one that
//! reaches gold by more than two. Where the optimum is too near for that, [`Separation`] says so; where the best baseline
//! is perfect, all three are the optimum.
//! Nothing is fitted here, and everything follows from the ladder that is published with a task.

use std::fmt;

use crate::{Direction, Interval};

/// Half the width of a 95 % interval in standard errors, as for a normal distribution.
const STANDARD_ERRORS: f64 = 1.96;

/// By how much a step is larger than the noise, so that rounding can't make them equal.
const CLEARANCE: f64 = 1.01;

/// How far the ceiling lies from bronze towards the optimum at least, so that many test rows, with hardly any noise,
/// don't make all milestones the same.
const LEAST_SHARE_OF_ROOM: f64 = 0.1;

/// A baseline of a ladder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rung {
    /// Its score, finite.
    pub score: f64,
    /// The 95 % bootstrap interval of its score.
    pub interval: Interval,
}

/// Score thresholds, each strictly better than the one before; all the same, at the optimum, with [`Separation::None`].
///
/// Its `Display` tells how they were derived, for the people who are measured by them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Milestones {
    /// Score of the best baseline.
    pub bronze: f64,
    /// A third of the way to the ceiling.
    pub silver: f64,
    /// Two thirds of the way.
    pub gold: f64,
    /// The estimated ceiling, not beyond the optimum.
    pub ceiling: f64,
    /// What the ceiling rests on.
    pub basis: CeilingBasis,
    /// Standard error of bronze: a quarter of the interval's width, nearly (the width by 2 · 1.96).
    pub noise: f64,
    /// How the steps between milestones compare with the noise.
    pub separation: Separation,
}

/// What a ceiling rests on: the one estimate, of several, that was best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CeilingBasis {
    /// The better end of the best baseline's interval.
    IntervalEnd,
    /// A tenth of the way from bronze to the optimum.
    ShareOfRoom,
    /// Three steps that are each larger than the noise.
    Noise,
    /// The optimum, which an estimate would have passed.
    Optimum,
}

/// Whether milestones can be told apart on the test rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separation {
    /// Each step is larger than the noise.
    Clear,
    /// The room up to the optimum is less than three times the noise: milestones are ordered, but one submission may
    /// pass one by luck.
    WithinNoise,
    /// The best baseline is (as good as) perfect: there are no milestones beyond it.
    None,
}

impl Milestones {
    /// Milestones from the baselines of a ladder; `None` when there is no baseline.
    ///
    /// # Panics
    ///
    /// When a number is NaN: scores have been checked before they stand on a ladder.
    pub fn from_ladder(rungs: &[Rung], direction: Direction, optimum: f64) -> Option<Self> {
        // With more as better, all below is addition.
        let oriented = |score: f64| {
            assert!(!score.is_nan(), "a score on a ladder is a number");
            direction.orient(score)
        };
        let best = rungs
            .iter()
            .max_by(|a, b| oriented(a.score).total_cmp(&oriented(b.score)))?;
        let optimum = oriented(optimum);
        let bronze = oriented(best.score).min(optimum);
        let noise = (best.interval.high - best.interval.low) / (2.0 * STANDARD_ERRORS);
        let end = oriented(best.interval.low).max(oriented(best.interval.high));

        let (mut ceiling, mut basis) = (end, CeilingBasis::IntervalEnd);
        let others = [
            (
                bronze + LEAST_SHARE_OF_ROOM * (optimum - bronze),
                CeilingBasis::ShareOfRoom,
            ),
            (bronze + 3.0 * CLEARANCE * noise, CeilingBasis::Noise),
        ];
        for (estimate, source) in others {
            if estimate > ceiling {
                (ceiling, basis) = (estimate, source);
            }
        }
        if ceiling >= optimum {
            (ceiling, basis) = (optimum, CeilingBasis::Optimum);
        }

        let silver = bronze + (ceiling - bronze) / 3.0;
        let gold = bronze + (ceiling - bronze) * 2.0 / 3.0;
        let separation = if !(bronze < silver && silver < gold) {
            Separation::None
        } else if silver - bronze > noise && gold - silver > noise {
            Separation::Clear
        } else {
            Separation::WithinNoise
        };
        Some(Self {
            // Orienting twice changes nothing.
            bronze: direction.orient(bronze),
            silver: direction.orient(silver),
            gold: direction.orient(gold),
            ceiling: direction.orient(ceiling),
            basis,
            noise,
            separation,
        })
    }
}

impl fmt::Display for Milestones {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.separation == Separation::None {
            return f.write_str(
                "bronze is the best baseline, which leaves no room up to the optimum: silver and gold are the same",
            );
        }
        let ceiling = match self.basis {
            CeilingBasis::IntervalEnd => "the better end of its 95 % bootstrap interval",
            CeilingBasis::ShareOfRoom => "a tenth of the way from it to the optimum",
            CeilingBasis::Noise => "a score better by a little over three of its standard errors",
            CeilingBasis::Optimum => "the optimum",
        };
        write!(
            f,
            "bronze is the best baseline; silver and gold lie 1/3 and 2/3 of the way to {ceiling}; "
        )?;
        f.write_str(match self.separation {
            Separation::Clear => {
                "the steps are larger than one standard error, by its 95 % bootstrap interval"
            }
            Separation::WithinNoise | Separation::None => {
                "there is less room up to the optimum than three of its standard errors, so the test rows can't tell the \
                 milestones apart reliably"
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rung(score: f64, width: f64) -> Rung {
        let interval = Interval {
            low: score - width,
            high: score + width,
        };
        Rung { score, interval }
    }

    fn up(rungs: &[Rung]) -> Milestones {
        Milestones::from_ladder(rungs, Direction::Maximize, 1.0).unwrap()
    }

    #[test]
    fn the_best_estimate_is_the_ceiling() {
        let rungs = [rung(0.5, 0.01), rung(0.7, 0.0196), rung(0.6, 0.3)];
        let milestones = up(&rungs);
        // Standard error 0.01: a tenth of the room, 0.03, is nearly as much as three of them and 1 %.
        assert_eq!(milestones.basis, CeilingBasis::Noise);
        assert_eq!(milestones.bronze, 0.7);
        assert!((milestones.noise - 0.01).abs() < 1e-12);
        assert!((milestones.ceiling - 0.7303).abs() < 1e-12);
        assert!((milestones.gold - 0.7202).abs() < 1e-12);
        assert_eq!(milestones.separation, Separation::Clear);

        assert_eq!(up(&[rung(0.7, 0.0)]).basis, CeilingBasis::ShareOfRoom);
        let lopsided = Rung {
            score: 0.7,
            interval: Interval {
                low: 0.7,
                high: 0.75,
            },
        };
        assert_eq!(up(&[lopsided]).basis, CeilingBasis::IntervalEnd);
    }

    #[test]
    fn too_little_room_is_said() {
        let milestones = up(&[rung(0.97, 0.03)]);
        assert_eq!(milestones.separation, Separation::WithinNoise);
        assert_eq!(milestones.ceiling, 1.0);
        assert!(milestones.to_string().contains("can't tell"));

        let perfect = up(&[rung(1.0, 0.0)]);
        assert_eq!(perfect.separation, Separation::None);
        assert_eq!([perfect.bronze, perfect.silver, perfect.gold], [1.0; 3]);
        assert!(perfect.to_string().contains("no room"));
        assert_eq!(Milestones::from_ladder(&[], Direction::Maximize, 1.0), None);
    }

    #[test]
    fn derivations_read_well() {
        assert_eq!(
            up(&[rung(0.7, 0.02)]).to_string(),
            "bronze is the best baseline; silver and gold lie 1/3 and 2/3 of the way to a score better by a little over \
             three of its standard errors; the steps are larger than one standard error, by its 95 % bootstrap \
             interval"
        );
    }

    proptest! {
        #[test]
        fn milestones_are_ordered_and_apart(
            scores in prop::collection::vec((0.0..0.999_f64, 0.0..0.2_f64), 1..5),
            maximize: bool,
        ) {
            let (direction, optimum) =
                if maximize { (Direction::Maximize, 1.0) } else { (Direction::Minimize, 0.0) };
            let mirrored = |score: f64| if maximize { score } else { 1.0 - score };
            let rungs: Vec<Rung> = scores.iter().map(|&(score, width)| rung(mirrored(score), width)).collect();
            let milestones = Milestones::from_ladder(&rungs, direction, optimum).unwrap();
            prop_assert!(direction.better(milestones.silver, milestones.bronze));
            prop_assert!(direction.better(milestones.gold, milestones.silver));
            prop_assert!(direction.better(optimum, milestones.gold));
            prop_assert!(!direction.better(milestones.ceiling, optimum));
            let step = (milestones.silver - milestones.bronze).abs();
            prop_assert_eq!(milestones.separation == Separation::Clear, step > milestones.noise * 1.000_001);
            let room = (optimum - milestones.bronze).abs();
            prop_assert!(milestones.separation == Separation::Clear || room < 3.1 * milestones.noise);
        }
    }
}
