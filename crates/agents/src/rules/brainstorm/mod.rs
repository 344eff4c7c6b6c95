//! The Brainstormer: which columns of a table are worth predicting, from what, and how it is scored.
//!
//! It knows names, roles and relations from the profile, not how well a target can be learned: verification
//! measures that and rejects what can't.

pub(crate) mod features;
pub(crate) mod labels;
pub(crate) mod leaks;
mod phrases;
mod plausibility;
mod refusal;
pub(crate) mod select;
mod split;
pub(crate) mod table;
pub(crate) mod targets;

use facts::{Profile, Refusal};

use crate::{MAX_PROPOSALS, Proposal};
use table::Table;

/// The tasks worth making of a dataset: at most three, distinct in target or objective, best first.
///
/// # Errors
///
/// A [`Refusal`] with the measured reason when nothing is worth proposing.
pub fn brainstorm(profile: &Profile) -> Result<Vec<Proposal>, Refusal> {
    let table = Table::new(profile);
    if let Some(refusal) = refusal::before_proposing(&table) {
        return Err(refusal);
    }
    let candidates = targets::candidates(&table);
    let proposals = select::best(&table, candidates, MAX_PROPOSALS);
    if proposals.is_empty() {
        Err(refusal::nothing_to_predict(&table))
    } else {
        Ok(proposals)
    }
}
