//! Runs every check on an existing package, made here or elsewhere.

use std::sync::Arc;

use camino::Utf8Path;
use datasets::RawDataset;
use executor::{Executor, pin};
use facts::{LadderFacts, PackageFacts, PrepareRun, Profile, ReviewFacts};
use findings::Verdict;
use serde::Serialize;
use task_format::{
    ENVIRONMENT_LOCK, EnvironmentPin, Manifest, PUBLIC_DESCRIPTION, REQUIRED_FILES, Role,
    read_text, role_of,
};

use crate::{
    PipelineError, Profiler,
    examine::{Raw, TestedBy, examine, measure_split},
    layout,
    verdict::{Paper, raw_rows},
};

/// What verification of a package gave.
#[derive(Clone, Debug)]
pub struct Verification {
    /// The decision with every finding.
    pub verdict: Verdict,
    /// The ladder, when the package could be run.
    pub ladder: Option<LadderFacts>,
    /// What the reviewer says, when the package could be run.
    pub review: Option<ReviewFacts>,
    /// The environment that it ran in, and the one that the package pins.
    pub environment: EnvironmentMatch,
    /// What was not run, and why: sentences for a person.
    pub remarks: Vec<String>,
}

/// The environment of this program, and the one that a package pins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EnvironmentMatch {
    /// What scripts run in here.
    pub ran_in: EnvironmentPin,
    /// What `environment.lock` pins; `None` when it is missing or can't be read.
    pub pinned: Option<EnvironmentPin>,
    /// Fields of the pin that differ, by name; empty when it is the same environment.
    pub differences: Vec<&'static str>,
}

impl EnvironmentMatch {
    /// Compares the environment of `executor` with the one that the package at `root` pins.
    pub fn of(root: &Utf8Path, executor: &Executor) -> Self {
        let ran_in = pin(executor.environment());
        let pinned = read_text(root, ENVIRONMENT_LOCK)
            .ok()
            .and_then(|text| EnvironmentPin::parse(&text).ok());
        let differences = pinned.as_ref().map_or_else(Vec::new, |pinned| {
            [
                ("name", ran_in.name == pinned.name),
                ("output_path", ran_in.output_path == pinned.output_path),
                ("nar_hash", ran_in.nar_hash == pinned.nar_hash),
                ("kit_path", ran_in.kit_path == pinned.kit_path),
                ("lock_sha256", ran_in.lock_sha256 == pinned.lock_sha256),
                (
                    "numerics_version",
                    ran_in.numerics_version == pinned.numerics_version,
                ),
            ]
            .into_iter()
            .filter(|(_, same)| !same)
            .map(|(name, _)| name)
            .collect()
        });
        Self {
            ran_in,
            pinned,
            differences,
        }
    }

    /// Whether the package pins the very environment that it ran in.
    pub fn matches(&self) -> bool {
        self.pinned.is_some() && self.differences.is_empty()
    }
}

/// Raw data for verification, profiled once for all packages made from them.
pub struct RawData {
    dataset: RawDataset,
    /// `None` when no table can be made of them.
    profile: Option<Profile>,
}

impl RawData {
    /// Profiles a dataset.
    ///
    /// # Errors
    ///
    /// When its files could not be read for a reason that lies with the host.
    pub fn profiled(
        dataset: RawDataset,
        profiler: &Arc<dyn Profiler>,
    ) -> Result<Self, PipelineError> {
        let profile = profiler
            .profile(&dataset.folder, dataset.facts.clone(), &dataset.declared)?
            .ok();
        Ok(Self { dataset, profile })
    }

    /// Why these are not the data that a package was made from; `None` when they are.
    fn differs(&self, manifest: &Manifest) -> Option<String> {
        let here = &self.dataset.facts.files;
        manifest.dataset.files.iter().find_map(|file| {
            match here.iter().find(|raw| raw.path == file.path) {
                None => Some(format!("`{}` is missing", file.path)),
                Some(raw) if raw.sha256 != file.sha256 => {
                    Some(format!("`{}` has other contents", file.path))
                }
                Some(_) => None,
            }
        })
    }
}

/// Runs every check on the package at `root`. Without raw data, checks that need `prepare.py` to run are skipped.
///
/// A package that is wrong on paper is run all the same when its files allow it, so that one call tells everything.
/// `scratch` is a folder for working files; it is emptied first.
///
/// # Errors
///
/// When the work could not be done. A bad package is a verdict.
pub async fn verify(
    root: &Utf8Path,
    raw: Option<&RawData>,
    executor: &Executor,
    profiler: &Arc<dyn Profiler>,
    scratch: &Utf8Path,
) -> Result<Verification, PipelineError> {
    let paper = Paper::of(root, executor)?;
    let environment = EnvironmentMatch::of(root, executor);
    let on_paper = |verdict, remark: String| Verification {
        verdict,
        ladder: None,
        review: None,
        environment: environment.clone(),
        remarks: vec![remark],
    };
    let manifest = match layout::manifest(paper.package()) {
        Ok(manifest) => manifest,
        Err(error) => {
            let verdict = paper.judge_without_manifest(&error).on_paper();
            let remark = "nothing was run: task.toml can't be read".to_owned();
            return Ok(on_paper(verdict, remark));
        }
    };
    if let Some(why) = can_not_run(paper.package()) {
        let verdict = paper.judge(&manifest, None).on_paper();
        return Ok(on_paper(verdict, format!("nothing was run: {why}")));
    }
    let mut remarks = Vec::new();
    let raw = raw.filter(|raw| match raw.differs(&manifest) {
        None => true,
        Some(why) => {
            remarks.push(format!(
                "prepare.py was not run: these are not the raw data that the task was made from, {why}"
            ));
            false
        }
    });
    if raw.is_none() && remarks.is_empty() {
        remarks.push("prepare.py was not run: no raw data were given".to_owned());
    }
    let rows = raw
        .and_then(|raw| raw.profile.as_ref())
        .map(|profile| raw_rows(profile, &manifest));
    let judge = paper.judge(&manifest, rows);
    let raw = raw.map(|raw| Raw {
        folder: &raw.dataset.folder,
        files: &raw.dataset.facts.files,
        reference: as_published(paper.package()),
    });
    let (examination, _, _) = examine(
        executor,
        profiler,
        root,
        &manifest,
        raw,
        scratch,
        TestedBy::Script,
    )
    .await?;
    Ok(Verification {
        verdict: judge.of(Some(&examination)),
        review: judge.review(&examination),
        ladder: Some(examination.ladder),
        environment,
        remarks,
    })
}

/// Looks only at what stands in the package at `root`, its tables measured, and runs nothing: checks that need a run are
/// skipped.
///
/// # Errors
///
/// When the package's files can't be read. A bad package is a verdict.
pub async fn verify_on_paper(
    root: &Utf8Path,
    executor: &Executor,
    profiler: &Arc<dyn Profiler>,
) -> Result<Verification, PipelineError> {
    let paper = Paper::of(root, executor)?;
    let verdict = match layout::manifest(paper.package()) {
        Ok(manifest) => {
            let judge = paper.judge(&manifest, None);
            if can_not_run(paper.package()).is_some() {
                judge.on_paper()
            } else {
                judge.of_tables(&measure_split(profiler, root, &manifest).await?)
            }
        }
        Err(error) => paper.judge_without_manifest(&error).on_paper(),
    };
    Ok(Verification {
        verdict,
        ladder: None,
        review: None,
        environment: EnvironmentMatch::of(root, executor),
        remarks: vec!["nothing was run: only what stands in the package was looked at".to_owned()],
    })
}

/// Why the package has not even the files that running it takes.
fn can_not_run(package: &PackageFacts) -> Option<String> {
    if let Some(path) = package.irregular.first() {
        return Some(format!("`{path}` is no regular file"));
    }
    let missing = REQUIRED_FILES.iter().find(|path| !package.has(path))?;
    Some(format!("`{missing}` is missing"))
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
