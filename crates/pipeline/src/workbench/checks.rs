//! The checks that an agent's files can be held to before they are handed over.

use std::collections::BTreeSet;

use agents::Proposal;
use agents::llm::Files;
use findings::Finding;

use super::{Bench, bad_path};
use crate::{
    PipelineError,
    assemble::assemble,
    draft,
    examine::measure_split,
    layout::lay_out,
    verdict::{self, Paper},
};

impl Bench<'_> {
    /// The checks of a draft: its scripts, and the run of its `prepare.py`.
    pub(super) async fn of_draft(&self, files: &Files) -> Result<Vec<Finding>, PipelineError> {
        let modules: BTreeSet<String> = self
            .executor
            .environment()
            .python_modules()
            .map_err(PipelineError::files)?;
        let run = match bad_path(files) {
            Some(why) => draft::not_started(&why),
            None if files.contains_key(task_format::PREPARE) => self.prepare(files).await?.run,
            None => draft::no_prepare(),
        };
        Ok(draft::verdict(files, &run, &modules).findings().to_vec())
    }

    /// The checks of a package that nothing but its `prepare.py` must run for.
    pub(super) async fn of_package(
        &self,
        proposal: &Proposal,
        files: &Files,
    ) -> Result<Vec<Finding>, PipelineError> {
        let assembled = assemble(self, proposal, files).await?;
        let Some(candidate) = assembled.candidate else {
            return Ok(verdict::of_draft(&assembled.prepared.run)
                .findings()
                .to_vec());
        };
        let package = self.scratch.join("package");
        let environment = self.executor.environment();
        lay_out(
            &package,
            &candidate,
            &assembled.prepared.folder,
            environment,
        )?;
        let paper = Paper::of(&package, self.executor)?;
        let judge = paper.judge(
            &candidate.manifest,
            Some(verdict::raw_rows(self.profile, &candidate.manifest)),
        );
        let verdict = judge.on_paper();
        if !verdict.accepted() {
            return Ok(verdict.findings().to_vec());
        }
        let split = measure_split(self.profiler, &package, &candidate.manifest).await?;
        Ok(judge.of_tables(&split).findings().to_vec())
    }
}
