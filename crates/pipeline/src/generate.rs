//! Many datasets: a bounded number side by side, one ledger, one executor.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use datasets::DatasetSpec;
use executor::Executor;
use ledger::{Event, History, Ledger, Spending};
use tokio::sync::Semaphore;

use process::Fault;
use prompts::PythonEnvironment;

use crate::{
    Clock, DatasetReport, Engine, Observer, PipelineError, Profiler, Stage,
    engine::python_environment,
    layout::make_empty,
    outcome::with_causes,
    stage::{Stages, Surroundings},
};

/// What a user decides of a generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where tasks are published.
    pub out: Utf8PathBuf,
    /// Folder of the ledger and of working files; on the same file system as `out`, not inside it.
    pub ledger: Utf8PathBuf,
    /// Datasets side by side, at least 1.
    pub jobs: usize,
    /// Whether to ignore what the ledger says is done.
    pub from_scratch: bool,
    /// The resolved configuration, without secrets, for the record.
    pub configuration: serde_json::Value,
    /// Digest of the running program: what another program recorded is not taken over.
    pub program: String,
}

/// The folder of the ledger that belongs to the output folder `out`.
///
/// It stands beside `out`, not inside: what is published holds only deterministic bytes, and events carry times.
pub fn ledger_folder(out: &Utf8Path) -> Utf8PathBuf {
    let plain = out.as_str().trim_end_matches('/');
    Utf8PathBuf::from(format!("{plain}.ledger"))
}

/// Turns datasets into published tasks.
pub struct Generator {
    settings: Settings,
    engine: Engine,
    executor: Executor,
    python: PythonEnvironment,
    profiler: Arc<dyn Profiler>,
    stages: Arc<Stages>,
    names: Mutex<BTreeSet<String>>,
    /// Why no further dataset is begun: models can't be asked any more.
    stopped: OnceLock<(String, Fault)>,
}

impl Generator {
    /// A generator that works on the ledger named in `settings`.
    ///
    /// # Errors
    ///
    /// When the ledger can't be opened: another run holds it, or a newer program wrote it.
    pub fn open(
        settings: Settings,
        engine: Engine,
        executor: Executor,
        profiler: Arc<dyn Profiler>,
        observer: Arc<dyn Observer>,
        clock: Clock,
    ) -> Result<Self, PipelineError> {
        let ledger = Ledger::open(&settings.ledger).map_err(PipelineError::ledger)?;
        let pin = executor::pin(executor.environment());
        let surroundings = Surroundings {
            common: [settings.program.clone(), pin.render()].join("\n"),
            by_stage: Stage::ALL
                .map(|stage| (stage, engine.part_in(stage)))
                .into(),
        };
        let stages = Stages::new(ledger, observer, clock, surroundings, settings.from_scratch);
        let python = python_environment(executor.environment())?;
        let names = Mutex::default();
        let generator = Self {
            settings,
            engine,
            executor,
            python,
            profiler,
            stages: Arc::new(stages),
            names,
            stopped: OnceLock::new(),
        };
        make_empty(&generator.staging())?;
        Ok(generator)
    }

    /// Takes every dataset through all stages; reports stand in the order of `datasets`.
    ///
    /// # Errors
    ///
    /// When the ledger can't be written. What goes wrong with one dataset is part of its report.
    pub async fn run(
        self: Arc<Self>,
        datasets: Vec<DatasetSpec>,
    ) -> Result<Vec<DatasetReport>, PipelineError> {
        self.stages.record(&Event::RunStarted {
            configuration: self.settings.configuration.clone(),
            versions: self.versions(),
        })?;
        let slots = Arc::new(Semaphore::new(self.settings.jobs.max(1)));
        let mut running = tokio::task::JoinSet::new();
        for (place, spec) in datasets.into_iter().enumerate() {
            // The slot is taken before the task starts: datasets begin in the order they were named.
            let slot = Arc::clone(&slots)
                .acquire_owned()
                .await
                .expect("the semaphore is never closed");
            let this = Arc::clone(&self);
            running.spawn(async move {
                let _slot = slot;
                (place, this.dataset(place, &spec).await)
            });
        }
        let mut reports = Vec::new();
        while let Some(report) = running.join_next().await {
            match report {
                Ok(report) => reports.push(report),
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        }
        reports.sort_by_key(|(place, _)| *place);
        let reports: Vec<DatasetReport> = reports.into_iter().map(|(_, report)| report).collect();
        make_empty(&self.staging())?;
        Ok(reports)
    }

    /// Records the end of the run.
    ///
    /// # Errors
    ///
    /// When the ledger can't be written.
    pub fn finished(&self, exit_code: u8) -> Result<(), PipelineError> {
        self.stages.record(&Event::RunFinished { exit_code })
    }

    /// What the model calls of this run took, by stage and agent.
    ///
    /// # Errors
    ///
    /// When the ledger can't be read.
    pub fn spending(&self) -> Result<Vec<Spending>, PipelineError> {
        let history = History::read(&self.settings.ledger).map_err(PipelineError::ledger)?;
        Ok(history.spending())
    }

    fn versions(&self) -> BTreeMap<String, String> {
        let environment = self.executor.environment();
        [
            ("smith", env!("CARGO_PKG_VERSION").to_owned()),
            ("program", self.settings.program.clone()),
            ("environment", environment.output_path().to_string()),
            ("kit", environment.kit().to_string()),
            ("engine", self.engine.name().to_owned()),
        ]
        .map(|(name, version)| (name.to_owned(), version))
        .into()
    }

    /// Records that the user ended the run.
    ///
    /// # Errors
    ///
    /// When the ledger can't be written.
    pub fn interrupted(&self) -> Result<(), PipelineError> {
        self.stages.record(&Event::Interrupted)
    }

    pub(crate) fn stages(&self) -> &Arc<Stages> {
        &self.stages
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn python(&self) -> &PythonEnvironment {
        &self.python
    }

    /// Begins no further dataset: a provider is out, or the budget is spent.
    pub(crate) fn stop(&self, error: &PipelineError) {
        let _ = self.stopped.set((with_causes(error), error.fault()));
    }

    /// Why no further dataset is begun.
    pub(crate) fn stopped(&self) -> Option<(String, Fault)> {
        self.stopped.get().cloned()
    }

    pub(crate) fn executor(&self) -> &Executor {
        &self.executor
    }

    pub(crate) fn profiler(&self) -> &Arc<dyn Profiler> {
        &self.profiler
    }

    pub(crate) fn out(&self) -> &Utf8Path {
        &self.settings.out
    }

    /// Folder of working files: beside the ledger, so that publishing is a rename.
    pub(crate) fn staging(&self) -> Utf8PathBuf {
        self.settings.ledger.join("staging")
    }

    /// Makes sure that no two datasets of this run would publish tasks of the same id.
    pub(crate) fn claim_name(&self, name: &str) -> Result<(), PipelineError> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if names.insert(name.to_owned()) {
            Ok(())
        } else {
            Err(PipelineError::SameName {
                name: name.to_owned(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ledger_stands_beside_the_output() {
        assert_eq!(ledger_folder(Utf8Path::new("out/a")), "out/a.ledger");
        assert_eq!(ledger_folder(Utf8Path::new("out/a/")), "out/a.ledger");
    }
}
