//! Brainstormer, Designer and Refactor as an engine of rules: deterministic, offline, free.
//!
//! Everything here is a pure function of a [`facts::Profile`]: nothing is read, run or asked. The
//! generated `prepare.py` runs elsewhere, between [`design`] and [`refactor`].

#![forbid(unsafe_code)]

mod brainstorm;
mod candidate;
mod design;
mod naming;
mod proposal;
mod refactor;
mod template;

pub use brainstorm::brainstorm;
pub use candidate::{Candidate, Draft, Prepared};
pub use design::design;
pub use proposal::{
    Derivation, DroppedRows, FeatureKind, FeaturePlan, Proposal, SplitPlan, Target,
};
pub use refactor::refactor;
