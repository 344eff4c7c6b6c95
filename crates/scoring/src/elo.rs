//! Ratings from battles between players: Bradley–Terry's model on Elo's scale, with bootstrap intervals.
//!
//! - Model: player i beats j with probability 1 / (1 + 10^((Rⱼ − Rᵢ) / 400)).
//! - Fit: maximum likelihood, which is a logistic regression without intercept. Each pair of players gives two mirrored
//!   rows, one for the wins of either side, weighted by how many there were; a tie is half a win for each.
//! - Scale: R = 400 r + 1000. Only differences are identified, so the mean of all players is put at 1000.
//! - Bootstrap: battles are drawn with replacement, 100 rounds with a fixed seed; a rating is the median of the rounds.
//!
//! The likelihood has a maximum if and only if every division of the players into two groups has a win of each group over
//! the other (Ford 1957). Where that fails — a player who wins always, or players who never met — the ridge penalty
//! [`RIDGE`] · Σ β² / 2 of the log-odds β is added, so that ratings stay finite: who wins all of ten battles stands about
//! 1,300 points above who loses them. Elsewhere there is no penalty.
//!
//! Sources: Bradley & Terry 1952; MLE-Dojo (arXiv 2505.07782, appendix E) for base, scale, offset and rounds.

use crate::bootstrap::quantile;
use crate::draws::Draws;
use crate::{Direction, Interval, Score};

/// Points per factor of ten in the odds.
const SCALE: f64 = 400.0;
/// Mean rating.
const OFFSET: f64 = 1000.0;
/// Strength of the penalty where the likelihood has no maximum.
pub const RIDGE: f64 = 1e-3;

/// One comparison of two players.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Battle {
    first: u32,
    second: u32,
    outcome: Outcome,
}

/// How a battle ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The first player won.
    First,
    /// The second player won.
    Second,
    /// Neither.
    Tie,
}

/// How battles are drawn, and which interval is read off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rounds {
    /// Number of draws of all battles, at least 1.
    pub rounds: usize,
    /// Probability mass of the intervals, 0–1.
    pub level: f64,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for Rounds {
    fn default() -> Self {
        Self {
            rounds: 100,
            level: 0.95,
            seed: 0,
        }
    }
}

/// A player's rating.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EloRating {
    /// Maximum likelihood on all battles.
    pub fitted: f64,
    /// Median over the bootstrap rounds: the rating that is published.
    pub median: f64,
    /// Percentiles over the bootstrap rounds.
    pub interval: Interval,
}

/// Ratings of all players.
#[derive(Clone, Debug, PartialEq)]
pub struct EloTable {
    /// By player.
    pub players: Vec<EloRating>,
    /// Whether the battles leave differences open, so that `fitted` rests on the ridge penalty.
    pub penalised: bool,
}

impl Battle {
    /// A battle of two players, by their index.
    ///
    /// # Panics
    ///
    /// When a player meets itself.
    pub fn new(first: u32, second: u32, outcome: Outcome) -> Self {
        assert_ne!(first, second, "a player does not meet itself");
        Self {
            first,
            second,
            outcome,
        }
    }

    /// The battle that two scores on the same task decide. A player without a valid score loses to one with a score.
    ///
    /// # Panics
    ///
    /// When a player meets itself.
    pub fn of_scores(
        (first, score): (u32, Option<Score>),
        (second, other): (u32, Option<Score>),
        direction: Direction,
    ) -> Self {
        // Nothing is worse than no score.
        let worth = |score: Option<Score>| {
            score.map_or(f64::NEG_INFINITY, |score| direction.orient(score.get()))
        };
        let (score, other) = (worth(score), worth(other));
        let outcome = if score > other {
            Outcome::First
        } else if score < other {
            Outcome::Second
        } else {
            Outcome::Tie
        };
        Self::new(first, second, outcome)
    }
}

/// Ratings of `players` players from their battles; the same seed gives the same ratings.
///
/// # Panics
///
/// When a battle names a player that is not below `players`, or no round is asked for.
pub fn bradley_terry(players: usize, battles: &[Battle], plan: Rounds) -> EloTable {
    assert!(plan.rounds > 0, "at least one round is drawn");
    let known = |battle: &Battle| battle.first.max(battle.second) < players as u32;
    assert!(battles.iter().all(known), "battles are between the players");
    let all = Wins::count(players, battles.iter().copied());
    let fitted = all.fit();

    let mut draws = Draws::new(plan.seed);
    let mut rounds = vec![Vec::with_capacity(plan.rounds); players];
    for _ in 0..plan.rounds {
        let drawn = battles.iter().map(|_| battles[draws.below(battles.len())]);
        let ratings = Wins::count(players, drawn).fit();
        for (round, rating) in rounds.iter_mut().zip(ratings) {
            round.push(rating);
        }
    }
    let tail = (1.0 - plan.level) / 2.0;
    let players = rounds.into_iter().zip(fitted).map(|(mut round, fitted)| {
        round.sort_by(f64::total_cmp);
        EloRating {
            fitted,
            median: quantile(&round, 0.5),
            interval: Interval {
                low: quantile(&round, tail),
                high: quantile(&round, 1.0 - tail),
            },
        }
    });
    EloTable {
        players: players.collect(),
        penalised: !all.is_connected(),
    }
}

/// How often each player beat each other one.
struct Wins {
    players: usize,
    /// Wins of player row over player column, row by row; a tie is half a win for each.
    wins: Vec<f64>,
}

impl Wins {
    fn count(players: usize, battles: impl Iterator<Item = Battle>) -> Self {
        let mut wins = vec![0.0; players * players];
        for battle in battles {
            let (first, second) = (battle.first as usize, battle.second as usize);
            let (won, lost) = match battle.outcome {
                Outcome::First => (1.0, 0.0),
                Outcome::Second => (0.0, 1.0),
                Outcome::Tie => (0.5, 0.5),
            };
            wins[first * players + second] += won;
            wins[second * players + first] += lost;
        }
        Self { players, wins }
    }

    fn of(&self, winner: usize, loser: usize) -> f64 {
        self.wins[winner * self.players + loser]
    }

    /// Whether wins lead from every player to every other: Ford's condition, as a path from player 0 to all and back.
    fn is_connected(&self) -> bool {
        let reaches_all = |beats: &dyn Fn(usize, usize) -> bool| {
            let mut reached = vec![false; self.players];
            let mut open: Vec<usize> = (0..self.players.min(1)).collect();
            while let Some(player) = open.pop() {
                if !std::mem::replace(&mut reached[player], true) {
                    open.extend((0..self.players).filter(|&other| beats(player, other)));
                }
            }
            reached.into_iter().all(|reached| reached)
        };
        reaches_all(&|a, b| self.of(a, b) > 0.0) && reaches_all(&|a, b| self.of(b, a) > 0.0)
    }

    /// Ratings that make the wins most likely.
    fn fit(&self) -> Vec<f64> {
        let ridge = if self.is_connected() { 0.0 } else { RIDGE };
        let strengths = self.maximise(ridge);
        strengths
            .into_iter()
            .map(|strength| SCALE * strength / std::f64::consts::LN_10 + OFFSET)
            .collect()
    }

    /// Strengths in log-odds with mean 0, by Newton's method: the objective is concave, so a step that is halved until it
    /// improves always arrives.
    fn maximise(&self, ridge: f64) -> Vec<f64> {
        const STEPS: usize = 200;
        let mut strengths = vec![0.0; self.players];
        let mut value = self.objective(&strengths, ridge);
        for _ in 0..STEPS {
            let step = self.newton_step(&strengths, ridge);
            if step.iter().all(|part| part.abs() < 1e-12) {
                break;
            }
            let mut length = 1.0;
            let improved = loop {
                let candidate: Vec<f64> = strengths
                    .iter()
                    .zip(&step)
                    .map(|(strength, part)| strength + length * part)
                    .collect();
                let objective = self.objective(&candidate, ridge);
                if objective >= value {
                    break Some((candidate, objective));
                }
                length /= 2.0;
                if length < 1e-9 {
                    break None;
                }
            };
            // No improvement at any length: only rounding is left between here and the maximum.
            let Some(better) = improved else { break };
            (strengths, value) = better;
        }
        let mean = strengths.iter().sum::<f64>() / self.players.max(1) as f64;
        strengths.iter().map(|strength| strength - mean).collect()
    }

    /// Log-likelihood less the penalty.
    fn objective(&self, strengths: &[f64], ridge: f64) -> f64 {
        let mut sum = 0.0;
        for winner in 0..self.players {
            for loser in 0..self.players {
                let won = self.of(winner, loser);
                if won > 0.0 {
                    sum -= won * ln_1p_exp(strengths[loser] - strengths[winner]);
                }
            }
        }
        let squares: f64 = strengths.iter().map(|strength| strength * strength).sum();
        sum - ridge * squares / 2.0
    }

    /// The solution of (−Hessian) step = gradient.
    fn newton_step(&self, strengths: &[f64], ridge: f64) -> Vec<f64> {
        let n = self.players;
        let mut gradient: Vec<f64> = strengths.iter().map(|strength| -ridge * strength).collect();
        // The Hessian is singular along "everybody stronger"; adding 1 to each entry holds the sum of the step at 0
        // and changes nothing else, because gradients sum to 0 where strengths do.
        let mut curvature = vec![1.0; n * n];
        for player in 0..n {
            curvature[player * n + player] += ridge;
            for other in (0..n).filter(|&other| other != player) {
                let battles = self.of(player, other) + self.of(other, player);
                let expected = 1.0 / (1.0 + (strengths[other] - strengths[player]).exp());
                gradient[player] += self.of(player, other) - battles * expected;
                let weight = battles * expected * (1.0 - expected);
                curvature[player * n + player] += weight;
                curvature[player * n + other] -= weight;
            }
        }
        solve(curvature, gradient)
    }
}

/// ln(1 + eˣ) without overflow.
fn ln_1p_exp(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// Solves a symmetric positive definite system by Gaussian elimination, which needs no pivoting there.
fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for column in 0..n {
        for row in column + 1..n {
            let factor = matrix[row * n + column] / matrix[column * n + column];
            for other in column..n {
                matrix[row * n + other] -= factor * matrix[column * n + other];
            }
            right[row] -= factor * right[column];
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n)
            .map(|column| matrix[row * n + column] * right[column])
            .sum();
        right[row] = (right[row] - known) / matrix[row * n + row];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeated(first: u32, second: u32, outcome: Outcome, times: usize) -> Vec<Battle> {
        vec![Battle::new(first, second, outcome); times]
    }

    fn fitted(players: usize, battles: &[Battle]) -> Vec<f64> {
        let ratings = bradley_terry(players, battles, Rounds::default()).players;
        ratings.into_iter().map(|rating| rating.fitted).collect()
    }

    /// Two players have a closed form: the difference is 400 · log₁₀(wins / losses).
    #[test]
    fn two_players_by_hand() {
        let mut battles = repeated(0, 1, Outcome::First, 9);
        battles.extend(repeated(1, 0, Outcome::First, 1));
        let ratings = fitted(2, &battles);
        let difference = 400.0 * 9.0_f64.log10();
        assert!((ratings[0] - ratings[1] - difference).abs() < 1e-9);
        assert!((ratings[0] + ratings[1] - 2000.0).abs() < 1e-9);
    }

    #[test]
    fn a_tie_is_half_a_win_each() {
        let mut ties = repeated(0, 1, Outcome::Tie, 6);
        ties.extend(repeated(0, 1, Outcome::First, 2));
        let mut halves = repeated(0, 1, Outcome::First, 5);
        halves.extend(repeated(0, 1, Outcome::Second, 3));
        for (a, b) in fitted(2, &ties).iter().zip(fitted(2, &halves)) {
            assert!((a - b).abs() < 1e-9);
        }
        assert_eq!(fitted(2, &repeated(0, 1, Outcome::Tie, 3)), [1000.0; 2]);
    }

    /// At the maximum each player has won as often as the model expects.
    #[test]
    fn expected_wins_are_the_wins() {
        let mut battles = Vec::new();
        for (first, second, wins, losses, ties) in [
            (0, 1, 7, 3, 0),
            (1, 2, 5, 4, 2),
            (2, 3, 6, 1, 0),
            (3, 0, 1, 12, 3),
            (1, 3, 9, 2, 1),
        ] {
            battles.extend(repeated(first, second, Outcome::First, wins));
            battles.extend(repeated(first, second, Outcome::Second, losses));
            battles.extend(repeated(first, second, Outcome::Tie, ties));
        }
        let ratings = fitted(4, &battles);
        let wins = Wins::count(4, battles.iter().copied());
        for player in 0..4 {
            let (mut won, mut expected) = (0.0, 0.0);
            for other in 0..4 {
                won += wins.of(player, other);
                let met = wins.of(player, other) + wins.of(other, player);
                let odds = 10.0_f64.powf((ratings[other] - ratings[player]) / 400.0);
                expected += met / (1.0 + odds);
            }
            assert!((won - expected).abs() < 1e-9, "{player}: {won} {expected}");
        }
        assert!((ratings.iter().sum::<f64>() - 4000.0).abs() < 1e-6);
    }

    #[test]
    fn who_always_wins_has_a_finite_rating() {
        let always = repeated(0, 1, Outcome::First, 10);
        let ratings = bradley_terry(2, &always, Rounds::default());
        assert!(ratings.penalised);
        let difference = ratings.players[0].fitted - ratings.players[1].fitted;
        assert!((1_200.0..1_400.0).contains(&difference), "{difference}");
        // Drawing from equal battles gives equal battles.
        assert!((ratings.players[0].median - ratings.players[0].fitted).abs() < 1e-9);
    }

    #[test]
    fn who_never_met_stay_apart() {
        let mut battles = repeated(0, 1, Outcome::Tie, 2);
        battles.extend(repeated(2, 3, Outcome::First, 3));
        battles.extend(repeated(2, 3, Outcome::Second, 1));
        let ratings = bradley_terry(5, &battles, Rounds::default());
        assert!(ratings.penalised);
        let fitted: Vec<f64> = ratings.players.iter().map(|rating| rating.fitted).collect();
        assert!((fitted[0] - 1000.0).abs() < 1e-6 && (fitted[4] - 1000.0).abs() < 1e-6);
        assert!(fitted[2] > 1080.0 && fitted[3] < 920.0);
    }

    #[test]
    fn the_median_lies_in_its_interval_and_depends_on_the_seed_only() {
        let mut battles = repeated(0, 1, Outcome::First, 30);
        battles.extend(repeated(1, 2, Outcome::First, 25));
        battles.extend(repeated(2, 0, Outcome::First, 20));
        battles.extend(repeated(0, 2, Outcome::First, 30));
        let ratings = |seed| {
            let plan = Rounds {
                seed,
                ..Rounds::default()
            };
            bradley_terry(3, &battles, plan)
        };
        assert_eq!(ratings(1), ratings(1));
        assert_ne!(ratings(1), ratings(2));
        let ratings = ratings(1);
        assert!(!ratings.penalised);
        for rating in ratings.players {
            assert!(rating.interval.low < rating.median && rating.median < rating.interval.high);
            assert!((rating.median - rating.fitted).abs() < 40.0, "{rating:?}");
        }
    }

    #[test]
    fn scores_decide_battles() {
        let score = |value| Score::new(value);
        for (first, second, direction, outcome) in [
            (score(2.0), score(1.0), Direction::Maximize, Outcome::First),
            (score(2.0), score(1.0), Direction::Minimize, Outcome::Second),
            (score(1.0), score(1.0), Direction::Minimize, Outcome::Tie),
            (None, score(-1e9), Direction::Maximize, Outcome::Second),
            (None, None, Direction::Maximize, Outcome::Tie),
        ] {
            let battle = Battle::of_scores((0, first), (1, second), direction);
            assert_eq!(battle, Battle::new(0, 1, outcome));
        }
    }

    #[test]
    fn nobody_has_no_ratings() {
        assert_eq!(bradley_terry(0, &[], Rounds::default()).players, []);
        assert_eq!(fitted(1, &[]), [1000.0]);
        assert_eq!(fitted(3, &[]), [1000.0; 3]);
    }
}
