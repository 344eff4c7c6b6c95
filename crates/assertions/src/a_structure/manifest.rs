//! A02: the manifest follows its schema and agrees with itself.

use std::collections::BTreeSet;
use std::error::Error;

use scoring::Metric;
use task_format::{MANIFEST, Manifest, SCHEMA_VERSION, SplitPolicy};

use crate::context::{Context, Judgement};
use crate::format::{counted, joined};

/// A02: `task.toml` parses, and its parts don't contradict each other or the catalogue of metrics.
pub(crate) fn manifest(cx: Context<'_>) -> Judgement {
    let manifest = match cx.subject.manifest {
        Some(Ok(manifest)) => manifest,
        Some(Err(error)) => {
            // The cause names line, column and what was expected there; its own layout has several lines.
            let cause = error.source().map(|cause| {
                cause
                    .to_string()
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
            });
            let message = [Some(error.to_string()), cause]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(": ");
            return Ok(cx.rule.fail("unreadable", message).seen_in(MANIFEST));
        }
        None => return Err(cx.skip("there is no manifest yet")),
    };
    let mut problems = Vec::new();
    columns(manifest, &mut problems);
    let catalogued = Metric::from_name(&manifest.metric.name);
    problems.extend(
        manifest
            .submission
            .contradictions(&manifest.data, catalogued),
    );
    metric(manifest, cx.threshold("digits"), &mut problems);
    numbers(manifest, &mut problems);
    problems.extend(unknown_split_column(&cx, manifest));
    files(&cx, manifest, &mut problems);
    limits(&cx, manifest, &mut problems);
    Ok(match problems.is_empty() {
        true => cx
            .rule
            .pass(format!("schema version {}", manifest.schema_version)),
        false => cx
            .rule
            .fail(counted(problems.len(), "problem"), joined(&problems))
            .seen_in(MANIFEST),
    })
}

fn columns(manifest: &Manifest, problems: &mut Vec<String>) {
    let data = &manifest.data;
    let mut seen = BTreeSet::new();
    for column in std::iter::once(&data.id_column)
        .chain(&data.target_columns)
        .chain(&data.feature_columns)
    {
        if column.is_empty() {
            problems.push("`data` has a column without a name".to_owned());
        } else if !seen.insert(column) {
            problems.push(format!(
                "column `{column}` has two roles or stands twice in `data`"
            ));
        }
    }
    if data.target_columns.is_empty() {
        problems.push("`data.target_columns` is empty".to_owned());
    }
    if data.feature_columns.is_empty() {
        problems.push("`data.feature_columns` is empty".to_owned());
    }
    if let Some(column) = data
        .dropped_columns
        .keys()
        .find(|column| data.feature_columns.contains(column))
    {
        problems.push(format!("column `{column}` is both dropped and a feature"));
    }
}

fn metric(manifest: &Manifest, most_digits: f64, problems: &mut Vec<String>) {
    let table = &manifest.metric;
    if f64::from(table.digits) > most_digits {
        problems.push(format!(
            "`metric.digits` is {}, more than {most_digits}",
            table.digits
        ));
    }
    if let Some(worst) = table
        .worst
        .filter(|worst| !table.direction.better(table.optimum, *worst))
    {
        problems.push(format!(
            "the worst score {worst} is not worse than the optimum {}",
            table.optimum
        ));
    }
    if table.name == "custom" {
        if !table.parameters.is_empty() {
            problems.push("a custom metric takes no `metric.parameters`".to_owned());
        }
        return;
    }
    let Some(metric) = Metric::from_name(&table.name) else {
        problems.push(format!(
            "metric `{}` is neither in the catalogue nor `custom`",
            table.name
        ));
        return;
    };
    if table.direction != metric.direction() {
        problems.push(format!("`{metric}` has the other direction"));
    }
    if table.optimum != metric.optimum() {
        problems.push(format!(
            "the optimum of `{metric}` is {}, not {}",
            metric.optimum(),
            table.optimum
        ));
    }
    if !manifest.submission.prediction.suits(metric.input()) {
        problems.push(format!("`{metric}` does not score that kind of prediction"));
    }
    if let Err(error) = table.parameters.check(metric) {
        problems.push(format!("`metric.parameters`: {error}"));
    }
}

fn numbers(manifest: &Manifest, problems: &mut Vec<String>) {
    if manifest.schema_version != SCHEMA_VERSION {
        problems.push(format!(
            "`schema_version` is {}, not {SCHEMA_VERSION}",
            manifest.schema_version
        ));
    }
    let split = &manifest.split;
    if !(split.test_fraction > 0.0 && split.test_fraction < 1.0) {
        problems.push(format!(
            "`split.test_fraction` is {}, not between 0 and 1",
            split.test_fraction
        ));
    }
    if matches!(split.policy, SplitPolicy::Group | SplitPolicy::Time) && split.column.is_none() {
        problems.push("`split.column` is missing: a split by group or time has one".to_owned());
    }
    if split.reason.trim().is_empty() {
        problems.push("`split.reason` is empty".to_owned());
    }
    if manifest.data.train_rows == 0 || manifest.data.test_rows == 0 {
        problems.push("`data` has no rows in train or test".to_owned());
    }
}

/// No limit is 0, and none is more than any task gets.
fn limits(cx: &Context<'_>, manifest: &Manifest, problems: &mut Vec<String>) {
    let limits = &manifest.limits;
    for (name, limit) in [
        ("wall_seconds", limits.wall_seconds),
        ("memory_bytes", limits.memory_bytes),
        ("disk_bytes", limits.disk_bytes),
        ("output_bytes", limits.output_bytes),
    ] {
        let most = cx.threshold(name);
        if limit == 0 {
            problems.push(format!("a limit in `limits` is 0: `{name}`"));
        } else if limit as f64 > most {
            problems.push(format!("`limits.{name}` is {limit}, more than {most}"));
        }
    }
}

/// A column by which rows were divided, and that is in neither the files nor, as the manifest says, the raw data.
fn unknown_split_column(cx: &Context<'_>, manifest: &Manifest) -> Option<String> {
    let column = manifest.split.column.as_ref()?;
    let measured = cx.subject.split?;
    let data = &manifest.data;
    let in_files = measured
        .csvs
        .values()
        .any(|csv| csv.columns.contains(column));
    let known = in_files || data.dropped_columns.contains_key(column);
    (!known).then(|| {
        format!(
            "`split.column` `{column}` is neither in the files nor among `data.dropped_columns`"
        )
    })
}

/// Public files that `data.files` does not list, and entries that name no file. An entry with `/` at its end stands for all
/// files of a folder.
fn files(cx: &Context<'_>, manifest: &Manifest, problems: &mut Vec<String>) {
    let Some(package) = cx.subject.package else {
        return;
    };
    let (folders, single): (Vec<&str>, Vec<&str>) = manifest
        .data
        .files
        .iter()
        .map(|file| file.path.as_str())
        .partition(|path| path.ends_with('/'));
    let single: BTreeSet<&str> = single.into_iter().collect();
    let public: BTreeSet<&str> = package
        .files
        .iter()
        .map(|file| file.path.as_str())
        .filter(|path| path.starts_with("public/"))
        .collect();
    let in_folder = |path: &str| folders.iter().any(|folder| path.starts_with(folder));
    let unlisted: Vec<&str> = public
        .iter()
        .copied()
        .filter(|path| !single.contains(path) && !in_folder(path))
        .collect();
    if let Some(first) = unlisted.first() {
        problems.push(format!(
            "`data.files` does not list {} in `public/`, such as `{first}`",
            counted(unlisted.len(), "file")
        ));
    }
    let absent = single.iter().filter(|path| !public.contains(*path));
    problems.extend(absent.map(|path| format!("`data.files` lists `{path}`, which is not there")));
    let empty = folders
        .iter()
        .filter(|folder| !public.iter().any(|path| path.starts_with(*folder)));
    problems
        .extend(empty.map(|folder| format!("`data.files` lists `{folder}`, which has no files")));
}

#[cfg(test)]
mod tests {
    use facts::PackageFile;
    use findings::Status;
    use scoring::{DefaultValue, Direction, Input, Metric, Parameter};
    use task_format::{FormatError, Manifest, Prediction};

    use crate::testing::Good;

    #[test]
    fn a_good_manifest_passes() {
        assert_eq!(Good::new().judge("A02").status, Status::Pass);
        assert_eq!(Good::regression().judge("A02").status, Status::Pass);
    }

    #[test]
    fn a_split_column_stands_somewhere() {
        let mut good = Good::new();
        good.manifest.split.column = Some("nowhere".to_owned());
        let finding = good.judge("A02");
        assert_eq!(finding.status, Status::Fail);
        assert!(
            finding.message.contains("`split.column` `nowhere`"),
            "{}",
            finding.message
        );
        good.manifest
            .data
            .dropped_columns
            .insert("nowhere".to_owned(), "it names the answer".to_owned());
        assert_eq!(good.judge("A02").status, Status::Pass);
    }

    #[test]
    fn every_public_file_is_listed() {
        let mut good = Good::new();
        for name in ["1.png", "2.png"] {
            good.package.files.push(PackageFile {
                path: format!("public/images/{name}"),
                bytes: 7,
                sha256: name.repeat(8),
            });
        }
        let finding = good.judge("A02");
        assert!(
            finding
                .message
                .contains("does not list 2 files in `public/`, such as `public/images/1.png`"),
            "{}",
            finding.message
        );
        let list = |good: &mut Good, path: &str| {
            good.manifest.data.files.push(task_format::DataFile {
                path: path.to_owned(),
                meaning: "pictures".to_owned(),
            });
        };
        list(&mut good, "public/images/");
        assert_eq!(good.judge("A02").status, Status::Pass);
        list(&mut good, "public/sounds/");
        list(&mut good, "public/more.csv");
        assert_eq!(good.judge("A02").status, Status::Fail);
    }

    #[test]
    fn names_the_line_of_a_manifest_that_is_none() {
        let error: FormatError = Manifest::parse("schema_version = 1\nid = 3\n").unwrap_err();
        let subject = crate::Subject {
            manifest: Some(Err(&error)),
            ..crate::Subject::default()
        };
        let finding = crate::testing::judge(&subject, "A02");
        assert_eq!(finding.status, Status::Fail);
        assert!(finding.message.contains("line 2"), "{}", finding.message);
    }

    /// A good task with the predictions and the metric of another form.
    fn of_form(metric: Metric, prediction: Prediction, columns: &[&str], targets: &[&str]) -> Good {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let mut good = Good::new();
        let manifest = &mut good.manifest;
        manifest.submission.prediction = prediction;
        manifest.submission.columns = texts(columns);
        manifest.submission.positive_label = None;
        manifest.data.target_columns = texts(targets);
        manifest.metric.name = metric.name().to_owned();
        manifest.metric.direction = metric.direction();
        (manifest.metric.optimum, manifest.metric.worst) = (metric.optimum(), metric.worst());
        good
    }

    #[test]
    fn every_form_of_prediction_has_a_good_manifest() {
        for metric in Metric::ALL {
            let (columns, targets, prediction): (&[&str], &[&str], _) = match metric.input() {
                Input::Labels | Input::OrderedLabels => {
                    (&["id", "outcome"], &["outcome"], Prediction::Label)
                }
                Input::Probability => (&["id", "outcome"], &["outcome"], Prediction::Probability),
                Input::Numbers => (&["id", "outcome"], &["outcome"], Prediction::Number),
                Input::ClassProbabilities => (
                    &["id", "no", "yes"],
                    &["outcome"],
                    Prediction::ClassProbabilities,
                ),
                Input::MultiProbabilities => {
                    (&["id", "a", "b"], &["a", "b"], Prediction::Probability)
                }
                Input::MultiNumbers => (&["id", "a", "b"], &["a", "b"], Prediction::Number),
                Input::LabelSets => (&["id", "outcome"], &["outcome"], Prediction::LabelSet),
                Input::Ranking => (&["id", "outcome"], &["outcome"], Prediction::Ranking),
                Input::Text => (&["id", "outcome"], &["outcome"], Prediction::Text),
                Input::Survival => (&["id", "risk"], &["time", "event"], Prediction::Number),
            };
            let mut good = of_form(metric, prediction, columns, targets);
            let submission = &mut good.manifest.submission;
            match metric.input() {
                Input::Probability => submission.positive_label = Some("yes".to_owned()),
                Input::Labels
                | Input::OrderedLabels
                | Input::ClassProbabilities
                | Input::LabelSets => {}
                _ => submission.labels.clear(),
            }
            let required = metric
                .parameters()
                .iter()
                .filter(|takes| takes.default == DefaultValue::Required);
            for takes in required {
                let parameters = &mut good.manifest.metric.parameters;
                match takes.parameter {
                    Parameter::K => parameters.k = Some(3),
                    Parameter::Beta => parameters.beta = Some(2.0),
                    Parameter::Quantile => parameters.quantile = Some(0.5),
                    Parameter::Scale => parameters.scale = Some(1.0),
                }
            }
            let finding = good.judge("A02");
            assert_eq!(
                finding.status,
                Status::Pass,
                "{metric}: {}",
                finding.message
            );
        }
    }

    #[test]
    fn a_metric_takes_its_own_parameters_only() {
        let mut good = Good::new();
        good.manifest.metric.parameters.k = Some(3);
        let finding = good.judge("A02");
        assert_eq!(finding.message, "`metric.parameters`: roc_auc takes no `k`");
        good.manifest.metric.name = "custom".to_owned();
        assert_eq!(
            good.judge("A02").message,
            "a custom metric takes no `metric.parameters`"
        );
    }

    #[test]
    fn contradictions_are_named() {
        type Break = fn(&mut Manifest);
        let cases: [(Break, &str); 13] = [
            (
                |m| m.metric.direction = Direction::Minimize,
                "`roc_auc` has the other direction",
            ),
            (
                |m| m.metric.optimum = 2.0,
                "the optimum of `roc_auc` is 1, not 2",
            ),
            (
                |m| m.metric.name = "auc".to_owned(),
                "metric `auc` is neither",
            ),
            (
                |m| m.metric.name = "accuracy".to_owned(),
                "`accuracy` does not score that kind",
            ),
            (
                |m| m.submission.columns.reverse(),
                "`submission.columns` must be",
            ),
            (
                |m| m.submission.positive_label = Some("x".to_owned()),
                "`positive_label` `x` is not",
            ),
            (
                |m| m.submission.positive_label = None,
                "a probability needs `positive_label`",
            ),
            (
                |m| m.data.feature_columns.push("outcome".to_owned()),
                "column `outcome` has two roles",
            ),
            (
                |m| m.split.test_fraction = 1.0,
                "`split.test_fraction` is 1",
            ),
            (|m| m.data.test_rows = 0, "no rows"),
            (|m| m.limits.wall_seconds = 0, "a limit"),
            (
                |m| m.limits.wall_seconds = 86_400,
                "`limits.wall_seconds` is 86400, more than 600",
            ),
            (
                |m| m.limits.disk_bytes = u64::MAX,
                "`limits.disk_bytes` is 18446744073709551615, more than",
            ),
        ];
        for (change, expected) in cases {
            let mut good = Good::new();
            change(&mut good.manifest);
            let finding = good.judge("A02");
            assert_eq!(finding.status, Status::Fail, "{expected}");
            assert!(
                finding.message.contains(expected),
                "{expected}: {}",
                finding.message
            );
        }
    }
}
