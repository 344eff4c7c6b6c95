//! What a line at the prompt means. It reads nothing and runs nothing.

use camino::Utf8PathBuf;
use executor::episode::{Action, InfoType};

/// What a person wants.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// An empty line.
    Nothing,
    Help,
    Quit,
    /// An action that needs nothing more.
    Act(Action),
    /// A script.
    Script(Purpose, Source),
}

/// What a script is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Its submission.
    Score,
    /// What it prints.
    Check,
}

/// Where the code of a script is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Source {
    File(Utf8PathBuf),
    /// All of it is this line.
    Line(String),
    /// It is still to be typed; this is its beginning.
    Typed(String),
}

/// Words that begin a statement of Python and no command.
const STATEMENTS: [&str; 17] = [
    "assert", "async", "class", "def", "del", "for", "from", "global", "if", "import", "lambda",
    "match", "raise", "try:", "type", "while", "with",
];

/// Steps of history that are shown where no number is given.
const USUAL_HISTORY: usize = 10;

/// The meaning of a line, or what is wrong with it in words for who typed it.
pub(super) fn parse(line: &str) -> Result<Command, String> {
    let text = line.trim();
    let (word, rest) = match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim()),
        None => (text, ""),
    };
    let alone = |command: Command| match rest {
        "" => Ok(command),
        _ => unknown(line),
    };
    match word {
        "" => Ok(Command::Nothing),
        "help" | "?" => alone(Command::Help),
        "quit" | "exit" => alone(Command::Quit),
        "reset" => alone(Command::Act(Action::Reset {})),
        "info" => part(rest).map(|info_type| Command::Act(Action::RequestInfo { info_type })),
        "history" => count(rest).map(|last_n| Command::Act(Action::GetHistory { last_n })),
        // `run = 3` is Python.
        "run" | "check" if !rest.starts_with('=') => {
            let purpose = match word {
                "run" => Purpose::Score,
                _ => Purpose::Check,
            };
            Ok(Command::Script(purpose, source(rest)))
        }
        _ => unknown(line),
    }
}

fn source(rest: &str) -> Source {
    if rest.is_empty() {
        Source::Typed(String::new())
    } else if is_python(rest) {
        Source::Line(format!("{rest}\n"))
    } else {
        Source::File(rest.into())
    }
}

/// A line that begins with no command: a file, code, or a mistake.
fn unknown(line: &str) -> Result<Command, String> {
    let text = line.trim();
    if is_python(text) {
        let begun = Source::Typed(format!("{line}\n"));
        Ok(Command::Script(Purpose::Score, begun))
    } else if text.ends_with(".py") {
        Ok(Command::Script(Purpose::Score, Source::File(text.into())))
    } else {
        Err(format!(
            "there is no command `{text}`; `help` lists them, and `run` takes code"
        ))
    }
}

/// Whether a person who types this means Python: it calls, assigns, comments, decorates, or begins a statement.
///
/// A file whose name has a bracket or an equals sign in it is run from another name.
fn is_python(text: &str) -> bool {
    let word = text.split(char::is_whitespace).next().unwrap_or_default();
    text.contains(['(', '=', '[', '{'])
        || text.starts_with(['#', '@', '"', '\''])
        || STATEMENTS.contains(&word)
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
        return Ok(USUAL_HISTORY);
    }
    word.parse()
        .map_err(|_| format!("`{word}` is no number of steps"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(purpose: Purpose, source: Source) -> Result<Command, String> {
        Ok(Command::Script(purpose, source))
    }

    #[test]
    fn commands_are_commands() {
        let act = |action| Ok(Command::Act(action));
        assert_eq!(parse("  "), Ok(Command::Nothing));
        assert_eq!(parse(" help "), Ok(Command::Help));
        assert_eq!(parse("exit"), Ok(Command::Quit));
        assert_eq!(parse("reset"), act(Action::Reset {}));
        let info_type = InfoType::Description;
        assert_eq!(
            parse("info description"),
            act(Action::RequestInfo { info_type })
        );
        assert_eq!(parse("history"), act(Action::GetHistory { last_n: 10 }));
        assert_eq!(parse("history 3"), act(Action::GetHistory { last_n: 3 }));
        for wrong in [
            "info answers",
            "history x",
            "history -1",
            "runn model",
            "x",
            "quit now",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn code_and_files_are_told_apart() {
        let typed = |text: &str| Source::Typed(text.to_owned());
        let file = |path: &str| Source::File(path.into());
        assert_eq!(parse("run"), script(Purpose::Score, typed("")));
        assert_eq!(parse("check"), script(Purpose::Check, typed("")));
        assert_eq!(
            parse("run my model.py"),
            script(Purpose::Score, file("my model.py"))
        );
        assert_eq!(parse("check notes"), script(Purpose::Check, file("notes")));
        assert_eq!(
            parse("./model.py"),
            script(Purpose::Score, file("./model.py"))
        );
        let line = Source::Line("print(1)\n".to_owned());
        assert_eq!(parse("check print(1)"), script(Purpose::Check, line));
        for code in [
            "import pandas as pd",
            "from x import y",
            "print(1)",
            "run = 3",
            "x = 1",
            "# a model",
            "@decorated",
            "\"\"\"A model.\"\"\"",
            "try:",
            "help(len)",
        ] {
            let begun = typed(&format!("{code}\n"));
            assert_eq!(parse(code), script(Purpose::Score, begun), "{code}");
        }
    }
}
