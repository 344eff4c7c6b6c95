//! Pure arithmetic of evaluation: metrics, their directions, bootstrap intervals.
//!
//! No input, no output, no data-frame library; rows come aligned by the crate `grading`.

#![forbid(unsafe_code)]

mod direction;
mod metric;

pub use direction::Direction;
pub use metric::{Input, Metric};
