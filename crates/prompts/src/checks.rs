//! The policy in words for whoever makes what it judges: only the checks that they can influence.

use findings::{CheckId, GROUPS, Policy, Severity};
use serde::Serialize;

/// What an agent writes, and so which checks it can influence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Written {
    /// What is predicted, from what, how it is divided and scored.
    Proposal,
    /// Scripts in any layout, and a description.
    Draft,
    /// The unified package.
    Package,
    /// All of it.
    Everything,
}

/// The checks of one kind of work, by group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checks {
    /// Version of the policy.
    pub version: u32,
    /// Whose work they measure.
    pub written: Written,
    /// The groups that have any, in their order.
    pub groups: Vec<CheckGroup>,
}

/// The checks of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckGroup {
    /// What they are about, in a word or two.
    pub title: String,
    /// In order of their ids.
    pub rules: Vec<CheckRule>,
}

/// A check, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckRule {
    /// Its id.
    pub id: String,
    /// What it is about, in a few words.
    pub title: String,
    /// Whether a failure rejects.
    pub rejects: bool,
    /// Whether the agent can have it made before it hands in.
    pub now: bool,
    /// What is measured, in a sentence.
    pub measures: String,
    /// The numbers that measured values are compared with: `share 0.001`.
    pub thresholds: Vec<String>,
    /// What to change when it fails, in a sentence.
    pub hint: String,
}

impl Checks {
    /// What the policy says to whoever writes this.
    pub fn of(policy: &Policy, written: Written) -> Self {
        let groups = GROUPS
            .iter()
            .map(|group| CheckGroup {
                title: group.title.to_owned(),
                rules: policy
                    .rules()
                    .filter(|rule| {
                        rule.id().to_string().starts_with(group.letter)
                            && influences(written, rule.id())
                    })
                    .map(|rule| CheckRule::of(rule, written))
                    .collect(),
            })
            .filter(|group| !group.rules.is_empty())
            .collect();
        Self {
            version: policy.version,
            written,
            groups,
        }
    }
}

impl CheckRule {
    fn of(rule: &findings::Rule, written: Written) -> Self {
        Self {
            id: rule.id().to_string(),
            title: rule.title.clone(),
            rejects: rule.severity == Severity::Hard,
            now: made_at_once(written).contains(&rule.id().to_string().as_str()),
            measures: rule.measures.clone(),
            thresholds: rule
                .thresholds()
                .map(|(name, threshold)| format!("{} {}", name.replace('_', " "), threshold.value))
                .collect(),
            hint: rule.hint.clone(),
        }
    }
}

/// What changes with the question that is asked.
const PROPOSAL: [&str; 18] = [
    "C01", "C02", "C03", "C06", "C08", "D01", "D02", "D04", "D05", "D06", "D07", "D08", "D11",
    "E02", "E03", "E06", "E07", "E08",
];
/// What comes back to whoever writes the scripts, be it what a reviewer says.
const DRAFT: [&str; 39] = [
    "A03", "A04", "A05", "A08", "A09", "A10", "B01", "B02", "B03", "B04", "B05", "B06", "B07",
    "B08", "B09", "C01", "C02", "C03", "C04", "C06", "C07", "C08", "D01", "D02", "D03", "D04",
    "D05", "D06", "D07", "D08", "D09", "D10", "D11", "E01", "E03", "E05", "E08", "F02", "F03",
];
/// What the text for competitors decides, beside the scripts.
const TEXT: [&str; 8] = ["A01", "A06", "A07", "E02", "E04", "E06", "E07", "E09"];

/// Which checks depend on what is written. Manifest, licence, seal and baselines are the host's own.
fn influences(written: Written, id: CheckId) -> bool {
    let id = id.to_string();
    let id = id.as_str();
    match written {
        Written::Proposal => PROPOSAL.contains(&id),
        Written::Draft => DRAFT.contains(&id),
        Written::Package => DRAFT.contains(&id) || TEXT.contains(&id),
        Written::Everything => PROPOSAL.contains(&id) || DRAFT.contains(&id) || TEXT.contains(&id),
    }
}

/// What `run_assertions` makes: of a draft the checks of its scripts and of one run of prepare.py, of a package all that
/// files and tables show without a further run.
fn made_at_once(written: Written) -> &'static [&'static str] {
    match written {
        Written::Proposal => &[],
        Written::Draft => &["A03", "A04", "A05", "B01"],
        Written::Package | Written::Everything => &[
            "A01", "A03", "A04", "A05", "A06", "A07", "A08", "A09", "A10", "B01", "B04", "D01",
            "D02", "D03", "D04", "D05", "D09", "D10", "D11", "E01", "E02", "E03", "E04", "E05",
            "E06", "E08", "E09",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_that_is_told_exists() {
        let policy = Policy::embedded();
        let told = |written| {
            Checks::of(&policy, written)
                .groups
                .iter()
                .map(|group| group.rules.len())
                .sum::<usize>()
        };
        // Lengths of the lists above: one that names a check that is gone would count less.
        assert_eq!(told(Written::Proposal), 18);
        assert_eq!(told(Written::Draft), 39);
        assert_eq!(told(Written::Package), 39 + 8);
        assert_eq!(told(Written::Everything), 39 + 8);
    }

    #[test]
    fn what_is_made_at_once_is_told() {
        let policy = Policy::embedded();
        for written in [Written::Proposal, Written::Draft, Written::Package] {
            let checks = Checks::of(&policy, written);
            let rules = checks.groups.iter().flat_map(|group| &group.rules);
            let now = rules.filter(|rule| rule.now).count();
            assert_eq!(now, made_at_once(written).len(), "{written:?}");
        }
    }
}
