//! `smith play`: a person takes part in an episode, at a terminal or through a pipe.
//!
//! Lines are commands or code; every command is one of the five actions.

use std::io::{BufRead, IsTerminal, Write};

use camino::Utf8Path;
use executor::episode::{Action, InfoType};

use crate::arguments::{Global, Play};
use crate::console;
use crate::episode::{Session, describe, open, summary};
use crate::exit;
use crate::failure::Failure;

const HELP: &str = "\
info [PART]    what is known of the task; PART is one of overview, description, sample_submission,
               data_structure, data_path, output_path, metadata, all
run [FILE]     run a script and score the submission.csv that it writes
check [FILE]   run a script without scoring
               without FILE, type the script and end it with a line that holds only a dot
history [N]    the last steps
reset          forget best scores and history
quit           end the episode and see the score on the final rows
";

pub(crate) async fn run(global: &Global, arguments: &Play) -> Result<u8, Failure> {
    let task = open(global, &arguments.task, arguments.options.cold).await?;
    let mut session = Session::begin(task, &arguments.options)?;
    let mut input = Input::new();
    let manifest = session.episode().task().manifest();
    console::out(&format!(
        "{} ({})\nType `help` for the commands, `info` for the task.\n",
        manifest.title, manifest.id
    ));
    while let Some(line) = input.line("> ") {
        let (word, rest) = match line.trim().split_once(char::is_whitespace) {
            Some((word, rest)) => (word, rest.trim()),
            None => (line.trim(), ""),
        };
        let action = match word {
            "" => continue,
            "help" => {
                console::out(HELP);
                continue;
            }
            "quit" | "exit" => break,
            "info" => part(rest).map(|info_type| Action::RequestInfo { info_type }),
            "run" => code(rest, &mut input).map(|code| Action::ExecuteCode { code }),
            "check" => code(rest, &mut input).map(|code| Action::ValidateCode { code }),
            "history" => count(rest).map(|last_n| Action::GetHistory { last_n }),
            "reset" => Ok(Action::Reset {}),
            other => Err(format!("there is no command `{other}`; `help` lists them")),
        };
        match action {
            Err(message) => console::out(&format!("{message}\n")),
            Ok(action) => {
                let step = session.act(&action).await?;
                console::out(&describe(&step));
                if step.terminated || step.truncated {
                    break;
                }
            }
        }
    }
    let finished = session.finish().await?;
    console::out(&summary(&finished));
    Ok(exit::OK)
}

fn part(word: &str) -> Result<InfoType, String> {
    let word = if word.is_empty() { "overview" } else { word };
    InfoType::PARTS
        .into_iter()
        .chain([InfoType::All])
        .find(|part| part.as_str() == word)
        .ok_or_else(|| format!("there is no part `{word}`; `help` lists them"))
}

fn count(word: &str) -> Result<usize, String> {
    if word.is_empty() {
        return Ok(10);
    }
    word.parse()
        .map_err(|_| format!("`{word}` is no number of steps"))
}

fn code(file: &str, input: &mut Input) -> Result<String, String> {
    if !file.is_empty() {
        return fs_err::read_to_string(Utf8Path::new(file)).map_err(|error| error.to_string());
    }
    let mut code = String::new();
    while let Some(line) = input.line(". ") {
        if line.trim_end() == "." {
            break;
        }
        code.push_str(&line);
        code.push('\n');
    }
    Ok(code)
}

/// Lines from stdin, with a prompt where a person types them.
struct Input {
    prompts: bool,
}

impl Input {
    fn new() -> Self {
        Self {
            prompts: std::io::stdin().is_terminal(),
        }
    }

    /// The next line without its end; nothing at the end of input.
    fn line(&mut self, prompt: &str) -> Option<String> {
        if self.prompts {
            console::out(prompt);
            // A terminal that is gone shows when it is read.
            let _ = std::io::stdout().flush();
        }
        let mut line = String::new();
        match std::io::stdin().lock().read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim_end_matches(['\n', '\r']).to_owned()),
        }
    }
}
