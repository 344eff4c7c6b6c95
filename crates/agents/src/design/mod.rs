//! The Designer: a proposal as Python, written for this dataset.

mod context;
pub(crate) mod python;
mod reading;

use std::collections::BTreeMap;

use facts::Profile;

use crate::template::render;
use crate::{Draft, Proposal};
use context::{BaselineContext, MetricContext, PrepareContext};

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
