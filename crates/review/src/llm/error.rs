//! Why a judge gave no review. None of it says anything about the package.

use ::llm::LlmError;
use process::Fault;

/// Why a judge gave no review. That is no verdict on the package.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// The model could not be asked.
    #[error("the model that reviews could not be asked")]
    Llm(#[from] LlmError),
    /// The package is longer than the model can read.
    #[error(
        "the package is longer than the reviewer's model can read, which says nothing about the task"
    )]
    TooLong,
    /// Its review does not stand, though it was told what is wrong.
    #[error("the review does not stand, which says nothing about the task: {reason}")]
    Unbelievable {
        /// What is wrong with its last reply.
        reason: String,
    },
}

impl JudgeError {
    /// The class of trouble.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Llm(source) => source.fault(),
            Self::TooLong => Fault::Setup,
            Self::Unbelievable { .. } => Fault::Transient,
        }
    }

    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Llm(source) => source.hint(),
            Self::TooLong => Some("configure a model that reads more for the reviewer".to_owned()),
            Self::Unbelievable { .. } => Some(
                "the same command asks it anew; or configure another model for the reviewer"
                    .to_owned(),
            ),
        }
    }
}
