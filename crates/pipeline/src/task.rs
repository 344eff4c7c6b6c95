//! One proposal on its way to a published task: the order of the stages, how often each is tried, and where what was found wrong goes.

use agents::llm::{Feedback, Files};
use agents::{Candidate, Proposal};
use camino::Utf8Path;
use datasets::RawDataset;
use facts::{Profile, ReviewFacts};
use findings::{Policy, Verdict};
use ledger::Event;
use process::Stopwatch;

use crate::{
    Generator, Notice, PipelineError, TaskReport,
    course::{Course, Lost, Step, after_design, after_execution, after_refactor, after_review},
    examine::Examination,
    layout::make_empty,
    making::Maker,
    publish::{Publication, publish},
    spent::Spent,
    stage::{Subject, milliseconds},
    verdict,
    verified::Verified,
};

/// One dataset at work.
pub(crate) struct Work<'a> {
    pub(crate) generator: &'a Generator,
    pub(crate) raw: &'a RawDataset,
    pub(crate) profile: &'a Profile,
    pub(crate) staging: &'a Utf8Path,
    /// Who asks models; nothing where rules write.
    pub(crate) maker: Option<Maker<'a>>,
    /// What was spent on this task's share of the proposals.
    pub(crate) share: Spent,
}

/// A candidate that its verdict admits, with what the verdict rests on.
pub(crate) struct Admitted {
    candidate: Candidate,
    examination: Examination,
    review: ReviewFacts,
    verdict: Verdict,
}

impl Work<'_> {
    /// Takes one proposal through the stages that remain. With `ready`, its package is already written.
    ///
    /// A judge that fails has not judged this task, which becomes its report; the next task is another matter. Any other
    /// trouble would meet the next task, too, and is an error.
    pub(crate) async fn task(
        &self,
        proposal: &Proposal,
        ready: Option<&Files>,
    ) -> Result<TaskReport, PipelineError> {
        let watch = Stopwatch::start();
        let stages = self.generator.stages();
        let folder = self.staging.join(proposal.id.as_str());
        make_empty(&folder)?;
        let mut course = Course::after(self.share);
        let ended = self.run(proposal, ready, &folder, &mut course).await;
        let dataset = self.profile.dataset.slug.clone();
        let task = proposal.id.to_string();
        let mut failure = None;
        let (verdict, ladder, digest, reason) = match ended {
            Err(error) if error.is_a_judges() => {
                failure = Some(self.generator.task_failed(&dataset, proposal, &error)?);
                (verdict::of_findings(Vec::new()), Vec::new(), None, None)
            }
            Err(error) => return Err(error),
            Ok(Ok(admitted)) => {
                let ladder = verdict::scores(&admitted.examination.ladder);
                let verdict = admitted.verdict.clone();
                let digest = self.publish(proposal, admitted, &folder, &course)?;
                stages.tell(&Notice::TaskVerified {
                    dataset,
                    task: task.clone(),
                    digest: digest.clone(),
                    ladder: ladder.clone(),
                    warnings: verdict::ids(verdict.warnings()),
                });
                (verdict, ladder, Some(digest), None)
            }
            Ok(Err(lost)) => {
                let mut failures = verdict::reasons(&lost.verdict);
                failures.extend(lost.reason.iter().map(|why| (String::new(), why.clone())));
                stages.tell(&Notice::TaskRejected {
                    dataset,
                    task: task.clone(),
                    failures,
                });
                (lost.verdict, lost.ladder, None, lost.reason)
            }
        };
        Ok(TaskReport {
            task,
            metric: proposal.metric.title().to_owned(),
            verdict,
            ladder,
            digest,
            failure,
            reason,
            cost_usd: course.spent.cost_usd,
            tokens: course.spent.tokens,
            wall_ms: milliseconds(watch),
        })
    }

    async fn run(
        &self,
        proposal: &Proposal,
        ready: Option<&Files>,
        folder: &Utf8Path,
        course: &mut Course,
    ) -> Result<Result<Admitted, Lost>, PipelineError> {
        let caps = self.generator.engine().caps();
        let asked = (caps, ready);
        let mut step = Step::Design(Feedback::default());
        loop {
            step = match step {
                Step::Design(feedback) => {
                    course.design += 1;
                    course.refactor = 0;
                    let designed = self
                        .design(proposal, ready, &feedback, folder, course)
                        .await?;
                    after_design(designed, course, caps)
                }
                Step::Refactor(designed, feedback) => {
                    course.refactor += 1;
                    let packaged = self
                        .refactor(proposal, &designed, ready, &feedback, folder, course)
                        .await?;
                    after_refactor(designed, packaged, course, asked)
                }
                Step::Review(designed, packaged) => {
                    let reviewed = self.review(proposal, &packaged, folder, course).await?;
                    let review = match reviewed {
                        None => None,
                        Some((review, verdict)) if verdict.accepted() => Some(review),
                        Some((review, verdict)) => {
                            step =
                                after_review(designed, *packaged, &review, verdict, course, asked);
                            continue;
                        }
                    };
                    course.reviewed();
                    let (examination, review, verdict) = self
                        .execute(proposal, &packaged, review, folder, course)
                        .await?;
                    if verdict.accepted() {
                        return Ok(Ok(Admitted {
                            candidate: packaged.into_candidate(),
                            examination,
                            review,
                            verdict,
                        }));
                    }
                    course.ladder = verdict::scores(&examination.ladder);
                    match after_execution(designed, *packaged, &verdict, course, asked) {
                        Some(step) => step,
                        None => {
                            return Ok(Err(Lost {
                                verdict,
                                ladder: std::mem::take(&mut course.ladder),
                                reason: None,
                            }));
                        }
                    }
                }
                Step::Lost(lost) => return Ok(Err(lost)),
            };
        }
    }

    fn publish(
        &self,
        proposal: &Proposal,
        admitted: Admitted,
        folder: &Utf8Path,
        course: &Course,
    ) -> Result<String, PipelineError> {
        let stages = self.generator.stages();
        let engine = self.generator.engine();
        let publication = Publication {
            manifest: admitted.candidate.manifest,
            proposal,
            ladder: &admitted.examination.ladder,
            agent: &admitted.examination.agent,
            review: &admitted.review,
            attempts: course.attempts(),
            models: engine.models(),
            cost_usd: match engine.models().is_empty() {
                true => None,
                false => course.spent.cost_usd,
            },
        };
        let policy = Policy::embedded();
        let Ok(verified) = Verified::by(admitted.verdict, &policy, publication) else {
            unreachable!("only admitted candidates are published");
        };
        let environment = self.generator.executor().environment();
        let package = publish(
            &folder.join("package"),
            self.generator.out(),
            &verified,
            environment,
        )?;
        stages.record(&Event::TaskPublished {
            dataset: self.profile.dataset.slug.clone(),
            task: package.manifest.id.to_string(),
            warnings: verdict::ids(verified.verdict().warnings()),
            digest: package
                .manifest
                .digest
                .parse()
                .expect("a sealed package has a digest"),
        })?;
        Ok(package.manifest.digest)
    }

    pub(crate) fn subject<'a>(&'a self, proposal: &'a Proposal, attempt: u32) -> Subject<'a> {
        Subject {
            dataset: &self.profile.dataset.slug,
            task: Some(proposal.id.as_str()),
            attempt,
        }
    }
}
