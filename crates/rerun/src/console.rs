//! Prints: verdicts on stdout, progress and errors on stderr.

use std::io::Write;

use crate::failure::Failure;

/// Prints a result as it is.
pub(crate) fn out(text: &str) {
    // A closed pipe (`| head`) is the reader's wish to stop, not our error.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Tells what is done now, and for what.
pub(crate) fn progress(about: &str, message: &str) {
    error_line(&format!("{about}: {message}"));
}

/// Prints an error with causes and hint.
pub(crate) fn failure(failure: &Failure) {
    let mut lines = failure.chain.iter();
    if let Some(first) = lines.next() {
        error_line(&format!("error: {first}"));
    }
    for cause in lines {
        error_line(&format!("  because: {}", cause.trim_end()));
    }
    if let Some(hint) = &failure.hint {
        error_line(&format!("hint: {hint}"));
    }
}

/// Prints a line to stderr.
pub(crate) fn error_line(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Tells of an environment's realisation, a line for each stage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stages;

impl environment::Progress for Stages {
    fn stage(&self, stage: &str) {
        progress("environment", stage);
    }

    fn remark(&self, remark: &str) {
        progress("environment", remark);
    }
}
