//! D01, D05 and D10.

use facts::{FeatureFacts, LabelCount};
use findings::{Measured, Rule};
use task_format::{PUBLIC_TEST, PUBLIC_TRAIN, SAMPLE_SUBMISSION};

use crate::context::{Context, Judgement};
use crate::format::{counted, joined, percent, short};

/// D01: test rows that stand in train too, ids and targets dropped. Expected by chance where the features have few possible
/// values, as in a survey: then it is a warning.
pub(crate) fn duplicates(cx: Context<'_>) -> Judgement {
    let facts = &cx.measured_split()?.duplicates;
    if facts.test_rows == 0 {
        return Err(cx.error("the test file has no rows"));
    }
    let rows = facts.test_rows_in_train;
    let share = rows as f64 / facts.test_rows as f64;
    let same = facts.with_same_target;
    let text = format!(
        "{rows} of {} test rows, {same} of them with the same target",
        facts.test_rows
    );
    let measured = Measured::number(share, text);
    let (most, few) = (cx.threshold("share"), cx.threshold("few_rows"));
    let finding = if rows == 0 {
        cx.rule.pass(measured)
    } else if facts.expected_by_chance {
        let message =
            "test rows stand in train too, as is expected where features have few possible values";
        cx.rule.warn(measured, message)
    } else if share <= most || rows as f64 <= few {
        cx.rule.warn(measured, "a test row stands in train too")
    } else {
        cx.rule.fail(
            measured,
            format!("{} of the test rows stand in train too", percent(share)),
        )
    };
    let evidence = (rows > 0).then(|| [PUBLIC_TRAIN.to_owned(), PUBLIC_TEST.to_owned()]);
    Ok(finding
        .compared_with(format!("0, at most {}", percent(most)))
        .seen_in_all(evidence.into_iter().flatten()))
}

/// D05: features that are the target under another name.
pub(crate) fn disguised_target(cx: Context<'_>) -> Judgement {
    let split = cx.measured_split()?;
    if split.features.is_empty() {
        return Err(cx.skip("no feature was measured"));
    }
    let mut found: Vec<String> = split
        .features
        .iter()
        .filter_map(|feature| disguise(&cx, feature, &split.labels, cx.rule))
        .collect();
    for other in &split.further_targets {
        let disguised = other
            .features
            .iter()
            .filter_map(|feature| disguise(&cx, feature, &other.labels, cx.rule));
        found.extend(disguised.map(|how| format!("{how} `{}`", other.target)));
    }
    let further = split
        .further_targets
        .iter()
        .flat_map(|other| &other.features);
    let closest = split
        .features
        .iter()
        .chain(further)
        .filter_map(|feature| feature.rho)
        .fold(0.0, f64::max);
    let text = match found.len() {
        0 => format!(
            "none of {}, greatest |rho| {}",
            counted(split.features.len(), "feature"),
            short(closest)
        ),
        many => counted(many, "feature"),
    };
    let threshold = format!(
        "|rho| at most {}, share at most {}",
        cx.threshold("rho"),
        cx.threshold("share")
    );
    Ok(match found.is_empty() {
        true => cx.rule.pass(Measured::number(closest, text)),
        false => cx
            .rule
            .fail(Measured::number(found.len() as f64, text), joined(&found)),
    }
    .compared_with(threshold))
}

/// In what way a feature is the target in disguise, whose classes have these rows.
pub(super) fn disguise(
    cx: &Context<'_>,
    feature: &FeatureFacts,
    labels: &[LabelCount],
    rule: &Rule,
) -> Option<String> {
    let column = &feature.column;
    if let Some(rho) = feature.rho.filter(|rho| *rho > rule.threshold("rho")) {
        return Some(format!(
            "`{column}` is a near-copy of the target (|rho| {})",
            short(rho)
        ));
    }
    let share = rule.threshold("share");
    // A target that is nearly always the same follows from anything, so the commonest class is taken off.
    let (most, all) = labels.iter().fold((0, 0), |(most, all), label| {
        (most.max(label.train), all + label.train)
    });
    let majority = most as f64 / all.max(1) as f64;
    let beyond = |found: f64| {
        majority >= 1.0 || (found - majority) / (1.0 - majority) > rule.threshold("beyond_majority")
    };
    // Each group lies on one side of the split as a whole, so what a group fixes in train is of no use in test.
    let groups = cx.group_column() == Some(column.as_str());
    let fixes = if groups { 0.0 } else { feature.determines };
    for (found, what) in [(feature.equal, "equals"), (fixes, "fixes")] {
        if found > share && beyond(found) {
            return Some(format!(
                "`{column}` {what} the target in {} of the rows",
                percent(found)
            ));
        }
    }
    None
}

/// D10: the sample submission is no closer to the answers than permutations of it are.
pub(crate) fn sample_knows_nothing(cx: Context<'_>) -> Judgement {
    let facts = &cx.measured_split()?.sample;
    let text = format!(
        "association {} on {}, permutations up to {}",
        short(facts.association),
        counted(facts.rows, "row"),
        short(facts.permutation_high)
    );
    let measured = Measured::number(facts.association, text);
    if (facts.rows as f64) < cx.threshold("rows") {
        return Err(cx.skip(&format!(
            "{} can't tell anything",
            counted(facts.rows, "row")
        )));
    }
    let outer = facts.permutation_high * cx.threshold("margin");
    let finding = if facts.association <= facts.permutation_high {
        cx.rule.pass(measured)
    } else if facts.association <= outer {
        cx.rule.warn(
            measured,
            "the sample submission is closer to the answers than 99 % of its permutations",
        )
    } else {
        let message = "the sample submission tells about the answers: it was not made without them";
        cx.rule.fail(measured, message).seen_in(SAMPLE_SUBMISSION)
    };
    Ok(finding.compared_with(format!(
        "at most {}, rejected above {}",
        short(facts.permutation_high),
        short(outer)
    )))
}

#[cfg(test)]
mod tests {
    use findings::Status;
    use task_format::SplitPolicy;

    use crate::testing::{Good, with};

    #[test]
    fn duplicates_across_the_split() {
        let some =
            |rows: usize| move |good: &mut Good| good.split.duplicates.test_rows_in_train = rows;
        assert_eq!(with("D01", some(5)).status, Status::Fail);
        assert_eq!(with("D01", some(1)).status, Status::Warn);
        let survey = with("D01", |good| {
            some(40)(good);
            good.split.duplicates.expected_by_chance = true;
        });
        assert_eq!(survey.status, Status::Warn);
        let large = with("D01", |good| {
            (
                good.split.duplicates.test_rows_in_train,
                good.split.duplicates.test_rows,
            ) = (4, 5_000)
        });
        assert_eq!(large.status, Status::Warn);
        assert_eq!(
            with("D01", |good| good.split.duplicates.test_rows = 0).status,
            Status::Error
        );
    }

    #[test]
    fn disguises() {
        let copy = with("D05", |good| good.split.features[0].rho = Some(0.999));
        assert_eq!(
            copy.message,
            "`radius` is a near-copy of the target (|rho| 0.999)"
        );
        assert_eq!(
            with("D05", |good| good.split.features[0].determines = 0.995).status,
            Status::Fail
        );
        assert_eq!(
            with("D05", |good| good.split.features[0].equal = 1.0).status,
            Status::Fail
        );
        assert_eq!(
            with("D05", |good| good.split.features.clear()).status,
            Status::Skip
        );
    }

    /// A country is developed or not, and no country is on both sides.
    #[test]
    fn a_group_may_fix_the_target() {
        let fixes = |policy: SplitPolicy| {
            with("D05", move |good| {
                good.split.features[0].determines = 1.0;
                good.split_by(policy, "radius");
            })
        };
        assert_eq!(fixes(SplitPolicy::Group).status, Status::Pass);
        assert_eq!(fixes(SplitPolicy::Random).status, Status::Fail);
    }

    #[test]
    fn further_targets_have_disguises_too() {
        let finding = with("D05", |good| {
            let mut copy = crate::testing::feature("radius", 0.5, 0.0, 0.0);
            copy.rho = Some(0.999);
            good.split.further_targets = vec![facts::TargetFacts {
                target: "second".to_owned(),
                features: vec![copy],
                ..facts::TargetFacts::default()
            }];
        });
        assert_eq!(
            finding.message,
            "`radius` is a near-copy of the target (|rho| 0.999) `second`"
        );
    }

    #[test]
    fn a_rare_class_makes_no_disguise() {
        let finding = with("D05", |good| {
            good.split.labels[0].train = 995;
            good.split.labels[1].train = 5;
            (
                good.split.features[0].determines,
                good.split.features[0].equal,
            ) = (0.995, 0.994);
        });
        assert_eq!(finding.status, Status::Pass);
    }

    #[test]
    fn samples() {
        assert_eq!(
            with("D10", |good| good.split.sample.association = 0.3).status,
            Status::Warn
        );
        assert_eq!(
            with("D10", |good| good.split.sample.association = 0.9).status,
            Status::Fail
        );
        assert_eq!(
            with("D10", |good| good.split.sample.rows = 5).status,
            Status::Skip
        );
    }
}
