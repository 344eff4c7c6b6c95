//! The Refactor: a draft that ran, brought into the package's format: manifest and description.

mod columns;
mod description;
pub(in crate::rules) mod markdown;

use facts::Profile;

use crate::rules::template::render;
use crate::{Candidate, Draft, Prepared, Proposal, manifest};

/// Makes a candidate package of a draft whose `prepare.py` ran.
///
/// # Panics
///
/// When the proposal was made from another profile.
pub fn refactor(
    profile: &Profile,
    proposal: &Proposal,
    draft: &Draft,
    prepared: &Prepared,
) -> Candidate {
    let manifest = manifest(profile, proposal, prepared, super::ENGINE);
    let context = description::DescriptionContext::new(profile, proposal, prepared, &manifest);
    let mut files = draft.files.clone();
    files.insert(
        task_format::DESCRIPTION.to_owned(),
        render("description.md", context),
    );
    Candidate { manifest, files }
}
