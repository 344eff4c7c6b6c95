//! Pure arithmetic of evaluation: metrics, their directions, bootstrap intervals.
//!
//! No input, no output, no data-frame library; rows come aligned by the crate `grading`.

#![forbid(unsafe_code)]

mod direction;

pub use direction::Direction;
