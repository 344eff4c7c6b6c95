//! Why the pipeline could not do its work. A bad candidate is a finding, an unsuitable dataset a refusal: neither is an error.

use camino::Utf8PathBuf;
use process::Fault;

use crate::ProfilerError;

/// Why the pipeline could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// A dataset could not be opened.
    #[error("the dataset could not be opened")]
    Open {
        /// Why.
        #[source]
        source: datasets::OpenError,
    },
    /// The tables could not be measured.
    #[error(transparent)]
    Profile(#[from] ProfilerError),
    /// A script could not be run.
    #[error("a script of the task could not be run")]
    Execute {
        /// Why.
        #[source]
        source: executor::ExecuteError,
    },
    /// The ledger could not be read or written.
    #[error("the ledger could not be used")]
    Ledger {
        /// Why.
        #[source]
        source: ledger::LedgerError,
    },
    /// A package could not be read or written.
    #[error("the task package could not be used")]
    Package {
        /// Why.
        #[source]
        source: task_format::PackageError,
    },
    /// A file of ours could not be read or written; the source names it.
    #[error("a working file could not be read or written")]
    Files {
        /// Which, and why.
        #[source]
        source: std::io::Error,
    },
    /// A folder stands where a task should be published, and it is no task.
    #[error("`{path}` is in the way: it is no published task")]
    InTheWay {
        /// The folder.
        path: Utf8PathBuf,
    },
    /// A file that a stage recorded is gone from the ledger.
    #[error("what `{stage}` recorded is gone from the ledger")]
    Lost {
        /// The stage.
        stage: &'static str,
    },
    /// Two datasets of one command have the same name.
    #[error("two datasets are called `{name}`")]
    SameName {
        /// The name.
        name: String,
    },
    /// What a stage recorded can't be read back.
    #[error("the recorded result of `{stage}` can't be read back")]
    Recorded {
        /// The stage.
        stage: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

impl PipelineError {
    pub(crate) fn files(source: std::io::Error) -> Self {
        Self::Files { source }
    }

    pub(crate) fn execute(source: executor::ExecuteError) -> Self {
        Self::Execute { source }
    }

    pub(crate) fn ledger(source: ledger::LedgerError) -> Self {
        Self::Ledger { source }
    }

    pub(crate) fn package(source: task_format::PackageError) -> Self {
        Self::Package { source }
    }

    /// The class of trouble.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Open { .. }
            | Self::Profile(_)
            | Self::Ledger { .. }
            | Self::Files { .. }
            | Self::InTheWay { .. } => Fault::Setup,
            Self::Execute { source } => source.fault(),
            Self::Package { .. } => Fault::Setup,
            Self::Lost { .. } | Self::SameName { .. } => Fault::Setup,
            Self::Recorded { .. } => Fault::Bug,
        }
    }

    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Open { source } => source.hint(),
            Self::Profile(error) => error.hint.clone(),
            Self::Execute { source } => source.hint(),
            Self::Ledger { source } => source.hint(),
            Self::Package { source } => source.hint(),
            Self::Files { .. } => Some("is the disk full, or the folder read-only?".to_owned()),
            Self::InTheWay { .. } => {
                Some("choose another `--out`, or move that folder away".to_owned())
            }
            Self::SameName { .. } => Some("run them into different `--out` folders".to_owned()),
            Self::Lost { .. } | Self::Recorded { .. } => {
                Some("`--from-scratch` ignores what was recorded".to_owned())
            }
        }
    }
}
