//! The workbench of agents: looks at raw data, runs their scripts in the sandbox, has their files checked.
//!
//! What it tells a model holds neither times nor paths of the host: recordings of models are keyed by it.

mod checks;
mod preview;
mod score;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use agents::Proposal;
use agents::llm::{Files, Handed, Observation, Work, Workbench, WorkbenchError};
use camino::{Utf8Path, Utf8PathBuf};
use datasets::RawDataset;
use digest::Blake3;
use executor::{Executor, Explored, Surroundings, Usage};
use facts::{PrepareRun, Profile};
use findings::Finding;
use fs_err as fs;
use task_format::PREPARE;

use crate::{
    PipelineError, Profiler,
    draft::{self, DRAFT_LIMITS},
    layout::make_empty,
    layout::write,
};

/// Characters of a stream of a script that a model reads.
const CHARACTERS: usize = 12_000;

/// What the script that an agent has run is called among its files.
const SCRIPT: &str = "run_python_script.py";

/// A place to try things out in, for one conversation.
pub(crate) struct Bench<'a> {
    pub(crate) executor: &'a Executor,
    pub(crate) profiler: &'a Arc<dyn Profiler>,
    pub(crate) raw: &'a RawDataset,
    pub(crate) profile: &'a Profile,
    /// The task that the conversation is about; nothing while none is decided on.
    pub(crate) proposal: Option<&'a Proposal>,
    /// A folder of its own, on the file system of the ledger.
    pub(crate) scratch: Utf8PathBuf,
    /// What `prepare.py` gave, by digest of the files that it ran with.
    pub(crate) prepared: tokio::sync::Mutex<BTreeMap<String, Prepared>>,
    pub(crate) usage: Mutex<Usage>,
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
        proposal: Option<&'a Proposal>,
        scratch: Utf8PathBuf,
    ) -> Result<Self, PipelineError> {
        make_empty(&scratch)?;
        Ok(Self {
            executor,
            profiler,
            raw,
            profile,
            proposal,
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
    async fn explore(&self, files: &Files, script: &str) -> Result<Explored, PipelineError> {
        let folder = self.lay("explore", files)?;
        let (explored, usage) = self
            .executor
            .explore(&self.raw.folder, &folder, script, CHARACTERS)
            .await
            .map_err(PipelineError::execute)?;
        self.used(usage);
        Ok(explored)
    }

    /// The run of `prepare.py` with these files beside it; made once for the same files.
    pub(crate) async fn prepare(&self, files: &Files) -> Result<Prepared, PipelineError> {
        let key: Blake3 =
            digest::blake3_bytes(serde_json::to_vec(files).expect("texts by path are JSON"));
        let mut known = self.prepared.lock().await;
        if let Some(prepared) = known.get(&key.to_string()) {
            return Ok(prepared.clone());
        }
        let folder = self.scratch.join(format!("prepared-{}", known.len()));
        let code = self.lay("prepare", files)?;
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
        known.insert(key.to_string(), prepared.clone());
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
        let explored = self.explore(&files, SCRIPT).await?;
        Ok(preview::explored(&explored))
    }
}

/// Why paths of an agent's files can't be written below a folder; `None` when they can.
fn bad_path(files: &Files) -> Option<Observation> {
    let plain = |path: &str| {
        let path = Utf8Path::new(path);
        !path.as_str().is_empty()
            && path
                .components()
                .all(|part| matches!(part, camino::Utf8Component::Normal(_)))
    };
    let bad = files.keys().find(|path| !plain(path))?;
    Some(Observation::failure(format!(
        "`{bad}` is no path of a file of yours"
    )))
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
            preview::of_file(&self.raw.folder.join(path), from_row, rows)
                .map_err(failed("read a raw file"))
        })
    }

    fn run_python<'a>(&'a self, files: &'a Files, code: &'a str) -> Work<'a, Observation> {
        Box::pin(async move {
            match bad_path(files) {
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
            if let Some(bad) = bad_path(files) {
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
            preview::of_file(&prepared.folder.join(path), from_row, rows)
                .map_err(failed("read what prepare.py wrote"))
        })
    }

    fn run_metric<'a>(
        &'a self,
        files: &'a Files,
        submission: Option<&'a str>,
    ) -> Work<'a, Observation> {
        Box::pin(async move {
            if let Some(bad) = bad_path(files) {
                return Ok(bad);
            }
            self.score(files, submission)
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
