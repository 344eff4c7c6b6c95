//! The arithmetic, one file a family of metrics. Each makes a metric ready on fixed rows; `evaluate` chooses the family.

pub(crate) mod binary_ranking;
pub(crate) mod classification;
pub(crate) mod columns;
pub(crate) mod correlations;
pub(crate) mod label_ranking;
pub(crate) mod label_sets;
pub(crate) mod multiclass;
pub(crate) mod ordinal;
pub(crate) mod overlap;
pub(crate) mod probability;
pub(crate) mod rankings;
pub(crate) mod regression;
pub(crate) mod survival;
pub(crate) mod texts;
