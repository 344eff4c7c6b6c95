//! The engine of models: Brainstormer, Designer and Refactor as agents with tools, the monolithic ablation, and the agent that takes part in episodes.
//!
//! Every conversation is a pure function of what it is given and of the model's replies: no clock, no path of the host and no iteration
//! order gets into a request. Nothing here starts a process or reads a file: a [`Workbench`] does.

mod agent;
mod outcome;
mod workbench;

pub use agent::{Agent, Feedback};
pub use outcome::{AgentError, Conversed, Outcome, Trace};
pub use workbench::{Files, Handed, Observation, Work, Workbench, WorkbenchError};
