//! Runs the scripts of a task in the sandbox and records what happened.
//!
//! It executes nothing outside the sandbox, judges nothing, and can reach neither the network nor a model.

pub mod agent;
mod constants;
mod control;
pub mod episode;
mod error;
mod executor;
mod explore;
mod fits;
mod grader;
mod ladder;
mod malformed;
mod perfect;
mod pin;
mod prepare;
mod probe;
mod python;
mod solver;
mod table;
#[cfg(test)]
mod testing;
mod trial;
mod usage;
mod warm;

pub use error::ExecuteError;
pub use executor::Executor;
pub use explore::Explored;
pub use ladder::RUNGS;
pub use perfect::perfect_submission;
pub use pin::pin;
pub use prepare::Surroundings;
pub use solver::SUBMISSION_FILE;
pub use trial::Trial;
pub use usage::Usage;
pub use warm::WarmRuns;
