//! The scripted agent beats a constant whatever a submission holds: one small task for each form of predictions.

use std::fmt::Write as _;

use camino::Utf8Path;
use executor::agent::{Scripted, play};
use executor::episode::{Episode, Options, Task};
use scoring::Metric;
use task_format::{Manifest, Objective, Prediction};

use crate::ground::{Ground, manifest};

const TRAIN_ROWS: usize = 150;
const TEST_ROWS: usize = 60;

/// A task of one form: what is true of a row follows from its two features.
struct Form {
    metric: Metric,
    prediction: Prediction,
    objective: Objective,
    targets: &'static [&'static str],
    /// Columns of predictions.
    columns: &'static [&'static str],
    labels: &'static [&'static str],
    positive: Option<&'static str>,
    /// Cells of the targets.
    truth: fn(f64, f64) -> Vec<String>,
    /// What a constant scores at best, or a little more.
    constant: f64,
}

const CLASSES: &[&str] = &["high", "low", "mid"];

fn class(x: f64, y: f64) -> &'static str {
    match x + 0.1 * y {
        low if low < 0.4 => "low",
        mid if mid < 0.7 => "mid",
        _ => "high",
    }
}

/// The answers to three questions of which one row may have several.
fn tags(x: f64, y: f64) -> String {
    let tags = [("warm", x > 0.5), ("wet", y > 0.6), ("windy", x + y < 0.7)];
    let held: Vec<&str> = tags
        .iter()
        .filter(|(_, yes)| *yes)
        .map(|(tag, _)| *tag)
        .collect();
    held.join(" ")
}

fn flag(yes: bool) -> String {
    u8::from(yes).to_string()
}

fn forms() -> [Form; 10] {
    let one = Form {
        metric: Metric::Accuracy,
        prediction: Prediction::Label,
        objective: Objective::Multiclass,
        targets: &["y"],
        columns: &["y"],
        labels: CLASSES,
        positive: None,
        truth: |x, y| vec![class(x, y).to_owned()],
        constant: 0.5,
    };
    let number = Form {
        metric: Metric::Rmsle,
        prediction: Prediction::Number,
        objective: Objective::Regression,
        labels: &[],
        truth: |x, y| vec![format!("{:.3}", (4.0 * x + y).exp())],
        constant: 1.0,
        ..one
    };
    [
        Form {
            metric: Metric::MacroF1,
            ..one
        },
        Form {
            metric: Metric::QuadraticWeightedKappa,
            objective: Objective::Ordinal,
            labels: &["low", "mid", "high"],
            constant: 0.0,
            ..one
        },
        Form {
            metric: Metric::MulticlassLogLoss,
            prediction: Prediction::ClassProbabilities,
            columns: CLASSES,
            constant: 1.0,
            ..one
        },
        Form {
            metric: Metric::LogLoss,
            prediction: Prediction::Probability,
            objective: Objective::Binary,
            labels: &["dry", "wet"],
            positive: Some("dry"),
            truth: |x, y| vec![if x < y { "wet" } else { "dry" }.to_owned()],
            constant: 0.68,
            ..one
        },
        Form {
            metric: Metric::ColumnMeanRocAuc,
            prediction: Prediction::Probability,
            targets: &["warm", "wet"],
            columns: &["warm", "wet"],
            labels: &[],
            truth: |x, y| vec![flag(x > 0.5), flag(y > 0.6)],
            ..one
        },
        Form {
            metric: Metric::Mcrmse,
            targets: &["a", "b"],
            columns: &["a", "b"],
            truth: |x, y| vec![format!("{:.3}", x * 10.0), format!("{:.3}", y * y)],
            ..number
        },
        Form {
            metric: Metric::ConcordanceIndex,
            targets: &["days", "died"],
            columns: &["risk"],
            truth: |x, y| vec![format!("{:.1}", 100.0 * x + 1.0), flag(y > 0.3)],
            constant: 0.5,
            ..number
        },
        Form {
            metric: Metric::SamplesF1,
            prediction: Prediction::LabelSet,
            labels: &["warm", "wet", "windy"],
            truth: |x, y| vec![tags(x, y)],
            constant: 0.55,
            ..one
        },
        Form {
            metric: Metric::MeanReciprocalRank,
            prediction: Prediction::Ranking,
            labels: &[],
            truth: |x, y| vec![class(x, y).to_owned()],
            constant: 0.75,
            ..one
        },
        Form {
            metric: Metric::NormalizedLevenshtein,
            prediction: Prediction::Text,
            labels: &[],
            truth: |x, y| vec![format!("a {} leaf", class(x, y))],
            constant: 0.2,
            ..one
        },
    ]
}

impl Form {
    /// Writes the package and its manifest.
    fn write(&self, package: &Utf8Path) -> Manifest {
        let mut made = Manifest::parse(&manifest("rmse", 600)).unwrap();
        let owned = |names: &[&str]| {
            names
                .iter()
                .map(|&name| name.to_owned())
                .collect::<Vec<_>>()
        };
        made.task.objective = self.objective;
        made.data.target_columns = owned(self.targets);
        made.data.feature_columns = owned(&["f", "g"]);
        (made.data.train_rows, made.data.test_rows) = (TRAIN_ROWS as u64, TEST_ROWS as u64);
        made.metric.name = self.metric.name().to_owned();
        made.metric.direction = self.metric.direction();
        made.metric.optimum = self.metric.optimum();
        made.submission.prediction = self.prediction;
        made.submission.columns = [&["id"], self.columns]
            .concat()
            .iter()
            .map(|&name| name.to_owned())
            .collect();
        made.submission.labels = owned(self.labels);
        made.submission.positive_label = self.positive.map(str::to_owned);

        let targets = self.targets.join(",");
        let mut train = format!("id,f,g,{targets}\n");
        let (mut test, mut answers) = ("id,f,g\n".to_owned(), format!("id,{targets}\n"));
        for row in 0..TRAIN_ROWS + TEST_ROWS {
            // Multiples of irrational numbers fill a square evenly.
            let (x, y) = (
                (row as f64 * 0.754_877_666).fract(),
                (row as f64 * 0.569_840_291).fract(),
            );
            let truth = (self.truth)(x, y).join(",");
            if row < TRAIN_ROWS {
                writeln!(train, "a{row},{x:.4},{y:.4},{truth}").unwrap();
            } else {
                writeln!(test, "b{row},{x:.4},{y:.4}").unwrap();
                writeln!(answers, "b{row},{truth}").unwrap();
            }
        }
        for (path, text) in [
            ("public/train.csv", train),
            ("public/test.csv", test),
            ("private/test_answer.csv", answers),
        ] {
            let path = package.join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
        made
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scripted_agent_beats_a_constant_in_every_form() {
    let ground = Ground::new().await;
    for form in forms() {
        let name = form.metric.name();
        let package = ground.path(name);
        let manifest = form.write(&package);
        let task = Task::open(ground.executor().clone(), &package, manifest).unwrap();
        let episode = Episode::new(task, Options::default()).unwrap();
        let (facts, _) = play(&mut Scripted::default(), episode).await.unwrap();
        let last = facts.steps.last().unwrap();
        assert_eq!(last.feedback, "scored", "{name}: {facts:#?}");
        let score = facts.score.unwrap();
        let better = form.metric.direction().better(score, form.constant);
        assert!(better, "{name}: {score}, a constant {}", form.constant);
    }
}
