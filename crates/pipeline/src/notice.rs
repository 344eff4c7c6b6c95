//! What the pipeline tells while it works; how it is shown is the caller's matter.

use facts::RefusalReason;
use serde::Serialize;

/// One thing that happened. `--json` prints these, one a line.
///
/// Times are measurements and differ between two equal runs; everything else is deterministic.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Notice {
    /// A dataset was opened.
    DatasetStarted {
        /// Its name.
        dataset: String,
    },
    /// A stage began.
    StageStarted {
        /// Name of the dataset.
        dataset: String,
        /// The proposal it works on; `None` for stages of the whole dataset.
        task: Option<String>,
        /// The stage.
        stage: Stage,
        /// Which attempt this is, from 1.
        attempt: u32,
    },
    /// A model is waited for before it is asked again.
    ModelWaits {
        /// The dataset or task that it is about.
        subject: String,
        /// Name of the model.
        model: String,
        /// Why.
        reason: String,
        /// For how long.
        wait_ms: u64,
        /// Which attempt follows, from 2.
        attempt: u32,
    },
    /// A stage ended.
    StageFinished {
        /// Name of the dataset.
        dataset: String,
        /// The proposal it worked on.
        task: Option<String>,
        /// The stage.
        stage: Stage,
        /// Which attempt this was, from 1.
        attempt: u32,
        /// Whether the ledger already had its result.
        resumed: bool,
        /// Wall-clock time.
        wall_ms: u64,
    },
    /// No task can be made of a dataset.
    DatasetRefused {
        /// Its name.
        dataset: String,
        /// The class of the reason.
        reason: RefusalReason,
        /// A sentence for a person.
        detail: String,
    },
    /// The work on a dataset could not be done.
    DatasetFailed {
        /// Its name.
        dataset: String,
        /// What failed, with causes.
        error: String,
        /// What the user can do.
        hint: Option<String>,
    },
    /// A dataset is done, whatever became of it.
    DatasetFinished {
        /// Its name.
        dataset: String,
        /// Wall-clock time.
        wall_ms: u64,
    },
    /// A task passed every hard check and was published.
    TaskVerified {
        /// Name of the dataset.
        dataset: String,
        /// Id of the task.
        task: String,
        /// Its digest.
        digest: String,
        /// Name and score of each rung of the ladder.
        ladder: Vec<(String, f64)>,
        /// Checks that warn.
        warnings: Vec<String>,
    },
    /// A task was rejected.
    TaskRejected {
        /// Name of the dataset.
        dataset: String,
        /// Id of the task.
        task: String,
        /// Failed checks: id and message.
        failures: Vec<(String, String)>,
    },
    /// The work on a task could not be done, which says nothing against it.
    TaskFailed {
        /// Name of the dataset.
        dataset: String,
        /// Id of the task.
        task: String,
        /// What failed, with causes.
        error: String,
        /// What the user can do.
        hint: Option<String>,
    },
}

/// The stages, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Inventory and profile of the raw data.
    Intake,
    /// Proposals.
    Brainstorm,
    /// Scripts, and the data they prepare.
    Design,
    /// The unified package.
    Refactor,
    /// What a reviewer of the engine says of the package, before anything of it runs again.
    Review,
    /// Probes of the metric, second preparation, ladder, measurements of the split.
    Execute,
    /// The task in its folder.
    Publish,
}

impl Stage {
    /// All of them, in order.
    pub(crate) const ALL: [Self; 7] = [
        Self::Intake,
        Self::Brainstorm,
        Self::Design,
        Self::Refactor,
        Self::Review,
        Self::Execute,
        Self::Publish,
    ];

    /// The stage as it stands in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Brainstorm => "brainstorm",
            Self::Design => "design",
            Self::Refactor => "refactor",
            Self::Review => "review",
            Self::Execute => "execute",
            Self::Publish => "publish",
        }
    }
}

/// Who is told.
pub trait Observer: Send + Sync {
    /// Takes note. Must return soon: the pipeline waits for it.
    fn notice(&self, notice: &Notice);
}
