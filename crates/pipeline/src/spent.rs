//! What model calls took, and who hears of each: the ledger keeps every call, a stage their sum.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ledger::{Event, ModelCall, ModelFailure};
use llm::{CallRecord, FailedAttempt, Finish, Listener, Wait};

use crate::{Notice, PipelineError, Stage, stage::Stages};

/// Tokens and money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spent {
    /// Tokens in and out.
    pub(crate) tokens: u64,
    /// US dollars; `None` when a price is unknown.
    pub(crate) cost_usd: Option<f64>,
}

impl Default for Spent {
    /// Nothing, which is known.
    fn default() -> Self {
        Self {
            tokens: 0,
            cost_usd: Some(0.0),
        }
    }
}

impl Spent {
    /// Both together; unknown when either is.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            tokens: self.tokens + other.tokens,
            cost_usd: self
                .cost_usd
                .zip(other.cost_usd)
                .map(|(one, other)| one + other),
        }
    }

    /// An equal share of it.
    pub(crate) fn shared_by(self, tasks: usize) -> Self {
        let tasks = tasks.max(1);
        Self {
            tokens: self.tokens / tasks as u64,
            cost_usd: self.cost_usd.map(|cost| cost / tasks as f64),
        }
    }
}

/// Hears of the calls of one agent in one stage.
pub(crate) struct Meter {
    stages: Arc<Stages>,
    stage: Stage,
    subject: String,
    agent: &'static str,
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    spent: Spent,
    /// Why a call or an attempt could not be written down: told to the stage when it asks what was spent.
    trouble: Option<PipelineError>,
}

impl Meter {
    pub(crate) fn new(
        stages: &Arc<Stages>,
        stage: Stage,
        subject: &str,
        agent: &'static str,
    ) -> Arc<Self> {
        Arc::new(Self {
            stages: Arc::clone(stages),
            stage,
            subject: subject.to_owned(),
            agent,
            heard: Mutex::default(),
        })
    }

    /// What was spent so far.
    ///
    /// # Errors
    ///
    /// When the ledger could not be written for one of the calls.
    pub(crate) fn spent(&self) -> Result<Spent, PipelineError> {
        let mut heard = self.heard();
        match heard.trouble.take() {
            Some(error) => Err(error),
            None => Ok(heard.spent),
        }
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heard {
    /// Keeps why an event could not be written.
    fn keep(&mut self, recorded: Result<(), PipelineError>) {
        if let Err(error) = recorded {
            self.trouble.get_or_insert(error);
        }
    }
}

impl Listener for Meter {
    fn called(&self, call: &CallRecord) {
        let recorded = self.stages.record(&Event::ModelCalled(ModelCall {
            stage: self.stage.as_str().to_owned(),
            subject: self.subject.clone(),
            agent: self.agent.to_owned(),
            model: call.model.clone(),
            request: call.request.clone(),
            reply: call.reply.clone(),
            input_tokens: call.usage.input,
            cached_tokens: call.usage.cache_read,
            output_tokens: call.usage.output,
            cost_usd: call.cost_usd,
            latency_ms: milliseconds(call.latency),
            attempts: call.attempts,
            finish: finish(&call.finish),
            replayed: call.replayed,
        }));
        let mut heard = self.heard();
        heard.spent = heard.spent.and(Spent {
            tokens: call.usage.total(),
            cost_usd: call.cost_usd,
        });
        heard.keep(recorded);
    }

    /// For the ledger alone: what a stage spent goes into its result, which must not depend on a provider's bad day.
    fn failed(&self, attempt: &FailedAttempt) {
        let recorded = self.stages.record(&Event::ModelFailed(ModelFailure {
            stage: self.stage.as_str().to_owned(),
            subject: self.subject.clone(),
            agent: self.agent.to_owned(),
            model: attempt.model.clone(),
            request: attempt.request.clone(),
            attempt: attempt.attempt,
            tokens: attempt.tokens,
            cost_usd: attempt.cost_usd,
            counted: attempt.counted,
            reason: attempt.reason.clone(),
            replayed: attempt.replayed,
        }));
        self.heard().keep(recorded);
    }

    fn waits(&self, wait: &Wait) {
        self.stages.tell(&Notice::ModelWaits {
            subject: self.subject.clone(),
            model: wait.model.clone(),
            reason: wait.reason.clone(),
            wait_ms: milliseconds(wait.duration),
            attempt: wait.attempt,
        });
    }
}

fn finish(finish: &Finish) -> String {
    match finish {
        Finish::Stop => "stop",
        Finish::Tools => "tools",
        Finish::Length => "length",
        Finish::Refusal => "refusal",
        Finish::Other(other) => other,
    }
    .to_owned()
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use ledger::{History, Ledger};

    use super::*;
    use crate::{Observer, stage::Surroundings};

    struct Quiet;

    impl Observer for Quiet {
        fn notice(&self, _: &Notice) {}
    }

    #[test]
    fn a_failed_attempt_is_on_the_ledger_and_in_no_stages_cost() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let ledger = Ledger::open(folder).unwrap();
        let clock: crate::Clock = || 7;
        let stages = Stages::new(
            ledger,
            Arc::new(Quiet),
            clock,
            Surroundings::default(),
            false,
        );
        let meter = Meter::new(
            &Arc::new(stages),
            Stage::Design,
            "iris--a-binary",
            "designer",
        );
        meter.failed(&FailedAttempt {
            model: "m".to_owned(),
            request: "1".repeat(64),
            attempt: 2,
            tokens: 17_000,
            cost_usd: Some(0.25),
            counted: false,
            reason: "the answer broke off".to_owned(),
            replayed: false,
        });
        assert_eq!(meter.spent().unwrap(), Spent::default());
        let history = History::read(folder).unwrap();
        match &history.entries()[0].event {
            Event::ModelFailed(failure) => {
                assert_eq!((failure.stage.as_str(), failure.attempt), ("design", 2));
                assert_eq!((failure.tokens, failure.cost_usd), (17_000, Some(0.25)));
            }
            other => panic!("{other:?}"),
        }
    }
}
