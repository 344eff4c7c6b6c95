//! What an agent works with: its own files, and the tools that several agents share.
//!
//! What is handed in, and when it may be, is each agent's own matter.

mod look;
mod ready;
mod tools;
mod trials;
mod writing;

pub(super) use tools::GiveUp;

use facts::Profile;
use findings::Finding;
use prompts::{fence, fence_ends};
use serde_json::Value;

use crate::Proposal;

use super::workbench::WorkbenchError;
use super::{AgentError, Files, Observation, Workbench, describe};

/// Longest result of a tool, in characters.
const MOST_RESULT: usize = 12_000;
/// Where the files of a draft are read.
const DRAFT: &str = "draft/";

/// Which layout the files are to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Any.
    Draft,
    /// The unified one.
    Package,
}

/// What an agent works with.
pub(super) struct Desk<'a> {
    profile: &'a Profile,
    bench: &'a dyn Workbench,
    layout: Layout,
    /// The task that the files are for; `None` while there is none.
    proposal: Option<Proposal>,
    /// The agent's own files.
    pub(super) files: Files,
    /// Files that it can read below `draft/`.
    draft: Files,
    /// The files that were rejected when they were handed in, and whether it handed them in again.
    rejected: Option<(Files, bool)>,
    /// The files with which `prepare.py` ran last, and whether it went well.
    prepared: Option<(Files, bool)>,
    /// The files with which the test script ran last, and whether it went well.
    tested: Option<(Files, bool)>,
    /// The files that were checked last, and what was found.
    checked: Option<(Files, Vec<Finding>)>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(profile: &'a Profile, bench: &'a dyn Workbench, layout: Layout) -> Self {
        Self {
            profile,
            bench,
            layout,
            proposal: None,
            files: Files::new(),
            draft: Files::new(),
            rejected: None,
            prepared: None,
            tested: None,
            checked: None,
        }
    }

    /// Whether the dataset has several tables.
    pub(super) fn has_tables(&self) -> bool {
        !self.profile.others.is_empty()
    }

    /// Begins to work on a task, with these files.
    pub(super) fn take_up(&mut self, proposal: Proposal, files: Files, draft: Files) {
        self.proposal = Some(proposal);
        self.files = files;
        self.draft = draft
            .into_iter()
            .map(|(path, text)| (format!("{DRAFT}{path}"), text))
            .collect();
        self.prepared = None;
        self.tested = None;
        self.checked = None;
    }

    /// The task and its files, when they are handed in.
    pub(super) fn hand_over(&mut self) -> Option<(Proposal, Files)> {
        let files = std::mem::take(&mut self.files);
        Some((self.proposal.take()?, files))
    }

    /// Does a call of one of these tools; `None` when it is none of them.
    pub(super) async fn call(
        &mut self,
        name: &str,
        arguments: Value,
    ) -> Result<Option<Observation>, AgentError> {
        let done = match name {
            "list_files" => Ok(told("raw files", &describe::files(self.profile))),
            "preview" => self.preview(arguments).await,
            "profile_column" => self.profile_column(arguments),
            "profile_table" => self.profile_table(arguments),
            "run_python" => self.run_python(arguments).await,
            "list_own_files" => Ok(Observation::of(self.standing())),
            "read_file" => self.read_file(arguments),
            "write_file" => self.write_file(arguments),
            "edit_file" => self.edit_file(arguments),
            "remove_file" => self.remove_file(arguments),
            "run_prepare" => self.run_prepare().await,
            "run_test" => self.run_test().await,
            "read_prepared" => self.read_prepared(arguments).await,
            "run_metric" => self.run_metric(arguments).await,
            "run_assertions" => self.run_assertions().await,
            _ => return Ok(None),
        };
        match done {
            Ok(seen) => Ok(Some(seen)),
            Err(Trouble::Call(why)) => Ok(Some(Observation::failure(why))),
            Err(Trouble::Bench(error)) => Err(AgentError::Workbench(error)),
        }
    }

    /// The files, in a line each.
    pub(super) fn standing(&self) -> String {
        let list = |files: &Files| {
            let lines: Vec<String> = files
                .iter()
                .map(|(path, text)| format!("- {path} ({} characters)", text.chars().count()))
                .collect();
            lines.join("\n")
        };
        let mut text = if self.files.is_empty() {
            "You have no files yet.".to_owned()
        } else {
            format!("Your files:\n{}", list(&self.files))
        };
        if !self.draft.is_empty() {
            text.push_str(&format!(
                "\nFiles of the draft, which you can read:\n{}",
                list(&self.draft)
            ));
        }
        text
    }
}

/// Why a call gave nothing: it was wrong, or nothing can be done at all.
enum Trouble {
    Call(String),
    Bench(WorkbenchError),
}

impl From<String> for Trouble {
    fn from(why: String) -> Self {
        Self::Call(why)
    }
}

impl From<WorkbenchError> for Trouble {
    fn from(error: WorkbenchError) -> Self {
        Self::Bench(error)
    }
}

fn told(label: &str, text: &str) -> Observation {
    Observation::of(fence(label, text, MOST_RESULT))
}

/// What was seen, its middle left out when it is long: what went wrong stands at the end.
fn fenced(label: &str, seen: Observation) -> Observation {
    let said = if seen.failed { "it failed\n" } else { "" };
    Observation {
        text: format!("{said}{}", fence_ends(label, &seen.text, MOST_RESULT)),
        failed: seen.failed,
    }
}
