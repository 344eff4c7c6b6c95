//! One stage on the ledger: a result that is recorded is read back, else the work is done and recorded.
//!
//! A stage must be a pure function of the inputs it is keyed by.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use executor::Usage;
use ledger::{Event, Ledger, StageFinished, StageKey, StageOutcome};
use process::Stopwatch;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Notice, Observer, PipelineError, Stage, spent::Spent};

/// Raised when the meaning of a recorded result changes without its inputs changing.
const STAGE_VERSION: u32 = 2;

/// Milliseconds since the Unix epoch: the clock is the caller's.
pub type Clock = fn() -> u64;

/// The ledger with everything that recording a stage needs.
pub(crate) struct Stages {
    ledger: Mutex<Ledger>,
    observer: std::sync::Arc<dyn Observer>,
    clock: Clock,
    surroundings: Surroundings,
    from_scratch: bool,
}

/// What every result depends on beside what its stage works on.
#[derive(Default)]
pub(crate) struct Surroundings {
    /// Digest of the running program and of the pinned environment: another program is another input.
    pub(crate) common: String,
    /// What each stage uses of the engine: changing one model does not undo the work of others.
    pub(crate) by_stage: BTreeMap<Stage, String>,
}

/// What a stage works on.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) dataset: &'a str,
    pub(crate) task: Option<&'a str>,
    /// Which attempt it is, from 1.
    pub(crate) attempt: u32,
}

impl Subject<'_> {
    fn name(&self) -> String {
        self.task.unwrap_or(self.dataset).to_owned()
    }
}

/// What a stage gave.
pub(crate) struct Done<T> {
    pub(crate) value: T,
    pub(crate) outcome: StageOutcome,
    /// Ids of failed checks, for the funnel.
    pub(crate) findings: Vec<String>,
    /// Why an agent gave the task up, in its own words.
    pub(crate) given_up: Option<String>,
    pub(crate) usage: Usage,
    /// What its model calls took.
    pub(crate) spent: Spent,
    /// Digest of each rendered prompt by its name.
    pub(crate) prompts: BTreeMap<String, String>,
}

impl<T> Done<T> {
    /// Work that asked no model, ran no script and found nothing to object to.
    pub(crate) fn passed(value: T) -> Self {
        Self {
            value,
            outcome: StageOutcome::Passed,
            findings: Vec::new(),
            given_up: None,
            usage: Usage::default(),
            spent: Spent::default(),
            prompts: BTreeMap::new(),
        }
    }

    /// The same, ended like this.
    pub(crate) fn ended(mut self, outcome: StageOutcome) -> Self {
        self.outcome = outcome;
        self
    }
}

/// A result and what it cost, whenever that was.
pub(crate) struct Given<T> {
    pub(crate) value: T,
    pub(crate) spent: Spent,
    /// What the result stands under in the ledger.
    pub(crate) key: StageKey,
}

impl Stages {
    pub(crate) fn new(
        ledger: Ledger,
        observer: std::sync::Arc<dyn Observer>,
        clock: Clock,
        surroundings: Surroundings,
        from_scratch: bool,
    ) -> Self {
        Self {
            ledger: Mutex::new(ledger),
            observer,
            clock,
            surroundings,
            from_scratch,
        }
    }

    /// Tells the observer.
    pub(crate) fn tell(&self, notice: &Notice) {
        self.observer.notice(notice);
    }

    /// The ledger. A thread that panicked while it held the lock leaves a log that is cut at its last whole line.
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends an event at the present time.
    pub(crate) fn record(&self, event: &Event) -> Result<(), PipelineError> {
        let now = (self.clock)();
        self.ledger()
            .append(event, now)
            .map_err(PipelineError::ledger)
    }

    /// The recorded result of `stage` for these inputs, or that of `work`.
    pub(crate) async fn run<T, F>(
        &self,
        stage: Stage,
        subject: Subject<'_>,
        inputs: &impl Serialize,
        work: impl FnOnce() -> F,
    ) -> Result<Given<T>, PipelineError>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<Done<T>, PipelineError>>,
    {
        let watch = Stopwatch::start();
        let key = self.key(stage, inputs);
        self.tell(&Notice::StageStarted {
            dataset: subject.dataset.to_owned(),
            task: subject.task.map(str::to_owned),
            stage,
            attempt: subject.attempt,
        });
        let (given, resumed) = match self.recorded(stage, &key)? {
            Some(given) => {
                let (stage, subject) = (stage.as_str().to_owned(), subject.name());
                self.record(&Event::StageReused {
                    key,
                    stage,
                    subject,
                })?;
                (given, true)
            }
            None => (self.work(stage, subject, key, watch, work).await?, false),
        };
        self.tell(&Notice::StageFinished {
            dataset: subject.dataset.to_owned(),
            task: subject.task.map(str::to_owned),
            stage,
            attempt: subject.attempt,
            resumed,
            wall_ms: milliseconds(watch),
        });
        Ok(given)
    }

    fn key(&self, stage: Stage, inputs: &impl Serialize) -> StageKey {
        let Surroundings { common, by_stage } = &self.surroundings;
        let surroundings = (common, by_stage.get(&stage));
        StageKey::of(stage.as_str(), STAGE_VERSION, &(surroundings, inputs))
    }

    /// How often `stage` came to no result for these inputs, because what a model said could not be believed. A run that was
    /// killed, or could not ask, does not count: it goes on with what it was told.
    pub(crate) fn failures(&self, stage: Stage, inputs: &impl Serialize) -> u32 {
        if self.from_scratch {
            return 0;
        }
        let key = self.key(stage, inputs);
        let ledger = self.ledger();
        let failed = ledger.history().entries().iter().filter(|entry| {
            matches!(&entry.event, Event::StageFinished(finished)
                if finished.key == key && finished.outcome == StageOutcome::Failed)
        });
        u32::try_from(failed.count()).unwrap_or(u32::MAX)
    }

    fn recorded<T: DeserializeOwned>(
        &self,
        stage: Stage,
        key: &StageKey,
    ) -> Result<Option<Given<T>>, PipelineError> {
        if self.from_scratch {
            return Ok(None);
        }
        let ledger = self.ledger();
        let Some(finished) = ledger.completed(key) else {
            return Ok(None);
        };
        let Some(output) = finished.output else {
            return Ok(None);
        };
        let spent = Spent {
            tokens: finished.tokens,
            cost_usd: finished.cost_usd,
        };
        let Some(bytes) = ledger.get_blob(&output).map_err(PipelineError::ledger)? else {
            return Ok(None);
        };
        serde_json::from_slice(&bytes)
            .map(|value| {
                Some(Given {
                    value,
                    spent,
                    key: *key,
                })
            })
            .map_err(|source| PipelineError::Recorded {
                stage: stage.as_str(),
                source,
            })
    }

    async fn work<T, F>(
        &self,
        stage: Stage,
        subject: Subject<'_>,
        key: StageKey,
        watch: Stopwatch,
        work: impl FnOnce() -> F,
    ) -> Result<Given<T>, PipelineError>
    where
        T: Serialize,
        F: Future<Output = Result<Done<T>, PipelineError>>,
    {
        self.record(&Event::StageStarted {
            key,
            stage: stage.as_str().to_owned(),
            subject: subject.name(),
            attempt: subject.attempt,
        })?;
        let done = match work().await {
            Ok(done) => done,
            Err(error) => {
                if error.is_a_judges() {
                    self.record(&Event::StageFinished(StageFinished {
                        key,
                        stage: stage.as_str().to_owned(),
                        subject: subject.name(),
                        attempt: subject.attempt,
                        outcome: StageOutcome::Failed,
                        output: None,
                        findings: Vec::new(),
                        given_up: None,
                        wall_ms: milliseconds(watch),
                        cpu_ms: 0,
                        peak_memory_bytes: 0,
                        // Each call is on the ledger by itself.
                        tokens: 0,
                        cost_usd: None,
                        prompts: BTreeMap::new(),
                    }))?;
                }
                return Err(error);
            }
        };
        let bytes = serde_json::to_vec(&done.value).map_err(|source| PipelineError::Recorded {
            stage: stage.as_str(),
            source,
        })?;
        let output = self
            .ledger()
            .put_blob(&bytes)
            .map_err(PipelineError::ledger)?;
        self.record(&Event::StageFinished(StageFinished {
            key,
            stage: stage.as_str().to_owned(),
            subject: subject.name(),
            attempt: subject.attempt,
            outcome: done.outcome,
            output: Some(output),
            findings: done.findings,
            given_up: done.given_up,
            wall_ms: milliseconds(watch),
            cpu_ms: done.usage.cpu_ms,
            peak_memory_bytes: done.usage.peak_memory_bytes,
            tokens: done.spent.tokens,
            cost_usd: done.spent.cost_usd,
            prompts: done.prompts,
        }))?;
        Ok(Given {
            value: done.value,
            spent: done.spent,
            key,
        })
    }
}

pub(crate) fn milliseconds(watch: Stopwatch) -> u64 {
    u64::try_from(watch.elapsed().as_millis()).unwrap_or(u64::MAX)
}
