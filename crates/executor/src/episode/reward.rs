//! What a step is worth, in four ways.
//!
//! | mode | of a valid submission | of a script that gave none |
//! |---|---|---|
//! | `raw` | the score, negated where less is better; no less than a failure | as far below the floor as the optimum is above it |
//! | `position` | HumanRank on a leaderboard, by the paper's formula or the code's; −1 without one | −1 |
//! | `normalised` | 0 at the floor, 1 at the reference, clipped to that | −1 |
//! | `milestones` | 0.1 format + 0.3 executed + 0.1 median + 0.2 bronze + 0.2 silver + 0.1 gold | 0.1 if it parses, 0.4 if it ran |
//!
//! The floor is the constant baseline; the reference is gold, or the best baseline where there is no gold beyond it.
//! So failing is never worth more than a valid submission. What is not executed to be scored is worth 0 in every mode. Source of
//! `milestones`: SandMLE's dense reward; it is not the sum over steps that counts, but the best step. Every reward is finite.
//! Nothing here reads files or runs code.

use scoring::{Direction, HumanRank, Leaderboard, Score};
use serde::{Deserialize, Serialize};
use task_format::Manifest;

use super::observation::{Milestone, PositionScore};

/// Reward of a failure where the worst valid submission gets 0.
const FAILURE: f64 = -1.0;

/// The rung that is the floor.
const CONSTANT: &str = crate::RUNGS[0];

/// How a step is rewarded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RewardMode {
    /// The score, more is better.
    Raw,
    /// 1 − p / N on a leaderboard.
    PositionPaper,
    /// (N − p + 1) / N on a leaderboard.
    PositionCode,
    /// From the floor to the reference.
    #[default]
    Normalised,
    /// SandMLE's steps.
    Milestones,
}

/// What came of a script, as far as rewards go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Worth {
    /// It does not parse.
    NotCode,
    /// It failed.
    Failed,
    /// It ended well, but gave no valid submission.
    Ran,
    /// A valid submission with this score.
    Valid(f64),
}

/// The numbers of a task that rewards rest on.
#[derive(Clone, Debug)]
pub(super) struct Yardstick {
    direction: Direction,
    optimum: f64,
    floor: f64,
    reference: f64,
    /// Each strictly above the one before, where they are; none in a package whose ladder is not measured yet.
    milestones: Vec<(Milestone, f64)>,
    leaderboard: Option<Leaderboard>,
}

impl Yardstick {
    pub(super) fn new(manifest: &Manifest, leaderboard: Option<Leaderboard>) -> Self {
        let direction = manifest.metric.direction;
        let optimum = manifest.metric.optimum;
        let mut scores: Vec<Score> = manifest
            .ladder
            .values()
            .filter_map(|rung| Score::new(rung.score))
            .collect();
        // A package without a ladder is not ours; its optimum is all that is known.
        if scores.is_empty() {
            scores.extend(Score::new(optimum));
        }
        let worst = manifest
            .ladder
            .values()
            .map(|rung| rung.score)
            .reduce(|one, other| {
                if direction.better(one, other) {
                    other
                } else {
                    one
                }
            });
        let constant = manifest.ladder.get(CONSTANT).map(|rung| rung.score);
        let floor = constant.or(worst).unwrap_or(optimum);
        let median =
            Leaderboard::new(scores, direction).map_or(floor, |ladder| ladder.median().get());
        let stones = &manifest.milestones;
        let milestones = match manifest.ladder.is_empty() {
            true => Vec::new(),
            false => vec![
                (Milestone::Median, median),
                (Milestone::Bronze, stones.bronze),
                (Milestone::Silver, stones.silver),
                (Milestone::Gold, stones.gold),
            ],
        };
        let reference = [stones.gold, stones.bronze]
            .into_iter()
            .find(|score| direction.better(*score, floor))
            .unwrap_or(optimum);
        Self {
            direction,
            optimum,
            floor,
            reference,
            milestones,
            leaderboard,
        }
    }

    /// True if `score` can't be improved.
    pub(super) fn is_optimal(&self, score: f64) -> bool {
        !self.direction.better(self.optimum, score)
    }

    pub(super) fn better(&self, score: f64, than: f64) -> bool {
        self.direction.better(score, than)
    }

    /// Milestones that a score reaches: at least as good as all but the median, which has to be passed.
    pub(super) fn reached(&self, score: f64) -> Vec<Milestone> {
        self.milestones
            .iter()
            .filter(|(milestone, threshold)| match milestone {
                Milestone::Median => self.direction.better(score, *threshold),
                Milestone::Bronze | Milestone::Silver | Milestone::Gold => {
                    !self.direction.better(*threshold, score)
                }
            })
            .map(|(milestone, _)| *milestone)
            .collect()
    }

    pub(super) fn position(&self, score: f64) -> Option<PositionScore> {
        let position = self.leaderboard.as_ref()?.position(Score::new(score)?);
        Some(PositionScore {
            place: position.place,
            entries: position.entries,
            paper: HumanRank::Paper.of(position),
            code: HumanRank::Code.of(position),
        })
    }

    /// What a failure is worth where scores have no end.
    fn raw_failure(&self) -> f64 {
        let orient = |score: f64| self.direction.orient(score);
        let way = orient(self.optimum) - orient(self.floor);
        let way = if way > 0.0 && way.is_finite() {
            way
        } else {
            1.0
        };
        orient(self.floor) - way
    }

    pub(super) fn reward(&self, mode: RewardMode, worth: Worth) -> f64 {
        let orient = |score: f64| self.direction.orient(score);
        match (mode, worth) {
            (RewardMode::Raw, Worth::Valid(score)) => orient(score).max(self.raw_failure()),
            (RewardMode::Raw, Worth::NotCode | Worth::Failed | Worth::Ran) => self.raw_failure(),
            (RewardMode::PositionPaper, Worth::Valid(score)) => {
                self.position(score).map_or(FAILURE, |place| place.paper)
            }
            (RewardMode::PositionCode, Worth::Valid(score)) => {
                self.position(score).map_or(FAILURE, |place| place.code)
            }
            (RewardMode::Normalised, Worth::Valid(score)) => {
                let way = orient(self.reference) - orient(self.floor);
                if way > 0.0 && way.is_finite() {
                    ((orient(score) - orient(self.floor)) / way).clamp(0.0, 1.0)
                } else {
                    // Without a ladder there is nothing between the optimum and all else.
                    f64::from(u8::from(self.is_optimal(score)))
                }
            }
            (
                RewardMode::PositionPaper | RewardMode::PositionCode | RewardMode::Normalised,
                Worth::NotCode | Worth::Failed | Worth::Ran,
            ) => FAILURE,
            (RewardMode::Milestones, Worth::NotCode) => 0.0,
            (RewardMode::Milestones, Worth::Failed) => 0.1,
            (RewardMode::Milestones, Worth::Ran) => 0.4,
            (RewardMode::Milestones, Worth::Valid(score)) => {
                // In tenths: a sum of fractions would not be exact.
                let tenths = |milestone: &Milestone| match milestone {
                    Milestone::Median | Milestone::Gold => 1,
                    Milestone::Bronze | Milestone::Silver => 2,
                };
                let reached: i32 = self.reached(score).iter().map(tenths).sum();
                f64::from(1 + 3 + reached) / 10.0
            }
        }
    }
}
