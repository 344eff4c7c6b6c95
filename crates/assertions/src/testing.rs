//! A task that passes every check, to be broken in one place at a time.

use std::collections::{BTreeMap, BTreeSet};

use facts::{
    AgentFacts, Agreement, BlindFacts, ChannelFacts, ControlFacts, CsvFacts, Dimension,
    DimensionScore, DuplicateFacts, EntityFit, FeatureFacts, FeatureFit, FitFacts, FitGap,
    FloorGain, GradeOutcome, IdFacts, LabelCount, LabelNoiseFit, LadderFacts, MalformedCase,
    MetricFacts, NearDuplicateFacts, Nearness, PackageFacts, PackageFile, PrepareFacts, PrepareRun,
    QualityFacts, Quote, RawRows, RepeatFacts, ReviewFacts, Reviewer, Rung, SampleFacts, SealFacts,
    ShiftFit, ShuffledFacts, ShuffledRun, Side, SourceFacts, SplitColumnFacts, SplitFacts, TimeFit,
};
use findings::{Finding, Policy, Status};
use scoring::Direction;
use task_format::{Manifest, Prediction, REQUIRED_FILES, SplitPolicy};

use crate::{Subject, run_where};

mod episode;
mod texts;

use episode::agent;
use texts::{DESCRIPTION, MANIFEST, METRIC, PREPARE};

/// Everything that is known of a good task.
pub(crate) struct Good {
    pub(crate) manifest: Manifest,
    pub(crate) package: PackageFacts,
    pub(crate) prepare: SourceFacts,
    pub(crate) metric: SourceFacts,
    pub(crate) baselines: Vec<SourceFacts>,
    pub(crate) modules: BTreeSet<String>,
    pub(crate) raw_rows: Option<RawRows>,
    pub(crate) prepared: PrepareFacts,
    pub(crate) split: SplitFacts,
    pub(crate) probe: MetricFacts,
    pub(crate) ladder: LadderFacts,
    pub(crate) controls: ControlFacts,
    pub(crate) agent: AgentFacts,
    pub(crate) fits: FitFacts,
    pub(crate) review: ReviewFacts,
    pub(crate) published_review: Option<ReviewFacts>,
}

impl Good {
    /// A binary task, scored by ROC AUC.
    pub(crate) fn new() -> Self {
        Self {
            manifest: Manifest::parse(MANIFEST).unwrap(),
            package: package(),
            prepare: parse("prepare.py", PREPARE),
            metric: parse("metric.py", METRIC),
            baselines: vec![parse(
                "baselines/constant.py",
                "import pandas as pd\npd.read_csv('public/train.csv')\n",
            )],
            modules: ["pandas", "numpy", "taskkit", "sklearn", "pathlib"]
                .map(str::to_owned)
                .into(),
            raw_rows: Some(RawRows {
                all: 502,
                labelled: 501,
            }),
            prepared: prepared(),
            split: split(),
            probe: probe(),
            ladder: ladder(),
            controls: controls(),
            agent: agent(),
            fits: fits(),
            review: review(),
            published_review: None,
        }
    }

    /// The same columns, with a number as target and the mean absolute error as metric.
    pub(crate) fn regression() -> Self {
        let mut good = Self::new();
        good.manifest.submission.prediction = Prediction::Number;
        good.manifest.submission.labels.clear();
        good.manifest.submission.positive_label = None;
        good.manifest.metric.name = "mae".to_owned();
        good.manifest.metric.direction = Direction::Minimize;
        (good.manifest.metric.optimum, good.manifest.metric.worst) = (0.0, None);
        good.split.labels.clear();
        good.ladder.host_constants.clear();
        good.fits.class_rows.clear();
        good.fits.label_noise = None;
        good.package.description = good
            .package
            .description
            .replace("ROC AUC", "mean absolute error (MAE)")
            .replace("Higher", "Lower");
        good
    }

    /// Says that rows were divided in that way by a column, and lets the files show it.
    pub(crate) fn split_by(&mut self, policy: SplitPolicy, column: &str) {
        self.manifest.split.policy = policy;
        self.manifest.split.column = Some(column.to_owned());
        self.split.split_column = Some(SplitColumnFacts {
            column: column.to_owned(),
            on_both_sides: true,
            values: 100,
            rows: 500,
            test_rows: 100,
            crossing: 0,
            later: (policy == SplitPolicy::Time).then_some(100),
        });
    }

    /// The finding of one check.
    pub(crate) fn judge(&self, id: &str) -> Finding {
        judge(&self.subject(), id)
    }

    pub(crate) fn subject(&self) -> Subject<'_> {
        Subject {
            manifest: Some(Ok(&self.manifest)),
            package: Some(&self.package),
            prepare: Some(&self.prepare),
            metric: Some(&self.metric),
            baselines: &self.baselines,
            modules: Some(&self.modules),
            raw_rows: self.raw_rows,
            prepared: Some(&self.prepared),
            split: Some(&self.split),
            probe: Some(&self.probe),
            ladder: Some(&self.ladder),
            controls: Some(&self.controls),
            agent: Some(&self.agent),
            fits: Some(&self.fits),
            review: Some(&self.review),
            published_review: self.published_review.as_ref(),
        }
    }
}

/// The finding of a check that passes the good task, after `change`.
pub(crate) fn with(id: &str, change: impl Fn(&mut Good)) -> Finding {
    let mut good = Good::new();
    let before = good.judge(id);
    assert_eq!(before.status, Status::Pass, "{id}: {}", before.message);
    change(&mut good);
    good.judge(id)
}

/// The finding of one check.
pub(crate) fn judge(subject: &Subject<'_>, id: &str) -> Finding {
    let mut findings = run_where(subject, &Policy::embedded(), |check| {
        check.to_string() == id
    });
    let finding = findings.pop().expect("a check of that id");
    assert!(findings.is_empty());
    finding
}

pub(crate) fn parse(path: &str, source: &str) -> SourceFacts {
    pysource::parse(path, source)
}

pub(crate) fn score(value: f64) -> GradeOutcome {
    GradeOutcome::Score { value }
}

pub(crate) fn invalid(reason: &str) -> GradeOutcome {
    GradeOutcome::Invalid {
        reason: reason.to_owned(),
        message: "why".to_owned(),
    }
}

pub(crate) fn feature(column: &str, power: f64, score: f64, determines: f64) -> FeatureFacts {
    FeatureFacts {
        column: column.to_owned(),
        power,
        score,
        rho: None,
        determines,
        equal: 0.0,
        code: Vec::new(),
    }
}

/// Models of 500 rows that find nothing.
fn fits() -> FitFacts {
    let fit = |column: &str, power: f64, score: f64| FeatureFit {
        column: column.to_owned(),
        power,
        score,
    };
    let gap = FitGap {
        random: 0.8,
        apart: 0.79,
        sigma: 0.02,
    };
    FitFacts {
        labelled_rows: 500,
        fitted_rows: 500,
        class_rows: vec![300, 200],
        features: vec![
            fit("radius", 0.76, 0.3),
            fit("texture", 0.6, 0.1),
            fit("x", 0.5, 0.0),
        ],
        entities: vec![EntityFit {
            column: "patient_id".to_owned(),
            groups: 100,
            rows_per_group: 5.0,
            crossing: 0.9,
            gap: Some(gap),
        }],
        times: vec![TimeFit {
            column: "date".to_owned(),
            times: 300,
            gap: Some(gap),
        }],
        shift: Some(ShiftFit {
            auc: 0.52,
            train_rows: 400,
            test_rows: 100,
            top: vec![("radius".to_owned(), 0.5)],
        }),
        label_noise: Some(LabelNoiseFit {
            share: 0.02,
            rows: 500,
            right: 0.9,
            pairs: vec![("no".to_owned(), "yes".to_owned(), 0.02)],
        }),
        ..FitFacts::default()
    }
}

fn package() -> PackageFacts {
    let file = |(at, path): (usize, &&str)| PackageFile {
        path: (*path).to_owned(),
        bytes: 100,
        sha256: format!("{at:064x}"),
    };
    PackageFacts {
        files: REQUIRED_FILES.iter().enumerate().map(file).collect(),
        irregular: Vec::new(),
        oversized: Vec::new(),
        description: DESCRIPTION.to_owned(),
        manifest_text: MANIFEST.to_owned(),
        scripts: [
            ("prepare.py".to_owned(), PREPARE.to_owned()),
            ("metric.py".to_owned(), METRIC.to_owned()),
        ]
        .into(),
        seal: Some(SealFacts {
            stated_digest: "0".repeat(64),
            measured_digest: Some("0".repeat(64)),
            ..SealFacts::default()
        }),
    }
}

fn prepared() -> PrepareFacts {
    let paths = [
        "public/train.csv",
        "public/test.csv",
        "public/sample_submission.csv",
        "private/test_answer.csv",
    ];
    let files: BTreeMap<String, String> = paths
        .map(|path| (path.to_owned(), format!("digest of {path}")))
        .into();
    let run = |variant: &str| PrepareRun {
        variant: variant.to_owned(),
        failure: None,
        files: files.clone(),
    };
    PrepareFacts {
        runs: vec![run("reference"), run("another locale")],
        raw_untouched: true,
    }
}

fn split() -> SplitFacts {
    let csv = |columns: &[&str], rows| CsvFacts {
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
        rows,
        ..CsvFacts::default()
    };
    let label = |label: &str, train, test| LabelCount {
        label: label.to_owned(),
        train,
        test,
    };
    SplitFacts {
        csvs: [
            (
                "public/train.csv",
                csv(&["id", "radius", "texture", "x", "outcome"], 400),
            ),
            (
                "public/test.csv",
                csv(&["id", "radius", "texture", "x"], 100),
            ),
            ("public/sample_submission.csv", csv(&["id", "outcome"], 100)),
            (
                "private/test_answer.csv",
                csv(&["id", "outcome", "usage"], 100),
            ),
        ]
        .map(|(path, csv)| (path.to_owned(), csv))
        .into(),
        incomplete: None,
        ids: IdFacts {
            in_train_and_test: Some(0),
            ..IdFacts::default()
        },
        targets_in_test: Vec::new(),
        duplicates: DuplicateFacts {
            test_rows: 100,
            ..DuplicateFacts::default()
        },
        features: vec![
            feature("radius", 0.75, 0.3, 0.6),
            feature("texture", 0.6, 0.1, 0.0),
            feature("x", 0.5, 0.0, 0.0),
        ],
        sample: SampleFacts {
            association: 0.05,
            permutation_high: 0.26,
            rows: 100,
        },
        labels: vec![label("no", 240, 60), label("yes", 160, 40)],
        telltale_values: Vec::new(),
        near_duplicates: vec![NearDuplicateFacts {
            nearness: Nearness::OneCell,
            test_rows: 100,
            test_near: 0,
            train_rows: 400,
            train_near: 1,
            chance: 0.0,
            test_telling: 0,
            examples: Vec::new(),
        }],
        channels: vec![ChannelFacts {
            channel: "position in test.csv".to_owned(),
            side: Side::Test,
            rows: 100,
            rho: 0.04,
            class: Some(("no".to_owned(), 0.52)),
            contrasts: 1,
        }],
        quality: QualityFacts {
            train_rows: 400,
            ..QualityFacts::default()
        },
        ..SplitFacts::default()
    }
}

fn probe() -> MetricFacts {
    let cases = "missing_id duplicate_id unknown_id nan negative_nan infinity negative_infinity extra_column \
        missing_column empty header_only hundredfold_rows not_utf8 ragged zip pickle text_behind_quote \
        unclosed_quote nul_byte symlink one_gigabyte path_with_dots path_through_link text_in_number"
        .split(' ');
    let case = |case: &str| {
        let refused_before =
            case.starts_with("path_") || matches!(case, "symlink" | "one_gigabyte");
        let python = (!refused_before).then(|| invalid("missing_ids"));
        MalformedCase {
            case: case.to_owned(),
            native: Some(invalid("missing_ids")),
            python,
        }
    };
    MetricFacts {
        perfect: score(1.0),
        perfect_native: Some(score(1.0)),
        repeats: vec![score(0.7); 3],
        rows_shuffled: score(0.7),
        columns_reversed: score(0.7),
        corrupted: vec![(0.05, score(0.95)), (0.2, score(0.8)), (0.5, score(0.5))],
        fifths: Vec::new(),
        agreement: [("perfect", 1.0), ("corrupted", 0.95), ("forest", 0.8)]
            .map(|(submission, value)| Agreement {
                submission: submission.to_owned(),
                native: score(value),
                python: score(value),
            })
            .into(),
        malformed: cases.map(case).collect(),
        failure: None,
    }
}

fn ladder() -> LadderFacts {
    let rung = |name: &str, score: f64, width: f64| Rung {
        name: name.to_owned(),
        score: Some(score),
        interval: Some((score - width, score + width)),
        gain_interval: Some((score - 0.5 - width, score - 0.5 + width)),
        failure: None,
        invalid: None,
    };
    LadderFacts {
        rungs: vec![
            rung("constant", 0.5, 0.0),
            rung("linear", 0.78, 0.04),
            rung("forest", 0.8, 0.04),
            rung("boosted", 0.79, 0.04),
        ],
        sample: score(0.49),
        sample_shuffled: score(0.5),
        sample_interval: Some((0.43, 0.55)),
        host_constants: vec![("share of train".to_owned(), Some(0.5))],
        reference: "constant".to_owned(),
        constant_predictions: Some(1),
    }
}

fn review() -> ReviewFacts {
    let score = |dimension| DimensionScore {
        dimension,
        score: Some(4.5),
        reasons: vec!["it is measured".to_owned()],
        evidence: vec![Quote {
            file: "description.md".to_owned(),
            text: "Predict `outcome` of each cell.".to_owned(),
        }],
        not_judged: Vec::new(),
    };
    ReviewFacts {
        reviewer: Reviewer {
            name: "rules".to_owned(),
            version: 1,
            model: None,
        },
        scores: Dimension::ALL.map(score).into(),
        issues: Vec::new(),
        failure: None,
    }
}

fn controls() -> ControlFacts {
    let gain = |score| FloorGain {
        score,
        floor: "constant".to_owned(),
        floor_score: 0.5,
        interval: None,
    };
    ControlFacts {
        shuffled: ShuffledFacts {
            rung: "forest".to_owned(),
            runs: vec![ShuffledRun {
                labels: "shuffled".to_owned(),
                gain: Some(gain(0.47)),
                failure: None,
                invalid: None,
            }],
            problem: None,
        },
        blind: BlindFacts {
            tried: vec![("ids ascending".to_owned(), Some(0.49))],
            best: Some(("ids ascending".to_owned(), gain(0.49))),
            problem: None,
        },
        repeated: RepeatFacts {
            rung: "forest".to_owned(),
            same_bytes: Some(true),
            failure: None,
        },
    }
}

#[test]
fn the_good_task_passes_every_check() {
    let good = Good::new();
    for finding in crate::run(&good.subject(), &Policy::embedded()) {
        assert_eq!(finding.status, findings::Status::Pass, "{finding:?}");
        assert!(
            !finding.measured.text.is_empty()
                && finding.message.is_empty()
                && finding.hint.is_none(),
            "{finding:?}"
        );
    }
}
