//! What the Designer and the Refactor hand on: a draft of scripts, what a run of it gave, a candidate package.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use task_format::Manifest;

/// The Designer's output: scripts by path inside the package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// `prepare.py`, `metric.py` and `baselines/….py` with their text.
    pub files: BTreeMap<String, String>,
}

/// What a run of a draft's `prepare.py` gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// Rows of `public/train.csv`.
    pub train_rows: u64,
    /// Rows of `public/test.csv`.
    pub test_rows: u64,
    /// Header of `public/test.csv`.
    pub test_columns: Vec<String>,
    /// Header and first three rows of `public/sample_submission.csv`.
    pub sample_head: Vec<Vec<String>>,
}

/// The Refactor's output: a package that lacks only what must be measured.
///
/// The manifest's `digest`, `canary`, `ladder`, `milestones`, `environment` and the provenance's attempts and
/// policy version are empty: the pipeline fills them in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The manifest.
    pub manifest: Manifest,
    /// Text files by path inside the package: the draft's, and `description.md`.
    pub files: BTreeMap<String, String>,
}
