//! Has `metric.py` grade submissions in the sandbox, by the task kit's script.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use facts::{GradeOutcome, RunFailure};
use fs_err as fs;
use sandbox::{
    Mount,
    roles::{self, CODE, PRIVATE, WORK},
};
use serde::{Deserialize, Serialize};
use task_format::{METRIC, Manifest};

use crate::{ExecuteError, Executor, Usage, executor, table::order_by_digest};

/// Largest list of scores that is read.
const SCORES_BYTES: u64 = 1 << 24;

/// Where the grader finds how to draw rows.
const DRAWS: &str = "/question/draws.json";

/// How rows are drawn for intervals.
#[derive(Serialize)]
struct Draws<'a> {
    resamples: usize,
    id_column: &'a str,
}

/// What `metric.py` said of one submission.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PythonGrade {
    #[serde(flatten)]
    pub(crate) outcome: GradeOutcome,
    /// 95 % bootstrap interval of the score.
    #[serde(default)]
    pub(crate) interval: Option<(f64, f64)>,
    /// The same of (this score − another's), by the other's file name.
    #[serde(default)]
    pub(crate) differences: BTreeMap<String, Option<(f64, f64)>>,
}

/// Outcomes by file name, or why the grader failed as a whole.
pub(crate) type PythonGrades = Result<BTreeMap<String, PythonGrade>, RunFailure>;

impl Executor {
    /// Has `metric.py` grade every file of the folder `submissions`; outcomes by file name.
    ///
    /// It runs under limits of our own, not those of the manifest, which bound the task's solvers.
    ///
    /// # Errors
    ///
    /// When the run could not be made; a grader that fails as a whole is the inner error.
    pub async fn grade_in_python(
        &self,
        package: &Utf8Path,
        submissions: &Utf8Path,
        manifest: &Manifest,
    ) -> Result<(Result<BTreeMap<String, GradeOutcome>, RunFailure>, Usage), ExecuteError> {
        let (grades, usage) = self
            .python_grades(package, submissions, manifest, 0)
            .await?;
        let outcomes = grades.map(|grades| {
            let outcome = |(name, grade): (String, PythonGrade)| (name, grade.outcome);
            grades.into_iter().map(outcome).collect()
        });
        Ok((outcomes, usage))
    }

    /// The same, with intervals from that many resamples; 0 for none.
    pub(crate) async fn python_grades(
        &self,
        package: &Utf8Path,
        submissions: &Utf8Path,
        manifest: &Manifest,
        resamples: usize,
    ) -> Result<(PythonGrades, Usage), ExecuteError> {
        let numbered = Numbered::new(submissions, &manifest.id.to_string())?;
        let submissions = numbered.folder.as_path();
        let limits = roles::standard_limits();
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
        // Without the working folder on Python's path: what a metric leaves there must not be imported by its grader.
        let mut arguments = vec![
            "-P",
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
        let draws = Draws {
            resamples,
            id_column: &manifest.data.id_column,
        };
        let (_question, host) = executor::question(&draws)?;
        if resamples > 0 {
            policy.mounts.push(Mount::ReadOnly {
                host,
                inside: DRAWS.into(),
            });
            arguments.extend(["--draws", DRAWS]);
        }
        let completed = self.python(&policy, &arguments).await?;
        let usage = Usage::from(&completed.record);
        if let Some(failure) = executor::failure(&completed.record, &limits) {
            return Ok((Err(failure), usage));
        }
        let keep = tempfile::tempdir().map_err(ExecuteError::files)?;
        let target = Utf8PathBuf::from_path_buf(keep.path().join("scores.json"))
            .expect("the folder for temporary files has a UTF-8 name");
        let missing = |detail: String| Ok((Err(RunFailure::MissingOutput { detail }), usage));
        let taken = completed
            .outputs
            .folder(Utf8Path::new(WORK))
            .take_file(Utf8Path::new("scores.json"), SCORES_BYTES, &target)
            .map_err(|source| ExecuteError::Collect { source })?;
        if let Err(refusal) = taken {
            return missing(refusal.to_string());
        }
        let text = fs::read_to_string(&target).map_err(ExecuteError::files)?;
        match serde_json::from_str(&text) {
            Ok(graded) => Ok((Ok(numbered.named(graded)), usage)),
            Err(error) => missing(format!(
                "`scores.json` is not what the grader writes: {error}"
            )),
        }
    }
}

/// Copies of submissions under numbers in an order that says nothing: a name such as `perfect.csv` would tell a metric which
/// score is expected of it.
struct Numbered {
    folder: Utf8PathBuf,
    /// Own name of each, by the name of its copy.
    names: BTreeMap<String, String>,
    _keep: tempfile::TempDir,
}

impl Numbered {
    fn new(submissions: &Utf8Path, seed: &str) -> Result<Self, ExecuteError> {
        let keep = tempfile::tempdir().map_err(ExecuteError::files)?;
        let folder = Utf8PathBuf::from_path_buf(keep.path().to_owned())
            .expect("the folder for temporary files has a UTF-8 name");
        let mut own: Vec<String> = submissions
            .read_dir_utf8()
            .and_then(|entries| {
                entries
                    .map(|entry| Ok(entry?.file_name().to_owned()))
                    .collect()
            })
            .map_err(ExecuteError::files)?;
        own.sort();
        let mut names = BTreeMap::new();
        for (number, place) in order_by_digest(own.len(), seed).into_iter().enumerate() {
            let (name, number) = (&own[place], format!("{number}.csv"));
            let (from, to) = (submissions.join(name), folder.join(&number));
            // Nobody writes them.
            fs::hard_link(&from, &to)
                .or_else(|_| fs::copy(&from, &to).map(drop))
                .map_err(ExecuteError::files)?;
            names.insert(number, name.clone());
        }
        Ok(Self {
            folder,
            names,
            _keep: keep,
        })
    }

    /// The grades by the submissions' own names; what has another name than a copy is nobody's.
    fn named(&self, graded: BTreeMap<String, PythonGrade>) -> BTreeMap<String, PythonGrade> {
        let named = |grade: PythonGrade| PythonGrade {
            differences: self.own(grade.differences),
            ..grade
        };
        let graded = self.own(graded).into_iter();
        graded.map(|(name, grade)| (name, named(grade))).collect()
    }

    fn own<T>(&self, by_number: BTreeMap<String, T>) -> BTreeMap<String, T> {
        let own = |(number, value): (String, T)| Some((self.names.get(&number)?.clone(), value));
        by_number.into_iter().filter_map(own).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_come_back_under_the_names_that_the_metric_never_saw() {
        let keep = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(keep.path()).unwrap();
        for name in ["perfect.csv", "nan.csv", "repeat.csv"] {
            fs::write(folder.join(name), name).unwrap();
        }
        let numbered = Numbered::new(folder, "task").unwrap();
        let grade = |of: &str| PythonGrade {
            outcome: GradeOutcome::Broken {
                detail: of.to_owned(),
            },
            interval: None,
            differences: [("0.csv".to_owned(), None), ("forged.csv".to_owned(), None)].into(),
        };
        let text = |number: &str| fs::read_to_string(numbered.folder.join(number)).unwrap();
        let graded =
            ["0.csv", "1.csv", "2.csv"].map(|number| (number.to_owned(), grade(&text(number))));
        let named = numbered.named(graded.into());
        assert_eq!(named.len(), 3);
        for (name, grade) in &named {
            assert_eq!(
                grade.outcome,
                GradeOutcome::Broken {
                    detail: name.clone()
                }
            );
            assert_eq!(
                grade.differences.keys().collect::<Vec<_>>(),
                [&text("0.csv")]
            );
        }
    }
}
