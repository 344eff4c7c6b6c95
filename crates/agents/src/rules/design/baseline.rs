//! What the templates of the ladder's solvers are given.

use scoring::Metric;
use serde::Serialize;
use task_format::{Objective, Prediction};

use super::columns::Columns;
use super::settings::Settings;
use crate::Proposal;

/// Input of the ladder's solvers.
#[derive(Serialize)]
pub(super) struct BaselineContext<'a> {
    title: &'a str,
    id: &'a str,
    target: &'a str,
    labels: &'a [String],
    positive: Option<&'a str>,
    /// Its name in the catalogue, or `custom`.
    metric: &'static str,
    /// `label`, `probability`, `number` or `grade`.
    kind: &'static str,
    classifier: bool,
    balanced: bool,
    /// Whether a class is named by a number, which scikit-learn's forest stumbles over when it weighs classes.
    any_number_label: bool,
    /// `log` when the metric compares logarithms.
    target_scale: &'static str,
    constant_what: &'static str,
    #[serde(flatten)]
    columns: Columns<'a>,
    text_columns: Option<String>,
    numpy_linear: bool,
    numpy_trees: bool,
    linear_on: &'static str,
    linear_features_doc: String,
    linear_compose: bool,
    linear_impute: bool,
    linear_preprocessing: &'static str,
    linear_scaler: Option<&'static str>,
    #[serde(flatten)]
    settings: Settings,
}

impl<'a> BaselineContext<'a> {
    /// For a training set of `train_rows` rows.
    pub(super) fn new(proposal: &'a Proposal, train_rows: usize) -> Self {
        let columns = Columns::new(proposal);
        let kind = match (proposal.prediction, proposal.objective) {
            (Prediction::Label, Objective::Ordinal) => "grade",
            (Prediction::Label, _) => "label",
            (Prediction::Probability, _) => "probability",
            (Prediction::Number, _) => "number",
            (other, _) => unreachable!("no rule proposes predictions of the kind {other:?}"),
        };
        let metric = proposal.metric.catalogue();
        let balanced = matches!(metric, Some(Metric::BalancedAccuracy | Metric::MacroF1));
        let log_target = metric == Some(Metric::Rmsle);
        let numpy = log_target || kind == "grade";
        let labels = &proposal.target.labels;
        let (numeric, categorical) = (columns.any_number(), columns.any_category());
        Self {
            title: &proposal.title,
            id: &proposal.id_column,
            target: &proposal.target.column,
            labels,
            positive: proposal.target.positive.as_deref(),
            metric: proposal.metric.name(),
            kind,
            classifier: matches!(kind, "label" | "probability"),
            balanced,
            any_number_label: labels.iter().any(|label| label.parse::<f64>().is_ok()),
            target_scale: if log_target { "log" } else { "plain" },
            constant_what: kind,
            text_columns: columns.text_types(kind != "number"),
            numpy_linear: numpy || columns.any_skewed(),
            numpy_trees: numpy,
            linear_on: match (numeric, categorical) {
                (true, false) => " on scaled numbers",
                (true, true) => " on scaled numbers and one-hot categories",
                (false, _) => " on one-hot categories",
            },
            linear_features_doc: columns.sentence(),
            linear_compose: numeric && categorical,
            linear_impute: columns.numbers_missing(),
            linear_preprocessing: match (numeric, categorical) {
                (true, false) => "StandardScaler",
                (true, true) => "OneHotEncoder, StandardScaler",
                (false, _) => "OneHotEncoder",
            },
            linear_scaler: match (numeric, columns.numbers_missing()) {
                (false, _) => None,
                (true, false) => Some("StandardScaler()"),
                (true, true) => Some("SimpleImputer(strategy=\"median\"), StandardScaler()"),
            },
            settings: Settings::new(train_rows, columns.width(), labels.len(), balanced),
            columns,
        }
    }
}
