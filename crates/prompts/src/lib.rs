//! What models are told: templates with typed inputs, fences around untrusted text, digests of what was rendered.
//!
//! It asks no model, and decides nothing: who is told what is the business of `agents` and `review`.

#![forbid(unsafe_code)]

mod environment;

pub use environment::PythonEnvironment;
