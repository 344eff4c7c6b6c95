//! Why a run could not be made. A run that was made and misbehaved is a record, not an error.

use camino::Utf8PathBuf;
use process::Fault;
use sandbox::SandboxError;

/// Why a run could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The sandbox could not be set up.
    #[error("the sandbox for `{what}` could not be set up")]
    Sandbox {
        /// What should have run.
        what: String,
        /// Why.
        #[source]
        source: SandboxError,
    },
    /// What a run wrote could not be taken out.
    #[error("the files that a run wrote could not be taken out")]
    Collect {
        /// Why.
        #[source]
        source: sandbox::collect::CollectError,
    },
    /// A file of ours could not be read or written; the source names it.
    #[error("a working file could not be read or written")]
    Files {
        /// Which, and why.
        #[source]
        source: std::io::Error,
    },
    /// A CSV file that was checked before is malformed now.
    #[error("`{path}` can't be read")]
    Csv {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: csv::Error,
    },
    /// The native grader could not do its work.
    #[error("a submission could not be graded")]
    Grade {
        /// Why.
        #[source]
        source: grading::GradeError,
    },
}

impl ExecuteError {
    pub(crate) fn files(source: std::io::Error) -> Self {
        Self::Files { source }
    }

    pub(crate) fn grade(source: grading::GradeError) -> Self {
        Self::Grade { source }
    }

    /// The class of trouble.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Sandbox { source, .. } => source.fault(),
            Self::Collect { source } => source.fault(),
            Self::Files { .. } => Fault::Setup,
            Self::Csv { .. } | Self::Grade { .. } => Fault::Bug,
        }
    }

    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Sandbox { source, .. } => source.hint(),
            Self::Collect { source } => source.hint(),
            Self::Files { .. } => Some("is the disk full, or the folder read-only?".to_owned()),
            Self::Csv { .. } | Self::Grade { .. } => None,
        }
    }
}
