//! Where each file of a package stands, and what role it plays; the one place that spells these paths.

use serde::{Deserialize, Serialize};

/// The manifest.
pub const MANIFEST: &str = "task.toml";
/// The listing of every other file with its digest.
pub const INVENTORY: &str = "MANIFEST";
/// What a competitor reads.
pub const DESCRIPTION: &str = "description.md";
/// Its copy beside the public data.
pub const PUBLIC_DESCRIPTION: &str = "public/description.md";
/// Makes `public/` and `private/` from the raw files.
pub const PREPARE: &str = "prepare.py";
/// The metric as Python.
pub const METRIC: &str = "metric.py";
/// Folder of the ladder's solvers.
pub const BASELINES: &str = "baselines";
/// The pin of the environment.
pub const ENVIRONMENT_LOCK: &str = "environment.lock";
/// Labelled rows.
pub const PUBLIC_TRAIN: &str = "public/train.csv";
/// Rows to predict.
pub const PUBLIC_TEST: &str = "public/test.csv";
/// A valid submission that knows nothing.
pub const SAMPLE_SUBMISSION: &str = "public/sample_submission.csv";
/// The hidden labels.
pub const ANSWERS: &str = "private/test_answer.csv";
/// Column of the answers that says which rows give feedback during an episode (`feedback`) and which
/// are scored at its end (`final`).
pub const USAGE_COLUMN: &str = "usage";

/// Files without which a folder is no package.
pub const REQUIRED_FILES: [&str; 11] = [
    MANIFEST,
    DESCRIPTION,
    PREPARE,
    METRIC,
    ENVIRONMENT_LOCK,
    PUBLIC_TRAIN,
    PUBLIC_TEST,
    SAMPLE_SUBMISSION,
    PUBLIC_DESCRIPTION,
    ANSWERS,
    "baselines/constant.py",
];

/// What a file of a package is for, and so who may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// `task.toml`.
    Manifest,
    /// `description.md`.
    Description,
    /// `prepare.py`.
    Prepare,
    /// `metric.py`.
    Metric,
    /// A solver of the ladder.
    Baseline,
    /// `environment.lock`.
    Environment,
    /// A file that solvers see.
    Public,
    /// A file that only the grader sees.
    Private,
    /// Findings, ladder, proposal, ledger.
    Evidence,
}

impl Role {
    /// The role as it stands in `MANIFEST`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Description => "description",
            Self::Prepare => "prepare",
            Self::Metric => "metric",
            Self::Baseline => "baseline",
            Self::Environment => "environment",
            Self::Public => "public",
            Self::Private => "private",
            Self::Evidence => "evidence",
        }
    }
}

/// The role of the file at `path`; `None` for a path that version 1 knows nothing of, and for
/// `MANIFEST`, which does not list itself.
pub fn role_of(path: &str) -> Option<Role> {
    let role = match path {
        MANIFEST => Role::Manifest,
        DESCRIPTION => Role::Description,
        PREPARE => Role::Prepare,
        METRIC => Role::Metric,
        ENVIRONMENT_LOCK => Role::Environment,
        _ => match path.split_once('/')? {
            ("public", _) => Role::Public,
            ("private", _) => Role::Private,
            (BASELINES, _) => Role::Baseline,
            ("evidence", _) => Role::Evidence,
            _ => return None,
        },
    };
    Some(role)
}
