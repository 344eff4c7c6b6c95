//! Makes a candidate of the files that an agent handed in: runs its `prepare.py`, measures what that wrote, and adds what is ours.
//!
//! The manifest and the ladder are ours: those who are judged do not write the yardstick.

use std::sync::Arc;

use agents::llm::Files;
use agents::{Candidate, Proposal};
use camino::Utf8Path;
use facts::{DatasetFacts, FileKind, Profile, RawFile, RunFailure};
use fs_err as fs;
use task_format::{DESCRIPTION, METRIC, PREPARE, PUBLIC_TRAIN};

use crate::{
    PipelineError, Profiler,
    layout::make_empty,
    prepared,
    workbench::{Bench, Prepared},
};

/// Files of an agent's package that are published; whatever else it wrote stays behind.
const PUBLISHED: [&str; 3] = [PREPARE, METRIC, DESCRIPTION];

/// A package's parts, or the failure of the run that should have made its data.
pub(crate) struct Assembled {
    pub(crate) prepared: Prepared,
    /// Nothing when `prepare.py` did not give what a candidate is made of: then its run has a failure.
    pub(crate) candidate: Option<Candidate>,
}

/// Makes a candidate of `files`.
pub(crate) async fn assemble(
    bench: &Bench<'_>,
    proposal: &Proposal,
    files: &Files,
) -> Result<Assembled, PipelineError> {
    let files: Files = files
        .iter()
        .filter(|(path, _)| PUBLISHED.contains(&path.as_str()))
        .map(|(path, text)| (path.clone(), text.clone()))
        .collect();
    if !files.contains_key(PREPARE) {
        return Ok(Assembled::broken(
            Prepared::none(),
            "`prepare.py` is missing".to_owned(),
        ));
    }
    let code = Files::from([(PREPARE.to_owned(), files[PREPARE].clone())]);
    let prepared = bench.prepare(&code).await?;
    if prepared.run.failure.is_some() {
        return Ok(Assembled {
            prepared,
            candidate: None,
        });
    }
    let summary = match prepared::summary(&prepared.folder) {
        Ok(summary) => summary,
        Err(detail) => return Ok(Assembled::broken(prepared, detail)),
    };
    let train = match profile_train(bench.profiler, bench.profile, &prepared, bench).await? {
        Ok(train) => train,
        Err(detail) => return Ok(Assembled::broken(prepared, detail)),
    };
    let candidate = agents::candidate(bench.profile, proposal, &summary, &train, &files, "llm");
    Ok(Assembled {
        prepared,
        candidate: Some(candidate),
    })
}

impl Assembled {
    fn broken(mut prepared: Prepared, detail: String) -> Self {
        prepared.run.failure = Some(RunFailure::MissingOutput { detail });
        Self {
            prepared,
            candidate: None,
        }
    }
}

/// The profile of the prepared training rows; a sentence when no table can be made of them.
async fn profile_train(
    profiler: &Arc<dyn Profiler>,
    raw: &Profile,
    prepared: &Prepared,
    bench: &Bench<'_>,
) -> Result<Result<Profile, String>, PipelineError> {
    let folder = bench.scratch.join("train");
    make_empty(&folder)?;
    let name = "train.csv";
    let path = folder.join(name);
    fs::copy(prepared.folder.join(PUBLIC_TRAIN), &path).map_err(PipelineError::files)?;
    let facts = DatasetFacts {
        slug: raw.dataset.slug.clone(),
        title: raw.dataset.title.clone(),
        files: vec![raw_file(&path, name)?],
        ..raw.dataset.clone()
    };
    let profiler = Arc::clone(profiler);
    let profiled =
        tokio::task::spawn_blocking(move || profiler.profile_prepared(&folder, facts)).await;
    Ok(match profiled {
        Ok(profiled) => {
            profiled?.map_err(|refusal| format!("`{PUBLIC_TRAIN}`: {}", refusal.detail))
        }
        // A script of a stranger wrote this table.
        Err(_tripped) => Err(format!(
            "`{PUBLIC_TRAIN}`: the reader of tables broke down on it"
        )),
    })
}

fn raw_file(path: &Utf8Path, name: &str) -> Result<RawFile, PipelineError> {
    Ok(RawFile {
        path: name.to_owned(),
        bytes: fs::metadata(path).map_err(PipelineError::files)?.len(),
        sha256: digest::sha256_file(path)
            .map_err(PipelineError::files)?
            .to_string(),
        kind: FileKind::Delimited,
    })
}
