//! What a submission holds, and how its columns, its labels and the metric must fit together. It reads no submission.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use scoring::{Input, Metric};
use serde::{Deserialize, Serialize};

use crate::DataTable;

/// What a submission holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionTable {
    /// Its columns in order: the id column, then one for each prediction, for several targets in their order. A submission
    /// may have them in any order: they are found by their names.
    pub columns: Vec<String>,
    /// What a prediction cell holds.
    pub prediction: Prediction,
    /// The classes, for labels and probabilities; for ordinal targets from low to high. For rankings the items, where they
    /// are a closed set. Empty for numbers and texts, and for probabilities of several targets.
    pub labels: Vec<String>,
    /// The class whose probability is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub positive_label: Option<String>,
}

/// What a prediction cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Prediction {
    /// One of the labels.
    Label,
    /// Probability of the positive label, or any score that rises with it, as the metric allows. Where there are several
    /// target columns, which then hold 0 or 1, the probability that each is 1.
    Probability,
    /// Probability of the label that the column is named after; there is a column for every label.
    ClassProbabilities,
    /// A finite number. Where the targets are a time and whether the event happened then, a risk.
    Number,
    /// Labels separated by blanks, in any order; an empty cell has none.
    LabelSet,
    /// Items separated by blanks, the best first; an empty cell has none.
    Ranking,
    /// A text, which may be empty.
    Text,
}

impl Prediction {
    /// Whether a metric that compares `input` scores such predictions.
    pub fn suits(self, input: Input) -> bool {
        match input {
            Input::Labels | Input::OrderedLabels => self == Self::Label,
            Input::Probability | Input::MultiProbabilities => self == Self::Probability,
            Input::ClassProbabilities => self == Self::ClassProbabilities,
            Input::Numbers | Input::MultiNumbers | Input::Survival => self == Self::Number,
            Input::LabelSets => self == Self::LabelSet,
            Input::Ranking => self == Self::Ranking,
            Input::Text => self == Self::Text,
        }
    }

    /// Whether a cell holds several items between blanks, so that none of them can have a blank.
    fn has_items(self) -> bool {
        matches!(self, Self::LabelSet | Self::Ranking)
    }
}

impl SubmissionTable {
    /// Where this table contradicts itself, the targets of `data`, or what the metric compares; a sentence each.
    ///
    /// `metric` is `None` for a custom one, which may compare whatever it likes.
    pub fn contradictions(&self, data: &DataTable, metric: Option<Metric>) -> Vec<String> {
        let mut problems = Vec::new();
        let input = metric.map(Metric::input);
        self.check_columns(data, input, &mut problems);
        self.check_labels(data, input, &mut problems);
        // Of two labels the last is the positive one, unless the manifest says otherwise; of more there is no such custom.
        let unclear = self.positive_label.is_none() && self.labels.len() > 2;
        if let Some(metric) = metric.filter(|metric| unclear && metric.needs_positive_class())
            && self.prediction == Prediction::Label
        {
            let labels = self.labels.len();
            problems.push(format!(
                "`{metric}` needs `positive_label`: which of the {labels} labels?"
            ));
        }
        problems
    }

    fn check_columns(&self, data: &DataTable, input: Option<Input>, problems: &mut Vec<String>) {
        let (targets, predictions) = (data.target_columns.len(), self.columns.len());
        if self.columns.first() != Some(&data.id_column) || predictions < 2 {
            problems.push(
                "`submission.columns` must be the id column and at least one prediction".to_owned(),
            );
            return;
        }
        if self.columns.iter().collect::<BTreeSet<_>>().len() != predictions {
            problems.push("`submission.columns` has a column twice".to_owned());
        }
        let predictions = predictions - 1;
        if self.prediction == Prediction::ClassProbabilities {
            if self.columns[1..] != self.labels {
                problems.push(
                    "`submission.columns` must be the id column and a column for each label, in their order"
                        .to_owned(),
                );
            }
            if targets != 1 {
                problems.push(format!(
                    "class probabilities are of one target, not {targets}"
                ));
            }
            return;
        }
        let expected = match input {
            None => return,
            Some(Input::Survival) => (2, 1),
            Some(Input::MultiNumbers | Input::MultiProbabilities) => (targets, targets),
            Some(_) => (1, 1),
        };
        if (targets, predictions) != expected {
            problems.push(format!(
                "the metric compares {} with {}, not {} with {}",
                counted(expected.1, "prediction column"),
                counted(expected.0, "target column"),
                counted(predictions, "prediction column"),
                counted(targets, "target column"),
            ));
        } else if expected == (targets, targets)
            && targets > 1
            && self.columns[1..] != data.target_columns
        {
            problems.push(
                "`submission.columns` must be the id column and the target columns, in their order"
                    .to_owned(),
            );
        }
    }

    fn check_labels(&self, data: &DataTable, input: Option<Input>, problems: &mut Vec<String>) {
        let labels: BTreeSet<&String> = self.labels.iter().collect();
        if labels.len() != self.labels.len() {
            problems.push("`submission.labels` has a label twice".to_owned());
        }
        let several_probabilities = self.prediction == Prediction::Probability
            && match input {
                Some(input) => input == Input::MultiProbabilities,
                None => data.target_columns.len() > 1,
            };
        match self.prediction {
            Prediction::Number if !labels.is_empty() => {
                problems.push("numbers have no `submission.labels`".to_owned());
            }
            Prediction::Text if !labels.is_empty() => {
                problems.push("texts have no `submission.labels`".to_owned());
            }
            Prediction::Probability if several_probabilities && !labels.is_empty() => {
                problems.push(
                    "probabilities of several targets have no `submission.labels`".to_owned(),
                );
            }
            Prediction::Label
            | Prediction::Probability
            | Prediction::ClassProbabilities
            | Prediction::LabelSet
                if labels.len() < 2 && !several_probabilities =>
            {
                problems.push("`submission.labels` needs at least two labels".to_owned());
            }
            _ => {}
        }
        let is_no_item = |label: &&&String| label.is_empty() || label.contains(char::is_whitespace);
        if let Some(label) = labels
            .iter()
            .find(is_no_item)
            .filter(|_| self.prediction.has_items())
        {
            problems.push(format!(
                "label `{label}` can't stand among others: it is empty or has a blank"
            ));
        }
        let takes_positive = match self.prediction {
            Prediction::Label => true,
            Prediction::Probability => !several_probabilities,
            _ => false,
        };
        match &self.positive_label {
            Some(label) if takes_positive && !labels.contains(label) => problems.push(format!(
                "`positive_label` `{label}` is not one of the labels"
            )),
            Some(label) if !takes_positive => problems.push(format!(
                "`positive_label` `{label}` has no meaning for this kind of prediction"
            )),
            None if takes_positive && self.prediction == Prediction::Probability => {
                problems.push("a probability needs `positive_label`: of what?".to_owned());
            }
            _ => {}
        }
    }
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    /// Checks a table of the sample's columns, changed by `change`.
    fn check(
        prediction: Prediction,
        metric: Option<Metric>,
        change: fn(&mut SubmissionTable, &mut DataTable),
        expected: &[&str],
    ) {
        let manifest = sample::manifest();
        let (mut submission, mut data) = (manifest.submission, manifest.data);
        submission.prediction = prediction;
        change(&mut submission, &mut data);
        assert_eq!(
            submission.contradictions(&data, metric),
            expected,
            "{prediction:?}"
        );
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn every_kind_of_prediction_has_a_table_without_contradictions() {
        check(Prediction::Label, Some(Metric::Accuracy), |_, _| {}, &[]);
        check(
            Prediction::Probability,
            Some(Metric::RocAuc),
            |s, _| s.positive_label = Some("setosa".to_owned()),
            &[],
        );
        check(
            Prediction::ClassProbabilities,
            Some(Metric::MulticlassLogLoss),
            |s, _| s.columns = texts(&["id", "setosa", "virginica"]),
            &[],
        );
        check(
            Prediction::LabelSet,
            Some(Metric::SamplesF1),
            |_, _| {},
            &[],
        );
        check(
            Prediction::Ranking,
            Some(Metric::MeanReciprocalRank),
            |s, _| s.labels.clear(),
            &[],
        );
        check(
            Prediction::Text,
            Some(Metric::Levenshtein),
            |s, _| s.labels.clear(),
            &[],
        );
        for (prediction, metric) in [
            (Prediction::Number, Metric::ColumnMeanMae),
            (Prediction::Probability, Metric::ColumnMeanLogLoss),
        ] {
            check(
                prediction,
                Some(metric),
                |s, d| {
                    s.labels.clear();
                    s.columns = texts(&["id", "a", "b"]);
                    d.target_columns = texts(&["a", "b"]);
                },
                &[],
            );
        }
        check(
            Prediction::Number,
            Some(Metric::ConcordanceIndex),
            |s, d| {
                s.labels.clear();
                s.columns = texts(&["id", "risk"]);
                d.target_columns = texts(&["time", "event"]);
            },
            &[],
        );
        check(
            Prediction::Label,
            None,
            |s, _| s.columns.push("certainty".to_owned()),
            &[],
        );
    }

    #[test]
    fn contradictions_are_named() {
        check(
            Prediction::ClassProbabilities,
            Some(Metric::MulticlassLogLoss),
            |s, _| s.columns = texts(&["id", "virginica", "setosa"]),
            &[
                "`submission.columns` must be the id column and a column for each label, in their order",
            ],
        );
        check(
            Prediction::Number,
            Some(Metric::Mae),
            |s, _| s.columns.push("spread".to_owned()),
            &[
                "the metric compares 1 prediction column with 1 target column, not 2 prediction columns with 1 target column",
                "numbers have no `submission.labels`",
            ],
        );
        check(
            Prediction::Number,
            Some(Metric::ConcordanceIndex),
            |s, _| s.labels.clear(),
            &[
                "the metric compares 1 prediction column with 2 target columns, not 1 prediction column with 1 target column",
            ],
        );
        check(
            Prediction::LabelSet,
            Some(Metric::SamplesF1),
            |s, _| s.labels.push("iris setosa".to_owned()),
            &["label `iris setosa` can't stand among others: it is empty or has a blank"],
        );
        check(
            Prediction::Text,
            Some(Metric::Levenshtein),
            |s, _| s.positive_label = Some("setosa".to_owned()),
            &[
                "texts have no `submission.labels`",
                "`positive_label` `setosa` has no meaning for this kind of prediction",
            ],
        );
        check(
            Prediction::Label,
            None,
            |s, _| s.columns.push("id".to_owned()),
            &["`submission.columns` has a column twice"],
        );
    }

    #[test]
    fn several_targets_have_a_column_each_by_name() {
        for (prediction, metric) in [
            (Prediction::Number, Metric::ColumnMeanMae),
            (Prediction::Probability, Metric::ColumnMeanLogLoss),
        ] {
            check(
                prediction,
                Some(metric),
                |s, d| {
                    s.labels.clear();
                    s.columns = texts(&["id", "b", "a"]);
                    d.target_columns = texts(&["a", "b"]);
                },
                &[
                    "`submission.columns` must be the id column and the target columns, in their order",
                ],
            );
        }
    }

    #[test]
    fn a_metric_of_one_class_must_know_which() {
        check(
            Prediction::Label,
            Some(Metric::F1),
            |s, _| s.labels.push("versicolor".to_owned()),
            &["`f1` needs `positive_label`: which of the 3 labels?"],
        );
        check(
            Prediction::Label,
            Some(Metric::F1),
            |s, _| {
                s.labels.push("versicolor".to_owned());
                s.positive_label = Some("versicolor".to_owned());
            },
            &[],
        );
        check(Prediction::Label, Some(Metric::F1), |_, _| {}, &[]);
        check(
            Prediction::Label,
            Some(Metric::MacroF1),
            |s, _| s.labels.push("versicolor".to_owned()),
            &[],
        );
    }

    #[test]
    fn each_form_suits_one_kind() {
        let kinds = [
            Prediction::Label,
            Prediction::Probability,
            Prediction::ClassProbabilities,
            Prediction::Number,
            Prediction::LabelSet,
            Prediction::Ranking,
            Prediction::Text,
        ];
        for metric in scoring::Metric::ALL {
            let suiting = kinds.iter().filter(|kind| kind.suits(metric.input()));
            assert_eq!(suiting.count(), 1, "{metric}");
        }
    }
}
