//! A package that nothing can be said against, to be spoilt in one place at a time.

use facts::{
    Dimension, FeatureFacts, IssueSeverity, LabelCount, LadderFacts, PackageFacts, ReviewFacts,
    Rung, SplitFacts, TargetNumbers,
};
use scoring::Direction;
use task_format::{Manifest, Objective, Prediction};

use super::review;
use crate::ReviewSubject;

pub(crate) struct Good {
    pub(crate) manifest: Manifest,
    pub(crate) package: PackageFacts,
    pub(crate) split: SplitFacts,
    pub(crate) ladder: LadderFacts,
    pub(crate) target: Option<TargetNumbers>,
}

impl Good {
    pub(crate) fn new() -> Self {
        let manifest = Manifest::parse(MANIFEST).unwrap();
        let package = PackageFacts {
            description: DESCRIPTION.to_owned(),
            manifest_text: MANIFEST.to_owned(),
            scripts: [
                (
                    "prepare.py".to_owned(),
                    "import pandas\nframe = pandas.read_csv(raw / \"cells.data.csv\")\n".to_owned(),
                ),
                (
                    "metric.py".to_owned(),
                    "class CellMetric:\n    higher_is_better = True\n".to_owned(),
                ),
                (
                    "baselines/forest.py".to_owned(),
                    "import sklearn\n".to_owned(),
                ),
            ]
            .into(),
            ..PackageFacts::default()
        };
        Self {
            manifest,
            package,
            split: split(),
            ladder: ladder(&[
                ("constant", 0.5),
                ("linear", 0.72),
                ("forest", 0.8),
                ("boosted", 0.79),
            ]),
            target: None,
        }
    }

    /// The same columns, with a number as target and the root mean squared error as metric.
    pub(crate) fn regression() -> Self {
        let mut good = Self::new();
        good.manifest.task.objective = Objective::Regression;
        good.manifest.submission.prediction = Prediction::Number;
        good.manifest.submission.labels.clear();
        good.manifest.submission.positive_label = None;
        good.manifest.metric.name = "rmse".to_owned();
        good.manifest.metric.direction = Direction::Minimize;
        (good.manifest.metric.optimum, good.manifest.metric.worst) = (0.0, None);
        good.split.labels.clear();
        good.package.description = good
            .package
            .description
            .replace("ROC AUC", "the root mean squared error (RMSE)")
            .replace("Higher", "Lower");
        good.package.scripts.insert(
            "metric.py".to_owned(),
            "class CellMetric:\n    higher_is_better = False\n".to_owned(),
        );
        good.ladder = ladder(&[("constant", 2.0), ("linear", 1.4), ("forest", 1.2)]);
        good.target = Some(TargetNumbers {
            rows: 300,
            min: 1.0,
            low: 2.0,
            median: 5.0,
            high: 9.0,
            max: 10.0,
            skewness: 0.1,
        });
        good
    }

    pub(crate) fn review(&self) -> ReviewFacts {
        review(&ReviewSubject {
            manifest: &self.manifest,
            package: &self.package,
            split: Some(&self.split),
            ladder: Some(&self.ladder),
            target: self.target.as_ref(),
            warnings: &[],
            raw: None,
        })
    }
}

fn split() -> SplitFacts {
    let label = |label: &str, train, test| LabelCount {
        label: label.to_owned(),
        train,
        test,
    };
    let feature = |column: &str, power| FeatureFacts {
        column: column.to_owned(),
        power,
        score: 0.1,
        rho: None,
        determines: 0.0,
        equal: 0.0,
        code: Vec::new(),
    };
    split_of(
        vec![feature("radius", 0.7), feature("texture", 0.6)],
        vec![label("no", 720, 180), label("yes", 480, 120)],
    )
}

/// Facts about a split of which only features and classes are looked at.
fn split_of(features: Vec<FeatureFacts>, labels: Vec<LabelCount>) -> SplitFacts {
    SplitFacts {
        features,
        labels,
        ..SplitFacts::default()
    }
}

pub(crate) fn ladder(scores: &[(&str, f64)]) -> LadderFacts {
    let rung = |(name, score): &(&str, f64)| Rung {
        name: (*name).to_owned(),
        score: Some(*score),
        interval: None,
        gain_interval: None,
        failure: None,
        invalid: None,
    };
    let sample = facts::GradeOutcome::Score { value: 0.5 };
    LadderFacts {
        rungs: scores.iter().map(rung).collect(),
        sample: sample.clone(),
        sample_shuffled: sample,
        sample_interval: None,
        host_constants: Vec::new(),
        reference: "constant".to_owned(),
        constant_predictions: Some(1),
    }
}

const DESCRIPTION: &str = include_str!("testing/description.md");
const MANIFEST: &str = include_str!("testing/task.toml");

/// The scores in the order of a review.
fn scores(review: &ReviewFacts) -> Vec<f64> {
    review
        .scores
        .iter()
        .map(|entry| entry.score.unwrap_or(f64::NAN))
        .collect()
}

fn mean(review: &ReviewFacts) -> f64 {
    let scores = scores(review);
    scores.iter().sum::<f64>() / scores.len() as f64
}

fn has_issue(review: &ReviewFacts, severity: IssueSeverity, words: &str) -> bool {
    review
        .issues
        .iter()
        .any(|issue| issue.severity == severity && issue.message.contains(words))
}

/// The review after the description was changed.
fn described(good: Good, change: impl Fn(&str) -> String) -> ReviewFacts {
    let mut good = good;
    good.package.description = change(&good.package.description);
    good.review()
}

#[test]
fn nothing_is_said_against_a_good_package() {
    for good in [Good::new(), Good::regression()] {
        let review = good.review();
        assert!(mean(&review) > 4.8, "{review:#?}");
        assert!(review.issues.is_empty(), "{:#?}", review.issues);
        assert!(review.failure.is_none());
    }
}

#[test]
fn every_quote_stands_in_the_package() {
    let mut good = Good::new();
    good.package.description = good.package.description.replace("Higher", "Lower");
    let review = good.review();
    let evidence = review.scores.iter().flat_map(|entry| &entry.evidence);
    let quotes = evidence.chain(
        review
            .issues
            .iter()
            .filter_map(|issue| issue.quote.as_ref()),
    );
    let mut count = 0;
    for quote in quotes {
        count += 1;
        let text = match quote.file.as_str() {
            "description.md" => &good.package.description,
            "task.toml" => &good.package.manifest_text,
            path => &good.package.scripts[path],
        };
        assert!(text.contains(&quote.text), "{quote:?}");
    }
    assert!(count > 8, "{count}");
    let judged = review.scores.iter().filter(|entry| entry.score.is_some());
    assert!(judged.clone().count() == 5 && judged.clone().all(|entry| !entry.evidence.is_empty()));
}

#[test]
fn a_description_that_misleads_falls_below_the_bar() {
    type Case = (&'static str, fn(&str) -> String, &'static str);
    let cases: [Case; 6] = [
        (
            "wrong metric",
            |text| text.replace("ROC AUC", "accuracy"),
            "says that accuracy is graded",
        ),
        (
            "no metric",
            |text| text.replace("by ROC AUC", "in secret"),
            "does not name the metric",
        ),
        (
            "wrong direction",
            |text| text.replace("Higher", "Lower"),
            "wrong direction",
        ),
        (
            "no target",
            |text| text.replace("outcome", "something"),
            "does not name the target",
        ),
        ("nothing", |_| String::new(), "there is no description"),
        (
            "garbage",
            |_| "lorem ipsum dolor sit amet ".repeat(40),
            "does not name the target",
        ),
    ];
    for (name, change, expected) in cases {
        let review = described(Good::new(), change);
        assert!(mean(&review) < 4.0, "{name}: {} {review:#?}", mean(&review));
        assert!(
            has_issue(&review, IssueSeverity::Critical, expected),
            "{name}: {:#?}",
            review.issues
        );
    }
}

#[test]
fn a_description_that_is_thin_loses_clarity_only() {
    let thin = |text: &str| {
        text.lines()
            .filter(|line| !line.starts_with("| `radius`") && !line.starts_with("## Files"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let review = described(Good::new(), thin);
    let clarity = review.score(Dimension::Clarity).unwrap();
    assert!(clarity.score < Some(4.5), "{clarity:#?}");
    assert!(has_issue(&review, IssueSeverity::Minor, "1 of 3 features"));
    assert!(mean(&review) > 4.0);
}

#[test]
fn contradictions_are_major() {
    let more = |text: &str| {
        format!(
            "{text}\n## Leaderboard\n\nThe leaderboard is sorted by log loss as its metric. A lower score wins: lower is better.\n"
        )
    };
    let review = described(Good::new(), more);
    assert!(has_issue(&review, IssueSeverity::Major, "besides ROC AUC"));
    assert!(has_issue(
        &review,
        IssueSeverity::Major,
        "and also the opposite"
    ));
}

#[test]
fn accuracy_of_a_rare_class_is_a_major_issue() {
    let with = |train: [usize; 2]| {
        let mut good = Good::new();
        good.manifest.submission.prediction = Prediction::Label;
        good.manifest.metric.name = "accuracy".to_owned();
        good.package.description = good.package.description.replace("ROC AUC", "accuracy");
        for (label, rows) in good.split.labels.iter_mut().zip(train) {
            label.train = rows;
        }
        good.review()
    };
    assert!(with([700, 500]).issues.is_empty());
    assert!(has_issue(
        &with([1000, 200]),
        IssueSeverity::Minor,
        "83 % of train is `no`"
    ));
    assert!(has_issue(
        &with([1140, 60]),
        IssueSeverity::Major,
        "95 % of train is `no`"
    ));
}

#[test]
fn squared_errors_of_amounts_over_orders_of_magnitude() {
    let mut good = Good::regression();
    good.target = Some(TargetNumbers {
        rows: 300,
        min: 1.0,
        low: 10.0,
        median: 300.0,
        high: 90_000.0,
        max: 4e6,
        skewness: 9.0,
    });
    let review = good.review();
    assert!(has_issue(
        &review,
        IssueSeverity::Minor,
        "spans orders of magnitude"
    ));
    assert!(mean(&review) > 4.5);
}

#[test]
fn metrics_that_can_not_grade_a_submission() {
    let mut good = Good::new();
    good.manifest.submission.prediction = Prediction::Number;
    assert!(has_issue(
        &good.review(),
        IssueSeverity::Critical,
        "can't grade"
    ));
    let mut good = Good::new();
    good.package.scripts.insert(
        "metric.py".to_owned(),
        "class M:\n    higher_is_better = False\n".to_owned(),
    );
    assert!(has_issue(
        &good.review(),
        IssueSeverity::Critical,
        "metric.py states the wrong direction"
    ));
}

#[test]
fn few_rows_cost_data_sufficiency() {
    let mut good = Good::new();
    let full = good
        .review()
        .score(Dimension::DataSufficiency)
        .unwrap()
        .score;
    (good.manifest.data.train_rows, good.manifest.data.test_rows) = (40, 20);
    good.split.labels[1].train = 4;
    let few = good
        .review()
        .score(Dimension::DataSufficiency)
        .unwrap()
        .score;
    assert_eq!((full, few), (Some(5.0), Some(0.5)));
}

#[test]
fn what_is_left_out_without_a_reason_costs_use_of_raw_data() {
    let mut good = Good::new();
    good.manifest
        .data
        .dropped_columns
        .insert("hint".to_owned(), "?".to_owned());
    good.manifest.data.dropped_rows = 1000;
    let review = good.review();
    assert!(has_issue(
        &review,
        IssueSeverity::Major,
        "without a reason: `hint`"
    ));
    assert!(has_issue(
        &review,
        IssueSeverity::Minor,
        "1000 of 2500 raw rows"
    ));
    let mut good = Good::new();
    good.package
        .scripts
        .insert("prepare.py".to_owned(), "pass\n".to_owned());
    assert!(has_issue(
        &good.review(),
        IssueSeverity::Minor,
        "`cells.data.csv`"
    ));
}

#[test]
fn a_trivial_mapping_costs_complexity() {
    let complexity = |good: &Good| good.review().score(Dimension::Complexity).unwrap().clone();
    let mut good = Good::new();
    good.ladder = ladder(&[("constant", 0.5), ("linear", 0.9999), ("forest", 0.9999)]);
    good.split.features[0].power = 0.9999;
    let trivial = complexity(&good);
    assert!(trivial.score <= Some(1.0), "{trivial:#?}");
    good.ladder.rungs.truncate(1);
    let unknown = complexity(&good);
    assert_eq!(unknown.score, None);
    assert!(
        unknown.not_judged[0].contains("no constant"),
        "{unknown:#?}"
    );
    let mut flat = Good::new();
    flat.ladder = ladder(&[("constant", 0.5), ("linear", 0.45)]);
    assert_eq!(complexity(&flat).score, Some(2.0));
}

#[test]
fn a_review_as_it_is_kept() {
    let review = Good::new().review();
    let text: String = review
        .scores
        .iter()
        .map(|entry| {
            format!(
                "{} {:?}\n{}",
                entry.dimension.title(),
                entry.score,
                entry
                    .reasons
                    .iter()
                    .map(|reason| format!("  {reason}\n"))
                    .collect::<String>()
            )
        })
        .collect();
    insta::assert_snapshot!(text);
}
