//! An episode as a command sets it up: the task and its environment, options, a recording, and what is shown of its runs.
//!
//! The rules are the executor's.

use std::io::ErrorKind;
use std::sync::Arc;

use camino::Utf8Path;
use executor::episode::{
    Action, Episode, Feedback, Finished, Options, Recorder, RecordingError, RewardMode, Step, Task,
};
use executor::{ExecuteError, Executor};
use process::Fault;
use task_format::Package;

use crate::arguments::{EpisodeOptions, Global, Reward};
use crate::console::Console;
use crate::failure::Failure;
use crate::sandbox::{environment_settings, on_this_host};
use crate::waiting::shown;

/// Opens a task for episodes: its environment is realised, and this host is asked whether it can run anything.
pub(crate) async fn open(
    global: &Global,
    path: &Utf8Path,
    cold: bool,
) -> Result<Arc<Task>, Failure> {
    let package = Package::open(path)?;
    let console = Console::new(false);
    let settings = environment_settings(global)?;
    let environment = &package.manifest.environment.name;
    let realised = environment::realise(environment, &settings, &console).await?;
    console.finish();
    on_this_host(&realised).await?;
    let root =
        camino::absolute_utf8(&package.root).map_err(|error| Failure::usage(&error, None))?;
    let executor = Executor::new(Arc::new(realised), 1);
    let executor = if cold { executor } else { executor.warm() };
    Task::open(executor, &root, package.manifest).map_err(|error| not_run(&error))
}

/// An episode, its recording if one is wanted, and who follows it.
pub(crate) struct Session {
    episode: Episode,
    recorder: Option<Recorder>,
    /// Whoever reads JSON is a program.
    is_for_person: bool,
}

impl Session {
    /// Begins an episode; `record` names the file of its recording.
    pub(crate) fn begin(
        global: &Global,
        task: Arc<Task>,
        options: Options,
        record: Option<&Utf8Path>,
    ) -> Result<Self, Failure> {
        let episode = Episode::new(task, options).map_err(|error| not_run(&error))?;
        let recorder = record
            .map(|path| Recorder::create(path, &episode))
            .transpose()
            .map_err(|error| recording(&error))?;
        Ok(Self {
            episode,
            recorder,
            is_for_person: !global.json,
        })
    }

    /// Takes a step with an action in JSON. Dropping the future stops the script that runs, and nothing is counted.
    pub(crate) async fn step(&mut self, action: &str) -> Result<Step, Failure> {
        let step = self.episode.step_json(action);
        let step = match self.is_for_person {
            true => shown("running (Ctrl-C stops it)", step).await,
            false => step.await,
        };
        let step = step.map_err(|error| not_run(&error))?;
        if let Some(recorder) = self.recorder.as_mut().filter(|_| step.was_taken()) {
            recorder.add(action, &step).map_err(|error| {
                let hint = "is the disk full?".to_owned();
                Failure::new(&error, Fault::Setup, Some(hint))
            })?;
        }
        Ok(step)
    }

    /// As [`Session::step`], more than once where the host could not run it: for actions that nobody chooses again.
    pub(crate) async fn step_for_sure(&mut self, action: &str) -> Result<Step, Failure> {
        const ATTEMPTS: usize = 3;
        let mut attempt = 1;
        loop {
            let step = self.step(action).await?;
            let Feedback::Sandbox { message } = &step.observation.feedback else {
                return Ok(step);
            };
            if attempt == ATTEMPTS {
                let error = std::io::Error::other(message.clone());
                return Err(Failure::new(&error, Fault::Transient, None));
            }
            tracing::warn!(message, "an action is tried again");
            attempt += 1;
        }
    }

    pub(crate) async fn act(&mut self, action: &Action) -> Result<Step, Failure> {
        let text = serde_json::to_string(action).expect("an action has a form in JSON");
        self.step(&text).await
    }

    pub(crate) fn episode(&self) -> &Episode {
        &self.episode
    }

    /// Has the libraries loaded before the first script needs them.
    pub(crate) async fn get_ready(&self) -> Result<(), Failure> {
        let executor = self.episode.task().executor();
        let tried = shown("Python loads its libraries", executor.try_warm()).await;
        // A host without warm runs is one where scripts begin later; the executor says so.
        tried.map(drop).map_err(|error| not_run(&error))
    }

    pub(crate) async fn finish(self) -> Result<Finished, Failure> {
        let finished = self.episode.finish().await;
        finished
            .map(|(finished, _)| finished)
            .map_err(|error| not_run(&error))
    }
}

/// What the command line says of an episode; its leaderboard is read.
pub(crate) fn options_of(options: &EpisodeOptions) -> Result<Options, Failure> {
    let limit = |most: u64| (most > 0).then_some(most);
    let leaderboard = match &options.leaderboard {
        Some(path) => leaderboard(path)?,
        None => Vec::new(),
    };
    let reward = match options.reward {
        Reward::Raw => RewardMode::Raw,
        Reward::PositionPaper => RewardMode::PositionPaper,
        Reward::PositionCode => RewardMode::PositionCode,
        Reward::Normalised => RewardMode::Normalised,
        Reward::Milestones => RewardMode::Milestones,
    };
    let by_position = matches!(reward, RewardMode::PositionPaper | RewardMode::PositionCode);
    if by_position && leaderboard.is_empty() {
        let error = std::io::Error::other("a reward by position needs a leaderboard");
        let hint = "name one with `--leaderboard FILE`, a CSV file with a column `score`";
        return Err(Failure::usage(&error, Some(hint.to_owned())));
    }
    Ok(Options {
        reward,
        steps: limit(options.steps),
        submissions: limit(options.submissions),
        wall_seconds: limit(options.wall),
        leaderboard,
        ..Options::default()
    })
}

fn leaderboard(path: &Utf8Path) -> Result<Vec<f64>, Failure> {
    let wrong = |what: &str| {
        Failure::usage(
            &std::io::Error::other(format!("`{path}` is no leaderboard: {what}")),
            Some("it is a CSV file with a column `score`, a finite number in each row".to_owned()),
        )
    };
    let file = fs_err::File::open(path).map_err(|error| Failure::usage(&error, None))?;
    let mut reader = csv::Reader::from_reader(file);
    let header = reader
        .headers()
        .map_err(|error| wrong(&error.to_string()))?;
    let at = header
        .iter()
        // Exports write it in capitals, too.
        .position(|name| name.trim().eq_ignore_ascii_case("score"))
        .ok_or_else(|| wrong("it has no column `score`"))?;
    let mut scores = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(&error.to_string()))?;
        let cell = record.get(at).unwrap_or_default();
        let score: Option<f64> = cell.trim().parse().ok();
        let score = score
            .filter(|score| score.is_finite())
            .ok_or_else(|| wrong(&format!("`{cell}` in row {} is no score", scores.len() + 1)))?;
        scores.push(score);
    }
    if scores.is_empty() {
        return Err(wrong("nobody is on it"));
    }
    Ok(scores)
}

pub(super) fn not_run(error: &ExecuteError) -> Failure {
    Failure::new(error, error.fault(), error.hint())
}

/// A recording that can't be used, or begun.
pub(super) fn recording(error: &RecordingError) -> Failure {
    match error {
        RecordingError::Run(cause) => Failure::new(error, cause.fault(), cause.hint()),
        RecordingError::File(cause) if cause.kind() == ErrorKind::AlreadyExists => Failure::usage(
            error,
            Some("a recording is written to a new file".to_owned()),
        ),
        _ => Failure::usage(error, None),
    }
}
