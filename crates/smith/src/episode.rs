//! `smith episode`: an episode whose actions come from a script, an agent or a recording; what `smith play` shares with it.
//!
//! The rules of an episode are the executor's; here it is set up and printed.

use std::io::BufRead;
use std::sync::Arc;

use camino::Utf8Path;
use executor::agent::{Agent, Scripted};
use executor::episode::{
    Action, Episode, Feedback, Finished, Options, Recorder, Recording, RecordingError, Replayed,
    RewardMode, Step, Task,
};
use executor::{ExecuteError, Executor};
use process::Fault;
use serde::Serialize;
use task_format::Package;

use crate::arguments::{self, AgentName, EpisodeOptions, Global, Reward};
use crate::console::{self, Console};
use crate::exit;
use crate::failure::Failure;
use crate::sandbox::{environment_settings, on_this_host};
use crate::verify::unusable;

/// What is printed when an episode is over.
#[derive(Serialize)]
struct Over<'a> {
    finished: &'a Finished,
}

pub(crate) async fn run(global: &Global, arguments: &arguments::Episode) -> Result<u8, Failure> {
    let task = open(global, &arguments.task, arguments.options.cold).await?;
    if let Some(path) = &arguments.replay {
        return replay(global, task, path).await;
    }
    let mut session = Session::begin(task, &arguments.options)?;
    match (&arguments.script, arguments.agent) {
        (Some(path), _) => follow_script(global, &mut session, path).await?,
        (None, Some(AgentName::Scripted)) => {
            follow_agent(global, &mut session, &mut Scripted::default()).await?;
        }
        (None, None) => unreachable!("clap asks for one of them"),
    }
    let finished = session.finish().await?;
    if global.json {
        console::json(&Over {
            finished: &finished,
        });
    } else {
        console::out(&summary(&finished));
    }
    Ok(match finished.final_score {
        Some(_) => exit::OK,
        None => exit::REJECTED,
    })
}

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

/// An episode, and its recording if one is wanted.
pub(crate) struct Session {
    episode: Episode,
    recorder: Option<Recorder>,
}

impl Session {
    pub(crate) fn begin(task: Arc<Task>, options: &EpisodeOptions) -> Result<Self, Failure> {
        let episode = Episode::new(task, options_of(options)?).map_err(|error| not_run(&error))?;
        let recorder = options
            .record
            .as_ref()
            .map(|path| Recorder::create(path, &episode))
            .transpose()
            .map_err(recording)?;
        Ok(Self { episode, recorder })
    }

    /// Takes a step with an action in JSON.
    pub(crate) async fn step(&mut self, action: &str) -> Result<Step, Failure> {
        let step = self.episode.step_json(action).await;
        let step = step.map_err(|error| not_run(&error))?;
        let was_taken = !matches!(
            step.observation.feedback,
            Feedback::Sandbox { .. } | Feedback::BudgetSpent { .. }
        );
        if let Some(recorder) = self.recorder.as_mut().filter(|_| was_taken) {
            recorder.add(action, &step).map_err(recording)?;
        }
        Ok(step)
    }

    pub(crate) async fn act(&mut self, action: &Action) -> Result<Step, Failure> {
        let text = serde_json::to_string(action).expect("an action has a form in JSON");
        self.step(&text).await
    }

    pub(crate) fn episode(&self) -> &Episode {
        &self.episode
    }

    pub(crate) async fn finish(self) -> Result<Finished, Failure> {
        let finished = self.episode.finish().await;
        finished
            .map(|(finished, _)| finished)
            .map_err(|error| not_run(&error))
    }
}

fn options_of(options: &EpisodeOptions) -> Result<Options, Failure> {
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
            None,
        )
    };
    let text = fs_err::read_to_string(path).map_err(|error| unusable(&error))?;
    let mut lines = text.lines();
    let mut header = lines.next().unwrap_or_default().split(',');
    let at = header
        .position(|name| name.trim() == "score")
        .ok_or_else(|| wrong("it has no column `score`"))?;
    let scores: Option<Vec<f64>> = lines
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.split(',').nth(at)?.trim().parse().ok())
        .map(|score: Option<f64>| score.filter(|score| score.is_finite()))
        .collect();
    match scores {
        Some(scores) if !scores.is_empty() => Ok(scores),
        Some(_) => Err(wrong("nobody is on it")),
        None => Err(wrong("a score is no finite number")),
    }
}

async fn follow_script(
    global: &Global,
    session: &mut Session,
    path: &Utf8Path,
) -> Result<(), Failure> {
    let lines: Box<dyn BufRead + Send> = if path == "-" {
        Box::new(std::io::BufReader::new(std::io::stdin()))
    } else {
        let file = fs_err::File::open(path).map_err(|error| unusable(&error))?;
        Box::new(std::io::BufReader::new(file))
    };
    for line in lines.lines() {
        let line = line.map_err(|error| unusable(&error))?;
        if line.trim().is_empty() {
            continue;
        }
        let step = session.step(&line).await?;
        print(global, &step);
        if step.terminated || step.truncated {
            break;
        }
    }
    Ok(())
}

async fn follow_agent(
    global: &Global,
    session: &mut Session,
    agent: &mut impl Agent,
) -> Result<(), Failure> {
    let mut last: Option<Step> = None;
    loop {
        let seen = last.as_ref().map(|step| &step.observation);
        let action = agent.next(seen).await.map_err(|error| not_run(&error))?;
        let Some(action) = action else {
            return Ok(());
        };
        let step = session.act(&action).await?;
        print(global, &step);
        if step.terminated || step.truncated {
            return Ok(());
        }
        last = Some(step);
    }
}

async fn replay(global: &Global, task: Arc<Task>, path: &Utf8Path) -> Result<u8, Failure> {
    let recorded = Recording::read(path).map_err(recording)?;
    let replayed = recorded.replay(task).await.map_err(recording)?;
    if global.json {
        console::json(&replayed);
    }
    Ok(match &replayed {
        Replayed::Identical { steps } => {
            if !global.json {
                console::out(&format!("identical: {steps} steps\n"));
            }
            exit::OK
        }
        Replayed::Different {
            step,
            recorded,
            replayed,
        } => {
            if !global.json {
                let show = |step: &Step| {
                    serde_json::to_string_pretty(step).expect("a step has a form in JSON")
                };
                console::out(&format!(
                    "step {step} differs\n--- recorded\n{}\n--- now\n{}\n",
                    show(recorded),
                    show(replayed)
                ));
            }
            exit::DIFFERS
        }
    })
}

fn print(global: &Global, step: &Step) {
    if global.json {
        console::json(step);
    } else {
        console::out(&describe(step));
    }
}

/// A step for a person.
pub(crate) fn describe(step: &Step) -> String {
    let seen = &step.observation;
    let mut text = String::new();
    let mut block = |title: &str, body: &str| {
        let body = body.trim_end();
        if !body.is_empty() {
            text.push_str(&format!("{title}{body}\n"));
        }
    };
    match &seen.feedback {
        Feedback::Info { parts } => {
            for part in parts {
                block(&format!("--- {}\n", part.name), &part.text);
            }
        }
        Feedback::Ran { stdout, stderr } => {
            block("", stdout);
            block("--- stderr\n", stderr);
            block("", "it ran");
        }
        Feedback::Scored {
            score,
            stdout,
            stderr,
        } => {
            block("", stdout);
            block("--- stderr\n", stderr);
            block("", &format!("score {score} on the feedback rows"));
        }
        Feedback::SyntaxError { message } => block("syntax error: ", message),
        Feedback::RuntimeError {
            traceback, stdout, ..
        } => {
            block("", stdout);
            block("--- stderr\n", traceback);
            block("", "the script failed");
        }
        Feedback::Timeout {
            limit_seconds,
            stdout,
        } => {
            block("", stdout);
            block(
                "",
                &format!("stopped: it ran longer than {limit_seconds} s"),
            );
        }
        Feedback::Memory {
            limit_bytes,
            stdout,
        } => {
            block("", stdout);
            let mebibytes = limit_bytes >> 20;
            block("", &format!("stopped: it held more than {mebibytes} MiB"));
        }
        Feedback::Limit { what, stdout } => {
            block("", stdout);
            block("", &format!("stopped: more {what} than allowed"));
        }
        Feedback::NoSubmission { detail, stdout } => {
            block("", stdout);
            block("no submission: ", detail);
        }
        Feedback::InvalidSubmission {
            reason,
            message,
            stdout,
        } => {
            block("", stdout);
            block(&format!("invalid submission ({reason}): "), message);
        }
        Feedback::History { steps } => {
            for entry in steps {
                let score = entry
                    .score
                    .map_or_else(String::new, |score| format!("  {score}"));
                block(
                    "",
                    &format!(
                        "{:>3}  {}  {}{score}",
                        entry.step, entry.action, entry.feedback
                    ),
                );
            }
            if steps.is_empty() {
                block("", "nothing happened yet");
            }
        }
        Feedback::Reset => block("", "best scores and history are forgotten"),
        Feedback::InvalidAction { message } => block("no action: ", message),
        Feedback::BudgetSpent { budget } => block("", &format!("the budget is spent: {budget:?}")),
        Feedback::Sandbox { message } => {
            block("the sandbox failed, nothing was charged: ", message)
        }
    }
    let mut status = vec![
        format!("step {}", seen.step),
        format!("reward {}", step.reward),
    ];
    if let Some(best) = seen.best_raw_score {
        status.push(format!("best {best}"));
    }
    if let Some(milestone) = seen.milestones_reached.last() {
        status.push(format!("{milestone:?}").to_lowercase());
    }
    if let Some(position) = seen.best_position_score {
        status.push(format!("place {} of {}", position.place, position.entries));
    }
    if let Some(steps) = seen.remaining.steps {
        status.push(format!("{steps} steps left"));
    }
    text.push_str(&format!("[{}]\n", status.join(" · ")));
    text
}

/// The end of an episode for a person.
pub(crate) fn summary(finished: &Finished) -> String {
    let mut text = format!("{} steps", finished.steps);
    match (finished.feedback_score, finished.final_score) {
        (Some(feedback), Some(last)) => {
            text.push_str(&format!(
                "; best score {feedback} on the feedback rows, {last} on the final rows"
            ));
            if let Some(score) = finished.score {
                text.push_str(&format!(", {score} on all"));
            }
        }
        (Some(feedback), None) => {
            let why = finished.invalid.as_deref().unwrap_or("no reason is known");
            text.push_str(&format!(
                "; best score {feedback} on the feedback rows, none on the final rows: {why}"
            ));
        }
        (None, _) => text.push_str("; no valid submission"),
    }
    if let Some(milestone) = finished.milestones_reached.last() {
        text.push_str(&format!("; {milestone:?} reached").to_lowercase());
    }
    text.push('\n');
    text
}

fn not_run(error: &ExecuteError) -> Failure {
    Failure::new(error, error.fault(), error.hint())
}

fn recording(error: RecordingError) -> Failure {
    match &error {
        RecordingError::Run(cause) => Failure::new(&error, cause.fault(), cause.hint()),
        RecordingError::File(_) => Failure::new(
            &error,
            Fault::Setup,
            Some("a recording is written to a new file, and read from a complete one".to_owned()),
        ),
        _ => Failure::usage(&error, None),
    }
}
