//! Score thresholds of a task without a human leaderboard, from its ladder.
//!
//! No tuned ensemble is fitted here: the ceiling is read off the bootstrap interval.

use scoring::Direction;
use task_format::{LadderRung, Milestones};

/// Milestones between the best rung and an estimated ceiling: bronze is the best rung, silver and gold lie a third and two
/// thirds of the way to the ceiling, which is the better end of the best rung's bootstrap interval but at least a tenth
/// of the way from bronze to the optimum.
///
/// `rungs` must not be empty.
pub(crate) fn from_ladder(rungs: &[LadderRung], direction: Direction, optimum: f64) -> Milestones {
    let best = rungs
        .iter()
        .max_by(|a, b| {
            direction
                .orient(a.score)
                .total_cmp(&direction.orient(b.score))
        })
        .expect("a verified task has a ladder");
    let bronze = best.score;
    let upper = match direction {
        Direction::Maximize => best.interval[0].max(best.interval[1]),
        Direction::Minimize => best.interval[0].min(best.interval[1]),
    };
    let least = bronze + 0.1 * (optimum - bronze);
    let ceiling = if direction.better(upper, least) {
        upper
    } else {
        least
    };
    let ceiling = if direction.better(ceiling, optimum) {
        optimum
    } else {
        ceiling
    };
    Milestones {
        bronze,
        silver: bronze + (ceiling - bronze) / 3.0,
        gold: bronze + (ceiling - bronze) * 2.0 / 3.0,
        derivation: "bronze is the best baseline; silver and gold lie 1/3 and 2/3 of the way to the better end of its \
                     95 % bootstrap interval"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_is_better_than_the_one_before_unless_bronze_is_perfect(
            score in 0.0..0.999_f64,
            width in 0.0..0.5_f64,
            maximize: bool,
        ) {
            let (direction, optimum, score) =
                if maximize { (Direction::Maximize, 1.0, score) } else { (Direction::Minimize, 0.0, score + 0.001) };
            let rung = LadderRung { score, interval: [score - width, score + width] };
            let milestones = from_ladder(&[rung], direction, optimum);
            prop_assert!(direction.better(milestones.silver, milestones.bronze));
            prop_assert!(direction.better(milestones.gold, milestones.silver));
            prop_assert!(!direction.better(milestones.gold, optimum));
        }
    }
}
