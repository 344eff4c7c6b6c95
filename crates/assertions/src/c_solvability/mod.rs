//! C: solvability and headroom. What the ladder of reference solvers says about the task.

mod checks;
mod ladder;

pub(crate) use checks::{blind_never_wins, floor_gap, headroom, signal};
