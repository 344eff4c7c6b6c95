//! `smith play`: a person takes part in an episode, at a terminal or through a pipe.
//!
//! Lines are commands or code; what a command does is one of an episode's five actions.

mod command;
mod input;

use executor::episode::{Action, Step};
use fs_err as fs;

use crate::arguments::{Global, Play};
use crate::console;
use crate::episode::{Session, describe, open, options_of, summary};
use crate::exit;
use crate::failure::Failure;
use crate::interrupt::{Interrupt, Interrupts};
use command::{Command, Purpose, Source};
use input::{Heard, Input};

const HELP: &str = "\
info [PART]    what is known of the task; PART is one of overview, description, sample_submission,
               data_structure, data_path, output_path, metadata, all
run FILE       run a script and score the submission.csv that it writes
run            the same with code that is typed or pasted; a line that holds only a dot ends it
check [FILE]   the same without scoring
history [N]    the last steps
reset          forget best scores and history
quit           end the episode and see the score on the final rows

The name of a .py file alone runs it, and so does a line of Python, which begins code that a dot ends.
Ctrl-C stops a script that runs, drops code that is being typed, and at the prompt leaves without a final score.
";

/// Why the loop over commands ended.
enum End {
    /// The final rows are to be scored.
    Finish,
    /// Somebody wants an end now.
    Interrupted,
}

pub(crate) async fn run(global: &Global, arguments: &Play) -> Result<u8, Failure> {
    if global.json {
        let error = std::io::Error::other("`smith play` talks to a person, not in JSON");
        let hint = "a program uses `smith episode TASK --script - --json`";
        return Err(Failure::usage(&error, Some(hint.to_owned())));
    }
    let options = options_of(&arguments.options)?;
    let mut interrupts = Interrupts::of_session();
    let begin = async {
        let task = open(global, &arguments.task, arguments.options.cold).await?;
        let record = arguments.options.record.as_deref();
        let session = Session::begin(global, task, options, record)?;
        if !arguments.options.cold {
            session.get_ready().await?;
        }
        Ok::<_, Failure>(session)
    };
    let session = tokio::select! {
        session = begin => session?,
        _ = interrupts.next() => return Ok(exit::INTERRUPTED),
    };
    let manifest = session.episode().task().manifest();
    console::out(&format!(
        "{} ({})\nType `help` for the commands, `info` for the task.\n",
        manifest.title, manifest.id
    ));
    let mut table = Table {
        session,
        input: Input::new(),
        interrupts,
    };
    if let End::Interrupted = table.play().await? {
        console::error_line("interrupted: no final score (`quit` ends with one)");
        return Ok(exit::INTERRUPTED);
    }
    let Table {
        session,
        mut interrupts,
        ..
    } = table;
    tokio::select! {
        finished = session.finish() => {
            console::out(&summary(&finished?));
            Ok(exit::OK)
        }
        _ = interrupts.next() => Ok(exit::INTERRUPTED),
    }
}

/// Where a person sits: what they say, and the episode that answers.
struct Table {
    session: Session,
    input: Input,
    interrupts: Interrupts,
}

impl Table {
    async fn play(&mut self) -> Result<End, Failure> {
        loop {
            let line = match self.input.line("> ", &mut self.interrupts).await {
                Heard::Line(line) => line,
                Heard::Unusable(why) => {
                    console::out(&format!("{why}\n"));
                    continue;
                }
                Heard::End => return Ok(End::Finish),
                Heard::Interrupt(_) => return Ok(End::Interrupted),
            };
            let action = match command::parse(&line) {
                Err(message) => Err(message),
                Ok(Command::Nothing) => continue,
                Ok(Command::Quit) => return Ok(End::Finish),
                Ok(Command::Help) => Err(HELP.trim_end().to_owned()),
                Ok(Command::Act(action)) => Ok(action),
                Ok(Command::Script(purpose, source)) => match self.code(source).await {
                    Ok(code) => Ok(purpose.action(code)),
                    Err(NoCode::Because(message)) => Err(message),
                    Err(NoCode::Interrupted) => return Ok(End::Interrupted),
                },
            };
            let action = match action {
                Ok(action) => action,
                Err(message) => {
                    console::out(&format!("{message}\n"));
                    continue;
                }
            };
            match self.act(&action).await? {
                Some(step) => {
                    console::out(&describe(&step));
                    if step.terminated || step.truncated {
                        return Ok(End::Finish);
                    }
                }
                None if self.input.is_terminal() => {
                    console::out("stopped: the step does not count\n");
                }
                None => return Ok(End::Interrupted),
            }
        }
    }

    /// Takes a step; nothing when it was interrupted.
    async fn act(&mut self, action: &Action) -> Result<Option<Step>, Failure> {
        tokio::select! {
            step = self.session.act(action) => step.map(Some),
            _ = self.interrupts.next() => Ok(None),
        }
    }

    async fn code(&mut self, source: Source) -> Result<String, NoCode> {
        let mut code = match source {
            Source::File(path) => {
                return fs::read_to_string(path)
                    .map_err(|error| NoCode::Because(error.to_string()));
            }
            Source::Line(line) => return Ok(line),
            Source::Typed(first) => first,
        };
        let mut problem = None;
        if self.input.is_terminal() {
            console::out("code; a line that holds only a dot ends it, Ctrl-C drops it\n");
        }
        loop {
            match self.input.line(". ", &mut self.interrupts).await {
                Heard::Line(line) if line.trim_end() == "." => break,
                Heard::Line(line) => {
                    code.push_str(&line);
                    code.push('\n');
                }
                // To the end all the same: what is left of a paste are no commands.
                Heard::Unusable(why) => problem = Some(why),
                Heard::End => break,
                Heard::Interrupt(Interrupt::Keyboard) if self.input.is_terminal() => {
                    return Err(NoCode::Because("dropped".to_owned()));
                }
                Heard::Interrupt(_) => return Err(NoCode::Interrupted),
            }
        }
        match problem {
            Some(why) => Err(NoCode::Because(format!("nothing was run: {why}"))),
            None if code.trim().is_empty() => Err(NoCode::Because(
                "nothing was run: there is no code".to_owned(),
            )),
            None => Ok(code),
        }
    }
}

/// Why there is no code to run.
enum NoCode {
    Because(String),
    Interrupted,
}

impl Purpose {
    fn action(self, code: String) -> Action {
        match self {
            Self::Score => Action::ExecuteCode { code },
            Self::Check => Action::ValidateCode { code },
        }
    }
}
