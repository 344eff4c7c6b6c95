//! Score thresholds of a task without a human leaderboard, from the ladder in its manifest. The rules are `scoring`'s.
//!
//! No ensemble of the baselines is fitted here, so the ceiling rests on the best baseline, its interval and the optimum:
//! whoever has the manifest can compute the milestones again.

use scoring::{Direction, Interval, Rung};
use task_format::{LadderRung, Milestones};

/// Milestones from the rungs of a ladder, of which there must be one.
pub(crate) fn from_ladder(rungs: &[LadderRung], direction: Direction, optimum: f64) -> Milestones {
    let rungs: Vec<Rung> = rungs
        .iter()
        .map(|rung| Rung {
            score: rung.score,
            interval: Interval {
                low: rung.interval[0],
                high: rung.interval[1],
            },
        })
        .collect();
    let milestones = scoring::Milestones::from_ladder(&rungs, direction, optimum)
        .expect("a verified task has a ladder");
    Milestones {
        bronze: milestones.bronze,
        silver: milestones.silver,
        gold: milestones.gold,
        derivation: milestones.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_rung_in_the_direction_is_bronze() {
        let rung = |score: f64| LadderRung {
            score,
            interval: [score - 0.196, score + 0.196],
        };
        let rungs = [rung(9.0), rung(4.0), rung(5.0)];
        let milestones = from_ladder(&rungs, Direction::Minimize, 0.0);
        assert_eq!(milestones.bronze, 4.0);
        // A tenth of the way to 0 is farther than three standard errors of 0.1.
        assert!((milestones.silver - (4.0 - 0.4 / 3.0)).abs() < 1e-12);
        assert!((milestones.gold - (4.0 - 0.8 / 3.0)).abs() < 1e-12);
        assert!(milestones.derivation.contains("a tenth of the way"));
    }
}
