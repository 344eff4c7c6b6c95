//! Where a score stands on a leaderboard, and HumanRank, which makes a number between 0 and 1 of it. Medals are in `medal`.
//!
//! With N entries and the place p of a score, from 1, where ties take the best place and a score worse than all has
//! p = N + 1:
//!
//! | HumanRank | formula | source |
//! |---|---|---|
//! | [`HumanRank::Paper`] | 1 − p / N | MLE-Dojo, arXiv 2505.07782, section 3 |
//! | [`HumanRank::Code`] | (N − p + 1) / N | MLE-Dojo's published code |
//!
//! They differ by 1 / N. The paper leaves p = N + 1 open; the code gives it 0, and so do we for both.
//! Unlike the code, a direction is never guessed, NaN is no score, and a task without a leaderboard has no HumanRank
//! instead of 0.

use crate::Direction;

/// A score that can be compared: finite, so never NaN.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Score(f64);

impl Score {
    /// The score; `None` for NaN and infinities.
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(value))
    }

    /// Its value.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// Scores of other participants, at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaderboard {
    /// From the best to the worst.
    scores: Vec<Score>,
    direction: Direction,
}

impl Leaderboard {
    /// A leaderboard in any order; `None` when nobody is on it.
    pub fn new(mut scores: Vec<Score>, direction: Direction) -> Option<Self> {
        if scores.is_empty() {
            return None;
        }
        scores.sort_by(|a, b| {
            direction
                .orient(b.get())
                .total_cmp(&direction.orient(a.get()))
        });
        Some(Self { scores, direction })
    }

    /// Whether more or less is better.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Number of entries, at least 1.
    pub fn entries(&self) -> usize {
        self.scores.len()
    }

    /// Where `score` stands: behind all entries that are strictly better.
    pub fn position(&self, score: Score) -> Position {
        let better = |entry: &Score| self.direction.better(entry.get(), score.get());
        Position {
            place: self.scores.partition_point(better) + 1,
            entries: self.entries(),
        }
    }

    /// The score at a place from 1; `None` beyond the last.
    pub fn at(&self, place: usize) -> Option<Score> {
        self.scores.get(place.checked_sub(1)?).copied()
    }

    /// The middle score, or the mean of the two middle ones.
    pub fn median(&self) -> Score {
        let middle = self.scores.len() / 2;
        let upper = self.scores[middle].get();
        if self.scores.len() % 2 == 1 {
            return Score(upper);
        }
        // Halved first: the sum of two finite numbers may not be finite.
        Score(upper / 2.0 + self.scores[middle - 1].get() / 2.0)
    }

    /// Whether `score` is strictly better than the median.
    pub fn is_above_median(&self, score: Score) -> bool {
        self.direction.better(score.get(), self.median().get())
    }
}

/// A place on a leaderboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// From 1 to `entries` + 1.
    pub place: usize,
    /// Entries of the leaderboard, at least 1.
    pub entries: usize,
}

/// How a position becomes a number between 0 (worst) and 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HumanRank {
    /// 1 − p / N, below 1.
    Paper,
    /// (N − p + 1) / N, at most 1.
    Code,
}

impl HumanRank {
    /// HumanRank of a position, 0–1.
    pub fn of(self, position: Position) -> f64 {
        let behind = match self {
            Self::Paper => position.entries.saturating_sub(position.place),
            Self::Code => (position.entries + 1).saturating_sub(position.place),
        };
        behind as f64 / position.entries as f64
    }

    /// Mean HumanRank of `score` on the leaderboards that exist (public, private), 0–1; `None` when there is none.
    pub fn mean(self, score: Score, boards: &[&Leaderboard]) -> Option<f64> {
        if boards.is_empty() {
            return None;
        }
        let sum: f64 = boards
            .iter()
            .map(|board| self.of(board.position(score)))
            .sum();
        Some(sum / boards.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn board(scores: &[f64], direction: Direction) -> Leaderboard {
        let scores = scores.iter().map(|&score| Score::new(score).unwrap());
        Leaderboard::new(scores.collect(), direction).unwrap()
    }

    #[test]
    fn ties_take_the_best_place_and_the_worst_is_behind_all() {
        let up = board(&[0.7, 0.9, 0.8, 0.8], Direction::Maximize);
        let down = board(&[0.7, 0.9, 0.8, 0.8], Direction::Minimize);
        for (score, high, low) in [
            (1.0, 1, 5),
            (0.9, 1, 4),
            (0.85, 2, 4),
            (0.8, 2, 2),
            (0.75, 4, 2),
            (0.7, 4, 1),
            (0.6, 5, 1),
        ] {
            let score = Score::new(score).unwrap();
            assert_eq!(up.position(score).place, high, "{score:?}");
            assert_eq!(down.position(score).place, low, "{score:?}");
        }
    }

    #[test]
    fn human_rank_has_two_formulas() {
        let ranks = |place| {
            let position = Position { place, entries: 4 };
            (HumanRank::Paper.of(position), HumanRank::Code.of(position))
        };
        assert_eq!(ranks(1), (0.75, 1.0));
        assert_eq!(ranks(4), (0.0, 0.25));
        assert_eq!(ranks(5), (0.0, 0.0));
    }

    #[test]
    fn human_rank_is_the_mean_of_the_boards_there_are() {
        let public = board(&[1.0, 2.0, 3.0, 4.0], Direction::Maximize);
        let private = board(&[5.0, 6.0], Direction::Maximize);
        let score = Score::new(4.0).unwrap();
        assert_eq!(HumanRank::Code.mean(score, &[&public, &private]), Some(0.5));
        assert_eq!(HumanRank::Code.mean(score, &[&public]), Some(1.0));
        assert_eq!(HumanRank::Code.mean(score, &[]), None);
    }

    #[test]
    fn nan_is_no_score_and_nobody_is_no_leaderboard() {
        assert_eq!(Score::new(f64::NAN), None);
        assert_eq!(Score::new(f64::INFINITY), None);
        assert_eq!(Leaderboard::new(vec![], Direction::Maximize), None);
    }

    #[test]
    fn above_the_median_is_strict() {
        let even = board(&[1.0, 2.0, 4.0, 8.0], Direction::Minimize);
        assert_eq!(even.median().get(), 3.0);
        let above = |score| even.is_above_median(Score::new(score).unwrap());
        assert!(above(2.9) && !above(3.0) && !above(3.1));
        assert_eq!(
            board(&[1.0, 9.0, 4.0], Direction::Maximize).median().get(),
            4.0
        );
        assert!(board(&[f64::MAX; 2], Direction::Maximize).median().get() == f64::MAX);
    }

    proptest! {
        #[test]
        fn entries_in_any_order_give_the_same_place(
            mut scores in prop::collection::vec(0..10_u8, 1..30), score in 0..10_u8, maximize: bool,
        ) {
            let direction = if maximize { Direction::Maximize } else { Direction::Minimize };
            let score = Score::new(f64::from(score)).unwrap();
            let place = |scores: &[u8]| {
                let scores: Vec<f64> = scores.iter().copied().map(f64::from).collect();
                board(&scores, direction).position(score)
            };
            let before = place(&scores);
            let better = scores.iter().filter(|&&entry| direction.better(f64::from(entry), score.get())).count();
            prop_assert_eq!(before.place, better + 1);
            scores.reverse();
            prop_assert_eq!(place(&scores), before);
        }
    }
}
