//! Why a run could not be made. A run that was made and misbehaved is a record, not an error.

use std::error::Error;
use std::io;

use camino::Utf8PathBuf;
use process::Fault;
use sandbox::SandboxError;

/// Why a run could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The sandbox could not be set up, or failed during the run.
    #[error("the sandbox for `{what}` failed")]
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
        source: io::Error,
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
    /// An agent that takes part in an episode could not go on, for a reason that is not the task's: its model did not
    /// answer, or its budget is spent.
    #[error("an agent could not go on")]
    Agent {
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
        /// The class of that trouble.
        fault: Fault,
        /// What the user can do about it.
        hint: Option<String>,
    },
}

impl ExecuteError {
    pub(crate) fn files(source: io::Error) -> Self {
        Self::Files { source }
    }

    pub(crate) fn grade(source: grading::GradeError) -> Self {
        Self::Grade { source }
    }

    /// Whether the package's own tables are not as its manifest says. A disk that can't be read is not their fault.
    pub(crate) fn is_the_packages(&self) -> bool {
        match self {
            Self::Csv { source, .. } => match source.kind() {
                csv::ErrorKind::Io(source) => is_of_the_contents(source),
                _ => true,
            },
            Self::Grade { source } => match source {
                grading::GradeError::Read { source, .. } => is_of_the_contents(source),
                grading::GradeError::Answers { .. }
                | grading::GradeError::CustomMetric(_)
                | grading::GradeError::Manifest(_)
                | grading::GradeError::NoValue(_) => true,
            },
            Self::Sandbox { .. }
            | Self::Collect { .. }
            | Self::Files { .. }
            | Self::Agent { .. } => false,
        }
    }

    /// The class of trouble.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Sandbox { source, .. } => source.fault(),
            Self::Collect { source } => source.fault(),
            Self::Files { .. } => Fault::Setup,
            Self::Agent { fault, .. } => *fault,
            Self::Csv { .. } | Self::Grade { .. } if self.is_the_packages() => Fault::Bug,
            Self::Csv { .. } | Self::Grade { .. } => Fault::Setup,
        }
    }

    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Sandbox { source, .. } => source.hint(),
            Self::Collect { source } => source.hint(),
            Self::Files { .. } => Some("is the disk full, or the folder read-only?".to_owned()),
            Self::Agent { hint, .. } => hint.clone(),
            Self::Csv { .. } | Self::Grade { .. } if self.is_the_packages() => None,
            Self::Csv { .. } | Self::Grade { .. } => Some("can the file be read?".to_owned()),
        }
    }
}

/// Whether a reader stopped because of what a file is or holds.
fn is_of_the_contents(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, IsADirectory, NotADirectory, NotFound};
    matches!(
        error.kind(),
        InvalidData | IsADirectory | NotADirectory | NotFound
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_of_an_agent_keeps_its_fault_and_is_no_packages() {
        let budget = ExecuteError::Agent {
            source: "nothing is left".into(),
            fault: Fault::Budget,
            hint: Some("raise the limit".to_owned()),
        };
        assert_eq!(budget.fault(), Fault::Budget);
        assert_eq!(budget.hint().as_deref(), Some("raise the limit"));
        assert!(!budget.is_the_packages());
        assert_eq!(budget.to_string(), "an agent could not go on");
    }

    #[test]
    fn a_disk_that_fails_says_nothing_of_the_package() {
        let csv = |kind: io::ErrorKind| ExecuteError::Csv {
            path: "private/test_answer.csv".into(),
            source: io::Error::from(kind).into(),
        };
        let read = |kind: io::ErrorKind| {
            ExecuteError::grade(grading::GradeError::Read {
                path: "private/test_answer.csv".into(),
                source: kind.into(),
            })
        };
        for error in [csv, read].map(|made| made(io::ErrorKind::StorageFull)) {
            assert!(!error.is_the_packages());
            assert_eq!(error.fault(), Fault::Setup);
        }
        assert!(csv(io::ErrorKind::InvalidData).is_the_packages());
        assert!(read(io::ErrorKind::NotFound).is_the_packages());
        let damaged = grading::GradeError::Answers {
            problem: "line 2".to_owned(),
        };
        assert!(ExecuteError::grade(damaged).is_the_packages());
        assert!(!ExecuteError::files(io::ErrorKind::NotFound.into()).is_the_packages());
    }
}
