//! The refactor stage: a draft as a package in the unified format, laid out and judged on paper.

use std::collections::BTreeMap;

use agents::llm::{Feedback, Files, Single};
use agents::{Candidate, Proposal, rules};
use camino::Utf8Path;
use digest::Blake3;
use executor::Usage;
use facts::{PrepareRun, RunFailure, SplitFacts};
use findings::Verdict;
use ledger::StageOutcome;
use serde::{Deserialize, Serialize};

use crate::{
    PipelineError, Stage,
    assemble::assemble,
    course::Course,
    designing::{Designed, Told},
    examine::measure_split,
    layout::{lay_out, make_empty},
    making::{Made, Maker, given_up, ids, rejecting},
    prepared,
    spent::Spent,
    stage::Done,
    task::Work,
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
    /// What its tables look like, where a model wrote what nothing stands against on paper.
    split: Option<SplitFacts>,
}

/// A package in its folder.
pub(crate) struct Packaged {
    made: Option<Made<Files>>,
    candidate: Option<Candidate>,
    /// The run of its `prepare.py`.
    pub(crate) run: PrepareRun,
    /// Digest of every file that run wrote, by path.
    pub(crate) files: BTreeMap<String, Blake3>,
    /// What its tables look like, where a model wrote it.
    pub(crate) split: Option<SplitFacts>,
    /// What stands against it on paper and in its tables, or what stands against its `prepare.py`.
    pub(crate) verdict: Verdict,
    /// Why there is none, where no check says it.
    pub(crate) reason: Option<String>,
}

impl Packaged {
    /// Whether there is a package, and nothing stands against it as far as it was judged.
    pub(crate) fn is_whole(&self) -> bool {
        self.candidate.is_some() && self.verdict.accepted()
    }

    /// The files that a model handed in.
    pub(crate) fn files(&self) -> Option<&Files> {
        match &self.made {
            Some(Made::Handed(files)) => Some(files),
            Some(Made::Declined(_) | Made::GaveUp(_)) | None => None,
        }
    }

    /// Whether the agent gave the task up.
    pub(crate) fn is_given_up(&self) -> bool {
        matches!(self.made, Some(Made::Declined(_)))
    }

    /// A package of which no candidate was made.
    #[cfg(test)]
    pub(crate) fn without_candidate(made: Made<Files>, findings: Vec<findings::Finding>) -> Self {
        Self {
            reason: match &made {
                Made::Handed(_) => None,
                Made::Declined(reason) => Some(given_up("the Refactor", reason.as_deref())),
                Made::GaveUp(reason) => Some(reason.clone()),
            },
            made: Some(made),
            candidate: None,
            run: crate::draft::not_run(),
            files: BTreeMap::new(),
            split: None,
            verdict: verdict::of_findings(findings),
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
                let inputs = (self.profile, proposal, draft, attempt, told, ready);
                let work = || {
                    self.refactor_by_model(
                        maker, proposal, designed, ready, attempt, feedback, folder,
                    )
                };
                stages.run(Stage::Refactor, subject, &inputs, work).await?
            }
        };
        course.pay(&given);
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
            split: None,
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
        let bench = self.bench(folder)?;
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
                (again(making.made), making.spent, making.prompts)
            }
            None => {
                let making = maker
                    .refactor(&bench, proposal, draft, attempt, feedback)
                    .await?;
                (making.made, making.spent, making.prompts)
            }
        };
        let mut kept = match &made {
            Made::Declined(_) | Made::GaveUp(_) => Kept {
                made: Some(made),
                candidate: None,
                run: crate::draft::not_run(),
                files: BTreeMap::new(),
                split: None,
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
                    split: None,
                }
            }
        };
        // What tables tell is known before the judge is asked: nobody is asked about what is rejected anyway.
        if let Some(candidate) = &kept.candidate
            && self.judged(&kept, folder)?.0.accepted()
        {
            let package = folder.join("package");
            let profiler = self.generator.profiler();
            kept.split = Some(measure_split(profiler, &package, &candidate.manifest).await?);
        }
        let mut done = self.done(kept, folder)?;
        if let Some(Made::Declined(reason)) = &done.value.made {
            // It gives up on what it was told.
            done.given_up.clone_from(reason);
            done.findings = ids(&rejecting(&feedback.findings));
        }
        Ok(Done {
            spent,
            prompts,
            usage: bench.usage(),
            ..done
        })
    }

    /// The result of the stage with its verdict.
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
            split: kept.split,
            verdict,
            reason,
        })
    }

    /// Lays the package out and judges what is known of it without running it; without one, judges why not.
    fn judged(
        &self,
        kept: &Kept,
        folder: &Utf8Path,
    ) -> Result<(Verdict, Option<String>), PipelineError> {
        let Some(candidate) = &kept.candidate else {
            return Ok(match &kept.made {
                Some(Made::Declined(reason)) => (
                    verdict::of_findings(Vec::new()),
                    Some(given_up("the Refactor", reason.as_deref())),
                ),
                Some(Made::GaveUp(reason)) => (
                    verdict::of_findings(Vec::new()),
                    Some(format!("no package was handed in: {reason}")),
                ),
                _ => (verdict::of_draft(&kept.run), missing(&kept.run)),
            });
        };
        let data = self.data(&kept.files, folder)?;
        let package = folder.join("package");
        let executor = self.generator.executor();
        lay_out(&package, candidate, &data, executor.environment())?;
        let paper = Paper::of(&package, executor)?;
        let judge = paper.judge(
            &candidate.manifest,
            Some(verdict::raw_rows(self.profile, &candidate.manifest)),
        );
        let verdict = match &kept.split {
            Some(split) => judge.of_tables(split),
            None => judge.on_paper(),
        };
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
            // Rules prepare when they design, models when they package.
            let stage = match self.maker {
                None => Stage::Design,
                Some(_) => Stage::Refactor,
            };
            Err(PipelineError::Lost {
                stage: stage.as_str(),
            })
        }
    }
}

/// The files of the one package that was asked for again.
fn again(made: Made<Single>) -> Made<Files> {
    match made {
        Made::Handed(Single::Packages(packages)) => match packages.into_iter().next() {
            Some((_, files)) => Made::Handed(files),
            None => Made::GaveUp("no package was left".to_owned()),
        },
        Made::Handed(Single::Refused(refusal)) => Made::Declined(Some(refusal.detail)),
        Made::Declined(reason) => Made::Declined(reason),
        Made::GaveUp(reason) => Made::GaveUp(reason),
    }
}

/// What `prepare.py` left out, in words; its other failures are findings.
fn missing(run: &PrepareRun) -> Option<String> {
    match &run.failure {
        Some(RunFailure::MissingOutput { detail }) => Some(detail.clone()),
        _ => None,
    }
}
