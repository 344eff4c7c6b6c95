//! Prints: results on stdout, everything else on stderr, and progress while something long runs.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use pipeline::{Notice, Observer};

use crate::failure::Failure;

/// Prints a result as it is.
pub(crate) fn out(text: &str) {
    // A closed pipe (`| head`) is the reader's wish to stop, not our error.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Prints a value as one line of JSON.
pub(crate) fn json(value: &impl serde::Serialize) {
    let mut line = serde_json::to_string(value).expect("what is printed as JSON has string keys");
    line.push('\n');
    out(&line);
}

/// Prints a line to stderr.
pub(crate) fn error_line(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
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
        let mut bars = self.bars();
        let Bars { all, by_name } = &mut *bars;
        let bar = by_name.entry(name.to_owned()).or_insert_with(|| {
            let bar = all.add(ProgressBar::new_spinner());
            let style = ProgressStyle::with_template("{spinner} {prefix}  {wide_msg}  {elapsed}")
                .expect("the template is a constant");
            bar.set_style(style);
            bar.set_prefix(name.to_owned());
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
                let _ = self.bars().all.println(line);
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
            } => {
                if self.style == Style::Bars {
                    let task = task
                        .as_deref()
                        .map_or(String::new(), |task| format!("{} ", short(task)));
                    self.show(dataset, format!("{task}{}", stage.as_str()));
                }
            }
            Notice::StageFinished { .. } => {}
            Notice::TaskVerified { task, .. } => self.line(&format!("{task}: verified")),
            Notice::TaskRejected { task, failures, .. } => {
                let ids: Vec<&str> = failures.iter().map(|(id, _)| id.as_str()).collect();
                self.line(&format!("{task}: rejected by {}", ids.join(", ")));
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
