//! Runs every check on an existing package, made here or elsewhere.

use std::sync::Arc;

use camino::Utf8Path;
use datasets::RawDataset;
use executor::Executor;
use facts::{LadderFacts, PackageFacts, PrepareRun};
use findings::Verdict;
use task_format::{PUBLIC_DESCRIPTION, Role, role_of};

use crate::{
    PipelineError, Profiler,
    examine::{Raw, examine},
    layout,
    verdict::Paper,
};

/// What verification of a package gave.
#[derive(Clone, Debug)]
pub struct Verification {
    /// The decision with every finding.
    pub verdict: Verdict,
    /// The ladder, when the package could be run.
    pub ladder: Option<LadderFacts>,
}

/// Runs every check on the package at `root`. Without raw data, checks that need `prepare.py` to run are skipped.
///
/// `scratch` is a folder for working files; it is emptied first.
///
/// # Errors
///
/// When the work could not be done. A bad package is a verdict.
pub async fn verify(
    root: &Utf8Path,
    raw: Option<&RawDataset>,
    executor: &Executor,
    profiler: &Arc<dyn Profiler>,
    scratch: &Utf8Path,
) -> Result<Verification, PipelineError> {
    let paper = Paper::of(root, executor)?;
    let manifest = match layout::manifest(paper.package()) {
        Ok(manifest) => manifest,
        Err(error) => {
            let verdict = paper.judge_without_manifest(&error).on_paper();
            return Ok(Verification {
                verdict,
                ladder: None,
            });
        }
    };
    let judge = paper.judge(&manifest, None);
    let verdict = judge.on_paper();
    if !verdict.accepted() {
        return Ok(Verification {
            verdict,
            ladder: None,
        });
    }
    let raw = raw.map(|raw| Raw {
        folder: &raw.folder,
        files: &raw.facts.files,
        reference: as_published(paper.package()),
    });
    let (examination, _) = examine(executor, profiler, root, &manifest, raw, scratch).await?;
    Ok(Verification {
        verdict: judge.of(Some(&examination)),
        ladder: Some(examination.ladder),
    })
}

/// The package's data as if a run of `prepare.py` had just written them.
fn as_published(package: &PackageFacts) -> PrepareRun {
    let is_data = |path: &str| {
        matches!(role_of(path), Some(Role::Public | Role::Private)) && path != PUBLIC_DESCRIPTION
    };
    PrepareRun {
        variant: "as published".to_owned(),
        failure: None,
        files: package
            .files
            .iter()
            .filter(|file| is_data(&file.path))
            .map(|file| (file.path.clone(), file.sha256.clone()))
            .collect(),
    }
}
