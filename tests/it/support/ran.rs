//! What a run left: exit code and both streams, as one text for a snapshot.

use std::{fmt::Write as _, process::Output};

use camino::Utf8Path;

/// Exit codes that the README promises.
#[allow(dead_code, reason = "each target that shares this uses some of them")]
pub(crate) mod exit {
    pub(crate) const OK: i32 = 0;
    pub(crate) const USAGE: i32 = 2;
    pub(crate) const REJECTED: i32 = 10;
    pub(crate) const DIFFERS: i32 = 11;
    pub(crate) const HOST_NOT_SET_UP: i32 = 20;
    pub(crate) const OUTAGE: i32 = 21;
    pub(crate) const BUDGET_SPENT: i32 = 22;
    pub(crate) const INTERRUPTED: i32 = 130;
}

/// A finished run of a binary.
pub(crate) struct Ran {
    command: String,
    /// `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(super) fn new(program: &str, arguments: &[&str], output: Output, root: &Utf8Path) -> Self {
        let text = |bytes: Vec<u8>| {
            String::from_utf8(bytes)
                .expect("output is UTF-8")
                .replace(root.as_str(), "[ROOT]")
        };
        Self {
            command: format!("$ {program} {}", arguments.join(" ")),
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Everything a user saw, with measured times made equal.
    pub(crate) fn document(&self) -> String {
        let code = self
            .code
            .map_or_else(|| "signal".to_owned(), |code| code.to_string());
        let mut text = format!("{}\nexit: {code}\n", self.command.trim_end());
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                write!(text, "--- {name}\n{}", redact(stream)).expect("a string takes everything");
            }
        }
        text
    }

    /// Fails with the whole document unless the run ended with `code`, and never with a panic.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert!(!self.stderr.contains("panicked at"), "{}", self.document());
        assert_eq!(self.code, Some(code), "{}", self.document());
        self
    }

    /// Each line of stdout, as JSON.
    pub(crate) fn json_lines(&self) -> Vec<serde_json::Value> {
        self.stdout
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in: {line}"))
            })
            .collect()
    }
}

/// Replaces measured times (`12.3 s`, `840 ms`) by `#.#`. How wide a column of times is depends on them too, so the
/// gap before a time, or before the head of such a column, shrinks to two spaces.
fn redact(text: &str) -> String {
    text.split('\n')
        .map(redact_line)
        .collect::<Vec<_>>()
        .join("\n")
}

fn redact_line(line: &str) -> String {
    let mut redacted = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let (gap, after) = rest.split_at(rest.len() - rest.trim_start_matches(' ').len());
        let (word, after) = after.split_at(after.find(' ').unwrap_or(after.len()));
        let narrow = &gap[..gap.len().min(2)];
        if is_number(word) && starts_with_unit(after) {
            redacted += narrow;
            redacted += "#.#";
        } else {
            redacted += if word == "time" { narrow } else { gap };
            redacted += word;
        }
        rest = after;
    }
    redacted
}

fn is_number(word: &str) -> bool {
    word.starts_with(|it: char| it.is_ascii_digit())
        && word.chars().all(|it| it.is_ascii_digit() || it == '.')
}

fn starts_with_unit(text: &str) -> bool {
    let word = text
        .strip_prefix(' ')
        .and_then(|text| text.split(' ').next())
        .unwrap_or_default();
    matches!(word.trim_end_matches([',', ';', '.']), "s" | "ms")
}

#[test]
fn times_are_redacted_and_their_columns_narrowed() {
    assert_eq!(
        redact("took 12.3 s, then 840 ms; 3 shops\n"),
        "took #.# s, then #.# ms; 3 shops\n"
    );
    assert_eq!(
        redact("task    time  cost\na     9.4 s  $0.00"),
        "task  time  cost\na  #.# s  $0.00"
    );
    assert_eq!(
        redact("task     time  cost\na     19.4 s  $0.00"),
        "task  time  cost\na  #.# s  $0.00"
    );
}
