//! One dataset through all stages.

use std::collections::BTreeMap;

use agents::{Candidate, Draft, Proposal};
use camino::Utf8Path;
use datasets::{DatasetSpec, NotOpened, RawDataset};
use digest::Blake3;
use executor::{Surroundings, Usage};
use facts::{PrepareRun, Profile, Refusal, ReviewFacts, RunFailure};
use findings::{Policy, Verdict};
use ledger::{Event, StageOutcome};
use process::Stopwatch;
use serde::{Deserialize, Serialize};
use task_format::{LimitsTable, PREPARE};

use crate::{
    DatasetOutcome, DatasetReport, Generator, Notice, PipelineError, Stage, TaskReport,
    examine::{Examination, Raw, examine},
    layout::{lay_out, make_empty, write},
    outcome, prepared,
    publish::{Publication, publish},
    stage::{Done, Subject, milliseconds},
    verdict::{self, Judged, Paper},
    verified::Verified,
};

/// Limits of a run of `prepare.py` before there is a manifest that could state them.
const DRAFT_LIMITS: LimitsTable = LimitsTable {
    wall_seconds: 600,
    memory_bytes: 4 << 30,
    disk_bytes: 1 << 30,
    output_bytes: 1 << 20,
};

/// A recorded answer that may be a refusal.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer<T> {
    Given(T),
    Refused(Refusal),
}

/// What the design stage gave: the scripts, and the data that they made.
#[derive(Serialize, Deserialize)]
struct Designed {
    draft: Draft,
    run: PrepareRun,
    files: BTreeMap<String, Blake3>,
}

/// A candidate that its verdict admits, with what the verdict rests on.
struct Admitted {
    candidate: Candidate,
    examination: Examination,
    review: ReviewFacts,
    verdict: Verdict,
}

/// One dataset at work.
struct Work<'a> {
    generator: &'a Generator,
    raw: &'a RawDataset,
    profile: &'a Profile,
    staging: &'a Utf8Path,
}

impl Generator {
    /// Takes one dataset through all stages. Failures become part of the report; the ledger keeps what was done.
    pub(crate) async fn dataset(&self, place: usize, spec: &DatasetSpec) -> DatasetReport {
        let watch = Stopwatch::start();
        let staging = self.staging().join(place.to_string());
        let (dataset, outcome) = match self.open_dataset(spec, &staging).await {
            Ok(raw) => match self.claim_name(&raw.facts.slug) {
                Ok(()) => {
                    let name = raw.facts.slug.clone();
                    self.stages().tell(&Notice::DatasetStarted {
                        dataset: name.clone(),
                    });
                    let outcome = self.opened(&raw, &staging).await;
                    (name, outcome)
                }
                // Under the name that is taken, its failure would be the other's.
                Err(error) => (spec.to_string(), Err(error)),
            },
            Err(NotOpened::Refused(refusal)) => {
                (spec.to_string(), Ok(DatasetOutcome::Refused(refusal)))
            }
            Err(NotOpened::Failed(source)) => {
                (spec.to_string(), Err(PipelineError::Open { source }))
            }
        };
        let outcome = outcome.unwrap_or_else(|error| outcome::failed(&error));
        self.tell_outcome(&dataset, &outcome);
        let outcome = self.record_outcome(&dataset, outcome);
        let wall_ms = milliseconds(watch);
        self.stages().tell(&Notice::DatasetFinished {
            dataset: dataset.clone(),
            wall_ms,
        });
        DatasetReport {
            dataset,
            outcome,
            wall_ms,
        }
    }

    async fn open_dataset(
        &self,
        spec: &DatasetSpec,
        staging: &Utf8Path,
    ) -> Result<RawDataset, NotOpened> {
        let (spec, staging) = (spec.clone(), staging.join("dataset"));
        let site_packages = self.executor().environment().site_packages().to_owned();
        tokio::task::spawn_blocking(move || datasets::open(&spec, &staging, Some(&site_packages)))
            .await
            .expect("opening a dataset neither panics nor is cancelled")
    }

    async fn opened(
        &self,
        raw: &RawDataset,
        staging: &Utf8Path,
    ) -> Result<DatasetOutcome, PipelineError> {
        let dataset = raw.facts.slug.as_str();
        self.stages().record(&Event::DatasetOpened {
            dataset: dataset.to_owned(),
            source: raw.facts.source.clone().unwrap_or_default(),
            digest: digest::digest_of(&raw.facts.files)
                .expect("a list of files has a canonical JSON"),
        })?;
        let profile = match self.intake(raw).await? {
            Answer::Given(profile) => profile,
            Answer::Refused(refusal) => return Ok(DatasetOutcome::Refused(refusal)),
        };
        let proposals = match self.brainstorm(&profile).await? {
            Answer::Given(proposals) => proposals,
            Answer::Refused(refusal) => return Ok(DatasetOutcome::Refused(refusal)),
        };
        let work = Work {
            generator: self,
            raw,
            profile: &profile,
            staging,
        };
        let mut tasks = Vec::new();
        for proposal in &proposals {
            tasks.push(work.task(proposal).await?);
        }
        Ok(DatasetOutcome::Tasks(tasks))
    }

    async fn intake(&self, raw: &RawDataset) -> Result<Answer<Profile>, PipelineError> {
        let subject = Subject {
            dataset: &raw.facts.slug,
            task: None,
        };
        self.stages()
            .run(
                Stage::Intake,
                subject,
                &(&raw.facts, &raw.declared),
                || async {
                    let profiler = self.profiler();
                    let (folder, facts, declared) =
                        (raw.folder.clone(), raw.facts.clone(), raw.declared.clone());
                    let profiled = tokio::task::spawn_blocking(move || {
                        profiler.profile(&folder, facts, &declared)
                    })
                    .await
                    .expect("profiling neither panics nor is cancelled")?;
                    Ok(answered(profiled))
                },
            )
            .await
    }

    async fn brainstorm(&self, profile: &Profile) -> Result<Answer<Vec<Proposal>>, PipelineError> {
        let subject = Subject {
            dataset: &profile.dataset.slug,
            task: None,
        };
        self.stages()
            .run(Stage::Brainstorm, subject, profile, || async {
                Ok(answered(agents::rules::brainstorm(profile)))
            })
            .await
    }
}

impl Work<'_> {
    /// Takes one proposal through the stages that remain.
    async fn task(&self, proposal: &Proposal) -> Result<TaskReport, PipelineError> {
        let watch = Stopwatch::start();
        let stages = self.generator.stages();
        let folder = self.staging.join(proposal.id.as_str());
        make_empty(&folder)?;
        let designed = self.design(proposal, &folder).await?;
        let judged = if designed.run.failure.is_some() {
            Err(Judged {
                verdict: verdict::of_draft(&designed.run),
                ladder: Vec::new(),
            })
        } else {
            self.candidate(proposal, &designed, &folder).await?
        };
        let report = |verdict: Verdict, ladder, digest| TaskReport {
            task: proposal.id.to_string(),
            metric: proposal.metric.title().to_owned(),
            verdict,
            ladder,
            digest,
            wall_ms: milliseconds(watch),
        };
        let dataset = self.profile.dataset.slug.clone();
        let task = proposal.id.to_string();
        Ok(match judged {
            Ok(admitted) => {
                let ladder = verdict::scores(&admitted.examination.ladder);
                let verdict = admitted.verdict.clone();
                let digest = self.publish(proposal, admitted, &folder).await?;
                stages.tell(&Notice::TaskVerified {
                    dataset,
                    task,
                    digest: digest.clone(),
                    ladder: ladder.clone(),
                    warnings: verdict::ids(verdict.warnings()),
                });
                report(verdict, ladder, Some(digest))
            }
            Err(Judged { verdict, ladder }) => {
                stages.tell(&Notice::TaskRejected {
                    dataset,
                    task,
                    failures: verdict::reasons(&verdict),
                });
                report(verdict, ladder, None)
            }
        })
    }

    /// Writes the scripts and runs `prepare.py` once, as published.
    async fn design(
        &self,
        proposal: &Proposal,
        folder: &Utf8Path,
    ) -> Result<Designed, PipelineError> {
        let stages = self.generator.stages();
        let data = folder.join("prepared");
        let designed: Designed = stages
            .run(
                Stage::Design,
                self.subject(proposal),
                &(self.profile, proposal),
                || async {
                    let draft = agents::rules::design(self.profile, proposal);
                    let code = folder.join("draft");
                    write(
                        &code.join(PREPARE),
                        draft
                            .files
                            .get(PREPARE)
                            .map_or("", String::as_str)
                            .as_bytes(),
                    )?;
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
                    let files = prepared::keep(stages, &data, run.files.keys())?;
                    let verdict = verdict::of_draft(&run);
                    Ok(judged(Designed { draft, run, files }, &verdict, usage))
                },
            )
            .await?;
        if !data.exists() && !prepared::restore(stages, &data, &designed.files)? {
            return Err(PipelineError::Lost {
                stage: Stage::Design.as_str(),
            });
        }
        Ok(designed)
    }

    /// Makes the unified package, runs it, and judges it.
    async fn candidate(
        &self,
        proposal: &Proposal,
        designed: &Designed,
        folder: &Utf8Path,
    ) -> Result<Result<Admitted, Judged>, PipelineError> {
        let stages = self.generator.stages();
        let executor = self.generator.executor();
        let data = folder.join("prepared");
        let package = folder.join("package");
        let candidate: Candidate = stages
            .run(
                Stage::Refactor,
                self.subject(proposal),
                &(self.profile, proposal, &designed.files),
                || async {
                    let prepared = prepared::summary(&data)
                        .map_err(|detail| PipelineError::files(std::io::Error::other(detail)))?;
                    let candidate =
                        agents::rules::refactor(self.profile, proposal, &designed.draft, &prepared);
                    lay_out(&package, &candidate, &data, executor.environment())?;
                    let verdict = Paper::of(&package, executor)?
                        .judge(&candidate.manifest, None)
                        .on_paper();
                    Ok(judged(candidate, &verdict, Usage::default()))
                },
            )
            .await?;
        lay_out(&package, &candidate, &data, executor.environment())?;
        let paper = Paper::of(&package, executor)?;
        let judge = paper.judge(
            &candidate.manifest,
            Some(verdict::raw_rows(self.profile, &candidate.manifest)),
        );
        // A package that is wrong on paper is not worth a minute of execution.
        let verdict = judge.on_paper();
        if !verdict.accepted() {
            return Ok(Err(Judged {
                verdict,
                ladder: Vec::new(),
            }));
        }
        let examination: Examination = stages
            .run(
                Stage::Execute,
                self.subject(proposal),
                &(&candidate, &designed.files),
                || async {
                    let raw = Raw {
                        folder: &self.raw.folder,
                        files: &self.raw.facts.files,
                        reference: designed.run.clone(),
                    };
                    let scratch = folder.join("scratch");
                    let profiler = self.generator.profiler();
                    let (examination, usage) = examine(
                        executor,
                        &profiler,
                        &package,
                        &candidate.manifest,
                        Some(raw),
                        &scratch,
                    )
                    .await?;
                    let verdict = judge.for_publication(&examination);
                    Ok(judged(examination, &verdict, usage))
                },
            )
            .await?;
        let verdict = judge.for_publication(&examination);
        if verdict.accepted() {
            let review = judge
                .review(&examination)
                .expect("a candidate has a manifest");
            Ok(Ok(Admitted {
                candidate,
                examination,
                review,
                verdict,
            }))
        } else {
            Ok(Err(Judged {
                verdict,
                ladder: verdict::scores(&examination.ladder),
            }))
        }
    }

    async fn publish(
        &self,
        proposal: &Proposal,
        admitted: Admitted,
        folder: &Utf8Path,
    ) -> Result<String, PipelineError> {
        let stages = self.generator.stages();
        let attempts = [Stage::Design, Stage::Refactor, Stage::Execute]
            .map(|stage| (stage.as_str().to_owned(), 1));
        let publication = Publication {
            manifest: admitted.candidate.manifest,
            proposal,
            ladder: &admitted.examination.ladder,
            agent: &admitted.examination.agent,
            review: &admitted.review,
            attempts: BTreeMap::from(attempts),
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

    fn subject<'a>(&'a self, proposal: &'a Proposal) -> Subject<'a> {
        Subject {
            dataset: &self.profile.dataset.slug,
            task: Some(proposal.id.as_str()),
        }
    }
}

/// The result of a stage that a verdict was made on.
fn judged<T>(value: T, verdict: &Verdict, usage: Usage) -> Done<T> {
    let outcome = if verdict.accepted() {
        StageOutcome::Passed
    } else {
        StageOutcome::Rejected
    };
    Done {
        value,
        outcome,
        findings: verdict::ids(verdict.rejecting()),
        usage,
    }
}

fn answered<T>(answer: Result<T, Refusal>) -> Done<Answer<T>> {
    let (value, outcome) = match answer {
        Ok(value) => (Answer::Given(value), StageOutcome::Passed),
        Err(refusal) => (Answer::Refused(refusal), StageOutcome::Refused),
    };
    Done {
        value,
        outcome,
        findings: Vec::new(),
        usage: Usage::default(),
    }
}
