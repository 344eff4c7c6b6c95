//! Whether more or less of a score is better.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether more or less of a score is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    Maximize,
    /// Less is better.
    Minimize,
}

impl Direction {
    /// `score` oriented so that more is better.
    pub fn orient(self, score: f64) -> f64 {
        match self {
            Self::Maximize => score,
            Self::Minimize => -score,
        }
    }

    /// Whether `a` is strictly better than `b`.
    pub fn better(self, a: f64, b: f64) -> bool {
        self.orient(a) > self.orient(b)
    }
}
