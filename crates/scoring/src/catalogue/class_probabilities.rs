//! Metrics of a score of every class.

use super::{CLIPPED, ERROR, Entry, SHARE};
use crate::{DefaultValue, Domain, Input, Parameter, Takes};

pub(crate) static ROC_AUC_OVR: Entry = Entry {
    name: "roc_auc_ovr",
    title: "ROC AUC, one class against the rest",
    input: Input::ClassProbabilities,
    formula: "for each class the probability that a random row of it has a higher prediction for it than a random other row (ties count half), averaged over the classes",
    ..SHARE
};

pub(crate) static MULTICLASS_LOG_LOSS: Entry = Entry {
    name: "multiclass_log_loss",
    title: "multi-class log loss",
    worst: Some(CLIPPED),
    input: Input::ClassProbabilities,
    domain: Domain::UnitInterval,
    formula: "the mean of −ln(p), where p is the predicted probability of the true class divided by the sum of the row, at least 2.2e-16",
    ..ERROR
};

pub(crate) static MULTICLASS_BRIER: Entry = Entry {
    name: "multiclass_brier",
    title: "multi-class Brier score",
    worst: Some(2.0),
    input: Input::ClassProbabilities,
    domain: Domain::UnitInterval,
    formula: "the mean over rows of Σ (p − y)² over classes, where p is the predicted probability divided by the sum of the row and y is 1 for the true class, else 0",
    ..ERROR
};

pub(crate) static TOP_K_ACCURACY: Entry = Entry {
    name: "top_k_accuracy",
    title: "top-k accuracy",
    input: Input::ClassProbabilities,
    formula: "the share of rows whose true class is among the k classes with the highest predictions; the true class loses ties",
    parameters: &[Takes {
        parameter: Parameter::K,
        default: DefaultValue::Number(2.0),
    }],
    ..SHARE
};
