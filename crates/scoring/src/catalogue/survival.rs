//! Metrics of a risk per row.

use super::{Entry, SHARE};
use crate::Input;

pub(crate) static CONCORDANCE_INDEX: Entry = Entry {
    name: "concordance_index",
    title: "concordance index",
    input: Input::Survival,
    formula: "the share of comparable pairs of rows (the event of one is known to be earlier than the other's) in which the earlier one has the higher predicted risk; ties count half",
    edge_cases: "equal risks count half; two events at the same time are not compared; of an event and a censored row at the same time, the event came first; no value without a comparable pair",
    source: "Harrell et al., Evaluating the yield of medical tests, 1982",
    ..SHARE
};
