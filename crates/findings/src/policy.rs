//! The versioned policy: severity, thresholds with their sources, words and hints of every check. What is measured and how
//! it is compared is code; the numbers it is compared with are data, in `policy/`.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CheckId, Finding, Measured, Severity, Status};

/// One file for each group of checks, together one TOML document.
const EMBEDDED: &str = concat!(
    include_str!("../policy/version.toml"),
    include_str!("../policy/a_structure.toml"),
    include_str!("../policy/b_execution.toml"),
    include_str!("../policy/c_solvability.toml"),
    include_str!("../policy/d_leakage.toml"),
    include_str!("../policy/e_quality.toml"),
    include_str!("../policy/f_review.toml"),
);

/// The rules of all checks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Grows with every change of the file, and stands in every verdict.
    #[serde(rename = "policy_version")]
    pub version: u32,
    /// The rules in order of their ids.
    checks: IndexMap<CheckId, Rule>,
}

/// What the policy says of one check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The check; repeats the key of its table.
    #[serde(skip, default = "nobody")]
    #[schemars(skip)]
    id: CheckId,
    /// What it is about, in a few words.
    pub title: String,
    /// What is measured, in one plain sentence.
    pub measures: String,
    /// What a failure means.
    pub severity: Severity,
    /// What to change when it fails, for whoever wrote the candidate.
    pub hint: String,
    /// When a published task may be without this check, in a sentence; `None` for never. Says nothing for one that only warns: that
    /// may always be skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_skip: Option<String>,
    /// Numbers that measured values are compared with.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    thresholds: IndexMap<String, Threshold>,
    /// Words that texts are compared with.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    lists: IndexMap<String, Vec<String>>,
}

/// A number and where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The number.
    pub value: f64,
    /// Who chose it and why.
    pub source: String,
}

/// Why a policy can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Not TOML, or not of this form.
    #[error("the policy is not of the expected form")]
    Form(#[source] toml::de::Error),
    /// A check, threshold or list that the checks need is not there.
    #[error("the policy lacks {0}")]
    Lacks(String),
}

impl PolicyError {
    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        Some("start from the policy that comes with the program and change its numbers".to_owned())
    }
}

impl Policy {
    /// The policy that comes with the program.
    ///
    /// # Panics
    ///
    /// Never for a built program: a test parses the file.
    pub fn embedded() -> Self {
        Self::read(EMBEDDED).expect("the embedded policy is of the expected form")
    }

    /// A policy from elsewhere. It must have every check, threshold and list of the embedded one.
    ///
    /// # Errors
    ///
    /// When it is no policy, or lacks something.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let policy = Self::read(text)?;
        for (id, needed) in Self::embedded().checks {
            let rule = policy
                .checks
                .get(&id)
                .ok_or_else(|| PolicyError::Lacks(format!("check {id}")))?;
            if let Some(name) = needed
                .thresholds
                .keys()
                .find(|name| !rule.thresholds.contains_key(*name))
            {
                return Err(PolicyError::Lacks(format!(
                    "threshold `{name}` of check {id}"
                )));
            }
            if let Some(name) = needed
                .lists
                .keys()
                .find(|name| !rule.lists.contains_key(*name))
            {
                return Err(PolicyError::Lacks(format!("list `{name}` of check {id}")));
            }
        }
        Ok(policy)
    }

    fn read(text: &str) -> Result<Self, PolicyError> {
        let mut policy: Self = toml::from_str(text).map_err(PolicyError::Form)?;
        policy.checks.sort_keys();
        for (id, rule) in &mut policy.checks {
            rule.id = *id;
        }
        Ok(policy)
    }

    /// What the policy says of `check`; `None` for a check it does not know.
    pub fn rule(&self, check: CheckId) -> Option<&Rule> {
        self.checks.get(&check)
    }

    /// All rules, by check id.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.checks.values()
    }
}

impl Rule {
    /// The check it is about.
    pub fn id(&self) -> CheckId {
        self.id
    }

    /// The numbers that measured values are compared with, by name.
    pub fn thresholds(&self) -> impl Iterator<Item = (&str, &Threshold)> {
        self.thresholds
            .iter()
            .map(|(name, threshold)| (name.as_str(), threshold))
    }

    /// The words that texts are compared with, by name.
    pub fn lists(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.lists
            .iter()
            .map(|(name, words)| (name.as_str(), words.as_slice()))
    }

    /// The number of that name.
    ///
    /// # Panics
    ///
    /// When the policy has none: [`Policy::parse`] has made sure that it has all.
    pub fn threshold(&self, name: &str) -> f64 {
        match self.thresholds.get(name) {
            Some(threshold) => threshold.value,
            None => panic!("the policy has no threshold `{name}` for check {}", self.id),
        }
    }

    /// The words of that name.
    ///
    /// # Panics
    ///
    /// When the policy has none: [`Policy::parse`] has made sure that it has all.
    pub fn list(&self, name: &str) -> &[String] {
        match self.lists.get(name) {
            Some(list) => list,
            None => panic!("the policy has no list `{name}` for check {}", self.id),
        }
    }

    /// Whether a published task must have an answer to this check.
    pub fn must_be_made(&self) -> bool {
        self.severity == Severity::Hard && self.may_skip.is_none()
    }

    /// Nothing to say.
    pub fn pass(&self, measured: impl Into<Measured>) -> Finding {
        self.finding(Status::Pass, measured.into(), String::new())
    }

    /// The candidate does not do what it must: a failure, or a warning where the policy says that this only warns.
    pub fn fail(&self, measured: impl Into<Measured>, message: impl Into<String>) -> Finding {
        let status = match self.severity {
            Severity::Hard => Status::Fail,
            Severity::Warn => Status::Warn,
        };
        let finding = self.finding(status, measured.into(), message.into());
        finding.with_hint(self.hint.clone())
    }

    /// Worth knowing, but no reason to reject.
    pub fn warn(&self, measured: impl Into<Measured>, message: impl Into<String>) -> Finding {
        self.finding(Status::Warn, measured.into(), message.into())
            .with_hint(self.hint.clone())
    }

    /// It can't be judged, for this reason.
    pub fn skip(&self, reason: impl Into<String>) -> Finding {
        self.finding(Status::Skip, Measured::default(), reason.into())
    }

    /// It can't be judged, because something it needs broke.
    pub fn error(&self, message: impl Into<String>) -> Finding {
        self.finding(Status::Error, Measured::default(), message.into())
    }

    fn finding(&self, status: Status, measured: Measured, message: String) -> Finding {
        Finding {
            check: self.id,
            title: self.title.clone(),
            severity: self.severity,
            status,
            measured,
            threshold: String::new(),
            evidence: Vec::new(),
            message,
            hint: None,
        }
    }
}

/// Stands in a rule until [`Policy::read`] has set its id.
fn nobody() -> CheckId {
    CheckId::new('Z', 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_policy_parses_and_says_where_its_numbers_come_from() {
        let policy = Policy::embedded();
        assert!(policy.version >= 1);
        for rule in policy.rules() {
            let id = rule.id();
            assert_eq!(policy.rule(id), Some(rule));
            assert!(
                rule.hint.ends_with('.') && rule.hint.len() > 30,
                "{id}: a hint is a sentence: {:?}",
                rule.hint
            );
            assert!(!rule.title.ends_with('.'), "{id}: a title is no sentence");
            assert!(
                rule.measures.ends_with('.') && rule.measures.len() > 30,
                "{id}: what is measured is a sentence: {:?}",
                rule.measures
            );
            for (name, threshold) in &rule.thresholds {
                assert!(threshold.source.len() > 3, "{id}: {name} has no source");
            }
        }
    }

    #[test]
    fn a_policy_from_elsewhere_must_be_complete() {
        assert_eq!(Policy::parse(EMBEDDED).unwrap(), Policy::embedded());
        let lacks = Policy::parse("policy_version = 2\n[checks]\n").unwrap_err();
        assert!(matches!(lacks, PolicyError::Lacks(_)), "{lacks}");
        assert!(matches!(
            Policy::parse("rules = 1").unwrap_err(),
            PolicyError::Form(_)
        ));
    }

    #[test]
    fn what_may_be_skipped_says_when() {
        for rule in Policy::embedded().rules() {
            let Some(when) = &rule.may_skip else { continue };
            let id = rule.id();
            assert_eq!(rule.severity, Severity::Hard, "{id} may be skipped anyway");
            assert!(when.ends_with('.') && when.len() > 20, "{id}: {when}");
        }
    }

    #[test]
    fn what_fails_softly_only_warns() {
        let policy = Policy::embedded();
        let mut rule = policy.rules().next().unwrap().clone();
        rule.severity = Severity::Warn;
        assert_eq!(rule.fail("x", "y").status, Status::Warn);
        rule.severity = Severity::Hard;
        assert!(rule.fail("x", "y").rejects());
    }
}
