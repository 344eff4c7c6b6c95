//! Gathers everything that the checks want to know of a package by running it, and nothing more.

use camino::Utf8Path;
use executor::{Executor, Surroundings, Usage};
use facts::{
    LadderFacts, MetricFacts, PrepareFacts, PrepareRun, RawFile, SplitFacts, SplitQuestion,
};
use fs_err as fs;
use serde::{Deserialize, Serialize};
use task_format::{Manifest, Objective, PREPARE, Prediction};

use crate::{PipelineError, Profiler, layout::make_empty};

/// What running a package gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Examination {
    /// The runs of `prepare.py`; `None` when there was no raw data to run it on.
    pub(crate) prepare: Option<PrepareFacts>,
    pub(crate) split: SplitFacts,
    pub(crate) metric: MetricFacts,
    pub(crate) ladder: LadderFacts,
}

/// The raw data that a package was made from.
pub(crate) struct Raw<'a> {
    pub(crate) folder: &'a Utf8Path,
    pub(crate) files: &'a [RawFile],
    /// The run that made the package's data.
    pub(crate) reference: PrepareRun,
}

/// Runs the package at `package`; `scratch` is a folder for working files, emptied first.
pub(crate) async fn examine(
    executor: &Executor,
    profiler: &std::sync::Arc<dyn Profiler>,
    package: &Utf8Path,
    manifest: &Manifest,
    raw: Option<Raw<'_>>,
    scratch: &Utf8Path,
) -> Result<(Examination, Usage), PipelineError> {
    make_empty(scratch)?;
    for folder in ["probe", "ladder"] {
        fs::create_dir_all(scratch.join(folder)).map_err(PipelineError::files)?;
    }
    let split = measure_split(profiler, package, manifest);
    let prepare = prepare_elsewhere(executor, package, manifest, raw, scratch);
    let (probe, ladder) = (scratch.join("probe"), scratch.join("ladder"));
    let (split, prepare, metric, ladder) = tokio::join!(
        split,
        prepare,
        executor.probe_metric(package, manifest, &probe),
        executor.climb(package, manifest, &ladder),
    );
    let (prepare, prepare_usage) = prepare?;
    let (metric, metric_usage) = metric.map_err(PipelineError::execute)?;
    let (ladder, ladder_usage) = ladder.map_err(PipelineError::execute)?;
    let usage = prepare_usage.and(metric_usage).and(ladder_usage);
    Ok((
        Examination {
            prepare,
            split: split?,
            metric,
            ladder,
        },
        usage,
    ))
}

async fn measure_split(
    profiler: &std::sync::Arc<dyn Profiler>,
    package: &Utf8Path,
    manifest: &Manifest,
) -> Result<SplitFacts, PipelineError> {
    let profiler = std::sync::Arc::clone(profiler);
    let (public, private) = (package.join("public"), package.join("private"));
    let question = split_question(manifest);
    let facts =
        tokio::task::spawn_blocking(move || profiler.split_facts(&public, &private, &question))
            .await
            .expect("measuring a split neither panics nor is cancelled");
    Ok(facts?)
}

/// What must be known of a task to measure its split.
pub(crate) fn split_question(manifest: &Manifest) -> SplitQuestion {
    let probability = manifest.submission.prediction == Prediction::Probability;
    SplitQuestion {
        id_column: manifest.data.id_column.clone(),
        targets: manifest.data.target_columns.clone(),
        classification: manifest.task.objective != Objective::Regression,
        positive_class: manifest
            .submission
            .positive_label
            .clone()
            .filter(|_| probability),
    }
}

/// The second run of `prepare.py`, in other surroundings.
async fn prepare_elsewhere(
    executor: &Executor,
    package: &Utf8Path,
    manifest: &Manifest,
    raw: Option<Raw<'_>>,
    scratch: &Utf8Path,
) -> Result<(Option<PrepareFacts>, Usage), PipelineError> {
    let Some(raw) = raw else {
        return Ok((None, Usage::default()));
    };
    let code = scratch.join("code");
    fs::create_dir_all(&code).map_err(PipelineError::files)?;
    fs::copy(package.join(PREPARE), code.join(PREPARE)).map_err(PipelineError::files)?;
    let into = scratch.join("elsewhere");
    let (run, usage) = executor
        .prepare(
            &code,
            raw.folder,
            &into,
            &manifest.limits,
            Surroundings::Elsewhere,
        )
        .await
        .map_err(PipelineError::execute)?;
    let mut raw_untouched = true;
    for file in raw.files {
        let now =
            digest::sha256_file(&raw.folder.join(&file.path)).map_err(PipelineError::files)?;
        raw_untouched &= now.to_string() == file.sha256;
    }
    Ok((
        Some(PrepareFacts {
            runs: vec![raw.reference, run],
            raw_untouched,
        }),
        usage,
    ))
}
