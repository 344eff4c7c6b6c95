//! An error on its way to the user: what failed, why, what to do, and which exit code that is.

use process::Fault;

use crate::exit;

/// What ends a command.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What failed and its causes, outermost first.
    pub(crate) chain: Vec<String>,
    /// What the user can do.
    pub(crate) hint: Option<String>,
    /// The exit code.
    pub(crate) code: u8,
}

impl Failure {
    /// A failure of the given class.
    pub(crate) fn new(error: &dyn std::error::Error, fault: Fault, hint: Option<String>) -> Self {
        Self {
            chain: chain(error),
            hint,
            code: exit::of_fault(fault),
        }
    }

    /// The user named something wrong.
    pub(crate) fn usage(error: &dyn std::error::Error, hint: Option<String>) -> Self {
        Self {
            chain: chain(error),
            hint,
            code: exit::USAGE,
        }
    }
}

/// The messages of an error and its causes; a cause that only repeats the message above is left out.
fn chain(error: &dyn std::error::Error) -> Vec<String> {
    let mut messages = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if messages.last() != Some(&message) {
            messages.push(message);
        }
        cause = error.source();
    }
    messages
}

impl From<pipeline::PipelineError> for Failure {
    fn from(error: pipeline::PipelineError) -> Self {
        Self::new(&error, error.fault(), error.hint())
    }
}

impl From<environment::EnvironmentError> for Failure {
    fn from(error: environment::EnvironmentError) -> Self {
        Self::new(&error, error.fault(), error.hint())
    }
}

impl From<environment::SettingsError> for Failure {
    fn from(error: environment::SettingsError) -> Self {
        Self::new(&error, error.fault(), error.hint())
    }
}

impl From<task_format::PackageError> for Failure {
    fn from(error: task_format::PackageError) -> Self {
        Self::usage(&error, error.hint())
    }
}
