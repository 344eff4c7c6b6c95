//! The table of checks, and how they are run.

use findings::{CheckId, Finding, Policy};

use crate::context::{Context, Judgement};
use crate::{Subject, a_structure, b_execution, c_solvability, d_leakage, e_quality, f_review};

/// A check and its id. Each group lists its own, in order of their ids.
pub(crate) type Row = (CheckId, fn(Context<'_>) -> Judgement);

/// Every group, in order of its letter.
const GROUPS: [&[Row]; 6] = [
    a_structure::CHECKS,
    b_execution::CHECKS,
    c_solvability::CHECKS,
    d_leakage::CHECKS,
    e_quality::CHECKS,
    f_review::CHECKS,
];

fn checks() -> impl Iterator<Item = &'static Row> {
    GROUPS.into_iter().flatten()
}

/// Ids of all checks, in order.
pub fn check_ids() -> impl Iterator<Item = CheckId> {
    checks().map(|(id, _)| *id)
}

/// Runs every check: one finding each, in order of their ids.
pub fn run(subject: &Subject<'_>, policy: &Policy) -> Vec<Finding> {
    run_where(subject, policy, |_| true)
}

/// Runs the checks whose id is wanted, e.g. those of one group.
///
/// # Panics
///
/// When the policy was not made by [`Policy::embedded`] or [`Policy::parse`], which give every check its rule.
pub fn run_where(
    subject: &Subject<'_>,
    policy: &Policy,
    wanted: impl Fn(CheckId) -> bool,
) -> Vec<Finding> {
    let chosen = checks().filter(|(id, _)| wanted(*id));
    chosen
        .map(|(id, check)| {
            let rule = policy
                .rule(*id)
                .expect("the policy has a rule for every check");
            check(Context {
                subject,
                policy,
                rule,
            })
            .unwrap_or_else(|early| *early)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use findings::Status;

    use super::*;

    #[test]
    fn the_policy_knows_these_checks_and_no_others() {
        let policy = Policy::embedded();
        let known: Vec<CheckId> = policy.rules().map(findings::Rule::id).collect();
        assert_eq!(known, check_ids().collect::<Vec<_>>());
    }

    #[test]
    fn without_facts_every_check_is_skipped_with_a_reason() {
        for finding in run(&Subject::default(), &Policy::embedded()) {
            assert_eq!(finding.status, Status::Skip, "{finding:?}");
            assert!(finding.message.len() > 10, "{finding:?}");
        }
    }

    #[test]
    fn a_group_can_be_run_alone() {
        let findings = run_where(&Subject::default(), &Policy::embedded(), |id| {
            id.group() == 'C'
        });
        assert!(!findings.is_empty());
        assert!(findings.iter().all(|finding| finding.check.group() == 'C'));
    }
}
