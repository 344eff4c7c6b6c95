//! Scores submissions by the task's metric, wherever that is computed: here, where the catalogue has it, else by
//! `metric.py` in the sandbox.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use facts::{FloorGain, GradeOutcome};
use fs_err as fs;
use grading::{Answers, GradeError, Structure};
use scoring::{Aligned, Bootstrap, Direction, Interval, Metric, Resampling};
use task_format::{ANSWERS, Manifest};

use crate::{ExecuteError, Executor, Usage, table::Table};

/// Resamples of a metric that runs in Python: each costs a pass of pandas over all rows.
const PYTHON_RESAMPLES: usize = 200;

/// Name of the copy of a submission whose predictions are shuffled between ids.
const SHUFFLED_COPY: &str = "its own shuffled copy";

/// A file to be scored.
#[derive(Clone, Debug)]
pub(crate) struct Submission {
    /// Its name in facts, e.g. `forest`.
    pub(crate) name: String,
    pub(crate) path: Utf8PathBuf,
}

impl Submission {
    pub(crate) fn new(name: impl Into<String>, path: impl Into<Utf8PathBuf>) -> Self {
        Self {
            name: name.into(),
            path: path.into(),
        }
    }
}

/// Whether intervals are wanted too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Scores,
    Intervals,
}

/// Scores submissions to one task.
pub(crate) struct Grader<'a> {
    executor: &'a Executor,
    package: &'a Utf8Path,
    manifest: &'a Manifest,
    answers: Known,
}

/// What can be said of a submission without Python.
enum Known {
    /// Its score.
    Scores(Box<Answers>),
    /// Whether it has the right rows and columns: the metric is custom.
    Structure(Structure),
}

impl<'a> Grader<'a> {
    /// # Errors
    ///
    /// When the answers are not what the manifest promises.
    pub(crate) fn new(
        executor: &'a Executor,
        package: &'a Utf8Path,
        manifest: &'a Manifest,
    ) -> Result<Self, ExecuteError> {
        let path = package.join(ANSWERS);
        let answers = match Metric::from_name(&manifest.metric.name) {
            Some(_) => {
                Answers::read(&path, manifest).map(|answers| Known::Scores(Box::new(answers)))
            }
            None => Structure::read(&path, manifest).map(Known::Structure),
        };
        Ok(Self {
            executor,
            package,
            manifest,
            answers: answers.map_err(ExecuteError::grade)?,
        })
    }

    /// The answers with their metric; `None` for a custom metric.
    fn native(&self) -> Option<&Answers> {
        match &self.answers {
            Known::Scores(answers) => Some(answers),
            Known::Structure(_) => None,
        }
    }

    /// The size of the largest submission that is read, in bytes.
    pub(crate) fn size_limit(&self) -> u64 {
        match &self.answers {
            Known::Scores(answers) => answers.structure().size_limit(),
            Known::Structure(structure) => structure.size_limit(),
        }
    }

    /// Whether only `metric.py` can score.
    pub(crate) fn is_custom(&self) -> bool {
        self.native().is_none()
    }

    /// What the native metric says of the file at `path`; `None` when there is none.
    pub(crate) fn natively(&self, path: &Utf8Path) -> Result<Option<GradeOutcome>, ExecuteError> {
        let outcome = |answers| native_outcome(answers, path).map(|(outcome, _)| outcome);
        self.native().map(outcome).transpose()
    }

    /// What is said of the file at `path` before `metric.py` sees it: all for a metric of the catalogue, for a custom one why the
    /// file is refused. `None` when that is for `metric.py` to say.
    pub(crate) fn without_python(
        &self,
        path: &Utf8Path,
    ) -> Result<Option<GradeOutcome>, ExecuteError> {
        match &self.answers {
            Known::Scores(answers) => Ok(Some(native_outcome(answers, path)?.0)),
            Known::Structure(structure) => {
                let checked = structure.check(path).map_err(ExecuteError::grade)?;
                Ok(checked
                    .err()
                    .map(|refused| grading::Grade::Invalid(refused).outcome()))
            }
        }
    }

    pub(crate) fn direction(&self) -> Direction {
        self.manifest.metric.direction
    }

    /// Scores `submissions`, whose names differ; `scratch` is a folder that need not exist.
    pub(crate) async fn grade(
        &self,
        submissions: &[Submission],
        wanted: Wanted,
        scratch: &Utf8Path,
    ) -> Result<(Graded, Usage), ExecuteError> {
        match self.native() {
            Some(answers) => Ok((self.here(answers, submissions, wanted)?, Usage::default())),
            None => self.in_python(submissions, wanted, scratch).await,
        }
    }

    fn here(
        &self,
        answers: &Answers,
        submissions: &[Submission],
        wanted: Wanted,
    ) -> Result<Graded, ExecuteError> {
        let mut graded = Graded::empty(self.direction());
        let mut valid: Vec<(&str, Aligned)> = Vec::new();
        for submission in submissions {
            let (outcome, aligned) = native_outcome(answers, &submission.path)?;
            if let (GradeOutcome::Score { .. }, Some(aligned)) = (&outcome, aligned) {
                valid.push((&submission.name, aligned));
            }
            graded.add(&submission.name, outcome);
        }
        if wanted == Wanted::Scores {
            return Ok(graded);
        }
        // Every valid submission in one bootstrap: intervals of differences need the same resamples.
        let rows: Vec<&Aligned> = valid.iter().map(|(_, aligned)| aligned).collect();
        let Ok(bootstrap) = Bootstrap::run_with(
            answers.metric(),
            answers.parameters(),
            &rows,
            Resampling::default(),
        ) else {
            return Ok(graded);
        };
        for (place, (name, _)) in valid.iter().enumerate() {
            let entry = graded.entry(name);
            entry.interval = bootstrap.interval(place).map(ends);
            for (other_place, (other, _)) in valid.iter().enumerate() {
                if let Some(gain) = bootstrap.gain(place, other_place).filter(|_| other != name) {
                    entry.gains.insert((*other).to_owned(), ends(gain));
                }
            }
        }
        Ok(graded)
    }

    async fn in_python(
        &self,
        submissions: &[Submission],
        wanted: Wanted,
        scratch: &Utf8Path,
    ) -> Result<(Graded, Usage), ExecuteError> {
        fs::create_dir_all(scratch).map_err(ExecuteError::files)?;
        // Files are numbered: a name may hold what a path can't.
        let file = |place: usize| format!("{place}.csv");
        for (place, submission) in submissions.iter().enumerate() {
            fs::copy(&submission.path, scratch.join(file(place))).map_err(ExecuteError::files)?;
        }
        let resamples = match wanted {
            Wanted::Scores => 0,
            Wanted::Intervals => PYTHON_RESAMPLES,
        };
        let (grades, usage) = self
            .executor
            .python_grades(self.package, scratch, self.manifest, resamples)
            .await?;
        let mut graded = Graded::empty(self.direction());
        for (place, submission) in submissions.iter().enumerate() {
            let grade = match &grades {
                Ok(grades) => grades.get(&file(place)),
                Err(failure) => {
                    let detail = format!("metric.py failed as a whole: {failure:?}");
                    graded.add(&submission.name, GradeOutcome::Broken { detail });
                    continue;
                }
            };
            let Some(grade) = grade else {
                let detail = "metric.py gave no answer for this submission".to_owned();
                graded.add(&submission.name, GradeOutcome::Broken { detail });
                continue;
            };
            graded.add(&submission.name, grade.outcome.clone());
            let direction = graded.direction;
            let entry = graded.entry(&submission.name);
            entry.interval = grade.interval;
            for (other_place, other) in submissions.iter().enumerate() {
                if let Some(Some(ends)) = grade.differences.get(&file(other_place)) {
                    entry
                        .gains
                        .insert(other.name.clone(), oriented(*ends, direction));
                }
            }
        }
        Ok((graded, usage))
    }

    /// How much better `submission` is than the best of `floors` and its own copy with predictions shuffled between ids.
    ///
    /// The copy matters where any guess beats a constant, as with macro F1. `None` when the submission has no score; the other
    /// way round the inner error says why.
    pub(crate) async fn gain_over_floor(
        &self,
        submission: &Submission,
        floors: &[Submission],
        scratch: &Utf8Path,
    ) -> Result<(Result<FloorGain, String>, Usage), ExecuteError> {
        fs::create_dir_all(scratch).map_err(ExecuteError::files)?;
        let alone = std::slice::from_ref(submission);
        let (graded, usage) = self
            .grade(alone, Wanted::Scores, &scratch.join("alone"))
            .await?;
        let score = match graded.outcome(&submission.name) {
            GradeOutcome::Score { value } => value,
            other => return Ok((Err(why_not(&other)), usage)),
        };
        let copy = scratch.join("shuffled_copy.csv");
        let shuffled = Table::read(&submission.path)?.predictions_shuffled("copy");
        fs::write(&copy, shuffled.render()).map_err(ExecuteError::files)?;
        let mut all = floors.to_vec();
        all.push(Submission::new(SHUFFLED_COPY, copy));
        let (graded, more) = self
            .grade(&all, Wanted::Scores, &scratch.join("floors"))
            .await?;
        let usage = usage.and(more);
        let Some((floor, floor_score)) = graded.best() else {
            return Ok((Err("no floor has a score".to_owned()), usage));
        };
        let mut gain = FloorGain {
            score,
            floor: floor.to_owned(),
            floor_score,
            interval: None,
        };
        if !self.direction().better(score, floor_score) {
            return Ok((Ok(gain), usage));
        }
        let floor = all.iter().find(|known| known.name == floor).cloned();
        let pair = [
            submission.clone(),
            floor.expect("the floor is one of those graded"),
        ];
        let (graded, more) = self
            .grade(&pair, Wanted::Intervals, &scratch.join("pair"))
            .await?;
        gain.interval = graded.gain(&submission.name, &gain.floor);
        Ok((Ok(gain), usage.and(more)))
    }
}

/// What the native grader says of the file at `path`, and its rows beside the answers where it is valid.
fn native_outcome(
    answers: &Answers,
    path: &Utf8Path,
) -> Result<(GradeOutcome, Option<Aligned>), ExecuteError> {
    let invalid = |reason: &str, message: String| GradeOutcome::Invalid {
        reason: reason.to_owned(),
        message,
    };
    match answers.align(path).map_err(ExecuteError::grade)? {
        Err(refused) => Ok((invalid(refused.code(), refused.to_string()), None)),
        Ok(aligned) => match answers.score(&aligned) {
            Ok(grade) => Ok((grade.outcome(), Some(aligned))),
            Err(GradeError::NoValue(undefined)) => {
                Ok((invalid("no_value", undefined.to_string()), None))
            }
            Err(error) => Err(ExecuteError::grade(error)),
        },
    }
}

/// Why an outcome is no score.
pub(crate) fn why_not(outcome: &GradeOutcome) -> String {
    match outcome {
        GradeOutcome::Score { value } => format!("it scores {value}"),
        GradeOutcome::Invalid { message, .. } => message.clone(),
        GradeOutcome::Broken { detail } => {
            let last = detail.trim().lines().next_back().unwrap_or("no detail");
            format!("metric.py broke on it: {last}")
        }
    }
}

/// Scores of several submissions, by name.
pub(crate) struct Graded {
    entries: BTreeMap<String, Entry>,
    direction: Direction,
}

struct Entry {
    outcome: GradeOutcome,
    interval: Option<(f64, f64)>,
    /// By how much it is better than the others.
    gains: BTreeMap<String, (f64, f64)>,
}

impl Graded {
    fn empty(direction: Direction) -> Self {
        Self {
            entries: BTreeMap::new(),
            direction,
        }
    }

    fn add(&mut self, name: &str, outcome: GradeOutcome) {
        let entry = Entry {
            outcome,
            interval: None,
            gains: BTreeMap::new(),
        };
        let before = self.entries.insert(name.to_owned(), entry);
        assert!(before.is_none(), "submissions have names of their own");
    }

    fn entry(&mut self, name: &str) -> &mut Entry {
        self.entries
            .get_mut(name)
            .expect("the submission was added")
    }

    /// What was said of the submission of that name, which must have been graded.
    pub(crate) fn outcome(&self, name: &str) -> GradeOutcome {
        self.entries[name].outcome.clone()
    }

    pub(crate) fn score(&self, name: &str) -> Option<f64> {
        match self.entries.get(name)?.outcome {
            GradeOutcome::Score { value } => Some(value),
            _ => None,
        }
    }

    /// 95 % interval of a score, low and high.
    pub(crate) fn interval(&self, name: &str) -> Option<(f64, f64)> {
        self.entries.get(name)?.interval
    }

    /// 95 % interval of how much better `name` is than `reference`, positive when it is better.
    pub(crate) fn gain(&self, name: &str, reference: &str) -> Option<(f64, f64)> {
        self.entries.get(name)?.gains.get(reference).copied()
    }

    /// Name and score of the best submission.
    pub(crate) fn best(&self) -> Option<(&str, f64)> {
        let scored = self
            .entries
            .keys()
            .filter_map(|name| Some((name.as_str(), self.score(name)?)));
        scored.max_by(|a, b| {
            self.direction
                .orient(a.1)
                .total_cmp(&self.direction.orient(b.1))
        })
    }
}

/// An interval of a difference, turned so that more is better.
fn oriented((low, high): (f64, f64), direction: Direction) -> (f64, f64) {
    match direction {
        Direction::Maximize => (low, high),
        Direction::Minimize => (-high, -low),
    }
}

fn ends(interval: Interval) -> (f64, f64) {
    (interval.low, interval.high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_of_losses_is_turned() {
        assert_eq!(oriented((-3.0, 1.0), Direction::Minimize), (-1.0, 3.0));
        assert_eq!(oriented((-3.0, 1.0), Direction::Maximize), (-3.0, 1.0));
    }

    #[test]
    fn the_best_is_the_best_in_the_metrics_direction() {
        let mut graded = Graded::empty(Direction::Minimize);
        graded.add("constant", GradeOutcome::Score { value: 2.0 });
        graded.add("forest", GradeOutcome::Score { value: 1.0 });
        let detail = "Traceback\nValueError: no".to_owned();
        graded.add("linear", GradeOutcome::Broken { detail });
        assert_eq!(graded.best(), Some(("forest", 1.0)));
        assert_eq!(
            why_not(&graded.outcome("linear")),
            "metric.py broke on it: ValueError: no"
        );
    }
}
