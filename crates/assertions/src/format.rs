//! Numbers, lists and failures as they stand in findings.

use facts::{GradeOutcome, RunFailure};

/// How many examples a message names.
pub(crate) const EXAMPLES: usize = 5;

/// A measured number with the digits a reader needs.
pub(crate) fn short(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e9).contains(&size) {
        return format!("{value:.3e}");
    }
    let digits = if size >= 1000.0 { 1 } else { 4 };
    let text = format!("{value:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A share as percent.
pub(crate) fn percent(share: f64) -> String {
    format!("{} %", short((share * 1e4).round() / 100.0))
}

/// The first texts in backticks, and how many more there are.
pub(crate) fn quoted<T: AsRef<str>>(texts: &[T]) -> String {
    let mut out: Vec<String> = texts
        .iter()
        .take(EXAMPLES)
        .map(|text| format!("`{}`", text.as_ref()))
        .collect();
    if texts.len() > EXAMPLES {
        out.push(format!("and {} more", texts.len() - EXAMPLES));
    }
    out.join(", ")
}

/// The first sentences, and how many more there are.
pub(crate) fn joined(problems: &[String]) -> String {
    let mut out = problems
        .iter()
        .take(EXAMPLES)
        .cloned()
        .collect::<Vec<_>>()
        .join("; ");
    if problems.len() > EXAMPLES {
        out.push_str(&format!("; and {} more", problems.len() - EXAMPLES));
    }
    out
}

/// `1 row`, `2 rows`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    let plural = match count {
        1 => "",
        _ if what.ends_with('s') => "es",
        _ => "s",
    };
    format!("{count} {what}{plural}")
}

/// Why a script failed, in one sentence.
pub(crate) fn failure(failure: &RunFailure) -> String {
    match failure {
        RunFailure::SyntaxError { message } => format!("it does not parse: {message}"),
        RunFailure::RuntimeError { exit, traceback } => {
            match traceback.trim().lines().next_back() {
                Some(last) => format!("it ended with code {exit}: {last}"),
                None => format!("it ended with code {exit} and said nothing"),
            }
        }
        RunFailure::TimedOut { limit_seconds } => format!("it ran longer than {limit_seconds} s"),
        RunFailure::Memory { limit_bytes } => {
            format!("it used more than {} MiB of memory", limit_bytes >> 20)
        }
        RunFailure::Limit { what } => format!("it ran into a limit: {what}"),
        RunFailure::MissingOutput { detail } => {
            format!("its output is not what it should be: {detail}")
        }
        RunFailure::NotStarted { reason } => format!("it was not started: {reason}"),
    }
}

/// What a grader said, in a few words.
pub(crate) fn outcome(outcome: &GradeOutcome) -> String {
    match outcome {
        GradeOutcome::Score { value } => format!("score {value}"),
        GradeOutcome::Invalid { reason, message } => format!("invalid ({reason}: {message})"),
        GradeOutcome::Broken { detail } => {
            format!(
                "broken ({})",
                detail.trim().lines().next_back().unwrap_or("no detail")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, expected) in [
            (0.0, "0"),
            (0.98, "0.98"),
            (1234.56, "1234.6"),
            (-2.0, "-2"),
            (1e-7, "1.000e-7"),
        ] {
            assert_eq!(short(value), expected);
        }
        assert_eq!(percent(0.0123), "1.23 %");
    }

    #[test]
    fn a_traceback_ends_with_what_matters() {
        let traceback = "Traceback (most recent call last):\n  File …\nKeyError: 'x'\n".to_owned();
        assert_eq!(
            failure(&RunFailure::RuntimeError { exit: 1, traceback }),
            "it ended with code 1: KeyError: 'x'"
        );
    }
}
