//! Prints: results on stdout, everything else on stderr, and progress while something long runs.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use pipeline::{Notice, Observer};

use crate::failure::Failure;

/// Prints a result; what would control the terminal is shown instead of obeyed.
pub(crate) fn out(text: &str) {
    // A closed pipe (`| head`) is the reader's wish to stop, not our error.
    let _ = std::io::stdout()
        .lock()
        .write_all(printable(text).as_bytes());
}

/// Prints a value as one line of JSON.
pub(crate) fn json(value: &impl serde::Serialize) {
    let mut line = serde_json::to_string(value).expect("what is printed as JSON has string keys");
    // Strings alone can hold such characters, and JSON has a spelling for them.
    line = replaced(&line, |character| {
        format!("\\u{:04x}", u32::from(character))
    });
    line.push('\n');
    out(&line);
}

/// Prints a line to stderr.
pub(crate) fn error_line(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", printable(line));
}

/// Prints an error with causes and hint.
pub(crate) fn failure(failure: &Failure) {
    let mut lines = failure.chain.iter();
    if let Some(first) = lines.next() {
        error_line(&format!("error: {first}"));
    }
    for cause in lines {
        error_line(&format!("  because: {cause}"));
    }
    if let Some(hint) = &failure.hint {
        error_line(&format!("hint: {hint}"));
    }
}

/// That a model is asked again, when and why.
pub(crate) fn waiting(model: &str, reason: &str, wait: Duration, attempt: u32) -> String {
    let seconds = wait.as_secs_f64();
    format!("`{model}` is asked again in {seconds:.1} s (attempt {attempt}): {reason}")
}

/// How progress is shown.
pub(crate) struct Console {
    style: Style,
    bars: Mutex<Bars>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// One event a line on stdout.
    Json,
    /// A bar for each dataset, on a terminal.
    Bars,
    /// A line for each event that a person cares for, on stderr.
    Lines,
}

struct Bars {
    all: MultiProgress,
    by_name: BTreeMap<String, ProgressBar>,
}

impl Console {
    pub(crate) fn new(json: bool) -> Self {
        let style = match (json, std::io::stderr().is_terminal()) {
            (true, _) => Style::Json,
            (false, true) => Style::Bars,
            (false, false) => Style::Lines,
        };
        Self {
            style,
            bars: Mutex::new(Bars {
                all: MultiProgress::new(),
                by_name: BTreeMap::new(),
            }),
        }
    }

    /// Takes all bars off the screen, so that what follows is printed below nothing.
    pub(crate) fn finish(&self) {
        let mut bars = self.bars();
        for bar in std::mem::take(&mut bars.by_name).into_values() {
            bar.finish_and_clear();
        }
    }

    /// Shows what is being done with `name`, where bars are shown.
    pub(crate) fn working(&self, name: &str, message: &str) {
        if self.style == Style::Bars {
            self.show(name, message.to_owned());
        }
    }

    /// Takes the bar of `name` off the screen.
    pub(crate) fn done(&self, name: &str) {
        self.end(name);
    }

    /// Prints while no bar is on the screen.
    pub(crate) fn suspended(&self, print: impl FnOnce()) {
        let all = self.bars().all.clone();
        all.suspend(print);
    }

    fn bars(&self) -> MutexGuard<'_, Bars> {
        self.bars.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, name: &str, message: String) {
        let message = printable(&message);
        let mut bars = self.bars();
        let Bars { all, by_name } = &mut *bars;
        let bar = by_name.entry(name.to_owned()).or_insert_with(|| {
            let bar = all.add(ProgressBar::new_spinner());
            let style = ProgressStyle::with_template("{spinner} {prefix}  {wide_msg}  {elapsed}")
                .expect("the template is a constant");
            bar.set_style(style);
            bar.set_prefix(printable(name));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        bar.set_message(message);
    }

    fn end(&self, name: &str) {
        if let Some(bar) = self.bars().by_name.remove(name) {
            bar.finish_and_clear();
        }
    }

    /// Prints a line above the bars.
    fn line(&self, line: &str) {
        match self.style {
            Style::Bars => {
                let _ = self.bars().all.println(printable(line));
            }
            Style::Lines | Style::Json => error_line(line),
        }
    }
}

impl Observer for Console {
    fn notice(&self, notice: &Notice) {
        if self.style == Style::Json {
            json(notice);
            return;
        }
        match notice {
            Notice::DatasetStarted { dataset } => match self.style {
                Style::Bars => self.show(dataset, "opened".to_owned()),
                Style::Lines | Style::Json => self.line(&format!("{dataset}: opened")),
            },
            Notice::StageStarted {
                dataset,
                task,
                stage,
                attempt,
            } => {
                if self.style == Style::Bars {
                    let task = task
                        .as_deref()
                        .map_or(String::new(), |task| format!("{} ", short(task)));
                    let attempt = match attempt {
                        1 => String::new(),
                        attempt => format!(", attempt {attempt}"),
                    };
                    self.show(dataset, format!("{task}{}{attempt}", stage.as_str()));
                }
            }
            Notice::ModelWaits {
                subject,
                model,
                reason,
                wait_ms,
                attempt,
            } => {
                let duration = Duration::from_millis(*wait_ms);
                let waits = waiting(model, reason, duration, *attempt);
                self.line(&format!("{subject}: {waits}"));
            }
            Notice::StageFinished { .. } => {}
            Notice::TaskVerified { task, .. } => self.line(&format!("{task}: verified")),
            Notice::TaskRejected { task, failures, .. } => {
                let named = |(id, message): &'_ (String, String)| match id.as_str() {
                    "" => message.lines().next().unwrap_or_default().to_owned(),
                    id => id.to_owned(),
                };
                let why: Vec<String> = failures.iter().map(named).collect();
                self.line(&format!("{task}: rejected by {}", why.join(", ")));
            }
            Notice::TaskFailed { task, error, .. } => {
                self.line(&format!("{task}: failed, {error}"));
            }
            Notice::DatasetRefused {
                dataset, reason, ..
            } => {
                self.line(&format!("{dataset}: refused, {}", reason.as_str()));
            }
            Notice::DatasetFailed { dataset, error, .. } => {
                self.line(&format!("{dataset}: failed, {error}"))
            }
            Notice::DatasetFinished { dataset, .. } => self.end(dataset),
        }
    }
}

impl environment::Progress for Console {
    fn stage(&self, stage: &str) {
        match self.style {
            Style::Bars => self.show("environment", stage.to_owned()),
            Style::Lines | Style::Json => self.line(&format!("environment: {stage}")),
        }
    }

    fn bytes(&self, done: u64, total: u64) {
        if self.style == Style::Bars {
            let mebibytes = |bytes: u64| bytes / (1 << 20);
            self.show(
                "environment",
                format!("{} of {} MiB", mebibytes(done), mebibytes(total)),
            );
        }
    }

    fn remark(&self, remark: &str) {
        self.line(&format!("environment: {remark}"));
    }
}

/// The part of a task's id that tells it from others of the same dataset.
fn short(task: &str) -> &str {
    task.split_once("--").map_or(task, |(_, rest)| rest)
}

/// The text with what controls a terminal or turns the order of writing spelled out, as `\u{1b}`: names of files, texts of a task
/// and tracebacks are anybody's.
fn printable(text: &str) -> String {
    replaced(text, |character| character.escape_unicode().to_string())
}

fn replaced(text: &str, spelled: impl Fn(char) -> String) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let controls = character.is_control() && !matches!(character, '\n' | '\t');
        match turns || controls {
            true => shown.push_str(&spelled(character)),
            false => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_controls_a_terminal_is_spelled_out() {
        assert_eq!(
            printable("a\tb\n\u{1b}[2J\r\u{9b}1m\u{202e}ä"),
            "a\tb\n\\u{1b}[2J\\u{d}\\u{9b}1m\\u{202e}ä"
        );
    }

    #[test]
    fn json_stays_json() {
        let text = "\u{1b}\u{7f}\u{9b}\u{202e}";
        let line = serde_json::to_string(text).unwrap();
        let spelled = replaced(&line, |character| {
            format!("\\u{:04x}", u32::from(character))
        });
        assert_eq!(printable(&spelled), spelled);
        assert_eq!(serde_json::from_str::<String>(&spelled).unwrap(), text);
    }
}
