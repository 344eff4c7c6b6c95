//! Gathers everything that the checks want to know of a package by running it, and nothing more.

use std::collections::BTreeMap;

use agents::llm::{React, ReactLimits};
use assertions::verified_policy;
use camino::Utf8Path;
use executor::agent::Scripted;
use executor::{ExecuteError, Executor, Surroundings, Trial, Usage};
use facts::{
    AgentFacts, ControlFacts, FitFacts, LadderFacts, MetricFacts, PredictionColumn, PrepareFacts,
    PrepareRun, RawFile, SplitFacts, SplitQuestion,
};
use fs_err as fs;
use llm::Chat;
use prompts::PythonEnvironment;
use serde::{Deserialize, Serialize};
use task_format::{Manifest, Objective, PREPARE, Prediction};

use crate::{PipelineError, Profiler, ReactAgent, layout::make_empty};

/// What running a package gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Examination {
    /// The runs of `prepare.py`; `None` when there was no raw data to run it on.
    pub(crate) prepare: Option<PrepareFacts>,
    pub(crate) split: SplitFacts,
    pub(crate) metric: MetricFacts,
    pub(crate) ladder: LadderFacts,
    pub(crate) controls: ControlFacts,
    pub(crate) agent: AgentFacts,
    pub(crate) fits: FitFacts,
}

/// The raw data that a package was made from.
pub(crate) struct Raw<'a> {
    pub(crate) folder: &'a Utf8Path,
    pub(crate) files: &'a [RawFile],
    /// The run that made the package's data.
    pub(crate) reference: PrepareRun,
}

/// Who takes part in the package's episode.
pub(crate) enum TestedBy<'a> {
    /// An agent without a model.
    Script,
    /// A model.
    Model {
        /// The model.
        chat: &'a dyn Chat,
        /// Where its scripts run.
        python: &'a PythonEnvironment,
        /// Slug of the dataset.
        dataset: &'a str,
        /// Which attempt at the package it tests, from 1.
        attempt: u32,
        /// How much it may do.
        limits: ReactLimits,
    },
}

/// Digest of each rendered prompt by its name; empty where no model took part.
type Prompts = BTreeMap<String, String>;

/// Runs the package at `package`; `scratch` is a folder for working files, emptied first.
pub(crate) async fn examine(
    executor: &Executor,
    profiler: &std::sync::Arc<dyn Profiler>,
    package: &Utf8Path,
    manifest: &Manifest,
    raw: Option<Raw<'_>>,
    scratch: &Utf8Path,
    tested_by: TestedBy<'_>,
) -> Result<(Examination, Usage, Prompts), PipelineError> {
    make_empty(scratch)?;
    let trying = scratch.join("trial");
    fs::create_dir_all(&trying).map_err(PipelineError::files)?;
    // Models are asked about the split that the files bear out, not about one that is only said.
    let split = measure_split(profiler, package, manifest).await?;
    let mut borne_out = manifest.clone();
    borne_out.split.policy = verified_policy(manifest, Some(&split));
    let prepare = prepare_elsewhere(executor, package, manifest, raw, scratch);
    let trial = try_package(executor, package, manifest, &trying, tested_by);
    let fits = executor.fit_models(package, &borne_out);
    let (prepare, trial, fits) = tokio::join!(prepare, trial, fits);
    let (prepare, prepare_usage) = prepare?;
    let (trial, trial_usage, prompts) = trial.map_err(PipelineError::execute)?;
    let (fits, fits_usage) = fits.map_err(PipelineError::execute)?;
    Ok((
        Examination {
            prepare,
            split,
            metric: trial.metric,
            ladder: trial.ladder,
            controls: trial.controls,
            agent: trial.agent,
            fits,
        },
        prepare_usage.and(trial_usage).and(fits_usage),
        prompts,
    ))
}

async fn try_package(
    executor: &Executor,
    package: &Utf8Path,
    manifest: &Manifest,
    scratch: &Utf8Path,
    tested_by: TestedBy<'_>,
) -> Result<(Trial, Usage, Prompts), ExecuteError> {
    match tested_by {
        TestedBy::Script => {
            let mut agent = Scripted::default();
            let (trial, usage) = executor
                .try_package(package, manifest, scratch, &mut agent)
                .await?;
            Ok((trial, usage, Prompts::new()))
        }
        TestedBy::Model {
            chat,
            python,
            dataset,
            attempt,
            limits,
        } => {
            let task = manifest.id.as_str();
            let react = React::new(chat, python, dataset, task, attempt, limits);
            let mut agent = ReactAgent::new(react);
            let (trial, usage) = executor
                .try_package(package, manifest, scratch, &mut agent)
                .await?;
            Ok((trial, usage, agent.prompts().clone()))
        }
    }
}

/// Measures train, test, sample submission and answers; nothing of the package is run.
pub(crate) async fn measure_split(
    profiler: &std::sync::Arc<dyn Profiler>,
    package: &Utf8Path,
    manifest: &Manifest,
) -> Result<SplitFacts, PipelineError> {
    let profiler = std::sync::Arc::clone(profiler);
    let (public, private) = (package.join("public"), package.join("private"));
    let question = split_question(manifest);
    let measured =
        tokio::task::spawn_blocking(move || profiler.split_facts(&public, &private, &question))
            .await;
    Ok(match measured {
        Ok(facts) => facts?,
        // Scripts of strangers wrote these tables: what a reader trips over must not end the work on everything else.
        Err(_tripped) => SplitFacts {
            incomplete: Some("the reader of tables broke down on them".to_owned()),
            ..SplitFacts::default()
        },
    })
}

/// What must be known of a task to measure its split.
pub(crate) fn split_question(manifest: &Manifest) -> SplitQuestion {
    SplitQuestion {
        id_column: manifest.data.id_column.clone(),
        targets: manifest.data.target_columns.clone(),
        classification: manifest.task.objective != Objective::Regression,
        predictions: predictions(manifest),
        split_column: manifest.split.column.clone(),
    }
}

/// Which columns of a submission predict what. Where the targets are a time and whether the event happened then, the risk
/// predicts the time.
fn predictions(manifest: &Manifest) -> Vec<PredictionColumn> {
    let submission = &manifest.submission;
    let targets = &manifest.data.target_columns;
    let columns = submission.columns.iter().skip(1);
    let prediction = |at: usize, column: &String| {
        let (target, class) = match submission.prediction {
            Prediction::ClassProbabilities => (targets.first()?, Some(column.clone())),
            // Of several targets each holds 0 or 1.
            Prediction::Probability if targets.len() > 1 => {
                (targets.get(at)?, Some("1".to_owned()))
            }
            Prediction::Probability => (targets.first()?, submission.positive_label.clone()),
            Prediction::Label
            | Prediction::Number
            | Prediction::LabelSet
            | Prediction::Ranking
            | Prediction::Text => (targets.get(at)?, None),
        };
        Some(PredictionColumn {
            column: column.clone(),
            target: target.clone(),
            class,
        })
    };
    columns
        .enumerate()
        .filter_map(|(at, column)| prediction(at, column))
        .collect()
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
