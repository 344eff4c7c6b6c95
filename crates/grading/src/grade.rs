//! The whole way from two files to a score.

use camino::Utf8Path;
use facts::GradeOutcome;
use serde::Serialize;
use task_format::Manifest;

use crate::{Answers, GradeError, InvalidSubmission};

/// What grading a submission gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Grade {
    /// A score over all rows.
    Score {
        /// The metric's value, finite.
        value: f64,
        /// Rows compared.
        rows: usize,
    },
    /// No score, for a reason that the competitor can act on.
    Invalid(InvalidSubmission),
}

impl Grade {
    /// The same for those who exchange facts.
    pub fn outcome(&self) -> GradeOutcome {
        match self {
            Self::Score { value, .. } => GradeOutcome::Score { value: *value },
            Self::Invalid(invalid) => GradeOutcome::Invalid {
                reason: invalid.code().to_owned(),
                message: invalid.to_string(),
            },
        }
    }
}

/// As JSON: `{"valid": true, "score": …, "rows": …}` or `{"valid": false, "code": …, "message": …, "detail": {…}}`.
impl Serialize for Grade {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Score { value, rows } => {
                map.serialize_entry("valid", &true)?;
                map.serialize_entry("score", value)?;
                map.serialize_entry("rows", rows)?;
            }
            Self::Invalid(invalid) => {
                map.serialize_entry("valid", &false)?;
                map.serialize_entry("code", invalid.code())?;
                map.serialize_entry("message", &invalid.to_string())?;
                map.serialize_entry("detail", invalid)?;
            }
        }
        map.end()
    }
}

/// Grades a submission to the task that `manifest` describes, over all rows of its answers.
///
/// # Errors
///
/// When a file can't be read, the package is damaged, or its metric is not in the catalogue: never for anything that a
/// competitor wrote.
pub fn grade(
    submission: &Utf8Path,
    answers: &Utf8Path,
    manifest: &Manifest,
) -> Result<Grade, GradeError> {
    let answers = Answers::read(answers, manifest)?;
    match answers.align(submission)? {
        Ok(aligned) => answers.score(&aligned),
        Err(invalid) => Ok(Grade::Invalid(invalid)),
    }
}
