//! What stands beside a metric's name in a manifest: the k of `ndcg`, the quantile of `pinball`.
//!
//! Names stay plain, so that `ndcg` at 5 and at 10 are one metric. A parameter that the metric does not take is refused
//! rather than ignored: it would be a task that scores otherwise than its author meant.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Metric;

/// Parameters of a metric, as written in a manifest; what is not given has the metric's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// How many of the best predictions of a row count, 1 or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub k: Option<u32>,
    /// How many times as important recall is as precision, from 0.001 to 1000: beyond it is recall, or precision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beta: Option<f64>,
    /// The quantile that is predicted, between 0 and 1, both exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantile: Option<f64>,
    /// What errors are divided by, above 0: for `mase` the mean absolute error of the naive forecast in training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
}

/// The name of a parameter.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Parameter {
    /// How many of the best predictions of a row count.
    K,
    /// Weight of recall against precision.
    Beta,
    /// The quantile that is predicted.
    Quantile,
    /// What errors are divided by.
    Scale,
}

/// A parameter that a metric takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Takes {
    /// Which one.
    pub parameter: Parameter,
    /// What is taken where a manifest gives none.
    pub default: DefaultValue,
}

/// What a metric takes for a parameter that is not given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DefaultValue {
    /// That number.
    Number(f64),
    /// All that was predicted counts.
    Unlimited,
    /// Nothing: the manifest must give it.
    Required,
}

/// Why parameters don't suit a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// The metric has no such parameter.
    #[error("{metric} takes no `{parameter}`")]
    NotTaken {
        /// The metric.
        metric: Metric,
        /// What was given.
        parameter: Parameter,
    },
    /// The metric has no default for it.
    #[error("{metric} needs `{parameter}`")]
    Missing {
        /// The metric.
        metric: Metric,
        /// What was not given.
        parameter: Parameter,
    },
    /// The value has no meaning.
    #[error("`{0}` must be {range}", range = .0.range())]
    OutOfRange(Parameter),
}

impl Parameter {
    /// Every parameter.
    pub const ALL: [Self; 4] = [Self::K, Self::Beta, Self::Quantile, Self::Scale];

    /// Its name in manifests, the same as serde's and as the field of [`Parameters`].
    pub fn name(self) -> &'static str {
        match self {
            Self::K => "k",
            Self::Beta => "beta",
            Self::Quantile => "quantile",
            Self::Scale => "scale",
        }
    }

    /// Which values have a meaning, for people.
    pub fn range(self) -> &'static str {
        match self {
            Self::K => "a whole number of at least 1",
            Self::Beta => "a number from 0.001 to 1000",
            Self::Scale => "a number above 0",
            Self::Quantile => "a number between 0 and 1, both exclusive",
        }
    }

    /// Whether the value has a meaning; NaN and infinities have none.
    pub fn allows(self, value: f64) -> bool {
        match self {
            Self::K => value >= 1.0 && value.is_finite(),
            // Its square is multiplied with numbers of rows, and must neither overflow nor vanish.
            Self::Beta => (1e-3..=1e3).contains(&value),
            Self::Scale => value > 0.0 && value.is_finite(),
            Self::Quantile => value > 0.0 && value < 1.0,
        }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Parameters {
    /// The value that was given.
    pub fn get(&self, parameter: Parameter) -> Option<f64> {
        match parameter {
            Parameter::K => self.k.map(f64::from),
            Parameter::Beta => self.beta,
            Parameter::Quantile => self.quantile,
            Parameter::Scale => self.scale,
        }
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Checks that the metric takes what is given, has what it needs, and that all values have a meaning.
    ///
    /// # Errors
    ///
    /// Names the first parameter that is wrong, in the order of [`Parameter::ALL`].
    pub fn check(&self, metric: Metric) -> Result<(), ParameterError> {
        self.settings(metric).map(|_| ())
    }

    /// Every parameter with its value for the metric; those that it doesn't take have a value without meaning.
    pub(crate) fn settings(&self, metric: Metric) -> Result<Settings, ParameterError> {
        let mut settings = Settings {
            k: usize::MAX,
            beta: 1.0,
            quantile: 0.5,
            scale: 1.0,
        };
        for parameter in Parameter::ALL {
            let takes = metric
                .parameters()
                .iter()
                .find(|takes| takes.parameter == parameter);
            let value = match (takes, self.get(parameter)) {
                (None, None) => continue,
                (None, Some(_)) => return Err(ParameterError::NotTaken { metric, parameter }),
                (Some(_), Some(value)) if parameter.allows(value) => value,
                (Some(_), Some(_)) => return Err(ParameterError::OutOfRange(parameter)),
                (Some(takes), None) => match takes.default {
                    DefaultValue::Number(value) => value,
                    DefaultValue::Unlimited => continue,
                    DefaultValue::Required => {
                        return Err(ParameterError::Missing { metric, parameter });
                    }
                },
            };
            match parameter {
                Parameter::K => settings.k = value as usize,
                Parameter::Beta => settings.beta = value,
                Parameter::Quantile => settings.quantile = value,
                Parameter::Scale => settings.scale = value,
            }
        }
        Ok(settings)
    }
}

/// Parameters after defaults.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) k: usize,
    pub(crate) beta: f64,
    pub(crate) quantile: f64,
    pub(crate) scale: f64,
}
