//! D: leakage. What can be told about the target from where it should not be.

mod checks;
mod noise;

pub(crate) use checks::{
    disguised_target, duplicates, gives_away, sample_knows_nothing, single_feature,
};
