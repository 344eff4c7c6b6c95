//! Pure arithmetic of evaluation: metrics, their directions, bootstrap intervals.
//!
//! No input, no output, no data-frame library; rows come aligned by the crate `grading`.

#![forbid(unsafe_code)]

mod aligned;
mod bootstrap;
mod classification;
mod direction;
mod evaluate;
mod metric;
mod ordinal;
mod probability;
mod ranking;
mod regression;

pub use aligned::{Aligned, Labels, Numbers, Probabilities};
pub use bootstrap::{Bootstrap, Interval, Resampling};
pub use direction::Direction;
pub use evaluate::Undefined;
pub use metric::{Input, Metric};
