//! D04: what one feature alone tells about the target. How a column is the target in disguise is D05's.

use facts::{FeatureFacts, FeatureFit, FitFacts, LabelCount, SplitFacts};
use findings::{CheckId, Measured, Rule};

use crate::context::{Context, Judgement};
use crate::format::{joined, short};
use crate::markdown::{Text, has_word};

use super::checks::disguise;
use super::noise::{auc_lower_end, mean_share_lower_end, r2_lower_end, score_lower_end};

/// What is known of one feature: measured on test rows alone, and by cross-validation on train and test together.
struct Feature<'a> {
    column: &'a str,
    /// The target, where it is not the first.
    target: Option<&'a str>,
    /// What `power` is.
    what: &'static str,
    /// AUC or R², the surer measurement.
    power: f64,
    /// Predictive power score.
    score: f64,
    /// Whether even the lower end of an interval is beyond the threshold.
    too_strong: bool,
}

/// D04: what each feature alone tells about the target. Strong is a warning; nearly everything, even at the lower end of
/// the interval, rejects, unless the description says that the feature is strong alone.
pub(super) fn single_feature(cx: Context<'_>) -> Judgement {
    let split = cx.measured_split()?;
    let features = features(&cx, split);
    let Some(strongest) = features.iter().max_by(|a, b| {
        a.power
            .total_cmp(&b.power)
            .then(a.score.total_cmp(&b.score))
    }) else {
        return Err(cx.skip("no feature was measured"));
    };
    let text = format!(
        "`{}` {} {}, score {}",
        strongest.column,
        strongest.what,
        short(strongest.power),
        short(strongest.score)
    );
    let measured = Measured::number(strongest.power, text);
    let threshold = format!(
        "AUC at most {}, R² at most {}, score at most {}, rejected above {}",
        cx.threshold("auc"),
        cx.threshold("r2"),
        cx.threshold("score_warn"),
        cx.threshold("score_fail")
    );
    let stated = |feature: &&Feature<'_>| is_stated(&cx, feature.column);
    let too_strong = features.iter().filter(|feature| feature.too_strong);
    let (stated, unstated): (Vec<&Feature<'_>>, Vec<&Feature<'_>>) = too_strong.partition(stated);
    let told = |features: &[&Feature<'_>]| {
        let each: Vec<String> = features
            .iter()
            .map(|feature| {
                let (power, score) = (short(feature.power), short(feature.score));
                let of = feature
                    .target
                    .map_or_else(String::new, |target| format!(" for `{target}`"));
                format!(
                    "`{}`{of} ({} {power}, score {score})",
                    feature.column, feature.what
                )
            })
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
        let most = |feature: &Feature<'_>| {
            cx.threshold(match feature.what {
                AUC => "auc",
                _ => "r2",
            })
        };
        let strong: Vec<&Feature<'_>> = features
            .iter()
            .filter(|feature| {
                feature.score > cx.threshold("score_warn") || feature.power > most(feature)
            })
            .collect();
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

/// The first column that D04 or D05 rejects. One that the description states to be strong alone is none of D04's.
pub(crate) fn giveaway(cx: &Context<'_>) -> Option<String> {
    let split = cx.subject.split?;
    let disguised = cx.rule_of(CheckId::new('D', 5));
    let strong: Vec<Feature<'_>> = features(cx, split)
        .into_iter()
        .filter(|feature| feature.too_strong)
        .collect();
    split
        .features
        .iter()
        .find(|feature| {
            let is_strong = strong.iter().any(|other| other.column == feature.column);
            is_strong && !is_stated(cx, &feature.column)
                || disguise(cx, feature, &split.labels, disguised).is_some()
        })
        .map(|feature| feature.column.clone())
}

/// Every feature with what was measured of it, for each target. A measurement that rejects is enough.
fn features<'a>(cx: &Context<'a>, split: &'a SplitFacts) -> Vec<Feature<'a>> {
    let rule = cx.rule_of(CheckId::new('D', 4));
    let fits = cx.subject.fits.filter(|fits| fits.failure.is_none());
    let fitted = |column: &str| {
        let same = |fit: &&FeatureFit| fit.column == column;
        fits.and_then(|fits| Some((fits, fits.features.iter().find(same)?)))
    };
    let rows = split.duplicates.test_rows;
    let on_test =
        |target: Option<&'a str>, feature: &'a FeatureFacts, labels: &'a [LabelCount]| Feature {
            column: &feature.column,
            target,
            what: if labels.is_empty() { R2 } else { AUC },
            power: feature.power,
            score: feature.score,
            too_strong: is_too_strong_on_test(feature, labels, rows, rule),
        };
    let first = split.features.iter().map(|feature| {
        let measured = on_test(None, feature, &split.labels);
        match fitted(&feature.column) {
            Some((fits, fit)) => Feature {
                power: fit.power,
                score: fit.score,
                too_strong: measured.too_strong || is_too_strong_in_folds(fit, fits, rule),
                ..measured
            },
            None => measured,
        }
    });
    let further = split.further_targets.iter().flat_map(|other| {
        other
            .features
            .iter()
            .map(|feature| on_test(Some(&other.target), feature, &other.labels))
    });
    first.chain(further).collect()
}

/// What a power is: of classes, of numbers.
const AUC: &str = "AUC";
const R2: &str = "R²";

fn is_too_strong_on_test(
    feature: &FeatureFacts,
    labels: &[LabelCount],
    test_rows: usize,
    rule: &Rule,
) -> bool {
    let z = rule.threshold("z");
    if labels.is_empty() {
        return r2_lower_end(feature.power, test_rows, z) > rule.threshold("r2");
    }
    let rows: Vec<usize> = labels.iter().map(|label| label.test).collect();
    auc_lower_end(feature.power, &rows, z) > rule.threshold("auc")
        || mean_share_lower_end(&feature.code, z) > rule.threshold("code")
}

fn is_too_strong_in_folds(fit: &FeatureFit, fits: &FitFacts, rule: &Rule) -> bool {
    let z = rule.threshold("z");
    if fits.class_rows.is_empty() {
        return r2_lower_end(fit.power, fits.fitted_rows, z) > rule.threshold("r2");
    }
    // A class of few rows widens the interval of the mean area without end; all rows count alike for the score.
    let most = fits.class_rows.iter().max().copied().unwrap_or(0);
    let errors = fits.class_rows.iter().sum::<usize>() - most;
    auc_lower_end(fit.power, &fits.class_rows, z) > rule.threshold("auc")
        || score_lower_end(fit.score, errors, z) > rule.threshold("score_fail")
}

/// Whether a line of the description names the column and says that it is strong alone.
fn is_stated(cx: &Context<'_>, column: &str) -> bool {
    let words = cx.rule_of(CheckId::new('D', 4)).list("statement");
    cx.subject.package.is_some_and(|package| {
        Text::new(&package.description).lines().iter().any(|line| {
            Text::new(&line.text).mentions(column)
                && words
                    .iter()
                    .any(|word| has_word(&line.text.to_lowercase(), word))
        })
    })
}

#[cfg(test)]
mod tests {
    use facts::{FeatureFit, LabelCount, RunFailure};
    use findings::{Finding, Status};

    use crate::testing::{Good, feature};

    fn with(change: impl Fn(&mut Good)) -> Finding {
        crate::testing::with("D04", change)
    }

    /// A feature whose weakness on test and strength in the folds are given.
    fn late(good: &mut Good, power: f64, score: f64) {
        good.split.features.push(feature("late", 0.9, 0.5, 0.0));
        good.fits.features.push(FeatureFit {
            column: "late".to_owned(),
            power,
            score,
        });
    }

    #[test]
    fn strong_features() {
        let strong = with(|good| good.split.features.push(feature("late", 0.9, 0.75, 0.0)));
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
        let leak = with(large);
        assert_eq!(leak.status, Status::Fail);
        assert_eq!(
            leak.message,
            "one feature alone gives the target away: `late` (AUC 0.995, score 0.95)"
        );
        let stated = with(|good| {
            large(good);
            good.package
                .description
                .push_str("\nThe reading `late` is strong alone: beat it.\n");
        });
        assert_eq!(stated.status, Status::Warn);
    }

    /// Few test rows prove little; all rows together may prove enough.
    #[test]
    fn all_rows_are_surer_than_those_of_test() {
        let judged = |power, score| with(move |good| late(good, power, score)).status;
        assert_eq!(judged(0.999, 0.99), Status::Fail);
        assert_eq!(judged(0.985, 0.85), Status::Warn);
        assert_eq!(judged(0.965, 0.8), Status::Warn);
        assert_eq!(judged(0.93, 0.65), Status::Pass);
    }

    /// A grade that is cut from a number: one of its classes is so rare that the interval of its area says nothing.
    #[test]
    fn a_function_with_a_rare_class_is_caught_by_its_score() {
        let rare = |score: f64| {
            with(move |good| {
                good.fits.class_rows = vec![382, 47, 19];
                late(good, 0.99, score);
            })
            .status
        };
        assert_eq!(rare(1.0), Status::Fail);
        assert_eq!(rare(0.85), Status::Warn);
    }

    /// The target with 2 % of wrong cells.
    #[test]
    fn a_noisy_copy_is_caught() {
        let noisy = with(|good| {
            good.fits.class_rows = vec![300, 300];
            late(good, 0.98, 0.96);
        });
        assert_eq!(noisy.status, Status::Fail, "{}", noisy.message);
    }

    /// The same where one row in twenty is positive: the area and the score are diluted, the shares of the classes are not.
    #[test]
    fn a_noisy_copy_of_rare_positives_is_caught() {
        let noisy = with(|good| {
            good.fits.class_rows = vec![665, 35];
            late(good, 0.975, 0.6);
            good.split.features.last_mut().unwrap().code = vec![(651, 665), (34, 35)];
        });
        assert_eq!(noisy.status, Status::Fail, "{}", noisy.message);
        let honest = with(|good| {
            late(good, 0.9, 0.5);
            good.split.features.last_mut().unwrap().code = vec![(270, 300), (180, 200)];
        });
        assert_eq!(honest.status, Status::Pass, "{}", honest.message);
    }

    #[test]
    fn further_targets_have_features_too() {
        let finding = with(|good| {
            good.split.duplicates.test_rows = 1_000;
            good.split.further_targets = vec![facts::TargetFacts {
                target: "second".to_owned(),
                features: vec![feature("radius", 0.99, 0.9, 0.0)],
                ..facts::TargetFacts::default()
            }];
        });
        assert_eq!(finding.status, Status::Fail);
        assert!(
            finding.message.contains("`radius` for `second` (R² 0.99"),
            "{}",
            finding.message
        );
    }

    /// Petal length alone gets the macro AUC of 30 iris rows to 0.99: honest, and a warning.
    #[test]
    fn a_small_honest_table_only_warns() {
        let finding = with(|good| {
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
            with(move |good| {
                good.split.labels.clear();
                good.fits = facts::FitFacts::default();
                good.split.duplicates.test_rows = rows;
                good.split.features = vec![feature("late", power, 0.6, 0.0)];
            })
            .status
        };
        assert_eq!(numbers(0.99, 1_000), Status::Fail);
        assert_eq!(numbers(0.96, 20), Status::Warn);
        assert_eq!(numbers(0.9, 1_000), Status::Pass);
        let in_folds = |power: f64| {
            with(move |good| {
                good.split.labels.clear();
                good.fits.class_rows.clear();
                late(good, power, 0.6);
            })
            .status
        };
        assert_eq!(in_folds(0.99), Status::Fail);
        assert_eq!(in_folds(0.947), Status::Pass);
    }

    #[test]
    fn without_fits_test_rows_decide() {
        let failed = with(|good| {
            good.fits.failure = Some(RunFailure::TimedOut { limit_seconds: 9 });
            late(good, 1.0, 1.0);
        });
        assert_eq!(failed.status, Status::Pass);
    }
}
