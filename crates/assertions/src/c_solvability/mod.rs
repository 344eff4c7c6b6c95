//! C: solvability and headroom. What the ladder of reference solvers says about the task.

mod checks;
mod ladder;

use checks::{blind_never_wins, floor_gap, headroom, signal};

use findings::CheckId;

use crate::registry::Row;

/// The checks of this group, in order of their ids.
pub(crate) const CHECKS: &[Row] = &[
    (CheckId::new('C', 1), signal),
    (CheckId::new('C', 2), headroom),
    (CheckId::new('C', 3), floor_gap),
    (CheckId::new('C', 4), blind_never_wins),
];
