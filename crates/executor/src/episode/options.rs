//! How an episode is set up: reward, budgets, how much text an agent gets.

use serde::{Deserialize, Serialize};

use super::reward::RewardMode;

/// How an episode is set up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// How a step is rewarded.
    pub reward: RewardMode,
    /// Largest number of steps; `None` for no limit.
    pub steps: Option<u64>,
    /// Largest number of submissions that are scored.
    pub submissions: Option<u64>,
    /// Seconds in which scripts may run, all steps together. What an agent thinks in between is free.
    pub wall_seconds: Option<u64>,
    /// Largest number of characters of each text that a script printed.
    pub feedback_characters: usize,
    /// Scores of other participants, for the position; none by default, as generated tasks have no leaderboard.
    pub leaderboard: Vec<f64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            reward: RewardMode::default(),
            steps: Some(50),
            submissions: None,
            wall_seconds: Some(3600),
            feedback_characters: 4_000,
            leaderboard: Vec::new(),
        }
    }
}
