//! What a judge replies, as its schema says it, and how that becomes a review. Comments on fields are told to the model.

use facts::{
    Dimension, DimensionScore, IssueRoute, IssueSeverity, Quote, ReviewFacts, ReviewIssue, Reviewer,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// A review of a package.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(super) struct Review {
    /// Exactly one entry for each of the five dimensions.
    scores: Vec<Score>,
    /// What should be changed, worst first; empty when nothing should.
    issues: Vec<Issue>,
}

/// What is said of one dimension.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(super) struct Score {
    /// Which.
    dimension: Dimension,
    /// Why this score, one sentence each; at least one when there is a score.
    #[serde(default)]
    reasons: Vec<String>,
    /// Passages that the score rests on, copied character by character; at least one when there is a score.
    #[serde(default)]
    evidence: Vec<Quote>,
    /// From 0 (useless) to 5 (nothing to wish for); null when it can't be judged from what is shown.
    score: Option<f64>,
    /// What was not judged, with the reason; at least one when the score is null.
    #[serde(default)]
    not_judged: Vec<String>,
}

/// Something that should be changed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(super) struct Issue {
    /// How bad it is.
    severity: IssueSeverity,
    /// The dimension it belongs to.
    category: Dimension,
    /// Path inside the package, with a section or column where that helps.
    #[serde(rename = "where")]
    place: String,
    /// The passage that is wrong, copied character by character; null for what is missing.
    quote: Option<Quote>,
    /// What is wrong, in a sentence.
    message: String,
    /// What to do about it, in a sentence.
    fix: String,
    /// Whose work it is: what is predicted, split or scored is the designer's; how it is said and filed is the refactor's.
    route: IssueRoute,
}

impl Review {
    /// What the review lacks that one by rules can't lack, or need not have, a fragment each. From a model at least so many
    /// dimensions must be scored: one that leaves the others open would admit a package by the score that it likes.
    pub(super) fn problems(&self, least: u32) -> Vec<String> {
        let given = self.scores.iter().filter(|one| one.score.is_some()).count();
        let few = (given < least as usize)
            .then(|| format!("{given} dimensions have a score, and at least {least} must"));
        let empty = self.issues.iter().enumerate().filter_map(|(index, issue)| {
            let said = [
                ("where", &issue.place),
                ("message", &issue.message),
                ("fix", &issue.fix),
            ];
            let (missing, _) = said.iter().find(|(_, text)| text.trim().is_empty())?;
            Some(format!("`issues[{index}]` has an empty `{missing}`"))
        });
        few.into_iter().chain(empty).collect()
    }

    /// The review as it is kept, in the order that reviews have.
    pub(super) fn by(self, reviewer: Reviewer) -> ReviewFacts {
        let mut scores: Vec<DimensionScore> = self.scores.into_iter().map(Score::kept).collect();
        scores.sort_by_key(|score| score.dimension);
        let mut issues: Vec<ReviewIssue> = self.issues.into_iter().map(Issue::kept).collect();
        issues.sort_by_key(|issue| issue.severity);
        ReviewFacts {
            reviewer,
            scores,
            issues,
            failure: None,
        }
    }
}

impl Score {
    fn kept(self) -> DimensionScore {
        DimensionScore {
            dimension: self.dimension,
            score: self.score,
            reasons: self.reasons,
            evidence: self.evidence,
            not_judged: self.not_judged,
        }
    }
}

impl Issue {
    fn kept(self) -> ReviewIssue {
        ReviewIssue {
            severity: self.severity,
            category: self.category,
            place: self.place,
            quote: self.quote,
            message: self.message,
            fix: self.fix,
            route: Some(self.route),
        }
    }
}
