//! One dataset: opened, measured, proposed for, and each proposal taken on its way.

use agents::llm::{self, Feedback, Files};
use agents::{Proposal, rules};
use camino::Utf8Path;
use datasets::{DatasetSpec, NotOpened, RawDataset};
use facts::{Profile, Refusal};
use ledger::{Event, StageOutcome};
use process::Stopwatch;
use serde::{Deserialize, Serialize};

use crate::{
    DatasetOutcome, DatasetReport, Generator, Notice, PipelineError, Stage, TaskReport,
    engine::Engine,
    making::{Made, Maker, given_up, nothing_proposed},
    outcome,
    spent::Spent,
    stage::{Done, Given, Subject, milliseconds},
    task::Work,
    workbench::Bench,
};

/// A recorded answer that may be a refusal.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer<T> {
    Given(T),
    Refused(Refusal),
}

/// A proposal, and its package where one conversation made both.
#[derive(Serialize, Deserialize)]
struct Proposed {
    proposal: Proposal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ready: Option<Files>,
}

/// What an attempt at proposals gave.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Brainstormed {
    Given(Vec<Proposed>),
    Refused(Refusal),
    GaveUp(String),
}

impl Generator {
    /// Takes one dataset through all stages. Failures become part of the report; the ledger keeps what was done.
    pub(crate) async fn dataset(&self, place: usize, spec: &DatasetSpec) -> DatasetReport {
        let watch = Stopwatch::start();
        let staging = self.staging().join(place.to_string());
        let mut tasks = Vec::new();
        let opened = match self.stopped() {
            // What kept another dataset's work from being done would keep this one's, too.
            Some((error, fault)) => Err(PipelineError::NotBegun { error, fault }),
            None => Ok(self.open_dataset(spec, &staging).await),
        };
        let (dataset, outcome) = match opened {
            Err(error) => (spec.to_string(), Err(error)),
            Ok(Ok(raw)) => match self.claim_name(&raw.facts.slug) {
                Ok(()) => {
                    let name = raw.facts.slug.clone();
                    self.stages().tell(&Notice::DatasetStarted {
                        dataset: name.clone(),
                    });
                    let outcome = self.opened(&raw, &staging, &mut tasks).await;
                    (name, outcome)
                }
                // Under the name that is taken, its failure would be the other's.
                Err(error) => (spec.to_string(), Err(error)),
            },
            Ok(Err(NotOpened::Refused(refusal))) => (spec.to_string(), Ok(Some(refusal))),
            Ok(Err(NotOpened::Failed(source))) => {
                (spec.to_string(), Err(PipelineError::Open { source }))
            }
        };
        let outcome = match outcome {
            Ok(None) => DatasetOutcome::Tasks,
            Ok(Some(refusal)) => DatasetOutcome::Refused(refusal),
            Err(error) => {
                if error.meets_all_datasets() {
                    self.stop(&error);
                }
                outcome::failed(&error)
            }
        };
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
            tasks,
            wall_ms,
        }
    }

    pub(crate) async fn open_dataset(
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

    /// What becomes of an opened dataset: a refusal, or nothing but the tasks that were reported meanwhile.
    async fn opened(
        &self,
        raw: &RawDataset,
        staging: &Utf8Path,
        tasks: &mut Vec<TaskReport>,
    ) -> Result<Option<Refusal>, PipelineError> {
        let dataset = raw.facts.slug.as_str();
        self.stages().record(&Event::DatasetOpened {
            dataset: dataset.to_owned(),
            source: raw.facts.source.clone().unwrap_or_default(),
            digest: digest::digest_of(&raw.facts.files)
                .expect("a list of files has a canonical JSON"),
        })?;
        let profile = match self.intake(raw).await? {
            Answer::Given(profile) => profile,
            Answer::Refused(refusal) => return Ok(Some(refusal)),
        };
        let maker = match self.engine() {
            Engine::Rules => None,
            Engine::Llm(engine) => Some(Maker {
                engine,
                stages: self.stages(),
                python: self.python(),
                profile: &profile,
            }),
        };
        let given = match &maker {
            None => self.brainstorm_by_rules(&profile).await?,
            Some(maker) => self.brainstorm_by_model(maker, raw, staging).await?,
        };
        let proposed = match given.value {
            Answer::Given(proposed) => proposed,
            Answer::Refused(refusal) => return Ok(Some(refusal)),
        };
        let work = Work {
            generator: self,
            raw,
            profile: &profile,
            staging,
            share: given.spent.shared_by(proposed.len()),
            maker,
        };
        for Proposed { proposal, ready } in &proposed {
            tasks.push(work.task(proposal, ready.as_ref()).await?);
        }
        Ok(None)
    }

    pub(crate) async fn measure(
        &self,
        raw: &RawDataset,
    ) -> Result<Result<Profile, Refusal>, PipelineError> {
        let profiler = std::sync::Arc::clone(self.profiler());
        let (folder, facts, declared) =
            (raw.folder.clone(), raw.facts.clone(), raw.declared.clone());
        let profiled =
            tokio::task::spawn_blocking(move || profiler.profile(&folder, facts, &declared))
                .await
                .expect("profiling neither panics nor is cancelled")?;
        Ok(profiled)
    }

    async fn intake(&self, raw: &RawDataset) -> Result<Answer<Profile>, PipelineError> {
        let subject = of_dataset(&raw.facts.slug, 1);
        let inputs = (&raw.facts, &raw.declared);
        let work = || async { Ok(answered(self.measure(raw).await?)) };
        let given = self.stages().run(Stage::Intake, subject, &inputs, work);
        Ok(given.await?.value)
    }

    async fn brainstorm_by_rules(
        &self,
        profile: &Profile,
    ) -> Result<Given<Answer<Vec<Proposed>>>, PipelineError> {
        let subject = of_dataset(&profile.dataset.slug, 1);
        let work = || async {
            let proposals = rules::brainstorm(profile).map(|proposals| {
                let proposed = |proposal| Proposed {
                    proposal,
                    ready: None,
                };
                proposals.into_iter().map(proposed).collect()
            });
            Ok(answered(proposals))
        };
        self.stages()
            .run(Stage::Brainstorm, subject, profile, work)
            .await
    }

    async fn brainstorm_by_model(
        &self,
        maker: &Maker<'_>,
        raw: &RawDataset,
        staging: &Utf8Path,
    ) -> Result<Given<Answer<Vec<Proposed>>>, PipelineError> {
        let mut spent = Spent::default();
        let mut feedback = Feedback::default();
        let most = self.engine().caps().brainstorm;
        let mut attempt = 1;
        loop {
            let subject = of_dataset(&maker.profile.dataset.slug, attempt);
            let inputs = (maker.profile, attempt, &feedback.notes);
            let work = || self.attempt_proposals(maker, raw, staging, attempt, &feedback);
            let given = self
                .stages()
                .run(Stage::Brainstorm, subject, &inputs, work)
                .await?;
            spent = spent.and(given.spent);
            let value = match given.value {
                Brainstormed::Given(proposed) => Answer::Given(proposed),
                Brainstormed::Refused(refusal) => Answer::Refused(refusal),
                Brainstormed::GaveUp(reason) if attempt < most => {
                    feedback.notes = vec![reason];
                    attempt += 1;
                    continue;
                }
                Brainstormed::GaveUp(reason) => Answer::Refused(nothing_proposed(&reason)),
            };
            let key = given.key;
            return Ok(Given { value, spent, key });
        }
    }

    async fn attempt_proposals(
        &self,
        maker: &Maker<'_>,
        raw: &RawDataset,
        staging: &Utf8Path,
        attempt: u32,
        feedback: &Feedback,
    ) -> Result<Done<Brainstormed>, PipelineError> {
        let bench = Bench::new(
            self.executor(),
            self.profiler(),
            raw,
            maker.profile,
            staging.join("bench"),
        )?;
        let (made, spent, prompts) = if maker.engine.ablation.single_prompt {
            let making = maker.single(&bench, None, attempt, feedback).await?;
            (making.made.map(of_single), making.spent, making.prompts)
        } else {
            let making = maker.brainstorm(&bench, attempt, feedback).await?;
            (making.made.map(of_three), making.spent, making.prompts)
        };
        let (value, outcome) = match made {
            Made::Handed(Ok(proposed)) => (Brainstormed::Given(proposed), StageOutcome::Passed),
            Made::Handed(Err(refusal)) => (Brainstormed::Refused(refusal), StageOutcome::Refused),
            Made::Declined(reason) => (
                Brainstormed::GaveUp(given_up("the Brainstormer", reason.as_deref())),
                StageOutcome::Rejected,
            ),
            Made::GaveUp(reason) => (Brainstormed::GaveUp(reason), StageOutcome::Rejected),
        };
        Ok(Done {
            spent,
            prompts,
            usage: bench.usage(),
            ..Done::passed(value).ended(outcome)
        })
    }
}

fn of_three(brainstormed: llm::Brainstormed) -> Result<Vec<Proposed>, Refusal> {
    let proposed = |proposal| Proposed {
        proposal,
        ready: None,
    };
    match brainstormed {
        llm::Brainstormed::Proposals(proposals) => {
            Ok(proposals.into_iter().map(proposed).collect())
        }
        llm::Brainstormed::Refused(refusal) => Err(refusal),
    }
}

fn of_single(single: llm::Single) -> Result<Vec<Proposed>, Refusal> {
    let proposed = |(proposal, files)| Proposed {
        proposal,
        ready: Some(files),
    };
    match single {
        llm::Single::Packages(packages) => Ok(packages.into_iter().map(proposed).collect()),
        llm::Single::Refused(refusal) => Err(refusal),
    }
}

fn of_dataset(dataset: &str, attempt: u32) -> Subject<'_> {
    Subject {
        dataset,
        task: None,
        attempt,
    }
}

fn answered<T>(answer: Result<T, Refusal>) -> Done<Answer<T>> {
    match answer {
        Ok(value) => Done::passed(Answer::Given(value)),
        Err(refusal) => Done::passed(Answer::Refused(refusal)).ended(StageOutcome::Refused),
    }
}
