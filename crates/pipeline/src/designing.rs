//! The design stage: scripts of a proposal, and a first run of its `prepare.py`.

use std::collections::BTreeMap;

use agents::llm::{Feedback, Files};
use agents::{Draft, Proposal, rules};
use camino::Utf8Path;
use digest::Blake3;
use executor::{Surroundings, Usage};
use facts::{PrepareRun, RunFailure};
use findings::Finding;
use ledger::StageOutcome;
use serde::{Deserialize, Serialize};
use task_format::PREPARE;

use crate::{
    PipelineError, Stage,
    course::Course,
    draft::{self, DRAFT_LIMITS},
    layout::write,
    making::{Made, Maker, given_up, ids, rejecting},
    prepared,
    stage::Done,
    task::Work,
    verdict,
    workbench::Bench,
};

/// What the design stage gave.
#[derive(Serialize, Deserialize)]
pub(crate) struct Designed {
    pub(crate) made: Made<Draft>,
    /// The first run of its `prepare.py`.
    pub(crate) run: PrepareRun,
    /// What that wrote, where it need not be written again.
    pub(crate) files: BTreeMap<String, Blake3>,
    /// Findings that reject it.
    pub(crate) findings: Vec<Finding>,
    /// What else is wrong, a sentence each.
    pub(crate) notes: Vec<String>,
}

impl Designed {
    pub(crate) fn draft(&self) -> Option<&Draft> {
        match &self.made {
            Made::Handed(draft) => Some(draft),
            Made::Declined(_) | Made::GaveUp(_) => None,
        }
    }

    /// `None` when it may go on; else what is wrong beside its findings.
    pub(crate) fn problem(&self) -> Option<Option<String>> {
        match &self.made {
            Made::Declined(reason) => Some(Some(given_up("the Designer", reason.as_deref()))),
            Made::GaveUp(reason) => Some(Some(format!("the Designer handed in nothing: {reason}"))),
            Made::Handed(_) if !self.notes.is_empty() => Some(Some(self.notes.join("\n"))),
            Made::Handed(_) if !self.findings.is_empty() => Some(None),
            Made::Handed(_) => None,
        }
    }

    /// No draft.
    fn nothing(made: Made<Draft>) -> Self {
        Self {
            made,
            run: draft::not_run(),
            files: BTreeMap::new(),
            findings: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn done(self, usage: Usage) -> Done<Self> {
        let outcome = match self.problem() {
            None => StageOutcome::Passed,
            Some(_) => StageOutcome::Rejected,
        };
        let findings = ids(&self.findings);
        let given_up = match &self.made {
            Made::Declined(reason) => reason.clone(),
            Made::Handed(_) | Made::GaveUp(_) => None,
        };
        Done {
            findings,
            given_up,
            usage,
            ..Done::passed(self).ended(outcome)
        }
    }
}

impl Work<'_> {
    /// A draft of a proposal; with `ready`, it is already written.
    pub(crate) async fn design(
        &self,
        proposal: &Proposal,
        ready: Option<&Files>,
        feedback: &Feedback,
        folder: &Utf8Path,
        course: &mut Course,
    ) -> Result<Designed, PipelineError> {
        let attempt = course.next(Stage::Design);
        let stages = self.generator.stages();
        let subject = self.subject(proposal, attempt);
        let given = match (&self.maker, ready) {
            (None, _) => {
                let inputs = (self.profile, proposal);
                let work = || self.design_by_rules(proposal, folder);
                stages.run(Stage::Design, subject, &inputs, work).await?
            }
            (Some(_), Some(files)) => {
                let inputs = (self.profile, proposal, files);
                let work = || async {
                    Ok(Done::passed(Designed {
                        made: Made::Handed(Draft {
                            files: files.clone(),
                            notes: None,
                        }),
                        run: draft::not_run(),
                        files: BTreeMap::new(),
                        findings: Vec::new(),
                        notes: Vec::new(),
                    }))
                };
                stages.run(Stage::Design, subject, &inputs, work).await?
            }
            (Some(maker), None) => {
                let inputs = (self.profile, proposal, attempt, Told::from(feedback));
                let work = || self.design_by_model(maker, proposal, attempt, feedback, folder);
                stages.run(Stage::Design, subject, &inputs, work).await?
            }
        };
        course.pay(&given);
        Ok(given.value)
    }

    async fn design_by_rules(
        &self,
        proposal: &Proposal,
        folder: &Utf8Path,
    ) -> Result<Done<Designed>, PipelineError> {
        let draft = rules::design(self.profile, proposal);
        let code = folder.join("draft");
        let text = draft.files.get(PREPARE).map_or("", String::as_str);
        write(&code.join(PREPARE), text.as_bytes())?;
        let data = folder.join("prepared");
        let (mut run, usage) = self
            .generator
            .executor()
            .prepare(
                &code,
                &self.raw.folder,
                &data,
                &DRAFT_LIMITS,
                Surroundings::Reference,
            )
            .await
            .map_err(PipelineError::execute)?;
        if run.failure.is_none()
            && let Err(detail) = prepared::summary(&data)
        {
            run.failure = Some(RunFailure::MissingOutput { detail });
        }
        let files = prepared::keep(self.generator.stages(), &data, run.files.keys())?;
        let findings = verdict::of_draft(&run).rejecting().cloned().collect();
        Ok(Designed {
            made: Made::Handed(draft),
            run,
            files,
            findings,
            notes: Vec::new(),
        }
        .done(usage))
    }

    async fn design_by_model(
        &self,
        maker: &Maker<'_>,
        proposal: &Proposal,
        attempt: u32,
        feedback: &Feedback,
        folder: &Utf8Path,
    ) -> Result<Done<Designed>, PipelineError> {
        let bench = self.bench(folder)?;
        let making = maker.design(&bench, proposal, attempt, feedback).await?;
        let designed = match making.made {
            Made::Handed(drafted) => Designed {
                made: Made::Handed(drafted.draft),
                run: drafted.run,
                files: BTreeMap::new(),
                findings: drafted.findings,
                notes: drafted.notes,
            },
            Made::Declined(reason) => Designed {
                // It gives up on what it was told.
                findings: rejecting(&feedback.findings),
                ..Designed::nothing(Made::Declined(reason))
            },
            Made::GaveUp(reason) => Designed::nothing(Made::GaveUp(reason)),
        };
        Ok(Done {
            spent: making.spent,
            prompts: making.prompts,
            ..designed.done(bench.usage())
        })
    }

    /// A workbench for one conversation.
    pub(crate) fn bench<'a>(&'a self, folder: &Utf8Path) -> Result<Bench<'a>, PipelineError> {
        Bench::new(
            self.generator.executor(),
            self.generator.profiler(),
            self.raw,
            self.profile,
            folder.join("bench"),
        )
    }
}

/// Feedback as an input that a stage is keyed by.
#[derive(Serialize)]
pub(crate) struct Told<'a> {
    previous: &'a Files,
    findings: &'a [Finding],
    issues: &'a [facts::ReviewIssue],
    notes: &'a [String],
}

impl<'a> From<&'a Feedback> for Told<'a> {
    fn from(feedback: &'a Feedback) -> Self {
        Self {
            previous: &feedback.previous,
            findings: &feedback.findings,
            issues: &feedback.issues,
            notes: &feedback.notes,
        }
    }
}
