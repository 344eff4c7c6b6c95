//! The refactor stage: a draft as a package in the unified format, laid out and judged on paper.

use std::collections::BTreeMap;

use agents::llm::{Feedback, Files, Single};
use agents::{Candidate, Proposal, rules};
use camino::Utf8Path;
use digest::Blake3;
use executor::Usage;
use facts::{PrepareRun, RunFailure};
use findings::Verdict;
use ledger::StageOutcome;
use serde::{Deserialize, Serialize};

use crate::{
    PipelineError, Stage,
    assemble::assemble,
    designing::{Designed, Told},
    layout::{lay_out, make_empty},
    making::{Made, Maker},
    prepared,
    spent::Spent,
    stage::Done,
    task::{Course, Work},
    verdict::{self, Paper},
};

/// What the refactor stage gave, as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The files that a model handed in; nothing where rules write.
    made: Option<Made<Files>>,
    /// Nothing when no candidate could be made of the files.
    candidate: Option<Candidate>,
    /// The run of the package's `prepare.py`.
    run: PrepareRun,
    /// What that wrote.
    files: BTreeMap<String, Blake3>,
}

/// A package in its folder.
pub(crate) struct Packaged {
    made: Option<Made<Files>>,
    candidate: Option<Candidate>,
    /// The run of its `prepare.py`.
    pub(crate) run: PrepareRun,
    /// Digest of every file that run wrote, by path.
    pub(crate) files: BTreeMap<String, Blake3>,
    /// What stands against it on paper, or what stands against its `prepare.py`.
    pub(crate) verdict: Verdict,
    /// Why there is none, where no check says it.
    pub(crate) reason: Option<String>,
}

impl Packaged {
    /// Whether there is a package, and nothing stands against it on paper.
    pub(crate) fn is_whole(&self) -> bool {
        self.candidate.is_some() && self.verdict.accepted()
    }

    /// The files that a model handed in.
    pub(crate) fn files(&self) -> Option<&Files> {
        match &self.made {
            Some(Made::Handed(files)) => Some(files),
            Some(Made::GaveUp(_)) | None => None,
        }
    }

    /// The candidate of a whole package.
    pub(crate) fn candidate(&self) -> &Candidate {
        self.candidate
            .as_ref()
            .expect("only whole packages go on from the refactor stage")
    }

    pub(crate) fn into_candidate(self) -> Candidate {
        self.candidate
            .expect("only whole packages go on from the refactor stage")
    }
}

impl Work<'_> {
    /// A package of a draft, laid out in `<folder>/package`; with `ready`, its files are already written.
    pub(crate) async fn refactor(
        &self,
        proposal: &Proposal,
        designed: &Designed,
        ready: Option<&Files>,
        feedback: &Feedback,
        folder: &Utf8Path,
        course: &mut Course,
    ) -> Result<Packaged, PipelineError> {
        let attempt = course.next(Stage::Refactor);
        let stages = self.generator.stages();
        let subject = self.subject(proposal, attempt);
        let draft = designed
            .draft()
            .expect("only drafts that were handed in go on from the design stage");
        let given = match &self.maker {
            None => {
                let inputs = (self.profile, proposal, &designed.files);
                let work = || async { self.refactor_by_rules(proposal, designed, folder) };
                stages.run(Stage::Refactor, subject, &inputs, work).await?
            }
            Some(maker) => {
                let told = Told::from(feedback);
                let inputs = (self.profile, proposal, &draft.files, attempt, told, ready);
                let work = || {
                    self.refactor_by_model(
                        maker, proposal, designed, ready, attempt, feedback, folder,
                    )
                };
                stages.run(Stage::Refactor, subject, &inputs, work).await?
            }
        };
        course.spent = course.spent.and(given.spent);
        self.laid_out(given.value, folder)
    }

    fn refactor_by_rules(
        &self,
        proposal: &Proposal,
        designed: &Designed,
        folder: &Utf8Path,
    ) -> Result<Done<Kept>, PipelineError> {
        let data = self.data(&designed.files, folder)?;
        let prepared = prepared::summary(&data)
            .map_err(|detail| PipelineError::files(std::io::Error::other(detail)))?;
        let draft = designed.draft().expect("rules always hand in a draft");
        let candidate = rules::refactor(self.profile, proposal, draft, &prepared);
        let kept = Kept {
            made: None,
            candidate: Some(candidate),
            run: designed.run.clone(),
            files: designed.files.clone(),
        };
        self.done(kept, folder)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "all of them are inputs of the stage"
    )]
    async fn refactor_by_model(
        &self,
        maker: &Maker<'_>,
        proposal: &Proposal,
        designed: &Designed,
        ready: Option<&Files>,
        attempt: u32,
        feedback: &Feedback,
        folder: &Utf8Path,
    ) -> Result<Done<Kept>, PipelineError> {
        let bench = self.bench(Some(proposal), folder)?;
        let draft = designed.draft().expect("looked at by the caller");
        let (made, spent, prompts) = match ready {
            Some(files) if feedback.is_empty() => (
                Made::Handed(files.clone()),
                Spent::default(),
                BTreeMap::new(),
            ),
            Some(_) => {
                let making = maker
                    .single(&bench, Some(proposal), attempt, feedback)
                    .await?;
                (making.made.map(again), making.spent, making.prompts)
            }
            None => {
                let making = maker
                    .refactor(&bench, proposal, draft, attempt, feedback)
                    .await?;
                (making.made, making.spent, making.prompts)
            }
        };
        let kept = match &made {
            Made::GaveUp(_) => Kept {
                made: Some(made),
                candidate: None,
                run: crate::draft::not_run(),
                files: BTreeMap::new(),
            },
            Made::Handed(files) => {
                let assembled = assemble(&bench, proposal, files).await?;
                let run = assembled.prepared.run;
                let blobs = match assembled.candidate {
                    Some(_) => {
                        let stages = self.generator.stages();
                        prepared::keep(stages, &assembled.prepared.folder, run.files.keys())?
                    }
                    None => BTreeMap::new(),
                };
                Kept {
                    made: Some(made),
                    candidate: assembled.candidate,
                    run,
                    files: blobs,
                }
            }
        };
        let done = self.done(kept, folder)?;
        Ok(Done {
            spent,
            prompts,
            usage: bench.usage(),
            ..done
        })
    }

    /// The result of the stage with its verdict on paper.
    fn done(&self, kept: Kept, folder: &Utf8Path) -> Result<Done<Kept>, PipelineError> {
        let (verdict, reason) = self.judged(&kept, folder)?;
        let outcome = match verdict.accepted() && reason.is_none() {
            true => StageOutcome::Passed,
            false => StageOutcome::Rejected,
        };
        Ok(Done {
            findings: verdict::ids(verdict.rejecting()),
            usage: Usage::default(),
            ..Done::passed(kept).ended(outcome)
        })
    }

    fn laid_out(&self, kept: Kept, folder: &Utf8Path) -> Result<Packaged, PipelineError> {
        let (verdict, reason) = self.judged(&kept, folder)?;
        Ok(Packaged {
            made: kept.made,
            candidate: kept.candidate,
            run: kept.run,
            files: kept.files,
            verdict,
            reason,
        })
    }

    /// Lays the package out and judges it on paper; without one, judges why not.
    fn judged(
        &self,
        kept: &Kept,
        folder: &Utf8Path,
    ) -> Result<(Verdict, Option<String>), PipelineError> {
        let Some(candidate) = &kept.candidate else {
            return Ok(match &kept.made {
                Some(Made::GaveUp(reason)) => (
                    verdict::of_findings(Vec::new()),
                    Some(format!("the Refactor handed in nothing: {reason}")),
                ),
                _ => (verdict::of_draft(&kept.run), missing(&kept.run)),
            });
        };
        let data = self.data(&kept.files, folder)?;
        let package = folder.join("package");
        let executor = self.generator.executor();
        lay_out(&package, candidate, &data, executor.environment())?;
        let verdict = Paper::of(&package, executor)?
            .judge(
                &candidate.manifest,
                Some(verdict::raw_rows(self.profile, &candidate.manifest)),
            )
            .on_paper();
        Ok((verdict, None))
    }

    /// The prepared files in a folder, written again from the ledger unless they stand there.
    fn data(
        &self,
        files: &BTreeMap<String, Blake3>,
        folder: &Utf8Path,
    ) -> Result<camino::Utf8PathBuf, PipelineError> {
        let stages = self.generator.stages();
        let data = folder.join("prepared");
        if self.maker.is_some() {
            // An earlier attempt's files must not stay among these.
            make_empty(&data)?;
        } else if data.exists() {
            return Ok(data);
        }
        if prepared::restore(stages, &data, files)? {
            Ok(data)
        } else {
            Err(PipelineError::Lost {
                stage: Stage::Design.as_str(),
            })
        }
    }
}

/// The files of the one package that was asked for again.
fn again(single: Single) -> Files {
    match single {
        Single::Packages(packages) => packages
            .into_iter()
            .next()
            .map_or(Files::new(), |(_, files)| files),
        Single::Refused(_) => Files::new(),
    }
}

/// What `prepare.py` left out, in words; its other failures are findings.
fn missing(run: &PrepareRun) -> Option<String> {
    match &run.failure {
        Some(RunFailure::MissingOutput { detail }) => Some(detail.clone()),
        _ => None,
    }
}
