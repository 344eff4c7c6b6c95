//! Deterministic checks: pure functions over facts.
//!
//! A check never reads a file, runs code or asks a model; what it needs stands in [`Subject`], its thresholds in
//! [`findings::Policy`]. A check whose facts are not there yet is skipped with the reason.

#![forbid(unsafe_code)]

mod context;
mod format;
mod markdown;
mod registry;
mod split_policy;
mod subject;

mod a_structure;
mod b_execution;
mod c_solvability;
mod d_leakage;
mod e_quality;
mod f_review;

pub use registry::{check_ids, run, run_where};
pub use split_policy::verified_policy;
pub use subject::Subject;

#[cfg(test)]
mod testing;
