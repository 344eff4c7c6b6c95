//! An agent's interaction with one task, as in MLE-Dojo: actions in, observations and rewards out.
//!
//! - Answers never enter a namespace in which an agent's code runs; what it is told are scores on the feedback rows.
//!   The final rows, and all rows together, are scored once, by [`Episode::finish`].
//! - Every script runs in a fresh sandbox with an empty working directory: nothing of an earlier step can be graded, read or
//!   waited for. What an agent wants to keep it keeps in its code.
//! - An action that fails is an observation that says why. Only a fault of the host ends a step without one, and costs nothing.
//! - The same actions give the same observations ([`Recording`]); a step costs the same however many there were before.
//!
//! It chooses no actions: agents do.

mod action;
mod finished;
mod info;
mod observation;
mod options;
mod recording;
mod referee;
mod reward;
mod script;
mod task;
pub(crate) mod text;

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use process::Fault;
use sandbox::roles::WORK;
use scoring::{Leaderboard, Score};
use tempfile::TempDir;

pub use action::{Action, InfoType, InvalidAction, MOST_HISTORY};
pub use finished::Finished;
pub use observation::{
    Budget, Entry, Feedback, HistorySummary, Info, Milestone, Observation, Part, PositionScore,
    Remaining, Status, Step,
};
pub use options::Options;
pub use recording::{Recorder, Recording, RecordingError, Replayed};
pub use reward::RewardMode;
pub use task::Task;

use crate::{ExecuteError, SUBMISSION_FILE, Usage};
use referee::{Ruling, Side};
use reward::{Worth, Yardstick};
use text::excerpt;

/// How often something is tried that the host could not run, before that is an error.
pub(crate) const ATTEMPTS: usize = 3;

/// One interaction of one agent with one task.
#[derive(Debug)]
pub struct Episode {
    task: Arc<Task>,
    options: Options,
    yardstick: Yardstick,
    folder: TempDir,
    spent: Spent,
    /// What all runs cost so far, those of no step included.
    usage: Usage,
    /// What a reset forgets.
    memory: Memory,
}

/// What was used up; a reset gives nothing back.
#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    steps: u64,
    submissions: u64,
    script_ms: u64,
}

#[derive(Debug, Default)]
struct Memory {
    summary: HistorySummary,
    best: Option<f64>,
    entries: Vec<Entry>,
}

/// What a step does, before it is counted and rewarded.
struct Deed {
    feedback: Feedback,
    worth: Option<Worth>,
    usage: Usage,
    /// Milliseconds that the script itself ran, without its confinement and its grading.
    script_ms: u64,
}

impl Deed {
    fn free(feedback: Feedback) -> Self {
        Self {
            feedback,
            worth: None,
            usage: Usage::default(),
            script_ms: 0,
        }
    }
}

impl Episode {
    /// Begins an episode of `task`.
    ///
    /// # Errors
    ///
    /// When there is no folder for its files.
    pub fn new(task: Arc<Task>, options: Options) -> Result<Self, ExecuteError> {
        let direction = task.manifest().metric.direction;
        let scores = options.leaderboard.iter().copied().filter_map(Score::new);
        let leaderboard = Leaderboard::new(scores.collect(), direction);
        Ok(Self {
            yardstick: Yardstick::new(task.manifest(), leaderboard),
            folder: tempfile::Builder::new()
                .prefix("episode-")
                .tempdir()
                .map_err(ExecuteError::files)?,
            spent: Spent::default(),
            usage: Usage::default(),
            memory: Memory::default(),
            task,
            options,
        })
    }

    /// How it was set up.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The task.
    #[must_use]
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// Takes one step.
    ///
    /// # Errors
    ///
    /// When the host can't run anything; the step is not counted.
    pub async fn step(&mut self, action: &Action) -> Result<Step, ExecuteError> {
        self.take(Ok(action)).await
    }

    /// As [`Episode::step`], with an error also where that says [`Feedback::Sandbox`]: for a caller that tries again itself.
    pub(crate) async fn attempt(&mut self, action: &Action) -> Result<Step, ExecuteError> {
        self.take_or_fail(Ok(action), None).await
    }

    /// Takes one step with an action in JSON. Text that is no action is a step that failed.
    ///
    /// # Errors
    ///
    /// As [`Episode::step`].
    pub async fn step_json(&mut self, text: &str) -> Result<Step, ExecuteError> {
        match Action::from_json(text) {
            Ok(action) => self.take(Ok(&action)).await,
            Err(invalid) => self.take(Err(&invalid)).await,
        }
    }

    async fn take(
        &mut self,
        action: Result<&Action, &InvalidAction>,
    ) -> Result<Step, ExecuteError> {
        match self.take_or_fail(action, None).await {
            // Something that may be gone the next time; the agent did nothing wrong.
            Err(error) if error.fault() == Fault::Transient => {
                let message = in_full(&error);
                Ok(self.nothing(Feedback::Sandbox { message }, false))
            }
            other => other,
        }
    }

    /// Takes a step; `script_ms` is how long its script ran when it was recorded.
    async fn take_or_fail(
        &mut self,
        action: Result<&Action, &InvalidAction>,
        script_ms: Option<u64>,
    ) -> Result<Step, ExecuteError> {
        if let Some(budget) = self.spent_budget() {
            return Ok(self.nothing(Feedback::BudgetSpent { budget }, true));
        }
        let mut deed = match action {
            Ok(action) => self.act(action).await?,
            Err(invalid) => Deed::free(Feedback::InvalidAction {
                message: excerpt(&invalid.message, self.options.feedback_characters),
            }),
        };
        self.usage = self.usage.and(deed.usage);
        if let Some(recorded) = script_ms {
            deed.script_ms = recorded;
        }
        let name = action.map_or("invalid", Action::name);
        Ok(self.count(name, deed))
    }

    /// An observation of a step that was not taken.
    fn nothing(&self, feedback: Feedback, truncated: bool) -> Step {
        Step {
            observation: self.observe(feedback, None),
            reward: 0.0,
            terminated: false,
            truncated,
            info: Info::default(),
        }
    }

    fn spent_budget(&self) -> Option<Budget> {
        if self.remaining().steps == Some(0) {
            Some(Budget::Steps)
        } else if self.left_ms() == Some(0) {
            Some(Budget::Wall)
        } else {
            None
        }
    }

    /// Milliseconds in which scripts may still run.
    fn left_ms(&self) -> Option<u64> {
        let most = self.options.wall_seconds?.saturating_mul(1000);
        Some(most.saturating_sub(self.spent.script_ms))
    }

    fn remaining(&self) -> Remaining {
        let left = |most: Option<u64>, spent: u64| most.map(|most| most.saturating_sub(spent));
        Remaining {
            steps: left(self.options.steps, self.spent.steps),
            submissions: left(self.options.submissions, self.spent.submissions),
            wall_seconds: self.left_ms().map(|left| left.div_ceil(1000)),
        }
    }

    /// Counts a step that was taken, and rewards it.
    fn count(&mut self, name: &str, deed: Deed) -> Step {
        let Deed {
            feedback,
            worth,
            usage,
            script_ms,
        } = deed;
        self.spent.steps += 1;
        self.spent.script_ms = self.spent.script_ms.saturating_add(script_ms);
        let score = match feedback {
            Feedback::Scored { score, .. } => Some(score),
            _ => None,
        };
        if name == "reset" {
            self.memory = Memory::default();
        }
        if name == "execute_code" && worth.is_some() {
            self.memory.summary.executions += 1;
        }
        if let Some(score) = score {
            self.spent.submissions += 1;
            self.memory.summary.valid_submissions += 1;
            let improved = self
                .memory
                .best
                .is_none_or(|best| self.yardstick.better(score, best));
            if improved {
                self.memory.best = Some(score);
                self.memory.summary.best_step = Some(self.spent.steps);
            }
        }
        self.memory.entries.push(Entry {
            step: self.spent.steps,
            action: name.to_owned(),
            status: feedback.status(),
            feedback: feedback.kind().to_owned(),
            score,
        });
        let reward = worth.map_or(0.0, |worth| {
            self.yardstick.reward(self.options.reward, worth)
        });
        Step {
            observation: self.observe(feedback, score),
            reward,
            terminated: self
                .memory
                .best
                .is_some_and(|best| self.yardstick.is_optimal(best)),
            truncated: self.spent_budget().is_some(),
            info: Info::new(usage, script_ms),
        }
    }

    fn observe(&self, feedback: Feedback, score: Option<f64>) -> Observation {
        let position = |score: Option<f64>| score.and_then(|score| self.yardstick.position(score));
        let best = self.memory.best;
        Observation {
            step: self.spent.steps,
            action_status: feedback.status(),
            feedback,
            current_raw_score: score,
            best_raw_score: best,
            current_position_score: position(score),
            best_position_score: position(best),
            milestones_reached: best.map_or_else(Vec::new, |best| self.yardstick.reached(best)),
            remaining: self.remaining(),
            history: self.memory.summary,
        }
    }

    async fn act(&mut self, action: &Action) -> Result<Deed, ExecuteError> {
        match action {
            Action::RequestInfo { info_type } => {
                let parts = info::parts(self.task.package(), self.task.manifest(), *info_type)?;
                Ok(Deed::free(Feedback::Info { parts }))
            }
            Action::ValidateCode { code } => self.validate(code).await,
            Action::ExecuteCode { code } => self.execute(code).await,
            Action::GetHistory { last_n } => {
                let entries = &self.memory.entries;
                let wanted = (*last_n).min(MOST_HISTORY);
                let steps = entries[entries.len().saturating_sub(wanted)..].to_vec();
                Ok(Deed::free(Feedback::History { steps }))
            }
            Action::Reset {} => Ok(Deed::free(Feedback::Reset)),
        }
    }

    async fn validate(&self, code: &str) -> Result<Deed, ExecuteError> {
        let ran = self.run(code).await?;
        let (usage, script_ms) = (ran.usage, ran.script_ms);
        let feedback = match ran.failure {
            Some(failure) => Feedback::of_failure(failure, ran.stdout),
            None => Feedback::Ran {
                stdout: ran.stdout,
                stderr: ran.stderr,
            },
        };
        // It is not scored, so it is worth nothing: else whoever only asks would be paid each time.
        Ok(Deed {
            feedback,
            worth: None,
            usage,
            script_ms,
        })
    }

    async fn execute(&mut self, code: &str) -> Result<Deed, ExecuteError> {
        if self.remaining().submissions == Some(0) {
            let budget = Budget::Submissions;
            return Ok(Deed::free(Feedback::BudgetSpent { budget }));
        }
        let ran = self.run(code).await?;
        let (worth, mut usage, script_ms) = (ran.worth(), ran.usage, ran.script_ms);
        let failed = |feedback: Feedback, usage: Usage| Deed {
            feedback,
            worth: Some(worth),
            usage,
            script_ms,
        };
        if let Some(failure) = ran.failure {
            return Ok(failed(Feedback::of_failure(failure, ran.stdout), usage));
        }
        let current = self.path("current.csv");
        // From the step before, if that one was not the best.
        remove_if_there(&current)?;
        let most = self.task.referee().size_limit();
        let taken = ran
            .work
            .folder(Utf8Path::new(WORK))
            .take_file(Utf8Path::new(SUBMISSION_FILE), most, &current)
            .map_err(|source| ExecuteError::Collect { source })?;
        if let Err(refusal) = taken {
            let detail = refusal.to_string();
            let stdout = ran.stdout;
            return Ok(failed(Feedback::NoSubmission { detail, stdout }, usage));
        }
        let (ruling, cost) = self.rule(Side::Feedback, &current).await?;
        usage = usage.and(cost);
        Ok(match ruling {
            Ruling::Invalid { reason, message } => failed(
                Feedback::InvalidSubmission {
                    reason,
                    message: excerpt(&message, self.options.feedback_characters),
                    stdout: ran.stdout,
                },
                usage,
            ),
            Ruling::Scored(score) => {
                let improved = self
                    .memory
                    .best
                    .is_none_or(|best| self.yardstick.better(score, best));
                if improved {
                    fs::rename(&current, self.path("best.csv")).map_err(ExecuteError::files)?;
                }
                Deed {
                    feedback: Feedback::Scored {
                        score,
                        stdout: ran.stdout,
                        stderr: ran.stderr,
                    },
                    worth: Some(Worth::Valid(score)),
                    usage,
                    script_ms,
                }
            }
        })
    }

    async fn rule(
        &self,
        side: Side,
        submission: &Utf8Path,
    ) -> Result<(Ruling, Usage), ExecuteError> {
        let scratch = self.path("grading");
        let task = &self.task;
        task.referee()
            .rule(side, task.executor(), task.manifest(), submission, &scratch)
            .await
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.folder.path())
            .expect("the folder for temporary files has a UTF-8 name")
            .join(name)
    }
}

/// An error with its causes, on one line.
fn in_full(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    let messages = std::iter::once(error.to_string()).chain(causes.map(ToString::to_string));
    messages.collect::<Vec<_>>().join(": ")
}

fn remove_if_there(path: &Utf8Path) -> Result<(), ExecuteError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ExecuteError::files(error))
        }
        _ => Ok(()),
    }
}
