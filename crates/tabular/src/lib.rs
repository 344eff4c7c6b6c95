//! Reads tables, profiles them and probes prepared splits for leaks: from files to the plain structs of `facts`. It measures;
//! it judges nothing, and knows no tasks beyond the columns that a [`facts::SplitQuestion`] names.
//!
//! - `read`: one raw file into typed columns, with the recipe ([`facts::Reading`]) by which pandas gets the same cells;
//! - `assemble`: which files make the dataset's table, and how;
//! - `describe`: each column on its own; `relate`: columns together; [`profile()`]: both, or a refusal;
//! - `split`: what a prepared train/test split gives away ([`split_facts`]).
//!
//! Columns are dictionaries of distinct texts with a code for each row, not data frames: type inference, missing markers,
//! distributions, dependencies and leak probes all work on distinct values and codes, and the text as written stays at hand,
//! on which the agreement with pandas rests. polars, whose only user this crate is, decodes Parquet.

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
pub use profile::{LEAST_ROWS, profile, profile_prepared};
pub use split::split_facts;
