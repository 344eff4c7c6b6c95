//! Reads a submission and the answers, aligns rows by id, and scores or names why it is invalid.
//!
//! It runs no Python: a task with a custom metric is graded by its `metric.py` in the sandbox. It never trusts the order of
//! rows or columns, and treats a submission as hostile bytes: nothing a competitor can write makes it fail with an error, take
//! long or fill the memory. Answers may come with a foreign task: they are read with the same care, but what is wrong with
//! them is an error.

#![forbid(unsafe_code)]

mod answers;
mod cell;
mod contract;
mod distinct;
mod error;
mod grade;
mod invalid;
mod open;
mod predicted;
mod records;
mod structure;
mod submission;
mod truth;

pub use answers::{Answers, Usage};
pub use error::GradeError;
pub use grade::{Grade, grade};
pub use invalid::{InvalidSubmission, MetricRefusal};
pub use structure::Structure;
pub use truth::perfect_risks;
