//! The table of checks, and how they are run.

use findings::{CheckId, Finding, Policy};

use crate::context::{Context, Judgement};
use crate::{Subject, a_structure, b_execution, c_solvability, d_leakage};

type Check = fn(Context<'_>) -> Judgement;

/// Every check, in order of its id.
const CHECKS: [(CheckId, Check); 26] = [
    (CheckId::new('A', 1), a_structure::required_files),
    (CheckId::new('A', 2), a_structure::manifest),
    (CheckId::new('A', 3), a_structure::signatures),
    (CheckId::new('A', 4), a_structure::imports),
    (CheckId::new('A', 5), a_structure::constructs),
    (CheckId::new('A', 6), a_structure::description_is_complete),
    (CheckId::new('A', 7), a_structure::description_leaks_nothing),
    (CheckId::new('A', 8), a_structure::csv_files),
    (CheckId::new('A', 9), a_structure::ids),
    (CheckId::new('A', 10), a_structure::target_absent),
    (CheckId::new('A', 11), a_structure::licence),
    (CheckId::new('B', 1), b_execution::prepare_runs),
    (CheckId::new('B', 2), b_execution::prepare_is_deterministic),
    (CheckId::new('B', 3), b_execution::raw_untouched),
    (CheckId::new('B', 4), b_execution::rows_are_conserved),
    (CheckId::new('B', 5), b_execution::perfect_is_the_optimum),
    (CheckId::new('B', 6), b_execution::metric_ignores_order),
    (CheckId::new('B', 9), b_execution::malformed_is_refused),
    (CheckId::new('C', 1), c_solvability::signal),
    (CheckId::new('C', 2), c_solvability::headroom),
    (CheckId::new('C', 3), c_solvability::floor_gap),
    (CheckId::new('C', 4), c_solvability::blind_never_wins),
    (CheckId::new('D', 1), d_leakage::duplicates),
    (CheckId::new('D', 4), d_leakage::single_feature),
    (CheckId::new('D', 5), d_leakage::disguised_target),
    (CheckId::new('D', 10), d_leakage::sample_knows_nothing),
];

/// Ids of all checks, in order.
pub fn check_ids() -> impl Iterator<Item = CheckId> {
    CHECKS.iter().map(|(id, _)| *id)
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
    let chosen = CHECKS.iter().filter(|(id, _)| wanted(*id));
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
        let ids: Vec<String> = findings
            .iter()
            .map(|finding| finding.check.to_string())
            .collect();
        assert_eq!(ids, ["C01", "C02", "C03", "C04"]);
    }

    #[test]
    fn the_list_of_checks() {
        let policy = Policy::embedded();
        let lines: Vec<String> = policy
            .rules()
            .map(|rule| format!("{} {:?} {}", rule.id(), rule.severity, rule.title))
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        A01 Hard required files are there
        A02 Hard manifest is valid and agrees with itself
        A03 Hard prepare.py and metric.py can be called
        A04 Hard imports are part of the environment
        A05 Hard no network, processes, clock or unseeded randomness
        A06 Hard description names files, columns, metric and format
        A07 Hard description leaks no answers, recipe or seed
        A08 Hard CSV files are clean and complete
        A09 Hard ids are unique and the same everywhere
        A10 Hard target is absent from test
        A11 Hard licence allows what is passed on
        B01 Hard prepare runs
        B02 Hard prepare is deterministic
        B03 Hard raw files are untouched
        B04 Hard no row is lost or invented
        B05 Hard perfect answers score the optimum
        B06 Hard metric is deterministic and ignores order
        B09 Hard malformed submissions are refused
        C01 Hard signal: a baseline beats the constant
        C02 Hard headroom: no baseline is nearly perfect
        C03 Hard floor and best baseline are apart
        C04 Hard blind submissions never win
        D01 Hard no test row stands in train
        D04 Hard no single feature gives the target away
        D05 Hard no feature is the target in disguise
        D10 Hard sample submission knows nothing
        ");
    }
}
