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
    ..OF_NUMBERS
};

pub(crate) static MSE: Entry = Entry {
    name: "mse",
    title: "mean squared error (MSE)",
    formula: "the mean of (prediction − truth)²",
    ..OF_NUMBERS
};

pub(crate) static MAE: Entry = Entry {
    name: "mae",
    title: "mean absolute error (MAE)",
    formula: "the mean of |prediction − truth|",
    ..OF_NUMBERS
};

pub(crate) static RMSLE: Entry = Entry {
    name: "rmsle",
    title: "root mean squared logarithmic error (RMSLE)",
    domain: Domain::Above(-1.0),
    formula: "the square root of the mean of (ln(1 + prediction) − ln(1 + truth))²; predictions must be greater than −1",
    ..OF_NUMBERS
};

pub(crate) static R2: Entry = Entry {
    name: "r2",
    title: "coefficient of determination (R²)",
    worst: None,
    input: Input::Numbers,
    formula: "1 − Σ(prediction − truth)² / Σ(truth − mean of truth)²: 1 is perfect, 0 is as good as the mean",
    ..SHARE
};

pub(crate) static MEDIAN_ABSOLUTE_ERROR: Entry = Entry {
    name: "median_absolute_error",
    title: "median absolute error",
    formula: "the median of |prediction − truth|",
    ..OF_NUMBERS
};

pub(crate) static MAPE: Entry = Entry {
    name: "mape",
    title: "mean absolute percentage error (MAPE)",
    formula: "the mean of |prediction − truth| / |truth|, as a share and not in percent",
    ..OF_NUMBERS
};

pub(crate) static SMAPE: Entry = Entry {
    name: "smape",
    title: "symmetric mean absolute percentage error (SMAPE)",
    worst: Some(2.0),
    formula: "the mean of 2·|prediction − truth| / (|truth| + |prediction|), 0 where both are 0; from 0 to 2, as a share and not in percent",
    ..OF_NUMBERS
};

pub(crate) static RMSPE: Entry = Entry {
    name: "rmspe",
    title: "root mean squared percentage error (RMSPE)",
    formula: "the square root of the mean of ((prediction − truth) / truth)², as a share and not in percent",
    ..OF_NUMBERS
};

pub(crate) static PINBALL: Entry = Entry {
    name: "pinball",
    title: "pinball loss",
    formula: "the mean of q·(truth − prediction) where the prediction is too low and (1 − q)·(prediction − truth) where it is too high, for the quantile q",
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
    formula: "the mean of 2·(truth·ln(truth / prediction) − truth + prediction), where the prediction is at least 2.2e-16 and the logarithm counts nothing for a truth of 0",
    ..OF_NUMBERS
};

pub(crate) static GAMMA_DEVIANCE: Entry = Entry {
    name: "gamma_deviance",
    title: "mean Gamma deviance",
    domain: Domain::Above(0.0),
    formula: "the mean of 2·(ln(prediction / truth) + truth / prediction − 1); predictions must be greater than 0",
    ..OF_NUMBERS
};

pub(crate) static MASE: Entry = Entry {
    name: "mase",
    title: "mean absolute scaled error (MASE)",
    formula: "the mean of |prediction − truth|, divided by the mean absolute error of the naive forecast in training",
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
    ..CORRELATION
};

pub(crate) static SPEARMAN: Entry = Entry {
    name: "spearman",
    title: "Spearman correlation",
    formula: "the correlation of the ranks of truth and prediction, where equal values share the mean of their ranks; 0 for predictions that are all equal",
    ..CORRELATION
};

pub(crate) static KENDALL_TAU_B: Entry = Entry {
    name: "kendall_tau_b",
    title: "Kendall's tau-b",
    formula: "(pairs of rows in the right order − pairs in the wrong order) / √(pairs untied in truth · pairs untied in prediction); 0 for predictions that are all equal",
    ..CORRELATION
};

pub(crate) static NORMALIZED_GINI: Entry = Entry {
    name: "normalized_gini",
    title: "normalised Gini coefficient",
    formula: "the Gini coefficient of the truth in the order of the predictions, highest first, divided by that in the best order; tied rows share their places",
    ..CORRELATION
};
