//! Controls: submissions that can't know anything and what they score all the same, and a baseline that is run twice.

use serde::{Deserialize, Serialize};

use crate::RunFailure;

/// The controls of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ControlFacts {
    /// The best baseline, trained on shuffled labels.
    pub shuffled: ShuffledFacts,
    /// Submissions made without any data.
    pub blind: BlindFacts,
    /// The best baseline, run on the same files a second time.
    #[serde(default)]
    pub repeated: RepeatFacts,
}

/// The best baseline of the ladder, trained on labels that were dealt out anew among the rows of train.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ShuffledFacts {
    /// Name of the baseline; empty when there was none to run.
    pub rung: String,
    /// The trainings, at most [`ShuffledFacts::MOST_RUNS`]. The first one that gains nothing over the floor is the last.
    pub runs: Vec<ShuffledRun>,
    /// Why there is no run.
    pub problem: Option<String>,
}

impl ShuffledFacts {
    /// So many trainings that all gain something are no chance: they are two shuffles, each as dealt out and the other way round.
    pub const MOST_RUNS: usize = 4;
}

/// One training on shuffled labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShuffledRun {
    /// What was done to the labels, e.g. `shuffled`.
    pub labels: String,
    /// What it scored; `None` when it gave no valid submission.
    pub gain: Option<FloorGain>,
    /// Why it failed.
    pub failure: Option<RunFailure>,
    /// Why its submission was invalid.
    pub invalid: Option<String>,
}

/// The best baseline of the ladder, run a second time on the same public files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RepeatFacts {
    /// Name of the baseline; empty when there was none to run.
    pub rung: String,
    /// Whether its submission had the same bytes again; `None` when it gave none.
    pub same_bytes: Option<bool>,
    /// Why it gave none.
    pub failure: Option<RunFailure>,
}

/// Submissions made from ids and the order of rows alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BlindFacts {
    /// Name and score of each, in the order they were tried; `None` where it has no score.
    pub tried: Vec<(String, Option<f64>)>,
    /// The best of them against what knows nothing; `None` when none has a score.
    pub best: Option<(String, FloorGain)>,
    /// Why none was made.
    pub problem: Option<String>,
}

/// A submission's score against the floor: the best of the constant, the shuffled sample submission and its own copy
/// with the predictions shuffled between ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FloorGain {
    /// Its score.
    pub score: f64,
    /// Which submission the floor is, e.g. `constant`.
    pub floor: String,
    /// The floor's score.
    pub floor_score: f64,
    /// 95 % bootstrap interval of (this − floor) on the same resamples, oriented so that positive is better; `None` when it
    /// is not better, or the metric has no value on most resamples.
    pub interval: Option<(f64, f64)>,
}
