//! Starts host tools (pip, apt, Nix) with a clean environment, a time limit and captured output.
//!
//! It does not confine anything: generated code is started by the crate `sandbox` only.

mod command;
mod fault;
mod stopwatch;

pub use command::{HostCommand, HostOutput, INHERITED, INHERITED_PREFIXES, ProcessError};
pub use fault::Fault;
pub use stopwatch::Stopwatch;
