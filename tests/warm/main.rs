//! Warm runs against cold ones: the same script gives the same bytes, and a fork server that is killed at random loses no
//! more than the runs in flight.
//!
//! What a warm run may not do is tried in `denial`. Needs what the product itself needs. `SMITH_CHAOS_RUNS=N` has that many
//! runs be made while the server is killed, instead of 100.

#![cfg(test)]

mod baselines;
mod chaos;
mod ground;
mod interpreter;
mod remains;
#[path = "../it/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "shared with the end-to-end tests, which use all of it"
)]
mod support;
