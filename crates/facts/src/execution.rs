//! What happened when a package's scripts ran in the sandbox.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Why a script produced nothing usable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RunFailure {
    /// It does not parse.
    SyntaxError {
        /// Python's message.
        message: String,
    },
    /// It raised or exited with a non-zero code.
    RuntimeError {
        /// Exit code, or 128 + signal.
        exit: i32,
        /// The last lines of standard error, at most 2,000 characters.
        traceback: String,
    },
    /// It ran into the wall limit.
    TimedOut {
        /// The limit in seconds.
        limit_seconds: u64,
    },
    /// It ran into the memory limit.
    Memory {
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// It ran into another limit (disk, processes, output).
    Limit {
        /// Which.
        what: String,
    },
    /// It ended well but did not write what it should.
    MissingOutput {
        /// What is missing or wrong.
        detail: String,
    },
    /// It was not started, because what it works on is not as it should be.
    NotStarted {
        /// What is wrong.
        reason: String,
    },
}

/// Two runs of `prepare.py` in fresh sandboxes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrepareFacts {
    /// The runs; the first is the reference.
    pub runs: Vec<PrepareRun>,
    /// Whether every raw file had the same digest afterwards.
    pub raw_untouched: bool,
}

/// One run of `prepare.py`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrepareRun {
    /// What differs from the reference run, e.g. `other locale, time zone, CPU count and folder`.
    pub variant: String,
    /// Why it failed; `None` when it ran.
    pub failure: Option<RunFailure>,
    /// SHA-256 of every file written, by path (`public/train.csv`).
    pub files: BTreeMap<String, String>,
}

/// What grading one submission gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GradeOutcome {
    /// A score.
    Score {
        /// The metric's value.
        value: f64,
    },
    /// The submission is invalid, for a reason that a competitor can act on.
    Invalid {
        /// The typed reason, e.g. `missing_ids`; Python's exception name where the reason is only text.
        reason: String,
        /// The message.
        message: String,
    },
    /// The grader itself broke: a traceback, a hang, no answer.
    Broken {
        /// What happened.
        detail: String,
    },
}

/// How a metric behaves on submissions made from the answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricFacts {
    /// Score of the answers themselves, by `metric.py`.
    pub perfect: GradeOutcome,
    /// The same by the native metric; `None` for a custom metric.
    pub perfect_native: Option<GradeOutcome>,
    /// The score of one corrupted submission, three times.
    pub repeats: Vec<GradeOutcome>,
    /// The same submission with rows shuffled.
    pub rows_shuffled: GradeOutcome,
    /// The same submission with columns reversed.
    pub columns_reversed: GradeOutcome,
    /// Score after corrupting a share of the answers (share of rows that were corrupted, 0–1; score), shares growing.
    pub corrupted: Vec<(f64, GradeOutcome)>,
    /// Score after corrupting one fifth of the answers, for each of five fifths that together are all rows; empty for a metric
    /// of the catalogue, which its native twin tells more of, and for fewer than [`MetricFacts::ROWS_FOR_FIFTHS`] rows.
    #[serde(default)]
    pub fifths: Vec<GradeOutcome>,
    /// What both graders said of the same valid submissions; empty for a custom metric.
    #[serde(default)]
    pub agreement: Vec<Agreement>,
    /// Malformed submissions and what both graders said.
    pub malformed: Vec<MalformedCase>,
    /// Why the probe did not run; all else is then meaningless.
    pub failure: Option<RunFailure>,
}

impl MetricFacts {
    /// Fewest answers that are corrupted fifth by fifth: then each fifth has four rows.
    pub const ROWS_FOR_FIFTHS: usize = 20;
}

/// What both graders said of one submission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Which, e.g. `perfect` or `forest`.
    pub submission: String,
    /// What the native grader said.
    pub native: GradeOutcome,
    /// What `metric.py` said.
    pub python: GradeOutcome,
}

/// One malformed submission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MalformedCase {
    /// What is wrong with it, e.g. `missing_id`.
    pub case: String,
    /// What the native grader said.
    pub native: Option<GradeOutcome>,
    /// What `metric.py` said; `None` where the file is refused before Python sees it (a link, 1 GB).
    pub python: Option<GradeOutcome>,
}

/// Scores of the reference solvers and of submissions that know nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LadderFacts {
    /// The solvers in order of the ladder: constant, linear, forest, boosted.
    pub rungs: Vec<Rung>,
    /// The sample submission.
    pub sample: GradeOutcome,
    /// The sample submission with its predictions shuffled between ids.
    pub sample_shuffled: GradeOutcome,
    /// Bootstrap interval of the sample submission's score, low and high.
    pub sample_interval: Option<(f64, f64)>,
    /// Constants that the host made of the train table, e.g. `mean of train`, with their scores; `None` where it has none.
    #[serde(default)]
    pub host_constants: Vec<(String, Option<f64>)>,
    /// What gains are measured against: `constant`, or the best of `host_constants` where that scores better.
    #[serde(default = "constant")]
    pub reference: String,
    /// How many different predictions the rung `constant` made; `None` when it handed in nothing readable.
    #[serde(default)]
    pub constant_predictions: Option<usize>,
}

fn constant() -> String {
    "constant".to_owned()
}

/// One solver of the ladder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rung {
    /// Its name, e.g. `forest`.
    pub name: String,
    /// Score on the answers; `None` when it failed.
    pub score: Option<f64>,
    /// 95 % bootstrap interval over test rows, low and high.
    pub interval: Option<(f64, f64)>,
    /// 95 % bootstrap interval of (this − [`LadderFacts::reference`]) on the same resamples, oriented so that positive is better.
    pub gain_interval: Option<(f64, f64)>,
    /// Why it failed.
    pub failure: Option<RunFailure>,
    /// Why its submission was invalid.
    pub invalid: Option<String>,
}
