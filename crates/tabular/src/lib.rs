//! The only user of polars: reads tables, profiles them and probes splits for leaks. It measures; it judges nothing and
//! knows no tasks beyond the columns that a [`facts::SplitQuestion`] names.

#![forbid(unsafe_code)]

mod assemble;
mod describe;
mod error;
mod profile;
mod read;
mod relate;
mod split;
mod stats;
mod table;
#[cfg(test)]
mod testing;
mod words;

pub use error::{ProfileOutcome, ReadError, SplitError};
pub use profile::{LEAST_ROWS, profile};
pub use split::split_facts;
