//! B: the execution contract. What happened when `prepare.py` and `metric.py` ran in the sandbox.

mod metric;
mod prepare;

pub(crate) use metric::{malformed_is_refused, metric_ignores_order, perfect_is_the_optimum};
pub(crate) use prepare::{
    prepare_is_deterministic, prepare_runs, raw_untouched, rows_are_conserved,
};
