//! Scores submissions of an episode: on the feedback rows while it lasts, on the final rows and on all rows once, at its end.
//!
//! Which rows are which stands in the answers (`usage`); where it does not, every row's id is dealt to one side by its
//! digest, and dealt again while a metric has no value on one of them, e.g. because a class is missing there. Where that does
//! not help, all rows are both, and [`Referee::sides_differ`] says so.
//! Of the catalogue's metrics a submission must be valid on all rows to be scored on some. A task's own metric is only asked
//! about the side that counts: what it says of the final rows must not be heard before the end.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use facts::GradeOutcome;
use fs_err as fs;
use grading::{Answers, Grade, InvalidSubmission, Structure, Usage as Counts};
use scoring::Metric;
use task_format::{ANSWERS, METRIC, Manifest, USAGE_COLUMN};
use tempfile::TempDir;

use crate::{ExecuteError, Executor, Usage};

/// Folders of the two sides, in the order of [`Side`].
const SIDES: [&str; 2] = ["feedback", "final"];

/// Folder of all rows.
const WHOLE: &str = "all";

/// How often rows are dealt until the metric has a value on both sides.
const DEALS: u32 = 32;

/// What a submission's rows of one side are called.
const PART: &str = "submission.csv";

/// Which rows count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Those that an agent hears of.
    Feedback,
    /// Those that count at the end.
    Final,
    /// All rows of the answers, as the ladder is scored.
    All,
}

/// The score of a submission, or why it has none.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ruling {
    Scored(f64),
    Invalid { reason: String, message: String },
}

/// Scores submissions to one task.
#[derive(Debug)]
pub(super) enum Referee {
    /// By a metric of the catalogue.
    Native {
        answers: Box<Answers>,
        feedback: Vec<usize>,
        last: Vec<usize>,
    },
    /// By the task's own `metric.py`, which sees the rows of one side only, or all.
    Custom {
        structure: Structure,
        feedback: BTreeSet<String>,
        last: BTreeSet<String>,
        /// A folder for each side and one for all rows, with `metric.py` and their answers.
        sides: TempDir,
    },
}

impl Referee {
    pub(super) fn new(package: &Utf8Path, manifest: &Manifest) -> Result<Self, ExecuteError> {
        let path = package.join(ANSWERS);
        if Metric::from_name(&manifest.metric.name).is_none() {
            return Self::custom(package, &path, manifest);
        }
        let answers = Answers::read(&path, manifest).map_err(ExecuteError::grade)?;
        let perfect = answers.perfect();
        let has_value = |rows: &Vec<usize>| {
            !rows.is_empty() && matches!(answers.score_on(&perfect, rows), Ok(Grade::Score { .. }))
        };
        let is_feedback = |deal: u32| -> Vec<bool> {
            match answers.usage() {
                Some(usage) => usage.iter().map(|one| *one == Counts::Feedback).collect(),
                None => answers
                    .ids()
                    .map(|id| dealt_to_feedback(manifest, deal, id))
                    .collect(),
            }
        };
        let deals = if answers.usage().is_some() { 1 } else { DEALS };
        let sides = (0..deals).map(|deal| {
            let all = is_feedback(deal).into_iter().enumerate();
            let (feedback, last): (Vec<_>, Vec<_>) = all.partition(|(_, feedback)| *feedback);
            let rows = |side: Vec<(usize, bool)>| side.into_iter().map(|(row, _)| row).collect();
            (rows(feedback), rows(last))
        });
        let fair = sides
            .into_iter()
            .find(|(feedback, last)| has_value(feedback) && has_value(last));
        let (feedback, last) = fair.unwrap_or_else(|| {
            let all: Vec<usize> = (0..answers.ids().count()).collect();
            (all.clone(), all)
        });
        Ok(Self::Native {
            answers: Box::new(answers),
            feedback,
            last,
        })
    }

    fn custom(
        package: &Utf8Path,
        answers: &Utf8Path,
        manifest: &Manifest,
    ) -> Result<Self, ExecuteError> {
        let structure = Structure::read(answers, manifest).map_err(ExecuteError::grade)?;
        let sides = tempfile::tempdir().map_err(ExecuteError::files)?;
        let ids = usage_by_id(answers, manifest)?;
        let of = |wanted: bool| -> BTreeSet<String> {
            let these = ids.iter().filter(|(_, feedback)| *feedback == wanted);
            these.map(|(id, _)| id.clone()).collect()
        };
        let (mut feedback, mut last) = (of(true), of(false));
        if feedback.is_empty() || last.is_empty() {
            feedback.append(&mut last);
            last.clone_from(&feedback);
        }
        let root = utf8(sides.path());
        let make = |name: &str| -> Result<Utf8PathBuf, ExecuteError> {
            let folder = root.join(name);
            fs::create_dir_all(folder.join("private")).map_err(ExecuteError::files)?;
            fs::copy(package.join(METRIC), folder.join(METRIC)).map_err(ExecuteError::files)?;
            Ok(folder.join(ANSWERS))
        };
        for (name, rows) in SIDES.iter().zip([&feedback, &last]) {
            only_rows(answers, &manifest.data.id_column, rows, &make(name)?)?;
        }
        fs::copy(answers, make(WHOLE)?).map_err(ExecuteError::files)?;
        Ok(Self::Custom {
            structure,
            feedback,
            last,
            sides,
        })
    }

    /// Whether the final rows are others than the feedback rows.
    pub(super) fn sides_differ(&self) -> bool {
        match self {
            Self::Native { feedback, last, .. } => feedback != last,
            Self::Custom { feedback, last, .. } => feedback != last,
        }
    }

    /// The size of the largest submission that is read, in bytes.
    pub(super) fn size_limit(&self) -> u64 {
        match self {
            Self::Native { answers, .. } => answers.structure().size_limit(),
            Self::Custom { structure, .. } => structure.size_limit(),
        }
    }

    /// Scores the file at `submission` on one side, or on all rows. `scratch` is a folder of ours that need not exist.
    pub(super) async fn rule(
        &self,
        side: Side,
        executor: &Executor,
        manifest: &Manifest,
        submission: &Utf8Path,
        scratch: &Utf8Path,
    ) -> Result<(Ruling, Usage), ExecuteError> {
        let free = |ruling: Ruling| Ok((ruling, Usage::default()));
        match self {
            Self::Native {
                answers,
                feedback,
                last,
            } => {
                let aligned = match answers.align(submission).map_err(ExecuteError::grade)? {
                    Ok(aligned) => aligned,
                    Err(reason) => return free(Ruling::invalid(&reason)),
                };
                let grade = match side {
                    Side::Feedback => answers.score_on(&aligned, feedback),
                    Side::Final => answers.score_on(&aligned, last),
                    Side::All => answers.score(&aligned),
                };
                free(match grade.map_err(ExecuteError::grade)? {
                    Grade::Score { value, .. } => Ruling::Scored(value),
                    Grade::Invalid(reason) => Ruling::invalid(&reason),
                })
            }
            Self::Custom {
                structure,
                feedback,
                last,
                sides,
            } => {
                if let Err(reason) = structure.check(submission).map_err(ExecuteError::grade)? {
                    return free(Ruling::invalid(&reason));
                }
                let part = |name: &str| -> Result<Utf8PathBuf, ExecuteError> {
                    let folder = scratch.join(name);
                    fs::create_dir_all(&folder).map_err(ExecuteError::files)?;
                    Ok(folder.join(PART))
                };
                let by_metric = async |name: &str| {
                    let (package, folder) = (utf8(sides.path()).join(name), scratch.join(name));
                    let (grades, cost) = executor
                        .grade_in_python(&package, &folder, manifest)
                        .await?;
                    let ruling = match grades {
                        Ok(mut grades) => Ruling::by_metric(grades.remove(PART)),
                        Err(failure) => Ruling::broken(&format!("{failure:?}")),
                    };
                    Ok::<_, ExecuteError>((ruling, cost))
                };
                let (name, rows) = match side {
                    Side::Feedback => (SIDES[0], feedback),
                    Side::Final => (SIDES[1], last),
                    Side::All => {
                        fs::copy(submission, part(WHOLE)?).map_err(ExecuteError::files)?;
                        return by_metric(WHOLE).await;
                    }
                };
                only_rows(submission, &manifest.data.id_column, rows, &part(name)?)?;
                by_metric(name).await
            }
        }
    }
}

impl Ruling {
    fn invalid(invalid: &InvalidSubmission) -> Self {
        Self::Invalid {
            reason: invalid.code().to_owned(),
            message: invalid.to_string(),
        }
    }

    /// What the metric says when it breaks is not for an agent: it may quote answers.
    fn broken(detail: &str) -> Self {
        tracing::warn!(detail, "the task's own metric failed on a submission");
        Self::Invalid {
            reason: "metric_failed".to_owned(),
            message: "the task's own metric failed on this submission".to_owned(),
        }
    }

    fn by_metric(outcome: Option<GradeOutcome>) -> Self {
        match outcome {
            Some(GradeOutcome::Score { value }) => Self::Scored(value),
            Some(GradeOutcome::Invalid { reason, message }) => Self::Invalid { reason, message },
            Some(GradeOutcome::Broken { detail }) => Self::broken(&detail),
            None => Self::broken("it gave no answer"),
        }
    }
}

/// Deals a row to one of the sides, the same always.
fn dealt_to_feedback(manifest: &Manifest, deal: u32, id: &str) -> bool {
    let again = match deal {
        0 => String::new(),
        deal => format!("\n{deal}"),
    };
    let text = format!("feedback\n{}\n{id}{again}", manifest.id);
    digest::sha256_bytes(text).as_bytes()[0].is_multiple_of(2)
}

/// Every id of the answers, and whether it is on the feedback side.
fn usage_by_id(path: &Utf8Path, manifest: &Manifest) -> Result<Vec<(String, bool)>, ExecuteError> {
    let failed = |source| ExecuteError::Csv {
        path: path.to_owned(),
        source,
    };
    let mut reader = csv::Reader::from_path(path).map_err(failed)?;
    let header = reader.headers().map_err(failed)?.clone();
    let position = |name: &str| header.iter().position(|column| column == name);
    let id_at = position(&manifest.data.id_column).unwrap_or_default();
    let usage_at = position(USAGE_COLUMN);
    reader
        .records()
        .map(|record| {
            let record = record.map_err(failed)?;
            let id = record.get(id_at).unwrap_or_default().to_owned();
            let feedback = match usage_at {
                Some(at) => record.get(at) == Some("feedback"),
                None => dealt_to_feedback(manifest, 0, &id),
            };
            Ok((id, feedback))
        })
        .collect()
}

/// Copies the rows with these ids, header included.
fn only_rows(
    from: &Utf8Path,
    id_column: &str,
    rows: &BTreeSet<String>,
    to: &Utf8Path,
) -> Result<(), ExecuteError> {
    let failed = |path: &Utf8Path| {
        let path = path.to_owned();
        move |source| ExecuteError::Csv { path, source }
    };
    let mut reader = csv::Reader::from_path(from).map_err(failed(from))?;
    let header = reader.headers().map_err(failed(from))?.clone();
    let id_at = header
        .iter()
        .position(|column| column == id_column)
        .unwrap_or_default();
    let mut writer = csv::Writer::from_path(to).map_err(failed(to))?;
    writer.write_record(&header).map_err(failed(to))?;
    for record in reader.records() {
        let record = record.map_err(failed(from))?;
        if record.get(id_at).is_some_and(|id| rows.contains(id)) {
            writer.write_record(&record).map_err(failed(to))?;
        }
    }
    writer.flush().map_err(ExecuteError::files)
}

fn utf8(path: &std::path::Path) -> Utf8PathBuf {
    Utf8PathBuf::from_path_buf(path.to_owned())
        .expect("the folder for temporary files has a UTF-8 name")
}
