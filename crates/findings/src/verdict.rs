//! The decision over all findings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Finding, Status};

/// All findings about a candidate, and whether it is accepted.
///
/// A candidate is accepted when no hard check failed or broke. Checks that were skipped do not reject: whoever publishes
/// also asks for [`Verdict::skipped`] and decides which gaps it allows.
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
