//! What `smith verify` prints of a task, and the line at the end.

use camino::Utf8Path;
use findings::{Finding, GROUPS, Severity, Status, Verdict};
use pipeline::{EnvironmentMatch, Verification};
use serde::Serialize;

use super::Outcome;
use crate::{
    exit,
    failure::Failure,
    table::{Align, Table},
};

/// The JSON line of a task.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Line<'a> {
    Verified {
        task: &'a Utf8Path,
        verdict: &'a Verdict,
        environment: Environment<'a>,
        remarks: &'a [String],
        #[serde(skip_serializing_if = "Option::is_none")]
        ladder: Option<&'a facts::LadderFacts>,
        #[serde(skip_serializing_if = "Option::is_none")]
        review: Option<&'a facts::ReviewFacts>,
    },
    Failed {
        task: &'a Utf8Path,
        error: &'a [String],
        #[serde(skip_serializing_if = "Option::is_none")]
        hint: Option<&'a str>,
        exit_code: u8,
    },
}

#[derive(Serialize)]
pub(super) struct Environment<'a> {
    matches: bool,
    #[serde(flatten)]
    environment: &'a EnvironmentMatch,
}

pub(super) fn line<'a>(task: &'a Utf8Path, outcome: &'a Outcome) -> Line<'a> {
    match outcome {
        Ok(verification) => Line::Verified {
            task,
            verdict: &verification.verdict,
            environment: Environment {
                matches: verification.environment.matches(),
                environment: &verification.environment,
            },
            remarks: &verification.remarks,
            ladder: verification.ladder.as_ref(),
            review: verification.review.as_ref(),
        },
        Err(failure) => Line::Failed {
            task,
            error: &failure.chain,
            hint: failure.hint.as_deref(),
            exit_code: failure.code,
        },
    }
}

/// The text of a task: verdict, environment, remarks, and the checks in groups.
pub(super) fn render(task: &Utf8Path, outcome: &Outcome) -> String {
    let verification = match outcome {
        Ok(verification) => verification,
        Err(failure) => return could_not(task, failure),
    };
    let Verification {
        verdict,
        environment,
        remarks,
        ..
    } = verification;
    let word = if verdict.accepted() {
        "accepted"
    } else {
        "rejected"
    };
    let mut text = format!("{task}: {word}\n  environment: {}\n", ran_in(environment));
    for remark in remarks {
        text.push_str(&format!("  {remark}\n"));
    }
    text.push_str(&checks(verdict));
    text.push('\n');
    text
}

fn could_not(task: &Utf8Path, failure: &Failure) -> String {
    let mut text = format!("{task}: could not be examined\n");
    let causes = failure.chain.iter().map(|cause| format!("    {cause}\n"));
    let hint = failure
        .hint
        .iter()
        .map(|hint| format!("    hint: {hint}\n"));
    text.extend(causes.chain(hint));
    text.push('\n');
    text
}

/// Which environment it ran in, and whether that is the one that the task pins.
pub(crate) fn ran_in(environment: &EnvironmentMatch) -> String {
    let here = format!(
        "{} {}",
        environment.ran_in.name,
        beginning(&environment.ran_in.nar_hash)
    );
    match &environment.pinned {
        None => format!("{here}; the task pins none that can be read"),
        Some(_) if environment.matches() => format!("{here}, as the task pins it"),
        Some(pinned) => format!(
            "{here}; the task pins another, {} {} (differs in {}), so scores may differ",
            pinned.name,
            beginning(&pinned.nar_hash),
            environment.differences.join(", ")
        ),
    }
}

/// Enough of a hash to tell it from another.
fn beginning(hash: &str) -> String {
    hash.trim_start_matches("sha256-")
        .chars()
        .take(12)
        .collect()
}

/// The checks with a heading for each group, aligned over all of them.
fn checks(verdict: &Verdict) -> String {
    let mut table = Table::new([
        ("check", Align::Left),
        ("status", Align::Left),
        ("about", Align::Left),
        ("measured", Align::Left),
    ]);
    for group in GROUPS {
        let findings: Vec<&Finding> = verdict
            .findings()
            .iter()
            .filter(|finding| finding.check.group() == group.letter)
            .collect();
        if findings.is_empty() {
            continue;
        }
        table.heading(format!("{} {}", group.letter, group.title));
        for finding in findings {
            let cells = vec![
                finding.check.to_string(),
                status(finding),
                finding.title.clone(),
                measured(finding),
            ];
            table.row(cells, notes(finding));
        }
    }
    table.render()
}

/// The status; a failure that rejects is told from one that only warns.
fn status(finding: &Finding) -> String {
    let word = finding.status.as_str();
    if finding.rejects() {
        word.to_uppercase()
    } else {
        word.to_owned()
    }
}

/// What was measured, and what it was compared with where that is said.
fn measured(finding: &Finding) -> String {
    if finding.threshold.is_empty() {
        finding.measured.text.clone()
    } else {
        format!("{} ({})", finding.measured.text, finding.threshold)
    }
}

fn notes(finding: &Finding) -> Vec<String> {
    if finding.status == Status::Pass {
        return Vec::new();
    }
    let mut notes = vec![finding.message.clone()];
    notes.extend(finding.hint.iter().map(|hint| format!("hint: {hint}")));
    notes.retain(|note| !note.is_empty());
    notes
}

/// Counts over all tasks.
#[derive(Debug, Default)]
pub(super) struct Summary {
    accepted: usize,
    rejected: usize,
    warned: usize,
    /// Hard checks that were skipped, over all accepted tasks.
    skipped: usize,
    /// Exit codes of tasks that could not be examined.
    failures: Vec<u8>,
}

impl Summary {
    pub(super) fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Ok(verification) if verification.verdict.accepted() => {
                let verdict = &verification.verdict;
                self.accepted += 1;
                self.warned += usize::from(verdict.warnings().next().is_some());
                self.skipped += verdict
                    .skipped()
                    .filter(|finding| finding.severity == Severity::Hard)
                    .count();
            }
            Ok(_) => self.rejected += 1,
            Err(failure) => self.failures.push(failure.code),
        }
    }

    /// 1 after a mistake of ours; else 10 when any was rejected; else the code of the first that could not be examined; else 0.
    pub(super) fn exit_code(&self) -> u8 {
        if self.failures.contains(&exit::BUG) {
            exit::BUG
        } else if self.rejected > 0 {
            exit::REJECTED
        } else {
            self.failures.first().copied().unwrap_or(exit::OK)
        }
    }

    pub(super) fn render(&self) -> String {
        let mut parts = vec![
            format!("{} accepted", self.accepted),
            format!("{} rejected", self.rejected),
        ];
        if !self.failures.is_empty() {
            parts.push(format!("{} could not be examined", self.failures.len()));
        }
        let mut text = parts.join(", ");
        if self.warned > 0 {
            text.push_str(&format!("; {} of the accepted with warnings", self.warned));
        }
        if self.skipped > 0 {
            text.push_str(&format!(
                "; {} hard checks of these were skipped",
                self.skipped
            ));
        }
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use findings::Policy;
    use task_format::EnvironmentPin;

    use super::*;

    fn pin(nar_hash: &str) -> EnvironmentPin {
        EnvironmentPin {
            name: "tabular".to_owned(),
            output_path: "/store/a".to_owned(),
            nar_hash: nar_hash.to_owned(),
            kit_path: "/store/b".to_owned(),
            lock_sha256: "c".to_owned(),
            numerics_version: 1,
        }
    }

    fn verification(reject: bool, pinned: Option<EnvironmentPin>) -> Outcome {
        let policy = Policy::embedded();
        let rule = |id: &str| policy.rule(id.parse().unwrap()).unwrap();
        let files = rule("A01");
        let leak = rule("D01");
        let findings = vec![
            if reject {
                files.fail("1 problem", "`metric.py` is missing")
            } else {
                files.pass("17 files")
            },
            rule("A12").skip("it is not sealed"),
            leak.pass("0 of 100 rows").compared_with("≤ 0.1 %"),
        ];
        let differences = match &pinned {
            Some(pinned) if pinned.nar_hash != "0123456789abcdef" => vec!["nar_hash"],
            _ => Vec::new(),
        };
        Ok(Verification {
            verdict: Verdict::new(findings, policy.version),
            ladder: None,
            review: None,
            environment: EnvironmentMatch {
                ran_in: pin("0123456789abcdef"),
                pinned,
                differences,
            },
            remarks: vec!["prepare.py was not run: no raw data were given".to_owned()],
        })
    }

    fn unreadable() -> Outcome {
        Err(Failure {
            chain: vec!["`nowhere` is no folder".to_owned()],
            hint: Some("give the folder that holds `task.toml`".to_owned()),
            code: exit::USAGE,
        })
    }

    #[test]
    fn a_task_in_groups() {
        let text = [
            render(
                "tasks/a".into(),
                &verification(false, Some(pin("0123456789abcdef"))),
            ),
            render(
                "tasks/b".into(),
                &verification(true, Some(pin("fedcba9876543210"))),
            ),
            render("nowhere".into(), &unreadable()),
        ]
        .concat();
        insta::assert_snapshot!(text);
    }

    #[test]
    fn the_line_at_the_end_and_the_exit_code() {
        let mut summary = Summary::default();
        summary.add(&verification(false, None));
        assert_eq!(summary.exit_code(), exit::OK);
        summary.add(&unreadable());
        assert_eq!(summary.exit_code(), exit::USAGE);
        summary.add(&verification(true, None));
        assert_eq!(summary.exit_code(), exit::REJECTED);
        let mut mistaken = Summary::default();
        mistaken.add(&verification(true, None));
        mistaken.add(&Err(Failure {
            code: exit::BUG,
            chain: Vec::new(),
            hint: None,
        }));
        assert_eq!(mistaken.exit_code(), exit::BUG);
        assert_eq!(
            summary.render(),
            "1 accepted, 1 rejected, 1 could not be examined; 1 hard checks of these were skipped\n"
        );
    }

    #[test]
    fn json_has_a_verdict_or_an_error() {
        let verified = verification(false, None);
        let json = serde_json::to_value(line("tasks/a".into(), &verified)).unwrap();
        assert_eq!(json["verdict"]["accepted"], true);
        assert_eq!(json["environment"]["matches"], false);
        let failed = unreadable();
        let json = serde_json::to_value(line("nowhere".into(), &failed)).unwrap();
        assert_eq!(json["exit_code"], 2);
        assert_eq!(json["error"][0], "`nowhere` is no folder");
    }
}
