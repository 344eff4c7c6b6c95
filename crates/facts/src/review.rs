//! What a reviewer says of a package as a whole, be it rules or a model. Whether to believe it, and what follows, is the
//! checks' matter.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A review of a package.
///
/// A reviewer that broke off leaves `failure` and whatever it had so far. Nothing in a review is believed before every
/// quote was found in the package: see check F01.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewFacts {
    /// Who reviewed.
    pub reviewer: Reviewer,
    /// One entry for each dimension, in the order of [`Dimension::ALL`].
    pub scores: Vec<DimensionScore>,
    /// What should be changed, worst first.
    pub issues: Vec<ReviewIssue>,
    /// Why the review is not complete: a model that did not answer, or not in the agreed form.
    pub failure: Option<String>,
}

impl ReviewFacts {
    /// The entry of a dimension.
    pub fn score(&self, dimension: Dimension) -> Option<&DimensionScore> {
        self.scores
            .iter()
            .find(|score| score.dimension == dimension)
    }
}

/// Who reviewed: enough to tell two reviews apart that may differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewer {
    /// `rules`, or the name of the judge.
    pub name: String,
    /// Version of the rules, or of the prompt.
    pub version: u32,
    /// The model with its version; `None` when no model was asked.
    pub model: Option<String>,
}

/// What a review looks at.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// The question is well posed, and the metric answers it.
    TaskValidity,
    /// There are rows enough to learn from and to judge by.
    DataSufficiency,
    /// What the dataset offers is used, and what is left out has a reason.
    UseOfRawData,
    /// The answer is no trivial mapping, and better work gets a better score.
    Complexity,
    /// A competitor can work from the description alone.
    Clarity,
}

impl Dimension {
    /// Every dimension, in the order of a review.
    pub const ALL: [Self; 5] = [
        Self::TaskValidity,
        Self::DataSufficiency,
        Self::UseOfRawData,
        Self::Complexity,
        Self::Clarity,
    ];

    /// The dimension in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::TaskValidity => "task validity",
            Self::DataSufficiency => "data sufficiency",
            Self::UseOfRawData => "use of the raw data",
            Self::Complexity => "complexity",
            Self::Clarity => "clarity",
        }
    }
}

/// What a reviewer says of one dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DimensionScore {
    /// Which.
    pub dimension: Dimension,
    /// 0 (useless) to 5 (nothing to wish for); `None` when it was not judged.
    pub score: Option<f64>,
    /// Why this score: one sentence each, with what was measured.
    pub reasons: Vec<String>,
    /// Passages of the package that the score rests on; at least one when there is a score.
    pub evidence: Vec<Quote>,
    /// What belongs to the dimension and was not judged, with the reason.
    pub not_judged: Vec<String>,
}

/// A passage of a file of the package, word for word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quote {
    /// Path inside the package.
    pub file: String,
    /// The passage.
    pub text: String,
}

/// Something that should be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewIssue {
    /// How bad it is.
    pub severity: IssueSeverity,
    /// The dimension it belongs to.
    pub category: Dimension,
    /// Path inside the package, with a section or column where that helps.
    #[serde(rename = "where")]
    pub place: String,
    /// The passage that is wrong; `None` for what is missing.
    pub quote: Option<Quote>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to do about it.
    pub fix: String,
    /// Who should do it; `None` where the reviewer did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<IssueRoute>,
}

/// Whose work an issue is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum IssueRoute {
    /// What is predicted from what, how rows are divided, how predictions are scored.
    Designer,
    /// How the package says and files it.
    Refactor,
}

/// How bad an issue is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum IssueSeverity {
    /// A competitor would work on the wrong task, or can't work at all.
    Critical,
    /// The task measures something else than it should.
    Major,
    /// It could be better.
    Minor,
}

impl IssueSeverity {
    /// The severity as it stands in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Major => "major",
            Self::Minor => "minor",
        }
    }
}

/// Distribution of a numeric target over the rows of the answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetNumbers {
    /// Rows with a finite number.
    pub rows: usize,
    /// Least value.
    pub min: f64,
    /// 5 % quantile, linear interpolation.
    pub low: f64,
    /// Median.
    pub median: f64,
    /// 95 % quantile, linear interpolation.
    pub high: f64,
    /// Greatest value.
    pub max: f64,
    /// Moment coefficient of skewness; 0 for a constant.
    pub skewness: f64,
}
