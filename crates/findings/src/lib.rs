//! How a candidate is judged, whoever judges: finding, severity, verdict, and the policy with its thresholds.
//!
//! It judges nothing itself: checks live in `assertions` and `review`.

#![forbid(unsafe_code)]

mod check_id;
mod documentation;
mod finding;
mod policy;
mod verdict;

pub use check_id::{CheckId, CheckIdError};
pub use documentation::{Documentation, DocumentedCheck, DocumentedGroup, GROUPS, Group};
pub use finding::{Finding, Measured, Severity, Status};
pub use policy::{Policy, PolicyError, Rule, Threshold};
pub use verdict::{Verdict, verdict_schema};
