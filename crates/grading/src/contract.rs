//! What the manifest says about a submission, checked once for sense.

use scoring::{Input, Metric};
use task_format::{Manifest, Prediction};

use crate::GradeError;

/// Columns and meaning of submission and answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contract {
    pub(crate) metric: Metric,
    /// The id column, of both files.
    pub(crate) id_column: String,
    /// The column of the submission that is scored.
    pub(crate) prediction_column: String,
    /// The column of the answers that it is compared with.
    pub(crate) target_column: String,
    pub(crate) form: Form,
}

/// What cells hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Labels on both sides.
    Labels {
        labels: Vec<String>,
        positive: Option<u32>,
    },
    /// Labels in the answers, scores of one of them in the submission.
    Probability { labels: Vec<String>, positive: u32 },
    /// Numbers on both sides.
    Numbers,
}

impl Contract {
    /// # Errors
    ///
    /// When the metric is custom, or the manifest contradicts itself.
    pub(crate) fn new(manifest: &Manifest) -> Result<Self, GradeError> {
        let name = &manifest.metric.name;
        let metric =
            Metric::from_name(name).ok_or_else(|| GradeError::CustomMetric(name.clone()))?;
        let submission = &manifest.submission;
        let [id_column, prediction_column] = submission.columns.as_slice() else {
            return Err(GradeError::Manifest(format!(
                "`{name}` scores one prediction column beside the id"
            )));
        };
        if *id_column != manifest.data.id_column {
            return Err(GradeError::Manifest(
                "the first column of a submission must be the id column".to_owned(),
            ));
        }
        let [target_column] = manifest.data.target_columns.as_slice() else {
            return Err(GradeError::Manifest(format!(
                "`{name}` compares with one target column"
            )));
        };
        let form = match (metric.input(), submission.prediction) {
            (Input::Labels | Input::OrderedLabels, Prediction::Label) => {
                let labels = submission.labels.clone();
                // Where the manifest names no positive label, it is the last of two, as scikit-learn's `pos_label=1`.
                let last_of_two = (labels.len() == 2).then_some(1);
                let positive = position_of_positive(manifest)?.or(last_of_two);
                Form::Labels { labels, positive }
            }
            (Input::Probability, Prediction::Probability) => {
                let positive = position_of_positive(manifest)?.ok_or_else(|| {
                    GradeError::Manifest(format!("`{name}` needs `positive_label`"))
                })?;
                Form::Probability {
                    labels: submission.labels.clone(),
                    positive,
                }
            }
            (Input::Numbers, Prediction::Number) => Form::Numbers,
            _ => {
                return Err(GradeError::Manifest(format!(
                    "`{name}` does not compare that kind of prediction"
                )));
            }
        };
        Ok(Self {
            metric,
            id_column: id_column.clone(),
            prediction_column: prediction_column.clone(),
            target_column: target_column.clone(),
            form,
        })
    }
}

/// Index of the positive label among the labels; `None` when the manifest names none.
fn position_of_positive(manifest: &Manifest) -> Result<Option<u32>, GradeError> {
    let Some(positive) = &manifest.submission.positive_label else {
        return Ok(None);
    };
    let position = manifest
        .submission
        .labels
        .iter()
        .position(|label| label == positive);
    let position = position.and_then(|position| u32::try_from(position).ok());
    let unknown = || {
        GradeError::Manifest(format!(
            "`positive_label` `{positive}` is not one of the labels"
        ))
    };
    position.map(Some).ok_or_else(unknown)
}
