//! D: leakage. What can be told about the target from where it should not be.

mod checks;
mod noise;

pub(crate) use checks::gives_away;
use checks::{disguised_target, duplicates, sample_knows_nothing, single_feature};

use findings::CheckId;

use crate::registry::Row;

/// The checks of this group, in order of their ids.
pub(crate) const CHECKS: &[Row] = &[
    (CheckId::new('D', 1), duplicates),
    (CheckId::new('D', 4), single_feature),
    (CheckId::new('D', 5), disguised_target),
    (CheckId::new('D', 10), sample_knows_nothing),
];
