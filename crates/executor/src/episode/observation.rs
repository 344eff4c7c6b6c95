//! What an agent sees after an action: plain data, the same for the same actions.
//!
//! Measurements (times, memory) stand beside it in [`Info`], because they differ between two equal episodes. The one exception
//! is what is left of a budget of time ([`Remaining::wall_seconds`]); a replay takes it from the recording.

use facts::RunFailure;
use serde::{Deserialize, Serialize};

use crate::Usage;

/// What a step gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What the agent sees.
    pub observation: Observation,
    /// By the episode's reward mode; 0 for what is neither run nor scored.
    pub reward: f64,
    /// The best score is the optimum: nothing is left to improve.
    pub terminated: bool,
    /// A budget is spent: further actions do nothing.
    pub truncated: bool,
    /// What it cost; not for the agent.
    pub info: Info,
}

impl Step {
    /// Whether it was a step at all: one that the sandbox failed, or that came after the end, is not counted.
    #[must_use]
    pub fn was_taken(&self) -> bool {
        !matches!(
            self.observation.feedback,
            Feedback::Sandbox { .. }
                | Feedback::BudgetSpent {
                    budget: Budget::Steps | Budget::Wall
                }
        )
    }
}

/// What a step cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// Wall-clock milliseconds of all that ran, grading included.
    pub wall_ms: u64,
    /// How much of that the script itself ran: what the budget of time is charged.
    pub script_ms: u64,
    /// User and system milliseconds.
    pub cpu_ms: u64,
    /// Largest resident memory, in bytes.
    pub peak_memory_bytes: u64,
}

impl Info {
    pub(super) fn new(usage: Usage, script_ms: u64) -> Self {
        Self {
            wall_ms: usage.wall_ms,
            script_ms,
            cpu_ms: usage.cpu_ms,
            peak_memory_bytes: usage.peak_memory_bytes,
        }
    }
}

/// What the agent sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Number of this step, from 1.
    pub step: u64,
    /// Whether the action did what it says.
    pub action_status: Status,
    /// What came of it.
    pub feedback: Feedback,
    /// Score of this step's submission on the feedback rows.
    pub current_raw_score: Option<f64>,
    /// The best so far.
    pub best_raw_score: Option<f64>,
    /// Where the current score stands, where there is a leaderboard.
    pub current_position_score: Option<PositionScore>,
    /// Where the best stands.
    pub best_position_score: Option<PositionScore>,
    /// Milestones that the best score reaches, the lowest first.
    pub milestones_reached: Vec<Milestone>,
    /// What is left.
    pub remaining: Remaining,
    /// What happened so far, in numbers.
    pub history: HistorySummary,
}

/// Whether an action did what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It did.
    Success,
    /// It did not; the feedback says why.
    Failed,
}

/// A score threshold of the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// Better than the middle of the ladder.
    Median,
    /// As good as the best baseline.
    Bronze,
    /// A third of the way from there to the ceiling.
    Silver,
    /// Two thirds.
    Gold,
}

/// A place on a leaderboard, and HumanRank, both ways.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PositionScore {
    /// From 1; ties take the best place.
    pub place: usize,
    /// Entries of the leaderboard.
    pub entries: usize,
    /// 1 − p / N, as in MLE-Dojo's paper.
    pub paper: f64,
    /// (N − p + 1) / N, as in its code.
    pub code: f64,
}

/// What is left of the budget; nothing where there is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remaining {
    /// Steps.
    pub steps: Option<u64>,
    /// Submissions that are scored.
    pub submissions: Option<u64>,
    /// Seconds in which scripts may run, rounded down.
    pub wall_seconds: Option<u64>,
}

/// What happened so far, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistorySummary {
    /// Scripts that were run to be scored.
    pub executions: u64,
    /// Submissions that were valid.
    pub valid_submissions: u64,
    /// Step of the best submission.
    pub best_step: Option<u64>,
}

/// What came of an action. Texts are bounded; see [`crate::episode::Options::feedback_characters`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Feedback {
    /// What was asked for, by part.
    Info {
        /// The parts.
        parts: Vec<Part>,
    },
    /// A script ran to its end.
    Ran {
        /// What it printed.
        stdout: String,
        /// What it printed as errors.
        stderr: String,
    },
    /// A submission was scored on the feedback rows.
    Scored {
        /// The score.
        score: f64,
        /// What the script printed.
        stdout: String,
        /// What it printed as errors.
        stderr: String,
    },
    /// The script does not parse.
    SyntaxError {
        /// What Python printed: file, line, the place in it, and the message at the end.
        message: String,
    },
    /// The script raised, or exited with a status that is not 0.
    RuntimeError {
        /// Exit status, or 128 + signal.
        exit: i32,
        /// The end of what it printed as errors.
        traceback: String,
        /// What it printed before.
        stdout: String,
    },
    /// The script ran longer than it may.
    Timeout {
        /// The limit in seconds.
        limit_seconds: u64,
        /// What it printed before.
        stdout: String,
    },
    /// The script held more memory than it may.
    Memory {
        /// The limit in bytes.
        limit_bytes: u64,
        /// What it printed before.
        stdout: String,
    },
    /// The script ran into another limit.
    Limit {
        /// Which: `processes`, `disk` or `output`.
        what: String,
        /// What it printed before.
        stdout: String,
    },
    /// The script ended well and left no submission that can be taken.
    NoSubmission {
        /// What is missing or wrong.
        detail: String,
        /// What it printed.
        stdout: String,
    },
    /// The submission can't be scored.
    InvalidSubmission {
        /// The typed reason, e.g. `missing_ids`.
        reason: String,
        /// What is wrong, in words.
        message: String,
        /// What the script printed.
        stdout: String,
    },
    /// What happened in the last steps, the oldest first.
    History {
        /// The steps.
        steps: Vec<Entry>,
    },
    /// Best scores and history are forgotten.
    Reset,
    /// The text was no action.
    InvalidAction {
        /// Why.
        message: String,
    },
    /// Nothing was done: a budget is spent.
    BudgetSpent {
        /// Which: `steps`, `submissions` or `wall`.
        budget: Budget,
    },
    /// The sandbox failed, not the script. Nothing was charged: try again.
    Sandbox {
        /// What happened.
        message: String,
    },
}

/// A part of what is known of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name, as in the action.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A budget of an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Budget {
    /// Steps.
    Steps,
    /// Submissions that are scored.
    Submissions,
    /// Time in which scripts run.
    Wall,
}

/// One step as history keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number.
    pub step: u64,
    /// Name of the action; `invalid` where it was none.
    pub action: String,
    /// Whether it did what it says.
    pub status: Status,
    /// The kind of its feedback, e.g. `runtime_error`.
    pub feedback: String,
    /// Its score.
    pub score: Option<f64>,
}

impl Feedback {
    /// A script's failure as an agent is told of it.
    pub(super) fn of_failure(failure: RunFailure, stdout: String) -> Self {
        match failure {
            RunFailure::SyntaxError { message } => Self::SyntaxError { message },
            RunFailure::RuntimeError { exit, traceback } => Self::RuntimeError {
                exit,
                traceback,
                stdout,
            },
            RunFailure::TimedOut { limit_seconds } => Self::Timeout {
                limit_seconds,
                stdout,
            },
            RunFailure::Memory { limit_bytes } => Self::Memory {
                limit_bytes,
                stdout,
            },
            RunFailure::Limit { what } => Self::Limit { what, stdout },
            RunFailure::MissingOutput { detail } | RunFailure::NotStarted { reason: detail } => {
                Self::NoSubmission { detail, stdout }
            }
        }
    }

    /// Its `kind` in JSON.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Info { .. } => "info",
            Self::Ran { .. } => "ran",
            Self::Scored { .. } => "scored",
            Self::SyntaxError { .. } => "syntax_error",
            Self::RuntimeError { .. } => "runtime_error",
            Self::Timeout { .. } => "timeout",
            Self::Memory { .. } => "memory",
            Self::Limit { .. } => "limit",
            Self::NoSubmission { .. } => "no_submission",
            Self::InvalidSubmission { .. } => "invalid_submission",
            Self::History { .. } => "history",
            Self::Reset => "reset",
            Self::InvalidAction { .. } => "invalid_action",
            Self::BudgetSpent { .. } => "budget_spent",
            Self::Sandbox { .. } => "sandbox",
        }
    }

    pub(super) fn status(&self) -> Status {
        match self {
            Self::Info { .. }
            | Self::Ran { .. }
            | Self::Scored { .. }
            | Self::History { .. }
            | Self::Reset => Status::Success,
            _ => Status::Failed,
        }
    }
}
