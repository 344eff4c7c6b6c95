//! One proposal on its way to a published task: the order of the stages, how often each is tried, and where what was found wrong goes.

use std::collections::BTreeMap;

use agents::llm::{Feedback, Files};
use agents::{Candidate, Draft, Proposal};
use camino::Utf8Path;
use datasets::RawDataset;
use facts::{IssueSeverity, Profile, ReviewFacts, ReviewIssue};
use findings::{Finding, Policy, Verdict};
use ledger::Event;
use process::Stopwatch;

use crate::{
    Generator, Notice, PipelineError, Stage, TaskReport,
    designing::Designed,
    engine::Caps,
    examine::Examination,
    layout::make_empty,
    making::{Maker, told},
    packaging::Packaged,
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

/// A proposal that came no further.
pub(crate) struct Lost {
    pub(crate) verdict: Verdict,
    /// Name and score of each rung; empty when it came not that far.
    pub(crate) ladder: Vec<(String, f64)>,
    /// Why, where no check says it.
    pub(crate) reason: Option<String>,
}

/// What is done next.
enum Step {
    Design(Feedback),
    Refactor(Box<Designed>, Feedback),
    Review(Box<Designed>, Box<Packaged>),
    Execute(Box<Designed>, Box<Packaged>, Option<ReviewFacts>),
    Ended(Box<Result<Admitted, Lost>>),
}

/// How often each stage was tried, and how often it still may be.
#[derive(Default)]
pub(crate) struct Course {
    /// Attempts by stage, all together.
    made: BTreeMap<Stage, u32>,
    /// Attempts since the stage was last asked for something new.
    design: u32,
    refactor: u32,
    /// How often a candidate was sent back.
    sent_by_review: u32,
    sent_by_execution: u32,
    pub(crate) spent: Spent,
}

impl Course {
    /// The number of the next attempt at a stage, from 1.
    pub(crate) fn next(&mut self, stage: Stage) -> u32 {
        let made = self.made.entry(stage).or_default();
        *made += 1;
        *made
    }

    fn attempts(&self) -> BTreeMap<String, u32> {
        self.made
            .iter()
            .map(|(stage, attempts)| (stage.as_str().to_owned(), *attempts))
            .collect()
    }
}

impl Work<'_> {
    /// Takes one proposal through the stages that remain. With `ready`, its package is already written.
    pub(crate) async fn task(
        &self,
        proposal: &Proposal,
        ready: Option<&Files>,
    ) -> Result<TaskReport, PipelineError> {
        let watch = Stopwatch::start();
        let stages = self.generator.stages();
        let folder = self.staging.join(proposal.id.as_str());
        make_empty(&folder)?;
        let mut course = Course {
            spent: self.share,
            ..Course::default()
        };
        let ended = self.run(proposal, ready, &folder, &mut course).await?;
        let dataset = self.profile.dataset.slug.clone();
        let task = proposal.id.to_string();
        let (verdict, ladder, digest, reason) = match ended {
            Ok(admitted) => {
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
            Err(lost) => {
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
                    after_refactor(designed, packaged, course, caps)
                }
                Step::Review(designed, packaged) => {
                    match self.review(proposal, &packaged, folder, course).await? {
                        None => Step::Execute(designed, packaged, None),
                        Some((review, verdict)) if verdict.accepted() => {
                            Step::Execute(designed, packaged, Some(review))
                        }
                        Some((review, verdict)) => after_review(
                            designed,
                            *packaged,
                            &review,
                            verdict,
                            course,
                            (caps, ready),
                        ),
                    }
                }
                Step::Execute(designed, packaged, review) => {
                    let (examination, review, verdict) = self
                        .execute(proposal, &packaged, review, folder, course)
                        .await?;
                    if verdict.accepted() {
                        Step::Ended(Box::new(Ok(Admitted {
                            candidate: packaged.into_candidate(),
                            examination,
                            review,
                            verdict,
                        })))
                    } else {
                        after_execution(
                            designed,
                            *packaged,
                            &examination,
                            verdict,
                            course,
                            (caps, ready),
                        )
                    }
                }
                Step::Ended(ended) => return Ok(*ended),
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

impl Step {
    fn lost(verdict: Verdict, reason: Option<String>) -> Self {
        Self::Ended(Box::new(Err(Lost {
            verdict,
            ladder: Vec::new(),
            reason,
        })))
    }
}

fn after_design(designed: Designed, course: &mut Course, caps: Caps) -> Step {
    let Some(problem) = designed.problem() else {
        course.design = 0;
        return Step::Refactor(Box::new(designed), Feedback::default());
    };
    if course.design < caps.design {
        Step::Design(Feedback {
            previous: designed
                .draft()
                .map_or(Files::new(), |draft| draft.files.clone()),
            findings: designed.findings,
            issues: Vec::new(),
            notes: problem.into_iter().collect(),
        })
    } else {
        Step::lost(verdict::of_findings(designed.findings), problem)
    }
}

fn after_refactor(
    designed: Box<Designed>,
    packaged: Packaged,
    course: &mut Course,
    caps: Caps,
) -> Step {
    if packaged.is_whole() {
        course.refactor = 0;
        return Step::Review(designed, Box::new(packaged));
    }
    if course.refactor < caps.refactor {
        let feedback = Feedback {
            previous: packaged.files().cloned().unwrap_or_default(),
            findings: told(&packaged.verdict),
            issues: Vec::new(),
            notes: packaged.reason.into_iter().collect(),
        };
        Step::Refactor(designed, feedback)
    } else {
        Step::lost(packaged.verdict, packaged.reason)
    }
}

fn after_review(
    designed: Box<Designed>,
    packaged: Packaged,
    review: &ReviewFacts,
    verdict: Verdict,
    course: &mut Course,
    (caps, ready): (Caps, Option<&Files>),
) -> Step {
    if course.sent_by_review >= caps.review {
        return Step::lost(verdict, None);
    }
    course.sent_by_review += 1;
    let feedback = Feedback {
        previous: packaged.files().cloned().unwrap_or_default(),
        findings: told(&verdict),
        issues: review.issues.clone(),
        notes: Vec::new(),
    };
    // The one agent that wrote everything is asked where packages are made.
    if ready.is_none() && review.issues.iter().any(is_for_the_designer) {
        Step::Design(with_test_script(feedback, designed.draft()))
    } else {
        Step::Refactor(designed, feedback)
    }
}

fn after_execution(
    designed: Box<Designed>,
    packaged: Packaged,
    examination: &Examination,
    verdict: Verdict,
    course: &mut Course,
    (caps, ready): (Caps, Option<&Files>),
) -> Step {
    if course.sent_by_execution >= caps.execute {
        return Step::Ended(Box::new(Err(Lost {
            verdict,
            ladder: verdict::scores(&examination.ladder),
            reason: None,
        })));
    }
    course.sent_by_execution += 1;
    let findings: Vec<Finding> = told(&verdict);
    let feedback = Feedback {
        previous: packaged.files().cloned().unwrap_or_default(),
        findings,
        issues: Vec::new(),
        notes: Vec::new(),
    };
    match ready {
        None => Step::Design(with_test_script(feedback, designed.draft())),
        Some(_) => Step::Refactor(designed, feedback),
    }
}

/// The Designer goes on from the package, with the script that tries it, which no package holds.
fn with_test_script(mut feedback: Feedback, draft: Option<&Draft>) -> Feedback {
    for (path, text) in draft.into_iter().flat_map(|draft| &draft.files) {
        feedback
            .previous
            .entry(path.clone())
            .or_insert_with(|| text.clone());
    }
    feedback
}

/// Where an issue goes. What the reviewer does not say follows from the file: words are the Refactor's, everything else the Designer's.
fn is_for_the_designer(issue: &ReviewIssue) -> bool {
    if issue.severity == IssueSeverity::Minor {
        return false;
    }
    match issue.route {
        Some(route) => route == facts::IssueRoute::Designer,
        None => !["description.md", "task.toml"]
            .iter()
            .any(|file| issue.place.starts_with(file)),
    }
}
