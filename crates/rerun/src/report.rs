//! Says how a task came out: a short table, or one line of JSON.

use std::fmt::Write as _;

use camino::Utf8PathBuf;
use facts::RunFailure;
use serde::Serialize;
use serde_json::Value;

use crate::compare::{Comparison, Difference, Kind, Part};

/// Differences of one part that are printed for people; a ladder on other data differs in every number.
const MOST_LINES: usize = 20;

/// Digits of a digest that are printed for people.
const SHORT_DIGEST: usize = 8;

/// How one task came out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Report {
    /// Its folder, as named by the user.
    pub(crate) task: Utf8PathBuf,
    /// Its id.
    pub(crate) id: String,
    /// What was compared, in order.
    pub(crate) parts: Vec<Comparison>,
}

impl Report {
    /// Whether everything was compared and nothing differs.
    pub(crate) fn identical(&self) -> bool {
        self.parts.iter().all(Comparison::identical)
    }

    /// One line of JSON.
    pub(crate) fn json(&self) -> String {
        #[derive(Serialize)]
        struct Line<'a> {
            task: &'a str,
            id: &'a str,
            identical: bool,
            parts: &'a [Comparison],
        }
        let line = Line {
            task: self.task.as_str(),
            id: &self.id,
            identical: self.identical(),
            parts: &self.parts,
        };
        let mut text = serde_json::to_string(&line).expect("a report has string keys");
        text.push('\n');
        text
    }

    /// A table for people.
    pub(crate) fn text(&self) -> String {
        let verdict = if self.identical() {
            "identical"
        } else {
            "differs"
        };
        let mut text = format!("{}: {verdict}\n", self.task);
        for comparison in &self.parts {
            let (title, unit) = words(comparison.part);
            let count = format!(
                "{} {unit}{}",
                comparison.compared,
                if comparison.compared == 1 { "" } else { "s" }
            );
            let line = format!("  {title:<10}  {count:<11}  {}", outcome(comparison));
            text.push_str(&line);
            text.push('\n');
            for difference in comparison.differences.iter().take(MOST_LINES) {
                line_of(difference, &mut text);
            }
            let more = comparison.differences.len().saturating_sub(MOST_LINES);
            if more > 0 {
                writeln!(text, "      and {more} more, which `--json` lists")
                    .expect("a string takes everything");
            }
        }
        text
    }
}

/// A sentence on why a script gave nothing.
pub(crate) fn sentence(failure: &RunFailure) -> String {
    match failure {
        RunFailure::SyntaxError { message } => format!("does not parse: {message}"),
        RunFailure::RuntimeError { exit, traceback } => {
            let last = traceback
                .trim_end()
                .lines()
                .last()
                .unwrap_or("it said nothing");
            format!("ended with exit code {exit}: {last}")
        }
        RunFailure::TimedOut { limit_seconds } => format!("ran longer than {limit_seconds} s"),
        RunFailure::Memory { limit_bytes } => {
            format!("needed more than {} MiB of memory", limit_bytes >> 20)
        }
        RunFailure::Limit { what } => format!("ran into the limit on {what}"),
        RunFailure::MissingOutput { detail } => format!("left no usable files: {detail}"),
        RunFailure::NotStarted { reason } => format!("was not started: {reason}"),
    }
}

fn words(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Raw => ("raw data", "file"),
        Part::Package => ("package", "file"),
        Part::Identity => ("identity", "value"),
        Part::Prepare => ("prepare.py", "file"),
        Part::Ladder => ("ladder", "value"),
    }
}

fn outcome(comparison: &Comparison) -> String {
    match (&comparison.not_compared, comparison.differences.len()) {
        (Some(reason), _) => format!("not compared: {reason}"),
        (None, 0) => "identical".to_owned(),
        (None, _) if comparison.compared == 0 => "failed".to_owned(),
        (None, 1) => "1 differs".to_owned(),
        (None, count) => format!("{count} differ"),
    }
}

fn line_of(Difference { name, kind }: &Difference, text: &mut String) {
    let line = match kind {
        Kind::Changed { expected, found } => {
            format!("{} expected, {} found", short(expected), short(found))
        }
        Kind::Missing { expected } => format!("{} expected, missing", short(expected)),
        Kind::Unexpected { found } => format!("not expected, {} found", short(found)),
        Kind::Failed { reason } => reason.clone(),
    };
    writeln!(text, "      {name}: {line}").expect("a string takes everything");
}

/// A value in few characters: of a digest its first digits, of several lines the last.
pub(crate) fn short(value: &Value) -> String {
    match value {
        Value::String(text)
            if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
        {
            text[..SHORT_DIGEST].to_owned()
        }
        // Of a traceback, the line that matters.
        Value::String(text) => text
            .trim_end()
            .lines()
            .last()
            .unwrap_or_default()
            .to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::compare::Values;

    fn values<const N: usize>(pairs: [(&str, Value); N]) -> Values {
        pairs.map(|(name, value)| (name.to_owned(), value)).into()
    }

    fn report(differs: bool) -> Report {
        let (one, other) = ("a".repeat(64), "b".repeat(64));
        let published = values([
            ("public/test.csv", json!(one)),
            ("public/train.csv", json!(one)),
        ]);
        let on_disk = values([
            ("public/new.csv", json!(other)),
            ("public/train.csv", json!(other)),
        ]);
        let scores = values([("task.toml [ladder] forest score", json!(0.9))]);
        let parts = if differs {
            vec![
                Comparison::of(Part::Package, &published, &on_disk),
                Comparison::failed(
                    Part::Prepare,
                    "prepare.py",
                    sentence(&RunFailure::TimedOut { limit_seconds: 600 }),
                ),
                Comparison::skipped(
                    Part::Identity,
                    "its data are neither shipped nor made again",
                ),
                Comparison::of(
                    Part::Ladder,
                    &scores,
                    &values([("task.toml [ladder] forest score", json!(0.1 + 0.2))]),
                ),
            ]
        } else {
            vec![
                Comparison::of(Part::Package, &published, &published),
                Comparison::of(Part::Ladder, &scores, &scores),
            ]
        };
        Report {
            task: "tasks/irises--species-multiclass".into(),
            id: "irises--species-multiclass".to_owned(),
            parts,
        }
    }

    #[test]
    fn an_identical_task_takes_a_line_for_each_part() {
        insta::assert_snapshot!(report(false).text(), @"
        tasks/irises--species-multiclass: identical
          package     2 files      identical
          ladder      1 value      identical
        ");
    }

    #[test]
    fn everything_that_differs_is_named() {
        insta::assert_snapshot!(report(true).text(), @"
        tasks/irises--species-multiclass: differs
          package     3 files      3 differ
              public/new.csv: not expected, bbbbbbbb found
              public/test.csv: aaaaaaaa expected, missing
              public/train.csv: aaaaaaaa expected, bbbbbbbb found
          prepare.py  0 files      failed
              prepare.py: ran longer than 600 s
          identity    0 values     not compared: its data are neither shipped nor made again
          ladder      1 value      1 differs
              task.toml [ladder] forest score: 0.9 expected, 0.30000000000000004 found
        ");
    }

    #[test]
    fn json_has_digests_in_full_and_numbers_as_numbers() {
        insta::assert_snapshot!(report(true).json(), @r#"{"task":"tasks/irises--species-multiclass","id":"irises--species-multiclass","identical":false,"parts":[{"part":"package","compared":3,"differences":[{"name":"public/new.csv","kind":"unexpected","found":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},{"name":"public/test.csv","kind":"missing","expected":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},{"name":"public/train.csv","kind":"changed","expected":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","found":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}]},{"part":"prepare","compared":0,"differences":[{"name":"prepare.py","kind":"failed","reason":"ran longer than 600 s"}]},{"part":"identity","compared":0,"not_compared":"its data are neither shipped nor made again","differences":[]},{"part":"ladder","compared":1,"differences":[{"name":"task.toml [ladder] forest score","kind":"changed","expected":0.9,"found":0.30000000000000004}]}]}"#);
    }

    #[test]
    fn a_long_list_is_cut_for_people() {
        let many: Values = (0..25)
            .map(|at| (format!("score {at:02}"), json!(at)))
            .collect();
        let mut report = report(false);
        report.parts = vec![Comparison::of(Part::Ladder, &many, &Values::new())];
        let text = report.text();
        assert!(
            text.contains("score 19: ") && !text.contains("score 20: "),
            "{text}"
        );
        assert!(
            text.ends_with("and 5 more, which `--json` lists\n"),
            "{text}"
        );
        assert!(report.json().contains("score 24"));
    }
}
