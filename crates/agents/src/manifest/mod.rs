//! The manifest of a candidate, but for what must be measured: the same for every engine.
//!
//! It judges nothing: a proposal that makes no good task has a manifest as well.

mod domain;
mod licence;

use std::collections::BTreeMap;

use facts::Profile;
use indexmap::IndexMap;
use scoring::Parameters;
use task_format::{
    DataFile, DataTable, DatasetTable, EnvironmentTable, LimitsTable, Manifest, MetricTable,
    Milestones, Modality, PUBLIC_DESCRIPTION, PUBLIC_TEST, PUBLIC_TRAIN, ProvenanceTable,
    SAMPLE_SUBMISSION, SCHEMA_VERSION, SourceFile, SplitTable, SubmissionTable, TaskTable,
};

use crate::{Prepared, Proposal};

/// Limits of one solver run: what a laptop offers, several times what the ladder needs.
pub(crate) const LIMITS: LimitsTable = LimitsTable {
    wall_seconds: 600,
    memory_bytes: 4 << 30,
    disk_bytes: 1 << 30,
    output_bytes: 1 << 20,
};

/// Decimal digits of a printed score.
const DIGITS: u32 = 5;

/// The manifest of a candidate made by `engine`, but for digest, canary, ladder, milestones, environment, attempts and
/// policy version.
pub fn manifest(
    profile: &Profile,
    proposal: &Proposal,
    prepared: &Prepared,
    engine: &str,
) -> Manifest {
    let target = proposal.target.column.clone();
    Manifest {
        schema_version: SCHEMA_VERSION,
        id: proposal.id.clone(),
        title: proposal.title.clone(),
        digest: String::new(),
        canary: String::new(),
        task: TaskTable {
            modality: Modality::Tabular,
            objective: proposal.objective,
            domain: domain::domain(profile),
            tags: domain::tags(profile, proposal),
        },
        data: DataTable {
            id_column: proposal.id_column.clone(),
            target_columns: vec![target.clone()],
            feature_columns: prepared
                .test_columns
                .iter()
                .filter(|column| **column != proposal.id_column)
                .cloned()
                .collect(),
            train_rows: prepared.train_rows,
            test_rows: prepared.test_rows,
            dropped_rows: proposal.dropped_row_count() as u64,
            dropped_columns: proposal.dropped.clone(),
            files: public_files(),
        },
        submission: SubmissionTable {
            columns: vec![proposal.id_column.clone(), target],
            prediction: proposal.prediction,
            labels: proposal.target.labels.clone(),
            positive_label: proposal.target.positive.clone(),
        },
        split: SplitTable {
            policy: proposal.split.policy,
            test_fraction: proposal.split.test_fraction,
            seed: proposal.split.seed,
            column: proposal.split.column.clone(),
            reason: proposal.split.reason.clone(),
        },
        metric: MetricTable {
            name: proposal.metric.name().to_owned(),
            direction: proposal.metric.direction(),
            optimum: proposal.metric.optimum(),
            worst: proposal.metric.worst(),
            digits: DIGITS,
            parameters: Parameters::default(),
        },
        dataset: DatasetTable {
            name: profile.dataset.slug.clone(),
            source: profile
                .dataset
                .source
                .clone()
                .unwrap_or_else(|| "unstated".to_owned()),
            licence: profile
                .dataset
                .licence
                .clone()
                .unwrap_or_else(|| "unstated".to_owned()),
            redistribution: licence::redistribution(profile.dataset.licence.as_deref()),
            table: proposal.table.clone(),
            files: raw_files(profile),
        },
        limits: LIMITS,
        environment: EnvironmentTable {
            name: String::new(),
            nar_hash: String::new(),
        },
        ladder: IndexMap::new(),
        milestones: Milestones {
            bronze: 0.0,
            silver: 0.0,
            gold: 0.0,
            derivation: String::new(),
        },
        provenance: ProvenanceTable {
            engine: engine.to_owned(),
            smith_version: env!("CARGO_PKG_VERSION").to_owned(),
            policy_version: 0,
            attempts: BTreeMap::new(),
            cost_usd: None,
            prompts: None,
            models: BTreeMap::new(),
        },
    }
}

fn public_files() -> Vec<DataFile> {
    [
        (PUBLIC_TRAIN, "labelled rows"),
        (PUBLIC_TEST, "rows to predict"),
        (
            SAMPLE_SUBMISSION,
            "a valid submission with random predictions",
        ),
        (PUBLIC_DESCRIPTION, "the task in words"),
    ]
    .into_iter()
    .map(|(path, meaning)| DataFile {
        path: path.to_owned(),
        meaning: meaning.to_owned(),
    })
    .collect()
}

/// The raw files that a `prepare.py` of ours reads: those of the one table.
fn raw_files(profile: &Profile) -> Vec<SourceFile> {
    let read = |path: &str| profile.readings.iter().any(|reading| reading.path == path);
    sources(profile, read)
}

/// The raw files that a `prepare.py` of somebody else may read: all that it was given.
pub(crate) fn all_raw_files(profile: &Profile) -> Vec<SourceFile> {
    sources(profile, |_| true)
}

fn sources(profile: &Profile, wanted: impl Fn(&str) -> bool) -> Vec<SourceFile> {
    profile
        .dataset
        .files
        .iter()
        .filter(|file| wanted(&file.path))
        .map(|file| SourceFile {
            path: file.path.clone(),
            sha256: file.sha256.clone(),
            bytes: file.bytes,
        })
        .collect()
}
