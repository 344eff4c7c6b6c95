//! Who converses: a model, what it is told of its surroundings, how long it may take, and what came of its earlier attempts.

use facts::{Profile, ReviewIssue};
use findings::{Finding, Policy};
use llm::Chat;
use prompts::{Header, PythonEnvironment, findings_text, issues_text};

use super::Files;
use crate::Proposal;

/// Most that is told of what the checks of the last attempt found, in characters.
const MOST_FOUND: usize = 20_000;

/// A model in one role, for one attempt.
#[derive(Clone, Copy)]
pub struct Agent<'a> {
    /// The model.
    pub chat: &'a dyn Chat,
    /// The rules that what it makes is checked by; it is told those that it can influence.
    pub policy: &'a Policy,
    /// Where its scripts will run.
    pub python: &'a PythonEnvironment,
    /// Most replies it may give before it must have handed something in; at least 1.
    pub steps: u32,
    /// Which attempt this is, from 1.
    pub attempt: u32,
}

/// What came of an earlier attempt, for the next one. Empty at the first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Feedback {
    /// The files that were handed in, to go on from; empty when there are none.
    pub previous: Files,
    /// Findings of the checks; those that passed are left out when it is told.
    pub findings: Vec<Finding>,
    /// What the reviewer wants changed.
    pub issues: Vec<ReviewIssue>,
    /// Anything else, a sentence each: why the last attempt ended without a result, which proposals were rejected and why.
    pub notes: Vec<String>,
}

impl Feedback {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.previous.is_empty()
            && self.findings.is_empty()
            && self.issues.is_empty()
            && self.notes.is_empty()
    }
}

impl Agent<'_> {
    /// The lines that say which conversation this is.
    pub(super) fn header(
        &self,
        agent: &str,
        profile: &Profile,
        proposal: Option<&Proposal>,
    ) -> Header {
        Header {
            agent: agent.to_owned(),
            dataset: profile.dataset.slug.clone(),
            task: proposal.map_or_else(|| "-".to_owned(), |proposal| proposal.id.to_string()),
            attempt: self.attempt,
        }
    }
}

impl Feedback {
    /// As it is told.
    pub(super) fn told(&self) -> prompts::Feedback {
        prompts::Feedback {
            findings: findings_text(&self.findings, MOST_FOUND),
            issues: issues_text(&self.issues),
            notes: self.notes.join("\n"),
            previous: sizes(&self.previous),
        }
    }
}

/// Paths with numbers of characters.
pub(super) fn sizes(files: &Files) -> Vec<(String, usize)> {
    files
        .iter()
        .map(|(path, text)| (path.clone(), text.chars().count()))
        .collect()
}
