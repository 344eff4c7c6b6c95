//! What an agent can have done for it: looking at raw data, running its scripts, having its files checked. How that is done, and in which confinement, is the business of whoever implements it.

use std::collections::BTreeMap;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use findings::Finding;
use process::Fault;

use crate::Proposal;

/// Text files by path, as an agent wrote them.
pub type Files = BTreeMap<String, String>;

/// Work that takes a while and may turn out impossible.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, WorkbenchError>> + Send + 'a>>;

/// A place to try things out in.
///
/// Nothing that a script leaves behind is kept from one call to the next: whatever a call needs is given to it. What
/// is observed goes into requests to a model, whose recordings are keyed by them: it must not hold times, paths of the
/// host, or anything else that differs between two runs.
pub trait Workbench: Send + Sync {
    /// Lines of a raw text file as they stand there: the first, then `rows` lines from the one that `from_row` numbers, from 0 after the
    /// first. Of a file that is no text, a failed observation that says so, as of a path that does not exist.
    fn preview<'a>(&'a self, path: &'a str, from_row: u64, rows: u64) -> Work<'a, Observation>;

    /// Runs a script with the raw data in `raw/`, read-only, and `files` in the work folder. Text: what it printed, and how it ended
    /// when it failed.
    fn run_python<'a>(&'a self, files: &'a Files, code: &'a str) -> Work<'a, Observation>;

    /// Calls `prepare(raw, public, private)` of `prepare.py`, the other files beside it. Text: the traceback when it failed, else every
    /// file it wrote below `public/` and `private/` with its size, and of a CSV its header, number of rows and first lines.
    fn run_prepare<'a>(&'a self, files: &'a Files) -> Work<'a, Observation>;

    /// Rows of a file that `prepare.py` of these files writes, as [`Workbench::preview`] of a raw one; the path begins with `public/` or
    /// `private/`. May run it again, or remember.
    fn read_prepared<'a>(
        &'a self,
        files: &'a Files,
        path: &'a str,
        from_row: u64,
        rows: u64,
    ) -> Work<'a, Observation>;

    /// Scores with `metric.py` of these files what `prepare.py` of these files wrote: the sample submission, the answers themselves as
    /// a submission, and `submission`, the text of a CSV file, if there is one. Text: the score or the refusal of each.
    fn run_metric<'a>(
        &'a self,
        proposal: &'a Proposal,
        files: &'a Files,
        submission: Option<&'a str>,
    ) -> Work<'a, Observation>;

    /// Every check that can be made of what is handed in, in the order of their ids. What can't be judged yet is skipped or not there.
    fn run_assertions<'a>(&'a self, handed: Handed<'a>) -> Work<'a, Vec<Finding>>;
}

/// What an agent wants checked.
#[derive(Clone, Copy, Debug)]
pub enum Handed<'a> {
    /// A Designer's draft: any layout that its `prepare.py` and `metric.py` agree on.
    Draft {
        /// The task it is for.
        proposal: &'a Proposal,
        /// The draft.
        files: &'a Files,
    },
    /// A Refactor's package, in the unified layout.
    Package {
        /// The task it is for.
        proposal: &'a Proposal,
        /// `prepare.py`, `metric.py` and `description.md`.
        files: &'a Files,
    },
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// What, for a model to read. Untrusted: scripts and data have a say in it.
    pub text: String,
    /// Whether what was asked for failed: a script that raised, a file that is not there.
    pub failed: bool,
}

impl Observation {
    /// Something that went well.
    pub fn of(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            failed: false,
        }
    }

    /// Something that did not.
    pub fn failure(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            failed: true,
        }
    }
}

/// Why nothing could be observed. A script that fails is an [`Observation`].
#[derive(Debug, thiserror::Error)]
#[error("the workbench could not {act}")]
pub struct WorkbenchError {
    /// What it was about to do: `run prepare.py`.
    pub act: String,
    /// What kept it from it.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
    /// The class of trouble.
    pub fault: Fault,
    /// What the user can do.
    pub hint: Option<String>,
}
