//! D: leakage. What can be told about the target from where it should not be.

mod answers;
mod chance;
mod channels;
mod checks;
mod classes;
mod groups;
mod near;
mod noise;
mod shift;
mod single;
mod times;

use answers::answers_are_private;
use channels::channels;
use checks::{disguised_target, duplicates, sample_knows_nothing};
use classes::classes_are_known;
use groups::entities_stay_together;
use near::near_duplicates;
use shift::sides_look_alike;
pub(crate) use single::giveaway;
use single::single_feature;
use times::time_passes;

use findings::CheckId;

use crate::registry::Row;

/// The checks of this group, in order of their ids.
pub(crate) const CHECKS: &[Row] = &[
    (CheckId::new('D', 1), duplicates),
    (CheckId::new('D', 2), near_duplicates),
    (CheckId::new('D', 3), channels),
    (CheckId::new('D', 4), single_feature),
    (CheckId::new('D', 5), disguised_target),
    (CheckId::new('D', 6), entities_stay_together),
    (CheckId::new('D', 7), time_passes),
    (CheckId::new('D', 8), sides_look_alike),
    (CheckId::new('D', 9), answers_are_private),
    (CheckId::new('D', 10), sample_knows_nothing),
    (CheckId::new('D', 11), classes_are_known),
];
