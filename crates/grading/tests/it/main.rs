//! Grading from files, through the public interface.

#![allow(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod forms;
mod laws;
mod malformed;
mod task;
mod valid;
