//! Kaggle's medals: how many teams get one, and which one a score would have got. Leaderboards are in `rank`.
//!
//! Places that still get a medal, by the number n of teams:
//!
//! | n | gold | silver | bronze |
//! |---|---|---|---|
//! | 1–99 | max(1, ⌊n / 10⌋) | max(1, ⌊n / 5⌋) | max(1, ⌊2n / 5⌋) |
//! | 100–249 | 10 | ⌊n / 5⌋ | ⌊2n / 5⌋ |
//! | 250–999 | 10 + ⌊n / 500⌋ | 50 | 100 |
//! | ≥ 1000 | 10 + ⌊n / 500⌋ | ⌊n / 20⌋ | ⌊n / 10⌋ |
//!
//! Source: Kaggle, *Competitions progression system*, with the rounding of mle-bench's `Leaderboard` thresholds, which its
//! published results rest on.

use crate::{Leaderboard, Score};

/// A medal, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Medal {
    /// Third.
    Bronze,
    /// Second.
    Silver,
    /// First.
    Gold,
}

/// The last place that gets each medal, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MedalPlaces {
    /// Last place with gold.
    pub gold: usize,
    /// Last place with silver, or gold.
    pub silver: usize,
    /// Last place with bronze, or better.
    pub bronze: usize,
}

/// Scores that just get each medal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MedalScores {
    /// Worst score with gold.
    pub gold: Score,
    /// Worst score with silver, or gold.
    pub silver: Score,
    /// Worst score with bronze, or better.
    pub bronze: Score,
}

impl MedalPlaces {
    /// Places with medals among `teams`; never beyond the last team unless there is none.
    pub fn among(teams: usize) -> Self {
        match teams {
            0..=99 => Self {
                gold: (teams / 10).max(1),
                silver: (teams / 5).max(1),
                bronze: (teams * 2 / 5).max(1),
            },
            100..=249 => Self {
                gold: 10,
                silver: teams / 5,
                bronze: teams * 2 / 5,
            },
            250..=999 => Self {
                gold: 10 + teams / 500,
                silver: 50,
                bronze: 100,
            },
            _ => Self {
                gold: 10 + teams / 500,
                silver: teams / 20,
                bronze: teams / 10,
            },
        }
    }
}

impl Leaderboard {
    /// Scores that just get each medal: those at the last places with one.
    pub fn medal_scores(&self) -> MedalScores {
        let places = MedalPlaces::among(self.entries());
        let at = |place| {
            self.at(place)
                .expect("places with medals are on the leaderboard")
        };
        MedalScores {
            gold: at(places.gold),
            silver: at(places.silver),
            bronze: at(places.bronze),
        }
    }

    /// The best medal that `score` gets: it must be at least as good as the medal's score.
    pub fn medal(&self, score: Score) -> Option<Medal> {
        let least = self.medal_scores();
        [
            (least.gold, Medal::Gold),
            (least.silver, Medal::Silver),
            (least.bronze, Medal::Bronze),
        ]
        .into_iter()
        .find(|(least, _)| !self.direction().better(least.get(), score.get()))
        .map(|(_, medal)| medal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Direction;

    /// Positions verified by running mle-bench.
    #[test]
    fn as_mle_bench() {
        for (teams, gold, silver, bronze) in [
            (1, 1, 1, 1),
            (5, 1, 1, 2),
            (9, 1, 1, 3),
            (10, 1, 2, 4),
            (50, 5, 10, 20),
            (99, 9, 19, 39),
            (100, 10, 20, 40),
            (249, 10, 49, 99),
            (250, 10, 50, 100),
            (999, 11, 50, 100),
            (1000, 12, 50, 100),
            (5000, 20, 250, 500),
        ] {
            let expected = MedalPlaces {
                gold,
                silver,
                bronze,
            };
            assert_eq!(MedalPlaces::among(teams), expected, "{teams}");
        }
    }

    #[test]
    fn places_are_ordered_and_on_the_board() {
        for teams in 1..3000 {
            let places = MedalPlaces::among(teams);
            assert!(
                1 <= places.gold && places.gold <= places.silver,
                "{teams}: {places:?}"
            );
            assert!(
                places.silver <= places.bronze && places.bronze <= teams,
                "{teams}: {places:?}"
            );
        }
    }

    #[test]
    fn a_threshold_is_inclusive_and_only_the_best_medal_counts() {
        let board = |direction| {
            let scores = (1..=10).map(|score| Score::new(f64::from(score)).unwrap());
            Leaderboard::new(scores.collect(), direction).unwrap()
        };
        let up = board(Direction::Maximize);
        let down = board(Direction::Minimize);
        for (score, high, low) in [
            (10.0, Some(Medal::Gold), None),
            (9.5, Some(Medal::Silver), None),
            (9.0, Some(Medal::Silver), None),
            (7.0, Some(Medal::Bronze), None),
            (6.9, None, None),
            (4.0, None, Some(Medal::Bronze)),
            (2.0, None, Some(Medal::Silver)),
            (1.0, None, Some(Medal::Gold)),
            (-3.0, None, Some(Medal::Gold)),
        ] {
            let score = Score::new(score).unwrap();
            assert_eq!(up.medal(score), high, "{score:?}");
            assert_eq!(down.medal(score), low, "{score:?}");
        }
    }

    #[test]
    fn one_team_and_ties() {
        let alone = Leaderboard::new(vec![Score::new(0.5).unwrap()], Direction::Maximize).unwrap();
        assert_eq!(alone.medal(Score::new(0.5).unwrap()), Some(Medal::Gold));
        assert_eq!(alone.medal(Score::new(0.4).unwrap()), None);
    }
}
