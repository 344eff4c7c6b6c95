//! B: the execution contract. What happened when `prepare.py` and `metric.py` ran in the sandbox.

mod degradation;
mod metric;
mod prepare;
mod repeat;

use degradation::{corruption_hurts, metrics_agree};
use metric::{malformed_is_refused, metric_ignores_order, perfect_is_the_optimum};
use prepare::{prepare_is_deterministic, prepare_runs, raw_untouched, rows_are_conserved};
use repeat::baseline_repeats;

use findings::CheckId;

use crate::registry::Row;

/// The checks of this group, in order of their ids.
pub(crate) const CHECKS: &[Row] = &[
    (CheckId::new('B', 1), prepare_runs),
    (CheckId::new('B', 2), prepare_is_deterministic),
    (CheckId::new('B', 3), raw_untouched),
    (CheckId::new('B', 4), rows_are_conserved),
    (CheckId::new('B', 5), perfect_is_the_optimum),
    (CheckId::new('B', 6), metric_ignores_order),
    (CheckId::new('B', 7), corruption_hurts),
    (CheckId::new('B', 8), metrics_agree),
    (CheckId::new('B', 9), malformed_is_refused),
    (CheckId::new('B', 10), baseline_repeats),
];
