//! The rules reviewer: scores a package in five dimensions as far as that can be computed, quotes what each score rests on,
//! and says what it did not judge. It asks no model.
//!
//! Every dimension starts at 5 and loses points for what is measured, with a sentence for each loss. The numbers are ours
//! unless a source stands beside them; they are calibrated so that tasks which a person would accept stay above 4.

mod clarity;
mod columns;
mod complexity;
mod description;
mod english;
mod sheet;
mod statement;
mod sufficiency;
#[cfg(test)]
pub(crate) mod testing;
mod usage;
mod validity;

use facts::{ReviewFacts, Reviewer};

use crate::ReviewSubject;
use description::Description;
use sheet::Sheet;

/// Version of the rules; grows whenever a score may change.
const VERSION: u32 = 1;

/// Reviews a package. The same subject gives the same review.
pub fn review(subject: &ReviewSubject<'_>) -> ReviewFacts {
    let description = Description::new(&subject.package.description);
    let statement = statement::read(&description, subject.manifest);
    let sheets = [
        validity::judge(subject, &description, &statement),
        sufficiency::judge(subject),
        usage::judge(subject, &description),
        complexity::judge(subject),
        clarity::judge(subject, &description, &statement),
    ];
    let (scores, issues): (Vec<_>, Vec<_>) = sheets.into_iter().map(Sheet::close).unzip();
    let mut issues: Vec<_> = issues.into_iter().flatten().collect();
    issues.sort_by_key(|issue| issue.severity);
    ReviewFacts {
        reviewer: Reviewer {
            name: "rules".to_owned(),
            version: VERSION,
            model: None,
        },
        scores,
        issues,
        failure: None,
    }
}
