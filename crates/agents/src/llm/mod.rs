//! The engine of models: Brainstormer, Designer and Refactor as agents with tools, one agent that does everything, and one that
//! takes part in episodes.
//!
//! Every conversation is a pure function of what it is given and of the model's replies: no clock, no path of the host and
//! no iteration order gets into a request. Nothing here starts a process or reads a file: a [`Workbench`] does.

mod agent;
mod arguments;
mod brainstorm;
mod conversation;
mod describe;
mod design;
mod desk;
mod outcome;
mod proposed;
mod react;
mod refactor;
mod single;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod transcript;
mod workbench;

pub use agent::{Agent, Feedback};
pub use brainstorm::{Brainstormed, brainstorm};
pub use design::{TEST_RUNNER, TEST_SCRIPT, design};
pub use outcome::{AgentError, Conversed, Outcome, Trace};
pub use react::{React, ReactLimits, Spent};
pub use refactor::refactor;
pub use single::{Single, single};
pub use workbench::{Files, Handed, Observation, Work, Workbench, WorkbenchError};
