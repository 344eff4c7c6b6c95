//! What the manifest says about predictions, checked once for sense.

use scoring::{Domain, Input, Metric, Parameters};
use task_format::Manifest;

use crate::GradeError;
use crate::cell::index;
use crate::distinct::Distinct;

/// Meaning of the cells of answers and submissions.
#[derive(Clone, Debug)]
pub(crate) struct Contract {
    pub(crate) metric: Metric,
    pub(crate) parameters: Parameters,
    /// The columns of the answers that predictions are compared with.
    pub(crate) targets: Vec<String>,
    /// Prediction cells in a row of a submission.
    pub(crate) width: usize,
    pub(crate) form: Form,
    /// The labels, where the form has them.
    pub(crate) labels: Distinct,
    /// Numbers that the metric has a meaning for.
    pub(crate) domain: Domain,
}

/// What cells hold: in the answers, and in a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A label and a label.
    Labels { positive: Option<u32> },
    /// A label, and a score of the positive one.
    Probability { positive: u32 },
    /// A label, and a score of every one.
    ClassProbabilities,
    /// Yes or no in several columns, and a score of each.
    MultiProbabilities,
    /// A number and a number.
    Numbers,
    /// Numbers and numbers.
    MultiNumbers,
    /// A set of labels and a set of labels.
    LabelSets,
    /// A set of items, and items from best to worst.
    Ranking,
    /// A text and a text.
    Text,
    /// A time and whether the event happened then, and a risk.
    Survival,
}

impl Contract {
    /// # Errors
    ///
    /// When the metric is custom, or the manifest contradicts itself.
    pub(crate) fn new(manifest: &Manifest) -> Result<Self, GradeError> {
        let name = &manifest.metric.name;
        let metric =
            Metric::from_name(name).ok_or_else(|| GradeError::CustomMetric(name.clone()))?;
        let parameters = manifest.metric.parameters;
        parameters
            .check(metric)
            .map_err(|error| GradeError::Manifest(error.to_string()))?;
        let submission = &manifest.submission;
        if !submission.prediction.suits(metric.input()) {
            return Err(GradeError::Manifest(format!(
                "`{name}` does not score that kind of prediction"
            )));
        }
        let contradictions = submission.contradictions(&manifest.data, Some(metric));
        if let Some(first) = contradictions.into_iter().next() {
            return Err(GradeError::Manifest(first));
        }
        let mut labels = Distinct::default();
        for label in &submission.labels {
            labels.push(label).expect("labels are different and few");
        }
        let named = submission.positive_label.as_ref();
        let positive = named
            .and_then(|label| labels.find(label.as_bytes()))
            .map(index);
        let form = match metric.input() {
            Input::Labels | Input::OrderedLabels => {
                // Where the manifest names no positive label, it is the last of two, as scikit-learn's `pos_label=1`; of more it
                // is a contradiction for a metric that needs one.
                let last_of_two = (labels.len() == 2).then_some(1);
                Form::Labels {
                    positive: positive.or(last_of_two),
                }
            }
            Input::Probability => Form::Probability {
                positive: positive
                    .expect("a probability without a positive label is a contradiction"),
            },
            Input::ClassProbabilities => Form::ClassProbabilities,
            Input::MultiProbabilities => Form::MultiProbabilities,
            Input::Numbers => Form::Numbers,
            Input::MultiNumbers => Form::MultiNumbers,
            Input::LabelSets => Form::LabelSets,
            Input::Ranking => Form::Ranking,
            Input::Text => Form::Text,
            Input::Survival => Form::Survival,
        };
        Ok(Self {
            metric,
            parameters,
            targets: manifest.data.target_columns.clone(),
            width: submission.columns.len() - 1,
            form,
            labels,
            domain: metric.domain(),
        })
    }
}
