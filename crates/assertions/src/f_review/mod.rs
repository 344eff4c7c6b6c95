//! F: review. What a reader, rules or model, says of the package as a whole; these checks decide whether to believe it.

mod scores;
mod standing;

use findings::CheckId;
use scores::{enough_judged, mean_score, no_critical_issue};
use standing::review_stands;

use crate::registry::Row;

/// The checks of this group, in order of their ids.
pub(crate) const CHECKS: &[Row] = &[
    (CheckId::new('F', 1), review_stands),
    (CheckId::new('F', 2), mean_score),
    (CheckId::new('F', 3), no_critical_issue),
    (CheckId::new('F', 4), enough_judged),
];
