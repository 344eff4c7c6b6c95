//! The crate through its public interface: whole drafts of the engine of rules as snapshots, laws that hold for any profile, and what becomes
//! of proposals that come from elsewhere.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod formulation;
mod ladder;
mod laws;
mod packages;
mod tables;
