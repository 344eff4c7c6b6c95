//! Metrics of a score of the positive class.

use super::{CLIPPED, COEFFICIENT, ERROR, Entry, SHARE};
use crate::{Domain, Input};

pub(crate) static ROC_AUC: Entry = Entry {
    name: "roc_auc",
    title: "ROC AUC",
    input: Input::Probability,
    formula: "the probability that a random positive row has a higher prediction than a random negative row; ties count half",
    edge_cases: "ties count half; no value where the answers have one class",
    source: "scikit-learn 1.9 `roc_auc_score`",
    ..SHARE
};

pub(crate) static GINI: Entry = Entry {
    name: "gini",
    title: "Gini coefficient",
    input: Input::Probability,
    formula: "2·AUC − 1, where AUC is the probability that a random positive row has a higher prediction than a random negative row; ties count half",
    edge_cases: "ties count half; no value where the answers have one class",
    source: "2 · scikit-learn 1.9 `roc_auc_score` − 1",
    ..COEFFICIENT
};

pub(crate) static AVERAGE_PRECISION: Entry = Entry {
    name: "average_precision",
    title: "average precision",
    input: Input::Probability,
    formula: "precision summed over all thresholds, each weighted by the increase of recall at that threshold; tied predictions are one threshold",
    edge_cases: "tied predictions are one threshold; no value without a positive row (scikit-learn: 0)",
    source: "scikit-learn 1.9 `average_precision_score`",
    ..SHARE
};

pub(crate) static LOG_LOSS: Entry = Entry {
    name: "log_loss",
    title: "log loss",
    worst: Some(CLIPPED),
    input: Input::Probability,
    domain: Domain::UnitInterval,
    formula: "the mean of −ln(p), where p is the predicted probability of the true class, at least 2.2e-16",
    edge_cases: "one class in the answers is fine; a certain and right prediction costs exactly 0 (scikit-learn: 2.2e-16)",
    source: "scikit-learn 1.9 `log_loss` with `labels` given",
    ..ERROR
};

pub(crate) static BRIER: Entry = Entry {
    name: "brier",
    title: "Brier score",
    worst: Some(1.0),
    input: Input::Probability,
    domain: Domain::UnitInterval,
    formula: "the mean of (p − y)², where p is the predicted probability of the positive class and y is 1 for positive rows, else 0",
    edge_cases: "one class in the answers is fine",
    source: "scikit-learn 1.9 `brier_score_loss`",
    ..ERROR
};
