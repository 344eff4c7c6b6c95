//! What ends this program other than a verdict: what failed, why, what to do, and the exit codes.

use std::error::Error;

use process::Fault;

/// Everything is identical.
pub(crate) const IDENTICAL: u8 = 0;
/// A mistake of ours.
pub(crate) const BUG: u8 = 1;
/// The command line or a named file is wrong. clap uses the same.
pub(crate) const USAGE: u8 = 2;
/// Something came out other than it was published.
pub(crate) const DIFFERS: u8 = 11;
/// The host or its settings must change first; the hint says how.
pub(crate) const HOST_NOT_SET_UP: u8 = 20;
/// Something outside did not answer; trying again may help.
pub(crate) const OUTAGE: u8 = 21;
/// A limit on money, tokens or time is used up.
pub(crate) const BUDGET_SPENT: u8 = 22;
/// Ended by Ctrl-C or TERM.
pub(crate) const INTERRUPTED: u8 = 130;

/// What ends this program without a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub(crate) fn new(error: &dyn Error, fault: Fault, hint: Option<String>) -> Self {
        let code = match fault {
            Fault::Transient => OUTAGE,
            Fault::Setup => HOST_NOT_SET_UP,
            Fault::Budget => BUDGET_SPENT,
            Fault::Bug => BUG,
        };
        Self {
            chain: chain(error),
            hint,
            code,
        }
    }

    /// The user named something wrong.
    pub(crate) fn usage(error: &dyn Error, hint: Option<String>) -> Self {
        Self {
            chain: chain(error),
            hint,
            code: USAGE,
        }
    }

    /// A working file could not be read or written; the error names it.
    pub(crate) fn files(error: std::io::Error) -> Self {
        let hint = "is the disk full? `TMPDIR` names the folder for working files".to_owned();
        Self::new(&error, Fault::Setup, Some(hint))
    }
}

/// The messages of an error and its causes; a cause that only repeats the message above is left out.
pub(crate) fn chain(error: &dyn Error) -> Vec<String> {
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

impl From<task_format::PackageError> for Failure {
    fn from(error: task_format::PackageError) -> Self {
        Self::usage(&error, error.hint())
    }
}

impl From<environment::SettingsError> for Failure {
    fn from(error: environment::SettingsError) -> Self {
        Self::new(&error, error.fault(), error.hint())
    }
}

impl From<environment::EnvironmentError> for Failure {
    fn from(error: environment::EnvironmentError) -> Self {
        Self::new(&error, error.fault(), error.hint())
    }
}

impl From<executor::ExecuteError> for Failure {
    fn from(error: executor::ExecuteError) -> Self {
        Self::new(&error, error.fault(), error.hint())
    }
}
