//! Grading from files, through the public interface.

mod laws;
mod malformed;
mod task;
mod valid;
