//! End-to-end tests: they start the built binaries as a user would, and look at exit codes, output and
//! files. They link none of our crates.

#![cfg(test)]

mod support;

mod bad_input;
mod episode;
mod fixtures;
mod generate;
mod grade;
mod help;
mod kit;
mod play;
mod rerun;
mod resume;
mod verify;
