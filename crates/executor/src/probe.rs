//! Probes a metric: the answers themselves, corrupted answers, shuffled rows, malformed files, to `metric.py` and to
//! the native grader alike.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use facts::{GradeOutcome, MalformedCase, MetricFacts};
use fs_err as fs;
use sandbox::{
    Mount,
    roles::{self, CODE, PRIVATE, WORK},
};
use scoring::Metric;
use task_format::{ANSWERS, METRIC, Manifest};

use crate::{ExecuteError, Executor, Usage, executor, malformed, table::Table};

/// Shares of answers that are corrupted (verification.md, B07).
const CORRUPTED: [f64; 3] = [0.05, 0.2, 0.5];
/// How often the same submission is scored (B06).
const REPEATS: usize = 3;

impl Executor {
    /// Probes the metric of the package at `package`; `scratch` is an empty folder.
    ///
    /// # Errors
    ///
    /// When the probe could not be made; a metric that misbehaves is part of the facts.
    pub async fn probe_metric(
        &self,
        package: &Utf8Path,
        manifest: &Manifest,
        scratch: &Utf8Path,
    ) -> Result<(MetricFacts, Usage), ExecuteError> {
        let answers_path = package.join(ANSWERS);
        let perfect = Table::perfect(&Table::read(&answers_path)?, manifest);
        let cases = scratch.join("cases");
        fs::create_dir_all(&cases).map_err(ExecuteError::files)?;

        let corrupted = perfect.corrupted(manifest, CORRUPTED[1], "repeat");
        let mut submissions = vec![
            ("perfect".to_owned(), perfect.clone()),
            ("rows_shuffled".to_owned(), corrupted.rows_shuffled("rows")),
            ("columns_reversed".to_owned(), corrupted.columns_reversed()),
        ];
        submissions.extend((0..REPEATS).map(|n| (format!("repeat_{n}"), corrupted.clone())));
        submissions.extend(CORRUPTED.map(|share| {
            (
                share_name(share),
                perfect.corrupted(manifest, share, "corrupt"),
            )
        }));
        for (name, table) in &submissions {
            fs::write(cases.join(format!("{name}.csv")), table.render())
                .map_err(ExecuteError::files)?;
        }
        let largest = grading::size_limit(
            fs::metadata(&answers_path)
                .map_err(ExecuteError::files)?
                .len(),
        );
        let broken_folder = scratch.join("malformed");
        fs::create_dir_all(&broken_folder).map_err(ExecuteError::files)?;
        let broken = malformed::write_cases(&broken_folder, &perfect, manifest, largest)?;
        for case in broken.iter().filter(|case| case.reaches_python) {
            fs::copy(&case.path, cases.join(python_name(case.case)))
                .map_err(ExecuteError::files)?;
        }

        let (graded, usage) = self.grade_in_python(package, &cases, manifest).await?;
        let (graded, failure) = match graded {
            Ok(graded) => (graded, None),
            Err(failure) => (BTreeMap::new(), Some(failure)),
        };
        let said = |name: &str| graded.get(name).cloned().unwrap_or_else(no_answer);
        let of = |name: &str| said(&format!("{name}.csv"));
        let perfect_native = match Metric::from_name(&manifest.metric.name) {
            Some(_) => Some(native(&cases.join("perfect.csv"), &answers_path, manifest)?),
            None => None,
        };
        let mut malformed = Vec::new();
        for case in broken {
            malformed.push(MalformedCase {
                case: case.case.to_owned(),
                native: Some(native(&case.path, &answers_path, manifest)?),
                python: case.reaches_python.then(|| said(&python_name(case.case))),
            });
        }
        let facts = MetricFacts {
            perfect: of("perfect"),
            perfect_native,
            repeats: (0..REPEATS).map(|n| of(&format!("repeat_{n}"))).collect(),
            rows_shuffled: of("rows_shuffled"),
            columns_reversed: of("columns_reversed"),
            corrupted: CORRUPTED
                .map(|share| (share, of(&share_name(share))))
                .to_vec(),
            malformed,
            failure,
        };
        Ok((facts, usage))
    }

    /// Has `metric.py` grade every file of the folder `submissions`; outcomes by file name.
    ///
    /// # Errors
    ///
    /// When the run could not be made; a grader that fails as a whole is the inner error.
    pub async fn grade_in_python(
        &self,
        package: &Utf8Path,
        submissions: &Utf8Path,
        manifest: &Manifest,
    ) -> Result<
        (
            Result<BTreeMap<String, GradeOutcome>, facts::RunFailure>,
            Usage,
        ),
        ExecuteError,
    > {
        let limits = executor::limits(&manifest.limits);
        let mut policy = roles::grade(
            &self.closure(),
            submissions,
            &package.join("private"),
            &package.join(METRIC),
            limits.clone(),
        );
        // The role shows its code as a folder; a package keeps `metric.py` beside files that the metric must not see.
        for mount in &mut policy.mounts {
            if let Mount::ReadOnly { inside, .. } = mount
                && inside == CODE
            {
                *inside = Utf8Path::new(CODE).join(METRIC);
            }
        }
        let shown = policy
            .mounts
            .iter()
            .find_map(|mount| match mount {
                Mount::ReadOnly { host, inside } if host == submissions => Some(inside.clone()),
                _ => None,
            })
            .expect("the grade role shows the submission");
        let metric = format!("{CODE}/{METRIC}");
        let answers = format!("{PRIVATE}/test_answer.csv");
        let scores = format!("{WORK}/scores.json");
        let arguments = [
            "-m",
            "taskkit.grade",
            "--metric",
            &metric,
            "--answers",
            &answers,
            "--submissions",
            shown.as_str(),
            "--out",
            &scores,
        ];
        let completed = self.python(&policy, &arguments).await?;
        let usage = Usage::from(&completed.record);
        if let Some(failure) = executor::failure(&completed.record, &limits) {
            return Ok((Err(failure), usage));
        }
        let keep = tempfile::tempdir().map_err(ExecuteError::files)?;
        let target = Utf8PathBuf::from_path_buf(keep.path().join("scores.json"))
            .expect("the folder for temporary files has a UTF-8 name");
        let missing =
            |detail: String| Ok((Err(facts::RunFailure::MissingOutput { detail }), usage));
        let taken = completed
            .outputs
            .folder(Utf8Path::new(WORK))
            .take_file(Utf8Path::new("scores.json"), 1 << 24, &target)
            .map_err(|source| ExecuteError::Collect { source })?;
        if let Err(refusal) = taken {
            return missing(refusal.to_string());
        }
        let text = fs::read_to_string(&target).map_err(ExecuteError::files)?;
        match serde_json::from_str(&text) {
            Ok(graded) => Ok((Ok(graded), usage)),
            Err(error) => missing(format!(
                "`scores.json` is not what the grader writes: {error}"
            )),
        }
    }
}

fn native(
    submission: &Utf8Path,
    answers: &Utf8Path,
    manifest: &Manifest,
) -> Result<GradeOutcome, ExecuteError> {
    Ok(grading::grade(submission, answers, manifest)
        .map_err(ExecuteError::grade)?
        .outcome())
}

fn no_answer() -> GradeOutcome {
    GradeOutcome::Broken {
        detail: "the grader gave no answer for this file".to_owned(),
    }
}

fn share_name(share: f64) -> String {
    format!("corrupted_{:02.0}", share * 100.0)
}

fn python_name(case: &str) -> String {
    format!("malformed_{case}.csv")
}
