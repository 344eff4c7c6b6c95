//! Pure arithmetic of evaluation: metrics, their directions, bootstrap intervals.
//!
//! No input, no output, no data-frame library; rows come aligned by the crate `grading`.

#![forbid(unsafe_code)]

mod aligned;
mod bootstrap;
mod classification;
mod direction;
mod evaluate;
mod forms;
mod metric;
mod ordinal;
mod parameters;
mod probability;
mod ranking;
mod regression;

pub use aligned::Aligned;
pub use bootstrap::{Bootstrap, Interval, Resampling};
pub use direction::Direction;
pub use evaluate::Undefined;
pub use forms::{
    ClassProbabilities, LabelSets, Labels, MultiNumbers, MultiProbabilities, Numbers,
    Probabilities, Rankings, Survival, Texts,
};
pub use metric::{Input, Metric};
pub use parameters::{DefaultValue, Parameter, ParameterError, Parameters, Takes};
