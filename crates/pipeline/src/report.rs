//! What became of each dataset and task, for the table at the end.

use facts::Refusal;
use findings::Verdict;
use process::Fault;

/// What became of a dataset.
#[derive(Clone, Debug)]
pub struct DatasetReport {
    /// Its name; what was given on the command line when it could not even be opened.
    pub dataset: String,
    /// What became of it.
    pub outcome: DatasetOutcome,
    /// One report for each proposal that came to its end, best first; those of a dataset that failed later, too.
    pub tasks: Vec<TaskReport>,
    /// Wall-clock time.
    pub wall_ms: u64,
}

/// What became of a dataset.
#[derive(Clone, Debug)]
pub enum DatasetOutcome {
    /// It was proposed for.
    Tasks,
    /// No task can be made of it.
    Refused(Refusal),
    /// The work could not be done.
    Failed {
        /// What failed, with causes.
        error: String,
        /// What the user can do.
        hint: Option<String>,
        /// The class of trouble.
        fault: Fault,
        /// Whether it is that a model could not be asked.
        of_models: bool,
    },
}

/// What became of a proposal.
#[derive(Clone, Debug)]
pub struct TaskReport {
    /// Its id.
    pub task: String,
    /// Title of the metric, with its direction.
    pub metric: String,
    /// The decision with every finding.
    pub verdict: Verdict,
    /// Name and score of each rung; empty when it came not that far.
    pub ladder: Vec<(String, f64)>,
    /// Digest of the published task; `None` when it was rejected, or the work on it could not be done.
    pub digest: Option<String>,
    /// Why the work on it could not be done, which says nothing against it; `None` when it was.
    pub failure: Option<TaskFailure>,
    /// Why it came no further, where no check says it: an agent that handed in nothing.
    pub reason: Option<String>,
    /// US dollars that models took for it, its share of the proposals included; `None` when a price is unknown.
    pub cost_usd: Option<f64>,
    /// Tokens that models took for it.
    pub tokens: u64,
    /// Wall-clock time.
    pub wall_ms: u64,
}

/// Why the work on a proposal could not be done.
#[derive(Clone, Debug)]
pub struct TaskFailure {
    /// What failed, with causes.
    pub error: String,
    /// What the user can do.
    pub hint: Option<String>,
    /// The class of trouble.
    pub fault: Fault,
}

impl DatasetReport {
    /// Number of published tasks.
    pub fn verified(&self) -> usize {
        let published = |task: &&TaskReport| task.digest.is_some();
        self.tasks.iter().filter(published).count()
    }

    /// Tasks on which the work could not be done, and why.
    pub fn failures(&self) -> impl Iterator<Item = (&TaskReport, &TaskFailure)> {
        self.tasks
            .iter()
            .filter_map(|task| Some((task, task.failure.as_ref()?)))
    }
}
