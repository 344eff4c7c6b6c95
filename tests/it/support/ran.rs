//! What a run left: exit code and both streams, as one text for a snapshot.

use std::{fmt::Write as _, process::Output};

use camino::Utf8Path;

/// Exit codes that the README promises.
pub(crate) mod exit {
    pub(crate) const OK: i32 = 0;
    pub(crate) const USAGE: i32 = 2;
    pub(crate) const REJECTED: i32 = 10;
    pub(crate) const DIFFERS: i32 = 11;
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

/// Replaces the digits of measured times (`12.3 s`, `840 ms`) by `#`, so that columns stay where they are.
fn redact(text: &str) -> String {
    let mut redacted: Vec<char> = text.chars().collect();
    let is_number = |it: char| it.is_ascii_digit() || it == '.';
    for end in 0..redacted.len() {
        let unit: String = redacted[end..].iter().take(4).collect();
        let is_unit = [" s", " ms"].iter().any(|name| {
            unit.strip_prefix(name)
                .is_some_and(|rest| !rest.starts_with(|it: char| it.is_alphanumeric()))
        });
        if !is_unit {
            continue;
        }
        let start = redacted[..end]
            .iter()
            .rposition(|it| !is_number(*it))
            .map_or(0, |at| at + 1);
        for it in &mut redacted[start..end] {
            if it.is_ascii_digit() {
                *it = '#';
            }
        }
    }
    redacted.into_iter().collect()
}

#[test]
fn times_are_redacted_at_equal_width() {
    assert_eq!(
        redact("took 12.3 s, then 840 ms; 3 shops, 0.91 score"),
        "took ##.# s, then ### ms; 3 shops, 0.91 score"
    );
}
