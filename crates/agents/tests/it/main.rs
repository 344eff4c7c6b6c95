//! The engine of rules through its public interface: whole drafts as snapshots, and laws that hold for any profile.

mod laws;
mod packages;
mod tables;
