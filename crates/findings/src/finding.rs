//! One observation about a candidate.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::CheckId;

/// What a check found out about a candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The check.
    pub check: CheckId,
    /// What the check is about, in a few words.
    pub title: String,
    /// What a failure means for the candidate.
    pub severity: Severity,
    /// How it came out.
    pub status: Status,
    /// What was measured.
    pub measured: Measured,
    /// What it was compared with, as text; empty when there is no number to compare with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub threshold: String,
    /// Where to look: paths in the package, with `:line` where there is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// One or two sentences: what is wrong, or why it was skipped; empty when it passed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// What to change; `None` when nothing has to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// What a failed check means for the candidate.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It is rejected.
    Hard,
    /// It is reported.
    Warn,
}

/// How a check came out.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing to say.
    Pass,
    /// The candidate does not do what it must.
    Fail,
    /// Worth knowing, but no reason to reject.
    Warn,
    /// It could not be judged, because something it needs is not there yet or does not apply.
    Skip,
    /// It could not be judged, because something it needs broke; counts as a failure.
    Error,
}

impl Status {
    /// The status as it stands in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Skip => "skip",
            Self::Error => "error",
        }
    }
}

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measured {
    /// As text, e.g. `3 of 114 rows`.
    pub text: String,
    /// As a number, where one number tells it; always finite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

impl Measured {
    /// A number with its text. Numbers that are not finite have no place in JSON and are left to the text.
    pub fn number(value: f64, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            value: value.is_finite().then_some(value),
        }
    }
}

impl From<&str> for Measured {
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            value: None,
        }
    }
}

impl From<String> for Measured {
    fn from(text: String) -> Self {
        Self { text, value: None }
    }
}

impl Finding {
    /// Whether this alone rejects the candidate.
    pub fn rejects(&self) -> bool {
        self.severity == Severity::Hard && matches!(self.status, Status::Fail | Status::Error)
    }

    /// With what the measured value was compared with.
    #[must_use]
    pub fn compared_with(mut self, threshold: impl Into<String>) -> Self {
        self.threshold = threshold.into();
        self
    }

    /// With a place to look at.
    #[must_use]
    pub fn seen_in(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(evidence.into());
        self
    }

    /// With several places to look at.
    #[must_use]
    pub fn seen_in_all(mut self, evidence: impl IntoIterator<Item = String>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// With a hint that fits this candidate better than the policy's general one.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
