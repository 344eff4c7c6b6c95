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
    let rows = profile.rows.saturating_sub(proposal.dropped_row_count());
    let train_rows = (rows as f64 * (1.0 - proposal.split.test_fraction)) as usize;
    files.extend(solvers(proposal, train_rows));
    Draft { files, notes: None }
}

/// The ladder's solvers for a training set of `train_rows` rows, by path inside the package.
pub(crate) fn solvers(proposal: &Proposal, train_rows: usize) -> BTreeMap<String, String> {
    let baseline = BaselineContext::new(proposal, train_rows);
    SOLVERS
        .iter()
        .map(|solver| {
            let path = format!("{}/{solver}.py", task_format::BASELINES);
            let text = render(&path, &baseline);
            (path, text)
        })
        .collect()
}
