//! What came of an earlier attempt, as it is told: findings and issues verbatim.
//!
//! The texts are untrusted: names of columns, cells and what scripts printed stand in them. Templates fence them.

use facts::ReviewIssue;
use findings::{Finding, Status};
use serde::Serialize;

/// What came of an earlier attempt. Everything is empty at the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Feedback {
    /// Findings that want something changed, those that reject first; as [`findings_text`].
    pub findings: String,
    /// What a reviewer wants changed; as [`issues_text`].
    pub issues: String,
    /// Anything else, a sentence a line.
    pub notes: String,
    /// Files of that attempt, which the agent goes on from: path and number of characters.
    pub previous: Vec<(String, usize)>,
}

/// Findings in words, those that reject first; those that want nothing changed are left out.
pub fn findings_text(findings: &[Finding]) -> String {
    let mut told: Vec<&Finding> = findings
        .iter()
        .filter(|finding| match finding.status {
            Status::Pass | Status::Skip => false,
            Status::Fail | Status::Warn | Status::Error => true,
        })
        .collect();
    told.sort_by_key(|finding| !finding.rejects());
    let texts: Vec<String> = told.into_iter().map(finding_text).collect();
    texts.join("\n\n")
}

/// Issues of a review in words.
pub fn issues_text(issues: &[ReviewIssue]) -> String {
    let texts: Vec<String> = issues.iter().map(issue_text).collect();
    texts.join("\n\n")
}

fn finding_text(finding: &Finding) -> String {
    let weight = if finding.rejects() {
        "rejects"
    } else {
        "warns"
    };
    let head = format!(
        "{} {} ({weight}): {}",
        finding.check,
        finding.status.as_str(),
        finding.title
    );
    with_lines(
        head,
        &[
            ("measured", &finding.measured.text),
            ("threshold", &finding.threshold),
            ("what is wrong", &finding.message),
            ("what to change", finding.hint.as_deref().unwrap_or("")),
            ("where to look", &finding.evidence.join(", ")),
        ],
    )
}

fn issue_text(issue: &ReviewIssue) -> String {
    let head = format!(
        "{} ({}) in {}: {}",
        issue.severity.as_str(),
        issue.category.title(),
        issue.place,
        issue.message
    );
    let quote = match &issue.quote {
        Some(quote) => format!("{}: {}", quote.file, quote.text),
        None => String::new(),
    };
    with_lines(head, &[("passage", &quote), ("what to do", &issue.fix)])
}

fn with_lines(head: String, lines: &[(&str, &str)]) -> String {
    let mut text = head;
    for (name, said) in lines.iter().filter(|(_, said)| !said.is_empty()) {
        text.push_str(&format!("\n  {name}: {said}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use findings::{CheckId, Policy};

    use super::*;

    #[test]
    fn findings_are_told_verbatim_and_those_that_reject_first() {
        let policy = Policy::embedded();
        let rule = |letter, number| policy.rule(CheckId::new(letter, number)).unwrap();
        let findings = [
            rule('A', 10).pass("none"),
            rule('E', 1)
                .fail("7 % of rows", "rows repeat")
                .compared_with("at most 5 %"),
            rule('D', 10).skip("too few rows"),
            rule('B', 2).fail(
                "2 files differ",
                "`public/train.csv` differs between two runs.",
            ),
        ];
        insta::assert_snapshot!(findings_text(&findings), @"
        B02 fail (rejects): prepare is deterministic
          measured: 2 files differ
          what is wrong: `public/train.csv` differs between two runs.
          what to change: Sort what is listed from folders and sets, seed every shuffle, and write no clock time, path, locale or number of processors into the files named.

        E01 warn (warns): train rows do not repeat
          measured: 7 % of rows
          threshold: at most 5 %
          what is wrong: rows repeat
          what to change: Drop rows that repeat an earlier one, or say in description.md why they are separate observations.
        ");
    }
}
