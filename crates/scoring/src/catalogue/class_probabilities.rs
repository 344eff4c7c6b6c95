//! Metrics of a score of every class.

use super::{CLIPPED, ERROR, Entry, SHARE};
use crate::{DefaultValue, Domain, Input, Parameter, Takes};

pub(crate) static ROC_AUC_OVR: Entry = Entry {
    name: "roc_auc_ovr",
    title: "ROC AUC, one class against the rest",
    input: Input::ClassProbabilities,
    formula: "for each class the probability that a random row of it has a higher prediction for it than a random other row (ties count half), averaged over the classes",
    edge_cases: "ties count half; rows are not divided by their sum; no value where a class has no row",
    source: "scikit-learn 1.9 `roc_auc_score` with `multi_class=\"ovr\"`",
    ..SHARE
};

pub(crate) static MULTICLASS_LOG_LOSS: Entry = Entry {
    name: "multiclass_log_loss",
    title: "multi-class log loss",
    worst: Some(CLIPPED),
    input: Input::ClassProbabilities,
    domain: Domain::UnitInterval,
    formula: "the mean of −ln(p), where p is the predicted probability of the true class divided by the sum of the row, at least 2.2e-16",
    edge_cases: "a row of zeros has p = 0; a certain and right row costs exactly 0; scikit-learn does not divide by the sum of the row",
    source: "scikit-learn 1.9 `log_loss` with `labels` given, rows divided by their sum as Kaggle does",
    ..ERROR
};

pub(crate) static MULTICLASS_BRIER: Entry = Entry {
    name: "multiclass_brier",
    title: "multi-class Brier score",
    worst: Some(2.0),
    input: Input::ClassProbabilities,
    domain: Domain::UnitInterval,
    formula: "the mean over rows of Σ (p − y)² over classes, where p is the predicted probability divided by the sum of the row and y is 1 for the true class, else 0",
    edge_cases: "a row of zeros has p = 0; scikit-learn does not divide by the sum of the row",
    source: "scikit-learn 1.9 `brier_score_loss` of several classes, rows divided by their sum",
    ..ERROR
};

pub(crate) static TOP_K_ACCURACY: Entry = Entry {
    name: "top_k_accuracy",
    title: "top-k accuracy",
    input: Input::ClassProbabilities,
    formula: "the share of rows whose true class is among the k classes with the highest predictions; the true class loses ties",
    edge_cases: "tied with others, the true class stands behind them (scikit-learn: the class with the higher index stands first)",
    source: "scikit-learn 1.9 `top_k_accuracy_score`",
    parameters: &[Takes {
        parameter: Parameter::K,
        default: DefaultValue::Number(2.0),
    }],
    ..SHARE
};
