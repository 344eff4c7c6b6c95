//! The Designer: a proposal as Python, written for this dataset.

mod baseline;
mod columns;
mod metric;
mod prepare;
pub(in crate::rules) mod python;
mod reading;
mod settings;

use std::collections::BTreeMap;

use facts::Profile;

use crate::rules::template::render;
use crate::{Draft, Proposal};
use baseline::BaselineContext;
use metric::MetricContext;
use prepare::PrepareContext;

/// The solvers of the ladder, floor first.
const SOLVERS: [&str; 4] = ["constant", "linear", "forest", "boosted"];

/// Writes `prepare.py`, `metric.py` and the ladder's solvers of a proposal.
///
/// # Panics
///
/// When the proposal was made from another profile.
pub fn design(profile: &Profile, proposal: &Proposal) -> Draft {
    let mut files = BTreeMap::new();
    let prepare = PrepareContext::new(profile, proposal);
    files.insert(
        task_format::PREPARE.to_owned(),
        render("prepare.py", &prepare),
    );
    files.insert(
        task_format::METRIC.to_owned(),
        render("metric.py", MetricContext::new(proposal)),
    );
    let baseline = BaselineContext::new(proposal, profile.rows);
    for solver in SOLVERS {
        let path = format!("{}/{solver}.py", task_format::BASELINES);
        files.insert(path.clone(), render(&path, &baseline));
    }
    Draft { files }
}
