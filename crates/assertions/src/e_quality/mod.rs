//! E: data quality. What a competitor should be told about the data, and personal data.

use crate::registry::Row;

/// The checks of this group, in order of their ids.
pub(crate) const CHECKS: &[Row] = &[];
