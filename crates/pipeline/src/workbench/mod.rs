//! The workbench of agents: looks at raw data, runs their scripts in the sandbox, has their files checked.
//!
//! What it tells a model holds neither times nor paths of the host: recordings of models are keyed by it.

mod checks;
mod preview;
mod score;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use agents::Proposal;
use agents::llm::{Files, Handed, Observation, TEST_RUNNER, Work, Workbench, WorkbenchError};
use camino::{Utf8Path, Utf8PathBuf};
use datasets::RawDataset;
use digest::Blake3;
use executor::{Executor, Explored, Surroundings, Usage};
use facts::{PrepareRun, Profile};
use findings::Finding;
use fs_err as fs;
use task_format::{DESCRIPTION, LimitsTable, PREPARE};

use crate::{
    PipelineError, Profiler,
    draft::{self, DRAFT_LIMITS},
    layout::make_empty,
    layout::write,
};

/// Characters of a stream of a script that a model reads.
const CHARACTERS: usize = 12_000;

/// Limits of a look at the data. It is no training: what takes longer is a design that would be too slow.
const LOOK_LIMITS: LimitsTable = LimitsTable {
    wall_seconds: 120,
    ..DRAFT_LIMITS
};
/// Limits of a draft's own test, which begins with a run of `prepare.py`.
const TEST_LIMITS: LimitsTable = LimitsTable {
    wall_seconds: DRAFT_LIMITS.wall_seconds + LOOK_LIMITS.wall_seconds,
    ..DRAFT_LIMITS
};

/// What the script that an agent has run is called among its files.
const SCRIPT: &str = "run_python_script.py";

/// How many runs of `prepare.py` are kept with what they wrote: that of the present files, and that of the ones before.
const KEPT_RUNS: usize = 2;

/// A place to try things out in, for one conversation.
pub(crate) struct Bench<'a> {
    pub(crate) executor: &'a Executor,
    pub(crate) profiler: &'a Arc<dyn Profiler>,
    pub(crate) raw: &'a RawDataset,
    pub(crate) profile: &'a Profile,
    /// A folder of its own, on the file system of the ledger.
    pub(crate) scratch: Utf8PathBuf,
    prepared: tokio::sync::Mutex<Runs>,
    pub(crate) usage: Mutex<Usage>,
}

/// The runs of `prepare.py` at one workbench.
#[derive(Default)]
struct Runs {
    made: usize,
    /// The last of them, by digest of the files that they ran with.
    last: VecDeque<(Blake3, Prepared)>,
}

/// A run of `prepare.py` and where its files are.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub(crate) run: PrepareRun,
    pub(crate) folder: Utf8PathBuf,
}

impl Prepared {
    /// No run, because there is nothing to run.
    pub(crate) fn none() -> Self {
        Self {
            run: draft::no_prepare(),
            folder: Utf8PathBuf::new(),
        }
    }
}

impl<'a> Bench<'a> {
    pub(crate) fn new(
        executor: &'a Executor,
        profiler: &'a Arc<dyn Profiler>,
        raw: &'a RawDataset,
        profile: &'a Profile,
        scratch: Utf8PathBuf,
    ) -> Result<Self, PipelineError> {
        make_empty(&scratch)?;
        Ok(Self {
            executor,
            profiler,
            raw,
            profile,
            scratch,
            prepared: tokio::sync::Mutex::default(),
            usage: Mutex::default(),
        })
    }

    /// Processor time and memory of what was run so far.
    pub(crate) fn usage(&self) -> Usage {
        *self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn used(&self, usage: Usage) {
        let mut sum = self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        *sum = sum.and(usage);
    }

    /// A folder that holds these files and nothing else.
    fn lay(&self, name: &str, files: &Files) -> Result<Utf8PathBuf, PipelineError> {
        let folder = self.scratch.join(name);
        make_empty(&folder)?;
        for (path, text) in files {
            write(&folder.join(path), text.as_bytes())?;
        }
        Ok(folder)
    }

    /// What a run of an agent's script printed.
    async fn explore(
        &self,
        files: &Files,
        script: &str,
        limits: &LimitsTable,
    ) -> Result<Explored, PipelineError> {
        let folder = self.lay("explore", files)?;
        let (explored, usage) = self
            .executor
            .explore(&self.raw.folder, &folder, script, limits, CHARACTERS)
            .await
            .map_err(PipelineError::execute)?;
        self.used(usage);
        Ok(explored)
    }

    /// The run of `prepare.py` with these files beside it; made once for the same files.
    pub(crate) async fn prepare(&self, files: &Files) -> Result<Prepared, PipelineError> {
        // The text for competitors is often changed alone, and no script depends on it.
        let mut files = files.clone();
        files.remove(DESCRIPTION);
        let key: Blake3 =
            digest::blake3_bytes(serde_json::to_vec(&files).expect("texts by path are JSON"));
        let mut known = self.prepared.lock().await;
        if let Some((_, prepared)) = known.last.iter().find(|(of, _)| *of == key) {
            return Ok(prepared.clone());
        }
        // What a conversation makes may be as large as the limits allow, each time.
        if known.last.len() >= KEPT_RUNS
            && let Some((_, oldest)) = known.last.pop_front()
            && oldest.folder.exists()
        {
            fs::remove_dir_all(&oldest.folder).map_err(PipelineError::files)?;
        }
        let folder = self.scratch.join(format!("prepared-{}", known.made));
        known.made += 1;
        let code = self.lay("prepare", &files)?;
        let (run, usage) = self
            .executor
            .prepare(
                &code,
                &self.raw.folder,
                &folder,
                &DRAFT_LIMITS,
                Surroundings::Reference,
            )
            .await
            .map_err(PipelineError::execute)?;
        self.used(usage);
        let prepared = Prepared { run, folder };
        known.last.push_back((key, prepared.clone()));
        Ok(prepared)
    }

    /// What a script shows, run with these files beside it.
    pub(crate) async fn python(
        &self,
        files: &Files,
        code: &str,
    ) -> Result<Observation, PipelineError> {
        let mut files = files.clone();
        files.insert(SCRIPT.to_owned(), code.to_owned());
        let limits = match code {
            TEST_RUNNER => &TEST_LIMITS,
            _ => &LOOK_LIMITS,
        };
        let explored = self.explore(&files, SCRIPT, limits).await?;
        Ok(preview::explored(&explored))
    }
}

/// Folders of the place where scripts run, which no file of an agent may lie in or stand in for.
const TAKEN: [&str; 4] = ["raw", "public", "private", "tested"];

/// Why files with these paths can't be laid out side by side; `None` when they can.
pub(crate) fn bad_path(files: &Files) -> Option<String> {
    let plain = |path: &str| {
        !path.is_empty()
            && Utf8Path::new(path)
                .components()
                .all(|part| matches!(part, camino::Utf8Component::Normal(_)))
    };
    if let Some(bad) = files.keys().find(|path| !plain(path)) {
        return Some(format!("`{bad}` is no path of a file of yours"));
    }
    let first = |path: &str| path.split('/').next().unwrap_or_default().to_owned();
    if let Some(bad) = files
        .keys()
        .find(|path| *path == SCRIPT || TAKEN.contains(&first(path).as_str()))
    {
        return Some(format!(
            "`{bad}`: `{}` is there already where scripts run; name the file otherwise",
            first(bad)
        ));
    }
    // A name can't be both a file and a folder.
    files.keys().find_map(|path| {
        let mut above = Utf8Path::new(path).ancestors().skip(1);
        let file = above.find(|folder| files.contains_key(folder.as_str()))?;
        Some(format!(
            "`{path}` can't lie below `{file}`, which is a file of yours: remove one of them"
        ))
    })
}

fn refused(files: &Files) -> Option<Observation> {
    bad_path(files).map(Observation::failure)
}

fn failed(act: &str) -> impl FnOnce(PipelineError) -> WorkbenchError {
    move |error| WorkbenchError {
        act: act.to_owned(),
        fault: error.fault(),
        hint: error.hint(),
        source: Box::new(error),
    }
}

impl Workbench for Bench<'_> {
    fn preview<'a>(&'a self, path: &'a str, from_row: u64, rows: u64) -> Work<'a, Observation> {
        Box::pin(async move {
            let known = self.raw.facts.files.iter().any(|file| file.path == path);
            if !known {
                return Ok(Observation::failure("there is no such raw file"));
            }
            let others = self.profile.others.iter();
            let mut readings =
                (self.profile.readings.iter()).chain(others.flat_map(|table| &table.readings));
            let encoding = readings
                .find(|reading| reading.path == path)
                .map(|reading| reading.encoding);
            preview::of_file(&self.raw.folder.join(path), encoding, from_row, rows)
                .map_err(failed("read a raw file"))
        })
    }

    fn run_python<'a>(&'a self, files: &'a Files, code: &'a str) -> Work<'a, Observation> {
        Box::pin(async move {
            match refused(files) {
                Some(bad) => Ok(bad),
                None => self
                    .python(files, code)
                    .await
                    .map_err(failed("run a script")),
            }
        })
    }

    fn run_prepare<'a>(&'a self, files: &'a Files) -> Work<'a, Observation> {
        Box::pin(async move {
            if let Some(bad) = refused(files) {
                return Ok(bad);
            }
            if !files.contains_key(PREPARE) {
                return Ok(Observation::failure("there is no `prepare.py` yet"));
            }
            let prepared = self
                .prepare(files)
                .await
                .map_err(failed("run prepare.py"))?;
            preview::prepared(&prepared).map_err(failed("read what prepare.py wrote"))
        })
    }

    fn read_prepared<'a>(
        &'a self,
        files: &'a Files,
        path: &'a str,
        from_row: u64,
        rows: u64,
    ) -> Work<'a, Observation> {
        Box::pin(async move {
            if bad_path(files).is_some() || !files.contains_key(PREPARE) {
                return self.run_prepare(files).await;
            }
            let prepared = self
                .prepare(files)
                .await
                .map_err(failed("run prepare.py"))?;
            if !prepared.run.files.contains_key(path) {
                return Ok(Observation::failure("prepare.py writes no such file"));
            }
            preview::of_file(&prepared.folder.join(path), None, from_row, rows)
                .map_err(failed("read what prepare.py wrote"))
        })
    }

    fn run_metric<'a>(
        &'a self,
        proposal: &'a Proposal,
        files: &'a Files,
        submission: Option<&'a str>,
    ) -> Work<'a, Observation> {
        Box::pin(async move {
            if let Some(bad) = refused(files) {
                return Ok(bad);
            }
            self.score(proposal, files, submission)
                .await
                .map_err(failed("run metric.py"))
        })
    }

    fn run_assertions<'a>(&'a self, handed: Handed<'a>) -> Work<'a, Vec<Finding>> {
        Box::pin(async move {
            match handed {
                Handed::Draft { files, .. } => self.of_draft(files).await,
                Handed::Package { proposal, files } => self.of_package(proposal, files).await,
            }
            .map_err(failed("check the files"))
        })
    }
}

/// Whether a folder holds a file; a link is none.
pub(crate) fn has_file(folder: &Utf8Path, path: &str) -> bool {
    fs::symlink_metadata(folder.join(path)).is_ok_and(|found| found.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_can_not_stand_side_by_side_are_told() {
        let bad = |paths: &[&str]| {
            let files: Files = paths
                .iter()
                .map(|path| ((*path).to_owned(), String::new()))
                .collect();
            bad_path(&files)
        };
        for good in [
            &["prepare.py", "helpers/a.py", "helpers/b.py"][..],
            &[
                "draft/prepare.py",
                "draft/helpers/a.py",
                "a",
                "a.py",
                "ab/c",
            ],
        ] {
            assert_eq!(bad(good), None);
        }
        for wrong in [
            &["a", "a/b.py"][..],
            &["prepare.py", "prepare.py/x/y.py"],
            &["draft", "draft/prepare.py"],
            &["../a.py"],
            &["/a.py"],
            &[""],
            &["tested/x.py"],
            &["raw"],
            &["run_python_script.py"],
        ] {
            assert!(bad(wrong).is_some(), "{wrong:?}");
        }
    }
}
