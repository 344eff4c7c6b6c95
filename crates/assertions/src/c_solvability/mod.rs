//! C: solvability and headroom. What the ladder of reference solvers, and an agent, say about the task.

mod agent;
mod checks;
mod controls;
mod ladder;
mod size;

use agent::an_agent_takes_part;
use checks::{blind_never_wins, floor_gap, headroom, signal};
use controls::{data_free_scores_the_floor, shuffled_labels_teach_nothing};
use size::test_is_large_enough;

use findings::CheckId;

use crate::registry::Row;

/// The checks of this group, in order of their ids.
pub(crate) const CHECKS: &[Row] = &[
    (CheckId::new('C', 1), signal),
    (CheckId::new('C', 2), headroom),
    (CheckId::new('C', 3), floor_gap),
    (CheckId::new('C', 4), blind_never_wins),
    (CheckId::new('C', 5), shuffled_labels_teach_nothing),
    (CheckId::new('C', 6), test_is_large_enough),
    (CheckId::new('C', 7), data_free_scores_the_floor),
    (CheckId::new('C', 8), an_agent_takes_part),
];
