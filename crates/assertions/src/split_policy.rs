//! What is left of a stated split policy once its column has been looked at. Whether a split is a good one is not decided
//! here.

use facts::SplitFacts;
use task_format::{Manifest, SplitPolicy};

/// Share of rows with a value of their own from which on a column makes no groups.
const NO_GROUPS: f64 = 0.95;

/// The policy that the measured files bear out; a random one where they don't bear out what the manifest says.
///
/// By group: the column stands in both files, several rows share a value, and no test row has one of train. By time: the
/// column holds numbers or dates in both files, and some test rows are later than all of train; that no row is earlier is
/// D07's. As published: nothing in the files shows it. Before anything was measured the manifest is believed.
pub fn verified_policy(manifest: &Manifest, split: Option<&SplitFacts>) -> SplitPolicy {
    let policy = manifest.split.policy;
    let Some(split) = split else {
        return policy;
    };
    let column = split.split_column.as_ref().filter(|facts| {
        facts.on_both_sides && Some(&facts.column) == manifest.split.column.as_ref()
    });
    let holds = match policy {
        SplitPolicy::Stratified | SplitPolicy::Random => true,
        SplitPolicy::Group => column.is_some_and(|facts| {
            facts.crossing == 0
                && facts.test_rows > 0
                && (facts.values as f64) < NO_GROUPS * facts.rows as f64
        }),
        SplitPolicy::Time => column.is_some_and(|facts| facts.later.is_some_and(|rows| rows > 0)),
        SplitPolicy::Official => false,
    };
    if holds { policy } else { SplitPolicy::Random }
}

#[cfg(test)]
mod tests {
    use facts::SplitColumnFacts;

    use super::*;
    use crate::testing::Good;

    fn judged(policy: SplitPolicy, change: impl Fn(&mut SplitColumnFacts)) -> SplitPolicy {
        let mut good = Good::new();
        good.split_by(policy, "radius");
        change(good.split.split_column.as_mut().unwrap());
        verified_policy(&good.manifest, Some(&good.split))
    }

    #[test]
    fn policies_hold_only_where_the_files_bear_them_out() {
        for policy in [
            SplitPolicy::Group,
            SplitPolicy::Time,
            SplitPolicy::Stratified,
        ] {
            assert_eq!(judged(policy, |_| ()), policy);
        }
        type Break = fn(&mut SplitColumnFacts);
        let broken: [(SplitPolicy, Break); 7] = [
            (SplitPolicy::Official, |_| ()),
            (SplitPolicy::Group, |facts| facts.crossing = 1),
            (SplitPolicy::Group, |facts| facts.values = facts.rows),
            (SplitPolicy::Group, |facts| facts.on_both_sides = false),
            (SplitPolicy::Time, |facts| facts.later = None),
            (SplitPolicy::Time, |facts| facts.later = Some(0)),
            (SplitPolicy::Time, |facts| facts.column = "x".to_owned()),
        ];
        for (policy, change) in broken {
            assert_eq!(judged(policy, change), SplitPolicy::Random, "{policy:?}");
        }
    }
}
