//! F: review. What a reader, rules or model, says of the package as a whole.

use crate::registry::Row;

/// The checks of this group, in order of their ids.
pub(crate) const CHECKS: &[Row] = &[];
