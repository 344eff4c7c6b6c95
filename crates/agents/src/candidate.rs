//! What the Designer and the Refactor hand on: a draft of scripts, what a run of it gave, a candidate package.

use std::collections::BTreeMap;

use facts::Profile;
use serde::{Deserialize, Serialize};
use task_format::{DESCRIPTION, METRIC, Manifest, PREPARE};

use crate::ladder::{complete_labels, ladder};
use crate::{Proposal, manifest, manifest::all_raw_files};

/// The Designer's output: scripts by path inside the package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// `prepare.py`, `metric.py` and `baselines/….py` with their text.
    pub files: BTreeMap<String, String>,
    /// What the Designer says of them to the Refactor; a model's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
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

/// A candidate package of files that an engine wrote: its `prepare.py`, `metric.py` and `description.md`, the manifest,
/// and the baselines of [`ladder`]. Other files are left behind: the manifest, the data and the baselines are not theirs
/// to write.
///
/// `prepared` and `train`, the profile of the prepared `public/train.csv`, say what the files made of the raw data.
pub fn candidate(
    profile: &Profile,
    proposal: &Proposal,
    prepared: &Prepared,
    train: &Profile,
    files: &BTreeMap<String, String>,
    engine: &str,
) -> Candidate {
    let profile = &*proposal.seen_in(profile);
    let mut proposal = proposal.clone();
    complete_labels(&mut proposal.target, proposal.objective, train);
    let mut manifest = manifest(profile, &proposal, prepared, engine);
    manifest.dataset.files = all_raw_files(profile);
    // What a rule leaves out is known only now: raw rows of the task's own table.
    let rows = profile.rows as u64;
    manifest.data.dropped_rows = rows.saturating_sub(prepared.train_rows + prepared.test_rows);
    let written = [PREPARE, METRIC, DESCRIPTION];
    let mut all: BTreeMap<String, String> = files
        .iter()
        .filter(|(path, _)| written.contains(&path.as_str()))
        .map(|(path, text)| (path.clone(), text.clone()))
        .collect();
    all.extend(ladder(train, &proposal));
    Candidate {
        manifest,
        files: all,
    }
}
