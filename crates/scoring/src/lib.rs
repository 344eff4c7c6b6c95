//! Pure arithmetic of evaluation: metrics, their directions, bootstrap intervals, ranks, ratings and agreement.
//!
//! No input, no output, no data-frame library; rows come aligned by the crate `grading`.

#![forbid(unsafe_code)]

mod agreement;
mod aligned;
mod bootstrap;
mod catalogue;
mod correlation;
mod direction;
mod draws;
mod elo;
mod evaluate;
mod families;
mod forms;
mod input;
#[cfg(test)]
mod laws;
mod medal;
mod metric;
mod milestone;
mod parameters;
mod profile;
mod rank;
mod reliability;
mod sort;
mod weights;

pub use agreement::{BlandAltman, Moments, Pairs};
pub use aligned::Aligned;
pub use bootstrap::{Bootstrap, Interval, Resampling};
pub use direction::Direction;
pub use elo::{Battle, EloRating, EloTable, Outcome, RIDGE, Rounds, bradley_terry};
pub use evaluate::Undefined;
pub use forms::{
    ClassProbabilities, LabelSets, Labels, MultiNumbers, MultiProbabilities, Numbers,
    Probabilities, Rankings, Survival, Texts,
};
pub use input::{Domain, Input};
pub use medal::{Medal, MedalPlaces, MedalScores};
pub use metric::Metric;
pub use milestone::{CeilingBasis, Milestones, Rung, Separation};
pub use parameters::{DefaultValue, Parameter, ParameterError, Parameters, Takes};
pub use profile::{ProfileError, TaskScores, performance_profile_areas};
pub use rank::{HumanRank, Leaderboard, Position, Score};
pub use reliability::Ratings;
