//! Brainstormer, Designer and Refactor: what they hand to one another, and the engines that play them.
//!
//! [`rules`] proposes and writes from a catalogue, without a model; [`llm`] asks models. Whichever engine made it, a
//! [`Proposal`], a [`Draft`] and a [`Candidate`] are the same typed values, and whoever verifies them need not know which it
//! was. Nothing here runs what was written.

#![forbid(unsafe_code)]

mod candidate;
mod formulation;
mod ladder;
pub mod llm;
mod manifest;
mod naming;
mod proposal;
pub mod rules;

pub use candidate::{Candidate, Draft, Prepared, candidate};
pub use formulation::{
    ColumnNote, CustomMetric, DerivedFrom, Formulation, MAX_PROPOSALS, Problem, Source, Split,
    merge, metrics_for,
};
pub use ladder::ladder;
pub use manifest::manifest;
pub use proposal::{
    Derivation, DroppedRows, FeatureKind, FeaturePlan, MetricPlan, Proposal, SourcePlan, SplitPlan,
    Target,
};
