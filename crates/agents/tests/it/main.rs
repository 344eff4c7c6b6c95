//! The engine of rules through its public interface: whole drafts as snapshots, and laws that hold for any profile.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod laws;
mod packages;
mod tables;
