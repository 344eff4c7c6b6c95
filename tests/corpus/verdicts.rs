//! What `smith verify` and `smith generate` say, read back.

use std::collections::BTreeMap;

use serde_json::Value;

/// One check's word on one package.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) status: String,
    pub(crate) hard: bool,
    pub(crate) measured: String,
    pub(crate) message: String,
}

impl Finding {
    /// Whether it says that something is wrong.
    pub(crate) fn fires(&self) -> bool {
        matches!(self.status.as_str(), "fail" | "warn" | "error")
    }

    /// Whether it alone rejects the package.
    pub(crate) fn rejects(&self) -> bool {
        self.hard && matches!(self.status.as_str(), "fail" | "error")
    }
}

/// All checks' words on one package, by id.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) accepted: bool,
    pub(crate) findings: BTreeMap<String, Finding>,
}

impl Verdict {
    pub(crate) fn of(value: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let finding = |finding: &Value| Finding {
            status: text(&finding["status"]),
            hard: finding["severity"] == "hard",
            measured: text(&finding["measured"]["text"]),
            message: text(&finding["message"]),
        };
        let findings = value["findings"]
            .as_array()
            .expect("a verdict has findings");
        Self {
            accepted: value["accepted"]
                .as_bool()
                .expect("a verdict accepts or not"),
            findings: findings
                .iter()
                .map(|value| (text(&value["check"]), finding(value)))
                .collect(),
        }
    }

    /// Ids of the checks that reject, with what they say.
    pub(crate) fn reasons(&self) -> Vec<String> {
        let rejecting = self
            .findings
            .iter()
            .filter(|(_, finding)| finding.rejects());
        rejecting
            .map(|(id, finding)| {
                format!(
                    "{id} {}: {} ({})",
                    finding.status, finding.message, finding.measured
                )
            })
            .collect()
    }
}
