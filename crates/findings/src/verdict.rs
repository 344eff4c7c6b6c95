//! The decision over all findings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Finding, Policy, Rule, Status};

/// All findings about a candidate, and whether it is accepted.
///
/// A candidate is accepted when no hard check failed or broke. Checks that were skipped, or not made at all, do not reject: a
/// verdict on part of a candidate is a verdict too. Whoever publishes takes one without [`Verdict::gaps`], which
/// [`Verdict::closed`] gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Stored")]
pub struct Verdict {
    /// Whether no finding rejects.
    accepted: bool,
    /// Version of the policy that gave severities and thresholds.
    policy_version: u32,
    /// The findings, by check id.
    findings: Vec<Finding>,
}

/// A verdict as read from a file, not yet believed.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Verdict")]
struct Stored {
    accepted: bool,
    policy_version: u32,
    findings: Vec<Finding>,
}

impl TryFrom<Stored> for Verdict {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        let verdict = Self::new(stored.findings, stored.policy_version);
        if verdict.accepted == stored.accepted {
            Ok(verdict)
        } else {
            Err(format!(
                "`accepted` is {}, but the findings say otherwise",
                stored.accepted
            ))
        }
    }
}

impl Verdict {
    /// The verdict over `findings`, which are sorted by check id.
    pub fn new(mut findings: Vec<Finding>, policy_version: u32) -> Self {
        findings.sort_by_key(|finding| finding.check);
        let accepted = !findings.iter().any(Finding::rejects);
        Self {
            accepted,
            policy_version,
            findings,
        }
    }

    /// The verdict with which a candidate could be published: where the policy wants an answer and there is none, that is an
    /// error, which rejects.
    #[must_use]
    pub fn closed(self, policy: &Policy) -> Self {
        let open: Vec<&Rule> = self.gaps(policy).collect();
        let mut findings = self.findings;
        for rule in open {
            let place = findings
                .iter()
                .position(|finding| finding.check == rule.id());
            let why = match place.map(|place| findings.remove(place).message) {
                Some(why) => format!("it must not be skipped before a task is published: {why}"),
                None => "it was not made, and a task is not published without it".to_owned(),
            };
            findings.push(rule.error(why));
        }
        Self::new(findings, self.policy_version)
    }

    /// The rules that a published task must not be without, and that have no answer here: the check is missing, or was skipped
    /// where the policy does not say that it may be.
    pub fn gaps<'a>(&self, policy: &'a Policy) -> impl Iterator<Item = &'a Rule> {
        policy.rules().filter(|rule| {
            let found = self.findings.iter().find(|found| found.check == rule.id());
            match found {
                None => true,
                Some(found) => found.status == Status::Skip && rule.must_be_made(),
            }
        })
    }

    /// Whether no finding rejects.
    pub fn accepted(&self) -> bool {
        self.accepted
    }

    /// Version of the policy that gave severities and thresholds.
    pub fn policy_version(&self) -> u32 {
        self.policy_version
    }

    /// All findings, by check id.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The findings that reject.
    pub fn rejecting(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.rejects())
    }

    /// The findings that are worth knowing but do not reject: warnings, and broken checks that only warn.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        let worth = |finding: &&Finding| {
            matches!(finding.status, Status::Warn | Status::Fail | Status::Error)
        };
        self.findings
            .iter()
            .filter(worth)
            .filter(|finding| !finding.rejects())
    }

    /// The findings of checks that could not be judged.
    pub fn skipped(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.status == Status::Skip)
    }

    /// How many findings have that status.
    pub fn count(&self, status: Status) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.status == status)
            .count()
    }
}

/// The JSON Schema of a verdict.
pub fn verdict_schema() -> serde_json::Value {
    schemars::schema_for!(Verdict).to_value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CheckId, Measured, Severity};

    fn finding(number: u8, severity: Severity, status: Status) -> Finding {
        Finding {
            check: CheckId::new('A', number),
            title: "required files".to_owned(),
            severity,
            status,
            measured: Measured::number(1.0, "1 file is missing"),
            threshold: String::new(),
            evidence: vec!["metric.py".to_owned()],
            message: String::new(),
            hint: None,
        }
    }

    fn accepted(severity: Severity, status: Status) -> bool {
        Verdict::new(
            vec![
                finding(1, Severity::Hard, Status::Pass),
                finding(2, severity, status),
            ],
            1,
        )
        .accepted()
    }

    #[test]
    fn only_hard_failures_and_errors_reject() {
        assert!(!accepted(Severity::Hard, Status::Fail));
        assert!(!accepted(Severity::Hard, Status::Error));
        for status in [Status::Pass, Status::Warn, Status::Skip] {
            assert!(accepted(Severity::Hard, status), "{status:?}");
        }
        for status in [Status::Fail, Status::Error, Status::Warn] {
            assert!(accepted(Severity::Warn, status), "{status:?}");
        }
    }

    #[test]
    fn a_verdict_with_gaps_publishes_nothing() {
        let policy = Policy::embedded();
        let all = || {
            policy
                .rules()
                .map(|rule| rule.pass("fine"))
                .collect::<Vec<_>>()
        };
        let skip = |id: &str| {
            let mut findings = all();
            for finding in &mut findings {
                if finding.check.to_string() == id {
                    finding.status = Status::Skip;
                    finding.message = "there were none".to_owned();
                }
            }
            Verdict::new(findings, 1)
        };
        let whole = Verdict::new(all(), 1);
        assert_eq!(whole.gaps(&policy).count(), 0);
        assert_eq!(whole.clone().closed(&policy), whole);
        // The target is a number; the check only warns.
        for may in ["D11", "E02"] {
            assert!(skip(may).closed(&policy).accepted(), "{may}");
        }
        let closed = skip("C05").closed(&policy);
        let why: Vec<&str> = closed
            .rejecting()
            .map(|found| found.message.as_str())
            .collect();
        assert_eq!(
            why,
            ["it must not be skipped before a task is published: there were none"]
        );
        let nothing = Verdict::new(Vec::new(), 1);
        assert!(nothing.accepted());
        assert!(!nothing.clone().closed(&policy).accepted());
        assert_eq!(nothing.gaps(&policy).count(), policy.rules().count());
    }

    #[test]
    fn lists_by_what_they_mean() {
        let findings = vec![
            finding(3, Severity::Warn, Status::Error),
            finding(2, Severity::Hard, Status::Skip),
            finding(1, Severity::Hard, Status::Fail),
        ];
        let verdict = Verdict::new(findings, 1);
        let ids = |findings: Vec<&Finding>| {
            findings
                .iter()
                .map(|finding| finding.check.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            ids(verdict.findings().iter().collect()),
            ["A01", "A02", "A03"]
        );
        assert_eq!(ids(verdict.rejecting().collect()), ["A01"]);
        assert_eq!(ids(verdict.skipped().collect()), ["A02"]);
        assert_eq!(ids(verdict.warnings().collect()), ["A03"]);
        assert_eq!(verdict.count(Status::Fail), 1);
    }

    #[test]
    fn json_is_stable_and_reads_back() {
        let verdict = Verdict::new(vec![finding(1, Severity::Hard, Status::Fail)], 1);
        let json = serde_json::to_string_pretty(&verdict).unwrap();
        insta::assert_snapshot!(json, @r#"
        {
          "accepted": false,
          "policy_version": 1,
          "findings": [
            {
              "check": "A01",
              "title": "required files",
              "severity": "hard",
              "status": "fail",
              "measured": {
                "text": "1 file is missing",
                "value": 1.0
              },
              "evidence": [
                "metric.py"
              ]
            }
          ]
        }
        "#);
        assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), verdict);
    }

    #[test]
    fn a_forged_verdict_is_not_believed() {
        let json = serde_json::to_string(&Verdict::new(
            vec![finding(1, Severity::Hard, Status::Fail)],
            1,
        ))
        .unwrap();
        let forged = json.replace("\"accepted\":false", "\"accepted\":true");
        assert!(serde_json::from_str::<Verdict>(&forged).is_err());
    }
}
