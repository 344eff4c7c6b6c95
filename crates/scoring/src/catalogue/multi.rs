//! Metrics of several cells per row: column by column, or by the order within a row.

use super::{CLIPPED, COEFFICIENT, ERROR, Entry, SHARE, TOP};
use crate::{Domain, Input};

pub(crate) static COLUMN_MEAN_ROC_AUC: Entry = Entry {
    name: "column_mean_roc_auc",
    title: "mean column-wise ROC AUC",
    input: Input::MultiProbabilities,
    formula: "the ROC AUC of each prediction column, averaged over the columns",
    edge_cases: "as `roc_auc`; no value where a column of the answers has one class",
    source: "scikit-learn 1.9 `roc_auc_score` with `average=\"macro\"`",
    ..SHARE
};

pub(crate) static COLUMN_MEAN_AVERAGE_PRECISION: Entry = Entry {
    name: "column_mean_average_precision",
    title: "mean column-wise average precision",
    input: Input::MultiProbabilities,
    formula: "the average precision of each prediction column, averaged over the columns",
    edge_cases: "as `average_precision`; no value where a column of the answers has no positive row (scikit-learn: 0)",
    source: "scikit-learn 1.9 `average_precision_score` with `average=\"macro\"`",
    ..SHARE
};

pub(crate) static COLUMN_MEAN_LOG_LOSS: Entry = Entry {
    name: "column_mean_log_loss",
    title: "mean column-wise log loss",
    worst: Some(CLIPPED),
    input: Input::MultiProbabilities,
    domain: Domain::UnitInterval,
    formula: "the mean over all cells of −ln(p), where p is the predicted probability of what is true of the cell, at least 2.2e-16",
    edge_cases: "as `log_loss`",
    source: "the mean over columns of scikit-learn 1.9 `log_loss`",
    ..ERROR
};

pub(crate) static LABEL_RANKING_AVERAGE_PRECISION: Entry = Entry {
    name: "label_ranking_average_precision",
    title: "label ranking average precision",
    input: Input::MultiProbabilities,
    formula: "for each true label of a row the share of true labels among those predicted at least as high, averaged over the labels of the row (1 where it has none) and then over rows",
    edge_cases: "ties count against the true label; 1 for a row without a true label",
    source: "scikit-learn 1.9 `label_ranking_average_precision_score`",
    ..SHARE
};

pub(crate) static LWLRAP: Entry = Entry {
    name: "lwlrap",
    title: "label-weighted label-ranking average precision",
    input: Input::MultiProbabilities,
    formula: "for each true label of a row the share of true labels among those predicted at least as high, averaged over all true labels of all rows",
    edge_cases: "ties count against the true label; a row without a true label does not enter; no value without any true label",
    source: "scikit-learn 1.9 `label_ranking_average_precision_score` weighted by true labels; DCASE 2019, task 2",
    ..SHARE
};

pub(crate) static MCRMSE: Entry = Entry {
    name: "mcrmse",
    title: "mean column-wise root mean squared error (MCRMSE)",
    input: Input::MultiNumbers,
    formula: "the square root of the mean of (prediction − truth)² of each column, averaged over the columns",
    edge_cases: "none",
    source: "scikit-learn 1.9 `root_mean_squared_error` with `multioutput=\"uniform_average\"`",
    ..ERROR
};

pub(crate) static COLUMN_MEAN_RMSLE: Entry = Entry {
    name: "column_mean_rmsle",
    title: "mean column-wise RMSLE",
    input: Input::MultiNumbers,
    domain: Domain::Above(-1.0),
    formula: "the square root of the mean of (ln(1 + prediction) − ln(1 + truth))² of each column, averaged over the columns; predictions must be greater than −1",
    edge_cases: "numbers at or below −1 are refused",
    source: "scikit-learn 1.9 `root_mean_squared_log_error` with `multioutput=\"uniform_average\"`",
    ..ERROR
};

pub(crate) static COLUMN_MEAN_MAE: Entry = Entry {
    name: "column_mean_mae",
    title: "mean column-wise absolute error",
    input: Input::MultiNumbers,
    formula: "the mean of |prediction − truth| of each column, averaged over the columns",
    edge_cases: "none",
    source: "scikit-learn 1.9 `mean_absolute_error` with `multioutput=\"uniform_average\"`",
    ..ERROR
};

pub(crate) static COLUMN_MEAN_R2: Entry = Entry {
    name: "column_mean_r2",
    title: "mean column-wise R²",
    worst: None,
    input: Input::MultiNumbers,
    formula: "1 − Σ(prediction − truth)² / Σ(truth − mean of truth)² of each column, averaged over the columns",
    edge_cases: "as `r2` in each column",
    source: "scikit-learn 1.9 `r2_score` with `multioutput=\"uniform_average\"`",
    ..SHARE
};

pub(crate) static COLUMN_MEAN_SPEARMAN: Entry = Entry {
    name: "column_mean_spearman",
    title: "mean column-wise Spearman correlation",
    input: Input::MultiNumbers,
    formula: "the correlation of the ranks of truth and prediction in each column (equal values share the mean of their ranks), 0 for a column of equal predictions, averaged over the columns",
    edge_cases: "0 for a column of equal predictions (SciPy: NaN); no value where a column of the answers is constant",
    source: "the mean over columns of SciPy 1.17 `spearmanr`",
    ..COEFFICIENT
};

pub(crate) static NDCG: Entry = Entry {
    name: "ndcg",
    title: "normalised discounted cumulative gain (NDCG)",
    input: Input::MultiNumbers,
    formula: "for each row Σ gain / log2(1 + place) over the columns in the order of their predictions, up to place k, divided by the same sum in the best order; tied columns share their places, a row without gain counts as 0; averaged over rows",
    edge_cases: "tied columns share their places; 0 for a row without gain; a negative gain is refused",
    source: "scikit-learn 1.9 `ndcg_score` with `ignore_ties=False`",
    parameters: TOP,
    ..SHARE
};
