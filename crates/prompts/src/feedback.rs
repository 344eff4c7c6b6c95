//! What came of an earlier attempt, as it is told: findings and issues verbatim.
//!
//! What the policy says of a check is told as it is. Everything else is untrusted: names of columns, cells and what scripts
//! printed stand in it, so it is fenced, findings here and the rest by the templates.

use facts::ReviewIssue;
use findings::{Finding, Policy, Status};
use serde::Serialize;

use crate::fence;

/// What came of an earlier attempt. Everything is empty at the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Feedback {
    /// Findings that want something changed, those that reject first; as [`findings_text`], which fences them.
    pub findings: String,
    /// What a reviewer wants changed; as [`issues_text`].
    pub issues: String,
    /// Anything else, a sentence a line.
    pub notes: String,
    /// Files of that attempt, which the agent goes on from: path and number of characters.
    pub previous: Vec<(String, usize)>,
}

/// Findings in words, those that reject first; those that want nothing changed are left out. Empty when none does.
///
/// What the policy says of each check comes first; what was found follows in a fence of at most `most` characters.
pub fn findings_text(findings: &[Finding], most: usize) -> String {
    let mut told: Vec<&Finding> = findings
        .iter()
        .filter(|finding| match finding.status {
            Status::Pass | Status::Skip => false,
            Status::Fail | Status::Warn | Status::Error => true,
        })
        .collect();
    if told.is_empty() {
        return String::new();
    }
    told.sort_by_key(|finding| !finding.rejects());
    let policy = Policy::embedded();
    let asked: Vec<String> = told.iter().map(|one| asked(one, &policy)).collect();
    let found: Vec<String> = told.iter().map(|one| found(one, &policy)).collect();
    format!(
        "{}\n\n{}",
        asked.join("\n"),
        fence("what the checks found", &found.join("\n\n"), most)
    )
}

/// Issues of a review in words.
pub fn issues_text(issues: &[ReviewIssue]) -> String {
    let texts: Vec<String> = issues.iter().map(issue_text).collect();
    texts.join("\n\n")
}

/// What the policy asks of a check, in its own words.
fn asked(finding: &Finding, policy: &Policy) -> String {
    let weight = if finding.rejects() {
        "rejects"
    } else {
        "warns"
    };
    let check = finding.check;
    match policy.rule(check) {
        Some(rule) => format!(
            "- {check} ({weight}) {}. To pass: {}",
            rule.title, rule.hint
        ),
        None => format!("- {check} ({weight})"),
    }
}

/// What was found, with a hint where it says more than the policy.
fn found(finding: &Finding, policy: &Policy) -> String {
    let usual = policy.rule(finding.check).map(|rule| rule.hint.clone());
    let hint = finding.hint.clone().filter(|_| finding.hint != usual);
    with_lines(
        format!("{} {}", finding.check, finding.status.as_str()),
        &[
            ("measured", &finding.measured.text),
            ("threshold", &finding.threshold),
            ("what is wrong", &finding.message),
            ("what to change", hint.as_deref().unwrap_or("")),
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
                .compared_with("at most 5 %")
                .with_hint("Drop rows that repeat in `vessel`."),
            rule('D', 10).skip("too few rows"),
            rule('B', 2).fail(
                "2 files differ",
                "`public/train.csv` differs between two runs.",
            ),
        ];
        assert_eq!(findings_text(&findings[..1], 1_000), "");
        insta::assert_snapshot!(findings_text(&findings, 1_000));
    }
}
