//! D03: order, ids and file metadata say nothing about the target.

use facts::{ChannelFacts, Side};
use findings::Measured;
use task_format::{PUBLIC_TEST, PUBLIC_TRAIN, SplitPolicy};

use super::chance::two_sided;
use crate::context::{Context, Judgement};
use crate::format::{counted, joined, short};

/// D03: every channel, on the rows of either side, against noise after Bonferroni.
///
/// A channel of test rows tells answers: that rejects, unless the split is by time, where order is time. Where groups lie
/// together rows are not independent, and only a strong association rejects. In train the answers are known anyhow: there
/// it is a warning, for whoever takes the first rows for validation.
pub(crate) fn channels(cx: Context<'_>) -> Judgement {
    let split = cx.measured_split()?;
    let policy = cx.policy_of_split()?;
    let further = split
        .further_targets
        .iter()
        .flat_map(|target| &target.channels);
    let facts: Vec<&ChannelFacts> = split.channels.iter().chain(further).collect();
    let strongest = facts
        .iter()
        .copied()
        .max_by(|a, b| a.rho.abs().total_cmp(&b.rho.abs()))
        .ok_or_else(|| {
            cx.skip("no channel could be measured: too few rows, or a constant target")
        })?;
    let measured = Measured::number(strongest.rho.abs(), told(strongest));
    let tests: usize = facts.iter().map(|facts| facts.contrasts).sum();
    let says = |facts: &&ChannelFacts, least: f64| {
        let by_chance = two_sided(facts.rho * (facts.rows as f64 - 1.0).sqrt());
        let effect = match &facts.class {
            Some((_, area)) => (area - 0.5).abs() > cx.threshold("auc") - 0.5,
            None => true,
        };
        facts.rho.abs() >= least && effect && by_chance <= cx.threshold("p") / tests as f64
    };
    let least = match policy {
        SplitPolicy::Group => cx.threshold("grouped_rho"),
        SplitPolicy::Stratified
        | SplitPolicy::Random
        | SplitPolicy::Time
        | SplitPolicy::Official => cx.threshold("rho"),
    };
    let in_test = |facts: &&ChannelFacts| facts.side == Side::Test;
    let leaks: Vec<&ChannelFacts> = facts
        .iter()
        .copied()
        .filter(in_test)
        .filter(|facts| says(facts, least))
        .collect();
    let trends: Vec<&ChannelFacts> = facts
        .iter()
        .copied()
        .filter(|facts| says(facts, cx.threshold("rho")))
        .collect();
    let list = |facts: &[&ChannelFacts]| {
        joined(&facts.iter().map(|facts| told(facts)).collect::<Vec<_>>())
    };
    let evidence = |facts: &[&ChannelFacts]| -> Vec<String> {
        let mut paths: Vec<String> = facts
            .iter()
            .map(|facts| path(facts.side).to_owned())
            .collect();
        paths.dedup();
        paths
    };
    let finding = if !leaks.is_empty() && policy != SplitPolicy::Time {
        let message = format!("answers can be told without a feature: {}", list(&leaks));
        cx.rule
            .fail(measured, message)
            .seen_in_all(evidence(&leaks))
    } else if !trends.is_empty() && policy == SplitPolicy::Time {
        let message = format!(
            "order goes with the target, as it may where order is time: {}",
            list(&trends)
        );
        cx.rule
            .warn(measured, message)
            .seen_in_all(evidence(&trends))
    } else if !trends.is_empty() {
        let message = format!("what is no feature goes with the target: {}", list(&trends));
        cx.rule
            .warn(measured, message)
            .seen_in_all(evidence(&trends))
    } else {
        cx.rule.pass(measured)
    };
    Ok(finding.compared_with(format!(
        "|rho| below {}, or p above {} / {}",
        short(least),
        cx.threshold("p"),
        counted(tests, "test")
    )))
}

fn path(side: Side) -> &'static str {
    match side {
        Side::Train => PUBLIC_TRAIN,
        Side::Test => PUBLIC_TEST,
    }
}

fn told(facts: &ChannelFacts) -> String {
    let side = match facts.side {
        Side::Train => "train",
        Side::Test => "test",
    };
    let rho = short((facts.rho * 1e4).round() / 1e4);
    let class = facts
        .class
        .as_ref()
        .map_or_else(String::new, |(class, area)| {
            format!(", AUC {} for `{class}`", short((area * 1e4).round() / 1e4))
        });
    format!(
        "{} of {side} rows (rho {rho}{class}, {})",
        facts.channel,
        counted(facts.rows, "row")
    )
}

#[cfg(test)]
mod tests {
    use findings::{Finding, Status};

    use super::*;
    use crate::testing::Good;

    fn channel(side: Side, rho: f64, rows: usize, area: Option<f64>) -> ChannelFacts {
        ChannelFacts {
            channel: "position in the file".to_owned(),
            side,
            rows,
            rho,
            class: area.map(|area| ("yes".to_owned(), area)),
            contrasts: 1,
        }
    }

    fn with(facts: ChannelFacts, policy: SplitPolicy) -> Finding {
        let mut good = Good::new();
        good.split.channels = vec![channel(Side::Train, 0.01, 400, None), facts];
        good.split_by(policy, "radius");
        good.judge("D03")
    }

    #[test]
    fn order_of_test_rows_rejects() {
        let sorted = channel(Side::Test, 0.8, 100, Some(0.95));
        for (policy, status) in [
            (SplitPolicy::Random, Status::Fail),
            (SplitPolicy::Stratified, Status::Fail),
            (SplitPolicy::Official, Status::Fail),
            (SplitPolicy::Group, Status::Fail),
            (SplitPolicy::Time, Status::Warn),
        ] {
            assert_eq!(with(sorted.clone(), policy).status, status, "{policy:?}");
        }
    }

    /// What was said to be a split by time or by group, and is none, has no milder threshold.
    #[test]
    fn a_policy_that_is_not_borne_out_is_none() {
        for policy in [SplitPolicy::Time, SplitPolicy::Group] {
            let mut good = Good::new();
            good.split.channels = vec![channel(Side::Test, 0.3, 400, None)];
            good.split_by(policy, "radius");
            assert_eq!(good.judge("D03").status, Status::Warn, "{policy:?}");
            good.split.split_column = None;
            assert_eq!(good.judge("D03").status, Status::Fail, "{policy:?}");
        }
    }

    #[test]
    fn further_targets_count_too() {
        let mut good = Good::new();
        good.split.further_targets = vec![facts::TargetFacts {
            target: "second".to_owned(),
            channels: vec![channel(Side::Test, 0.8, 100, None)],
            ..facts::TargetFacts::default()
        }];
        assert_eq!(good.judge("D03").status, Status::Fail);
    }

    #[test]
    fn noise_and_small_effects_pass() {
        for facts in [
            channel(Side::Test, 0.3, 60, None),
            channel(Side::Test, 0.04, 100_000, None),
            channel(Side::Test, 0.06, 100_000, Some(0.54)),
        ] {
            assert_eq!(with(facts, SplitPolicy::Random).status, Status::Pass);
        }
        assert_eq!(
            with(
                channel(Side::Test, 0.06, 100_000, None),
                SplitPolicy::Random
            )
            .status,
            Status::Fail
        );
    }

    #[test]
    fn train_and_groups_only_warn() {
        assert_eq!(
            with(channel(Side::Train, 0.9, 400, None), SplitPolicy::Random).status,
            Status::Warn
        );
        assert_eq!(
            with(channel(Side::Test, 0.3, 400, None), SplitPolicy::Group).status,
            Status::Warn
        );
    }
}
