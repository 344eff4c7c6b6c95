//! Metrics of a number per row.

use super::{COEFFICIENT, ERROR, Entry, SHARE};
use crate::{DefaultValue, Domain, Input, Parameter, Takes};

const OF_NUMBERS: Entry = Entry {
    input: Input::Numbers,
    ..ERROR
};

const CORRELATION: Entry = Entry {
    input: Input::Numbers,
    ..COEFFICIENT
};

pub(crate) static RMSE: Entry = Entry {
    name: "rmse",
    title: "root mean squared error (RMSE)",
    formula: "the square root of the mean of (prediction − truth)²",
    edge_cases: "none",
    source: "scikit-learn 1.9 `root_mean_squared_error`",
    ..OF_NUMBERS
};

pub(crate) static MSE: Entry = Entry {
    name: "mse",
    title: "mean squared error (MSE)",
    formula: "the mean of (prediction − truth)²",
    edge_cases: "none",
    source: "scikit-learn 1.9 `mean_squared_error`",
    ..OF_NUMBERS
};

pub(crate) static MAE: Entry = Entry {
    name: "mae",
    title: "mean absolute error (MAE)",
    formula: "the mean of |prediction − truth|",
    edge_cases: "none",
    source: "scikit-learn 1.9 `mean_absolute_error`",
    ..OF_NUMBERS
};

pub(crate) static RMSLE: Entry = Entry {
    name: "rmsle",
    title: "root mean squared logarithmic error (RMSLE)",
    domain: Domain::Above(-1.0),
    formula: "the square root of the mean of (ln(1 + prediction) − ln(1 + truth))²; predictions must be greater than −1",
    edge_cases: "numbers at or below −1 are refused",
    source: "scikit-learn 1.9 `root_mean_squared_log_error`",
    ..OF_NUMBERS
};

pub(crate) static R2: Entry = Entry {
    name: "r2",
    title: "coefficient of determination (R²)",
    worst: None,
    input: Input::Numbers,
    formula: "1 − Σ(prediction − truth)² / Σ(truth − mean of truth)²: 1 is perfect, 0 is as good as the mean",
    edge_cases: "1 where all predictions are right; else 0 where the truth is constant (scikit-learn divides by what rounding leaves); no value for one row",
    source: "scikit-learn 1.9 `r2_score`",
    ..SHARE
};

pub(crate) static MEDIAN_ABSOLUTE_ERROR: Entry = Entry {
    name: "median_absolute_error",
    title: "median absolute error",
    formula: "the median of |prediction − truth|",
    edge_cases: "the mean of the two middle errors for an even number of rows",
    source: "scikit-learn 1.9 `median_absolute_error`",
    ..OF_NUMBERS
};

pub(crate) static MAPE: Entry = Entry {
    name: "mape",
    title: "mean absolute percentage error (MAPE)",
    formula: "the mean of |prediction − truth| / |truth|, where |truth| is at least 2.2e-16, as a share and not in percent",
    edge_cases: "a truth of 0 counts as 2.2e-16, which makes the score huge unless the prediction is 0",
    source: "scikit-learn 1.9 `mean_absolute_percentage_error`",
    ..OF_NUMBERS
};

pub(crate) static SMAPE: Entry = Entry {
    name: "smape",
    title: "symmetric mean absolute percentage error (SMAPE)",
    worst: Some(2.0),
    formula: "the mean of 2·|prediction − truth| / (|truth| + |prediction|), 0 where both are 0; from 0 to 2, as a share and not in percent",
    edge_cases: "0 where truth and prediction are 0",
    source: "Kaggle's web traffic competition, as a share",
    ..OF_NUMBERS
};

pub(crate) static RMSPE: Entry = Entry {
    name: "rmspe",
    title: "root mean squared percentage error (RMSPE)",
    formula: "the square root of the mean of ((prediction − truth) / truth)², as a share and not in percent; it needs truth other than 0",
    edge_cases: "no value where a truth is 0",
    source: "Kaggle's Rossmann competition",
    ..OF_NUMBERS
};

pub(crate) static PINBALL: Entry = Entry {
    name: "pinball",
    title: "pinball loss",
    formula: "the mean of q·(truth − prediction) where the prediction is too low and (1 − q)·(prediction − truth) where it is too high, for the quantile q",
    edge_cases: "none",
    source: "scikit-learn 1.9 `mean_pinball_loss`",
    parameters: &[Takes {
        parameter: Parameter::Quantile,
        default: DefaultValue::Number(0.5),
    }],
    ..OF_NUMBERS
};

pub(crate) static POISSON_DEVIANCE: Entry = Entry {
    name: "poisson_deviance",
    title: "mean Poisson deviance",
    domain: Domain::AtLeast(0.0),
    formula: "the mean of 2·(truth·ln(truth / prediction) − truth + prediction), where the prediction counts as at least 2.2e-16 (or as the truth, where that is less) and the logarithm counts nothing for a truth of 0",
    edge_cases: "2 · prediction for a truth of 0; a prediction counts as no less than 2.2e-16, or than the truth where that is less (scikit-learn refuses 0); negative numbers are refused",
    source: "scikit-learn 1.9 `mean_poisson_deviance`",
    ..OF_NUMBERS
};

pub(crate) static GAMMA_DEVIANCE: Entry = Entry {
    name: "gamma_deviance",
    title: "mean Gamma deviance",
    domain: Domain::Above(0.0),
    formula: "the mean of 2·(ln(prediction / truth) + truth / prediction − 1); truth and predictions must be greater than 0",
    edge_cases: "numbers at or below 0 are refused",
    source: "scikit-learn 1.9 `mean_gamma_deviance`",
    ..OF_NUMBERS
};

pub(crate) static MASE: Entry = Entry {
    name: "mase",
    title: "mean absolute scaled error (MASE)",
    formula: "the mean of |prediction − truth|, divided by the mean absolute error of the naive forecast in training",
    edge_cases: "none",
    source: "Hyndman & Koehler, Another look at measures of forecast accuracy, 2006",
    parameters: &[Takes {
        parameter: Parameter::Scale,
        default: DefaultValue::Required,
    }],
    ..OF_NUMBERS
};

pub(crate) static PEARSON: Entry = Entry {
    name: "pearson",
    title: "Pearson correlation",
    formula: "the linear correlation of truth and prediction; 0 for predictions that are all equal",
    edge_cases: "0 where all predictions are equal (SciPy: NaN); no value where the truth is constant",
    source: "SciPy 1.17 `pearsonr`",
    ..CORRELATION
};

pub(crate) static SPEARMAN: Entry = Entry {
    name: "spearman",
    title: "Spearman correlation",
    formula: "the correlation of the ranks of truth and prediction, where equal values share the mean of their ranks; 0 for predictions that are all equal",
    edge_cases: "0 where all predictions are equal (SciPy: NaN); no value where the truth is constant",
    source: "SciPy 1.17 `spearmanr`",
    ..CORRELATION
};

pub(crate) static KENDALL_TAU_B: Entry = Entry {
    name: "kendall_tau_b",
    title: "Kendall's tau-b",
    formula: "(pairs of rows in the right order − pairs in the wrong order) / √(pairs untied in truth · pairs untied in prediction); 0 for predictions that are all equal",
    edge_cases: "0 where all predictions are equal (SciPy: NaN); no value where the truth is constant",
    source: "SciPy 1.17 `kendalltau`; Kendall 1945",
    ..CORRELATION
};

pub(crate) static NORMALIZED_GINI: Entry = Entry {
    name: "normalized_gini",
    title: "normalised Gini coefficient",
    formula: "the Gini coefficient of the truth in the order of the predictions, highest first, divided by that in the best order; tied rows share their places; 0 for predictions that are all equal",
    edge_cases: "tied predictions share their places (on Kaggle they stand in file order); no value where the truth is constant",
    source: "Kaggle's Allstate and Liberty Mutual competitions",
    ..CORRELATION
};
