//! Has an agent's `metric.py` score what its `prepare.py` wrote: sample submission, perfect submission, and one of the agent's own.

use agents::Proposal;
use agents::llm::{Files, Observation};
use facts::GradeOutcome;
use fs_err as fs;
use task_format::SAMPLE_SUBMISSION;

use super::{Bench, has_file, preview};
use crate::{
    PipelineError, assemble::assemble, layout::lay_out, layout::make_empty, layout::write,
};

/// The submissions, by the names that they are told under.
const SAMPLE: &str = "the sample submission";
const PERFECT: &str = "the answers as a submission";
const GIVEN: &str = "your submission";

impl Bench<'_> {
    pub(super) async fn score(
        &self,
        proposal: &Proposal,
        files: &Files,
        submission: Option<&str>,
    ) -> Result<Observation, PipelineError> {
        if !files.contains_key(task_format::METRIC) {
            return Ok(Observation::failure("there is no `metric.py` yet"));
        }
        let assembled = assemble(self, proposal, files).await?;
        let Some(candidate) = assembled.candidate else {
            let failure = assembled.prepared.run.failure;
            let why = failure.map_or(String::new(), |failure| preview::told(&failure));
            return Ok(Observation::failure(format!(
                "`run_metric` needs what the unified layout has (`public/train.csv`, `public/test.csv`, \
                 `public/sample_submission.csv`, `private/test_answer.csv`); another layout is tried with `run_python`: {why}"
            )));
        };
        let package = self.scratch.join("scored");
        let environment = self.executor.environment();
        lay_out(
            &package,
            &candidate,
            &assembled.prepared.folder,
            environment,
        )?;
        let submissions = self.scratch.join("submissions");
        make_empty(&submissions)?;
        let mut lines = Vec::new();
        let mut names = Vec::new();
        if has_file(&package, SAMPLE_SUBMISSION) {
            let into = submissions.join("sample.csv");
            fs::copy(package.join(SAMPLE_SUBMISSION), into).map_err(PipelineError::files)?;
            names.push(("sample.csv", SAMPLE));
        }
        let perfect = submissions.join("perfect.csv");
        match executor::perfect_submission(&package, &candidate.manifest, &perfect)
            .map_err(PipelineError::execute)?
        {
            Ok(()) => names.push(("perfect.csv", PERFECT)),
            Err(reason) => lines.push(format!("{PERFECT}: {reason}")),
        }
        if let Some(text) = submission {
            write(&submissions.join("given.csv"), text.as_bytes())?;
            names.push(("given.csv", GIVEN));
        }
        let (grades, usage) = self
            .executor
            .grade_in_python(&package, &submissions, &candidate.manifest)
            .await
            .map_err(PipelineError::execute)?;
        self.used(usage);
        let grades = match grades {
            Ok(grades) => grades,
            Err(failure) => return Ok(Observation::failure(preview::told(&failure))),
        };
        let mut failed = false;
        for (file, name) in names {
            let told = match grades.get(file) {
                Some(GradeOutcome::Score { value }) => format!("score {value}"),
                Some(GradeOutcome::Invalid { reason, message }) => {
                    format!("refused as invalid ({reason}): {message}")
                }
                Some(GradeOutcome::Broken { detail }) => {
                    failed = true;
                    format!("metric.py broke: {detail}")
                }
                None => "was not graded".to_owned(),
            };
            lines.push(format!("{name}: {told}"));
        }
        Ok(Observation {
            text: lines.join("\n"),
            failed,
        })
    }
}
