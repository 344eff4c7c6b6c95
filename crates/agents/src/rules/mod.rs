//! Brainstormer, Designer and Refactor as an engine of rules: deterministic, offline, free.
//!
//! Everything here is a pure function of a [`facts::Profile`]: nothing is read, run or asked. The
//! generated `prepare.py` runs elsewhere, between [`design`] and [`refactor`].

pub(crate) mod brainstorm;
pub(crate) mod design;
mod refactor;
mod template;

pub use brainstorm::brainstorm;
pub use design::design;
pub use refactor::refactor;

/// The name of this engine in a task's provenance.
const ENGINE: &str = "rules";
