//! `smith episode`: an episode whose actions come from a script, an agent or a recording; what `smith play` shares with it.
//!
//! The rules of an episode are the executor's; here it is set up and printed.

mod react;
mod session;
mod text;

use std::io::{BufRead, BufReader};
use std::sync::Arc;

use camino::Utf8Path;
use clap::ArgMatches;
use executor::agent::{Agent, Scripted};
use executor::episode::{Finished, Recording, Replayed, Step, Task};
use serde::Serialize;

use crate::arguments::{self, AgentName, Global};
use crate::console;
use crate::exit;
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use session::{not_run, recording};

pub(crate) use session::{Session, open, options_of};
pub(crate) use text::{describe, summary};

/// What is printed when an episode is over.
#[derive(Serialize)]
struct Over<'a> {
    finished: &'a Finished,
}

pub(crate) async fn run(
    global: &Global,
    arguments: &arguments::Episode,
    matches: &ArgMatches,
) -> Result<u8, Failure> {
    let mut interrupts = Interrupts::of_session();
    tokio::select! {
        code = run_to_end(global, arguments, matches) => code,
        // What runs is ended and the episode's files are removed by dropping it.
        _ = interrupts.next() => {
            console::error_line("interrupted");
            Ok(exit::INTERRUPTED)
        }
    }
}

async fn run_to_end(
    global: &Global,
    arguments: &arguments::Episode,
    matches: &ArgMatches,
) -> Result<u8, Failure> {
    // Files are looked at first: realising an environment takes its time.
    let script = arguments.script.as_deref().map(lines).transpose()?;
    let recorded = arguments.replay.as_deref().map(Recording::read);
    let recorded = recorded.transpose().map_err(|error| recording(&error))?;
    let options = options_of(&arguments.options)?;
    let task = open(global, &arguments.task, arguments.options.cold).await?;
    if let Some(recorded) = recorded {
        return replay(global, task, &recorded).await;
    }
    let record = arguments.options.record.as_deref();
    let mut session = Session::begin(global, task, options, record)?;
    match (script, arguments.agent) {
        (Some(script), _) => {
            // Whoever writes on stdin hears of each step, and can try again.
            let is_answered = arguments.script.as_deref() == Some(Utf8Path::new("-"));
            follow_script(global, &mut session, script, is_answered).await?;
        }
        (None, Some(AgentName::Scripted)) => {
            follow_agent(global, &mut session, &mut Scripted::default()).await?;
        }
        (None, Some(AgentName::React)) => {
            react::follow(global, arguments, matches, &mut session).await?;
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

/// The lines of a script; `-` is stdin.
fn lines(path: &Utf8Path) -> Result<Lines, Failure> {
    if path == "-" {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    let file = fs_err::File::open(path).map_err(|error| Failure::usage(&error, None))?;
    Ok(Box::new(BufReader::new(file)))
}

type Lines = Box<dyn BufRead + Send>;

async fn follow_script(
    global: &Global,
    session: &mut Session,
    mut lines: Lines,
    is_answered: bool,
) -> Result<(), Failure> {
    for number in 1.. {
        // Reading may wait for a program that thinks; on a thread of its own, an interrupt is heard meanwhile.
        let (rest, line) = on_a_thread(move || {
            let mut line = Vec::new();
            let read = lines.read_until(b'\n', &mut line);
            (lines, read.map(|bytes| (bytes > 0).then_some(line)))
        })
        .await;
        lines = rest;
        let line = line.map_err(|error| unreadable(number, &error))?;
        let Some(line) = line else {
            break;
        };
        // What is not UTF-8 is no action; what is made of it must not become one.
        let line = String::from_utf8(line).unwrap_or_else(|error| {
            format!("not UTF-8: {}", String::from_utf8_lossy(error.as_bytes()))
        });
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let step = match is_answered {
            true => session.step(line).await?,
            false => session.step_for_sure(line).await?,
        };
        print(global, &step);
        if step.terminated || step.truncated {
            break;
        }
    }
    Ok(())
}

/// Not one of the runtime's threads: at its end it would wait for one that reads.
async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (send, receive) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Nobody listens after an interrupt.
        let _interrupted = send.send(work());
    });
    receive.await.expect("the thread sends before it ends")
}

fn unreadable(number: u64, error: &std::io::Error) -> Failure {
    let error = std::io::Error::other(format!(
        "line {number} of the script can't be read: {error}"
    ));
    Failure::usage(&error, Some("each line is an action in JSON".to_owned()))
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
        let action = serde_json::to_string(&action).expect("an action has a form in JSON");
        let step = session.step_for_sure(&action).await?;
        print(global, &step);
        if step.terminated || step.truncated {
            return Ok(());
        }
        last = Some(step);
    }
}

async fn replay(global: &Global, task: Arc<Task>, recorded: &Recording) -> Result<u8, Failure> {
    let replayed = recorded.replay(task).await;
    let replayed = replayed.map_err(|error| recording(&error))?;
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
