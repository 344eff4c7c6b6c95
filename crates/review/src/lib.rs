//! Reviewers: what is said of a package as a whole, in five dimensions, with quotes that it rests on.
//!
//! Two make the same [`facts::ReviewFacts`]: [`rules`] computes what can be computed, [`llm`] asks a model. Neither decides
//! anything: whether a review is believed and what follows from it are checks of group F. They read no file.

#![forbid(unsafe_code)]

pub mod llm;
pub mod rules;
mod subject;

pub use rules::review;
pub use subject::ReviewSubject;
