//! D01, D04, D05 and D10.

use facts::{FeatureFacts, SplitFacts};
use findings::{CheckId, Measured, Rule};
use task_format::{PUBLIC_TEST, PUBLIC_TRAIN, SAMPLE_SUBMISSION};

use crate::context::{Context, Judgement};
use crate::format::{counted, joined, percent, short};
use crate::markdown::{Text, has_word};

use super::noise::{auc_lower_end, r2_lower_end};

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

/// D04: what each feature alone tells about the target. Strong is a warning; nearly everything, even at the lower end of
/// the interval, rejects, unless the description says that the feature is strong alone.
pub(crate) fn single_feature(cx: Context<'_>) -> Judgement {
    let split = cx.measured_split()?;
    let Some(strongest) = split
        .features
        .iter()
        .max_by(|a, b| a.power.total_cmp(&b.power))
    else {
        return Err(cx.skip("no feature was measured"));
    };
    let what = if is_classification(split) {
        "AUC"
    } else {
        "R²"
    };
    let text = format!(
        "`{}` {what} {}, score {}",
        strongest.column,
        short(strongest.power),
        short(strongest.score)
    );
    let measured = Measured::number(strongest.power, text);
    let threshold = format!(
        "AUC at most {}, R² at most {}, score at most {}",
        cx.threshold("auc"),
        cx.threshold("r2"),
        cx.threshold("score_warn")
    );
    let too_strong: Vec<&FeatureFacts> = split
        .features
        .iter()
        .filter(|feature| is_too_strong(feature, split, cx.rule))
        .collect();
    let description = cx
        .subject
        .package
        .map(|package| Text::new(&package.description));
    let stated = |feature: &&FeatureFacts| {
        description
            .as_ref()
            .is_some_and(|text| states(text, &feature.column, cx.rule.list("statement")))
    };
    let (stated, unstated): (Vec<&FeatureFacts>, Vec<&FeatureFacts>) =
        too_strong.into_iter().partition(stated);
    let told = |features: &[&FeatureFacts]| {
        let each: Vec<String> = features
            .iter()
            .map(|f| format!("`{}` ({what} {})", f.column, short(f.power)))
            .collect();
        joined(&each)
    };
    let finding = if !unstated.is_empty() {
        let message = format!(
            "one feature alone gives the target away: {}",
            told(&unstated)
        );
        cx.rule.fail(measured, message)
    } else if !stated.is_empty() {
        let message = format!(
            "one feature alone gives the target away, as the description says: {}",
            told(&stated)
        );
        cx.rule.warn(measured, message)
    } else {
        let strong = |feature: &&FeatureFacts| {
            feature.score > cx.threshold("score_warn") || exceeds(feature, split, cx.rule)
        };
        let strong: Vec<&FeatureFacts> = split.features.iter().filter(strong).collect();
        match strong.is_empty() {
            true => cx.rule.pass(measured),
            false => cx.rule.warn(
                measured,
                format!("one feature alone is very strong: {}", told(&strong)),
            ),
        }
    };
    Ok(finding.compared_with(threshold))
}

fn is_classification(split: &SplitFacts) -> bool {
    !split.labels.is_empty()
}

/// Whether the measured power is above the threshold.
fn exceeds(feature: &FeatureFacts, split: &SplitFacts, rule: &Rule) -> bool {
    feature.power
        > rule.threshold(if is_classification(split) {
            "auc"
        } else {
            "r2"
        })
}

/// Whether even the lower end of the power's interval is above the threshold.
fn is_too_strong(feature: &FeatureFacts, split: &SplitFacts, rule: &Rule) -> bool {
    let z = rule.threshold("z");
    match is_classification(split) {
        true => auc_lower_end(feature.power, split, z) > rule.threshold("auc"),
        false => r2_lower_end(feature.power, split.duplicates.test_rows, z) > rule.threshold("r2"),
    }
}

/// Whether a line names the column and says that it is strong alone.
fn states(text: &Text, column: &str, words: &[String]) -> bool {
    text.lines().iter().any(|line| {
        Text::new(&line.text).mentions(column)
            && words
                .iter()
                .any(|word| has_word(&line.text.to_lowercase(), word))
    })
}

/// D05: features that are the target under another name.
pub(crate) fn disguised_target(cx: Context<'_>) -> Judgement {
    let split = cx.measured_split()?;
    if split.features.is_empty() {
        return Err(cx.skip("no feature was measured"));
    }
    let found: Vec<String> = split
        .features
        .iter()
        .filter_map(|feature| disguise(&cx, feature, split, cx.rule))
        .collect();
    let closest = split
        .features
        .iter()
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

/// In what way a feature is the target in disguise.
fn disguise(
    cx: &Context<'_>,
    feature: &FeatureFacts,
    split: &SplitFacts,
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
    let (most, all) = split.labels.iter().fold((0, 0), |(most, all), label| {
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

/// Whether D04 or D05 would reject a feature.
pub(crate) fn gives_away(cx: &Context<'_>, feature: &FeatureFacts, split: &SplitFacts) -> bool {
    let (single, disguised) = (
        cx.rule_of(CheckId::new('D', 4)),
        cx.rule_of(CheckId::new('D', 5)),
    );
    is_too_strong(feature, split, single) || disguise(cx, feature, split, disguised).is_some()
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
    use facts::LabelCount;
    use findings::{Finding, Status};
    use task_format::SplitPolicy;

    use crate::testing::{Good, feature};

    fn with(id: &str, change: impl Fn(&mut Good)) -> Finding {
        let mut good = Good::new();
        assert_eq!(
            good.judge(id).status,
            Status::Pass,
            "{id}: {}",
            good.judge(id).message
        );
        change(&mut good);
        good.judge(id)
    }

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
    fn strong_features() {
        let strong = with("D04", |good| {
            good.split.features.push(feature("late", 0.9, 0.75, 0.0))
        });
        assert_eq!(strong.status, Status::Warn);
        let large = |good: &mut Good| {
            good.split.labels = [("no", 2_000), ("yes", 1_000)]
                .map(|(label, test)| LabelCount {
                    label: label.to_owned(),
                    train: 4 * test,
                    test,
                })
                .to_vec();
            good.split.features.push(feature("late", 0.995, 0.95, 0.0));
        };
        let leak = with("D04", large);
        assert_eq!(leak.status, Status::Fail);
        assert_eq!(
            leak.message,
            "one feature alone gives the target away: `late` (AUC 0.995)"
        );
        let stated = with("D04", |good| {
            large(good);
            good.package
                .description
                .push_str("\nThe reading `late` is strong alone: beat it.\n");
        });
        assert_eq!(stated.status, Status::Warn);
    }

    /// Petal length alone gets the macro AUC of 30 iris rows to 0.99: honest, and a warning.
    #[test]
    fn a_small_honest_table_only_warns() {
        let finding = with("D04", |good| {
            let label = |label: &str| LabelCount {
                label: label.to_owned(),
                train: 40,
                test: 10,
            };
            good.split.labels = vec![label("setosa"), label("versicolor"), label("virginica")];
            good.split
                .features
                .push(feature("petal length", 0.995, 0.92, 0.95));
        });
        assert_eq!(finding.status, Status::Warn, "{}", finding.message);
    }

    #[test]
    fn strong_features_of_numbers() {
        let numbers = |power: f64, rows: usize| {
            with("D04", move |good| {
                good.split.labels.clear();
                good.split.duplicates.test_rows = rows;
                good.split.features = vec![feature("late", power, 0.6, 0.0)];
            })
            .status
        };
        assert_eq!(numbers(0.99, 1_000), Status::Fail);
        assert_eq!(numbers(0.96, 20), Status::Warn);
        assert_eq!(numbers(0.9, 1_000), Status::Pass);
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
                good.manifest.split.policy = policy;
                good.manifest.split.column = Some("radius".to_owned());
            })
        };
        assert_eq!(fixes(SplitPolicy::Group).status, Status::Pass);
        assert_eq!(fixes(SplitPolicy::Random).status, Status::Fail);
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
