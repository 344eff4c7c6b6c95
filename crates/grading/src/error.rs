//! Why grading could not be done, for reasons that are not the competitor's.

use camino::Utf8PathBuf;

/// Why there is neither a score nor an invalid submission.
#[derive(Debug, thiserror::Error)]
pub enum GradeError {
    /// A file can't be read.
    #[error("`{path}` can't be read")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The answers are not what the manifest promises.
    #[error("the answers are damaged: {problem}")]
    Answers {
        /// What is wrong, with the line where there is one.
        problem: String,
    },
    /// The manifest names a metric that only `metric.py` knows.
    #[error("the metric `{0}` is not in the catalogue")]
    CustomMetric(String),
    /// The manifest does not fit its metric.
    #[error("the manifest can't be graded by: {0}")]
    Manifest(String),
    /// The metric has no value on these answers, whatever is submitted.
    #[error("the metric has no value on the answers")]
    NoValue(#[source] scoring::Undefined),
}

impl GradeError {
    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Read { .. } => return None,
            Self::Answers { .. } => {
                "restore the task's `private/` folder, or make it again with `rerun`"
            }
            Self::CustomMetric(_) => "grade it with the task's `metric.py` in the sandbox",
            Self::Manifest(_) => "`smith verify` says what else is wrong with the task",
            Self::NoValue(_) => {
                "the test rows must contain what the metric compares: make the task again with another split"
            }
        };
        Some(hint.to_owned())
    }
}
