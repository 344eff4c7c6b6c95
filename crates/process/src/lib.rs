//! Starts host tools (pip, apt, Nix) with a clean environment, a time limit and captured output.
//!
//! It does not confine anything: generated code is started by the crate `sandbox` only.

mod fault;

pub use fault::Fault;
