//! What the template of `metric.py` is given.

use scoring::{Direction, Metric};
use serde::Serialize;
use task_format::Prediction;

use super::python::class_name;
use crate::Proposal;

/// Input of `metric.py`.
#[derive(Serialize)]
pub(super) struct MetricContext<'a> {
    title: &'a str,
    metric: &'static str,
    metric_title: &'static str,
    summary: String,
    class_name: String,
    id: &'a str,
    target: &'a str,
    positive: Option<&'a str>,
    labels: &'a [String],
    check: &'static str,
    unit_interval: bool,
    maximize: bool,
    numpy: bool,
    sklearn: Option<&'static str>,
}

impl<'a> MetricContext<'a> {
    pub(super) fn new(proposal: &'a Proposal) -> Self {
        let metric = proposal
            .metric
            .catalogue()
            .expect("the rules score by metrics of the catalogue");
        let better = match metric.direction() {
            Direction::Maximize => "higher",
            Direction::Minimize => "lower",
        };
        let title = metric.title();
        let mut initial = title.chars();
        let title_case: String = initial
            .next()
            .map(|first| first.to_uppercase().chain(initial).collect())
            .unwrap_or_default();
        let needs_positive = matches!(
            metric,
            Metric::F1
                | Metric::RocAuc
                | Metric::AveragePrecision
                | Metric::LogLoss
                | Metric::Brier
        );
        let label = proposal.prediction == Prediction::Label;
        let name = class_name(&proposal.target.column);
        Self {
            title: &proposal.title,
            metric: metric.name(),
            metric_title: title,
            summary: format!("{title_case}: {}. {better} is better.", metric.formula())
                .replace(". higher", ". Higher")
                .replace(". lower", ". Lower"),
            class_name: format!("{name}Metric"),
            id: &proposal.id_column,
            target: &proposal.target.column,
            positive: proposal
                .target
                .positive
                .as_deref()
                .filter(|_| needs_positive),
            labels: if label { &proposal.target.labels } else { &[] },
            check: if label {
                "check_labels"
            } else {
                "check_numbers"
            },
            unit_interval: metric.needs_unit_interval(),
            maximize: metric.direction() == Direction::Maximize,
            numpy: matches!(metric, Metric::LogLoss | Metric::Rmse | Metric::Rmsle),
            sklearn: match metric {
                Metric::Accuracy => Some("accuracy_score"),
                Metric::BalancedAccuracy => Some("balanced_accuracy_score"),
                Metric::MacroF1 | Metric::F1 => Some("f1_score"),
                Metric::Mcc => Some("matthews_corrcoef"),
                Metric::RocAuc => Some("roc_auc_score"),
                Metric::AveragePrecision => Some("average_precision_score"),
                Metric::QuadraticWeightedKappa => Some("cohen_kappa_score"),
                Metric::R2 => Some("r2_score"),
                Metric::Mape => Some("mean_absolute_percentage_error"),
                // The template spells these out; the rules propose no metric beyond those named here.
                _ => None,
            },
        }
    }
}
