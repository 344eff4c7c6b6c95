//! The documentation of all checks, made from the policy, so that it can't say anything else.

use std::fmt::Write as _;

use serde::Serialize;

use crate::{CheckId, Policy, Rule, Severity, Threshold};

/// A group of checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// First letter of the ids of its checks.
    pub letter: char,
    /// What it is about, in a word or two.
    pub title: &'static str,
    /// What its checks have in common, in a few sentences.
    pub about: &'static str,
}

/// The groups, by letter.
pub const GROUPS: [Group; 6] = [
    Group {
        letter: 'A',
        title: "structure",
        about: "Everything that can be told before anything runs, and the shape of what `prepare.py` wrote: files, \
                manifest, syntax of the scripts, description, ids, licence. A package that fails here is not worth a \
                minute of execution.",
    },
    Group {
        letter: 'B',
        title: "execution contract",
        about: "What must hold when the scripts run in the sandbox: `prepare.py` gives the same files in another place \
                and setting, and the metric gives the optimum for the answers, ignores order, gets worse with errors, \
                agrees with the native one, and refuses what is no submission.",
    },
    Group {
        letter: 'C',
        title: "solvability and headroom",
        about: "What the ladder of baselines says: there is something to learn, it is not given away, and test rows are \
                enough to tell competitors apart. Controls with shuffled labels and with no data must fall back to the \
                floor.",
    },
    Group {
        letter: 'D',
        title: "leakage",
        about: "What can be told about the target from where it should not be: rows on both sides of the split, single \
                features, the order of rows, ids and files, groups and time across the split, the sample submission.",
    },
    Group {
        letter: 'E',
        title: "data quality",
        about: "What a competitor should be told about the data. Most of these only warn: real data are untidy, and a \
                task on them is still a task. Personal data reject.",
    },
    Group {
        letter: 'F',
        title: "review",
        about: "What a reviewer says of the package as a whole, in five scores from 0 to 5: task validity, data \
                sufficiency, use of the raw data, complexity, clarity. The reviewer by rules computes what can be \
                computed, quotes what each score rests on, and lists what it did not judge; the whole review is in \
                `evidence/review.json`. A review that breaks off, or quotes what the package does not say, is an error \
                of the reviewer and says nothing about the task, but keeps it from being published.",
    },
];

/// The documentation as a value.
#[derive(Clone, Debug, Serialize)]
pub struct Documentation<'a> {
    /// Version of the policy.
    pub policy_version: u32,
    /// The groups that have checks, with these.
    pub groups: Vec<DocumentedGroup<'a>>,
}

/// A group with its checks.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentedGroup<'a> {
    /// The group.
    #[serde(flatten)]
    pub group: Group,
    /// Its checks, by id.
    pub checks: Vec<DocumentedCheck<'a>>,
}

/// A check.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentedCheck<'a> {
    /// Its id.
    pub id: CheckId,
    /// What the policy says of it.
    #[serde(flatten)]
    pub rule: &'a Rule,
}

impl Policy {
    /// The documentation of all checks of this policy.
    pub fn documentation(&self) -> Documentation<'_> {
        let group = |group: Group| DocumentedGroup {
            group,
            checks: self
                .rules()
                .filter(|rule| rule.id().group() == group.letter)
                .map(|rule| DocumentedCheck {
                    id: rule.id(),
                    rule,
                })
                .collect(),
        };
        Documentation {
            policy_version: self.version,
            groups: GROUPS
                .into_iter()
                .map(group)
                .filter(|group| !group.checks.is_empty())
                .collect(),
        }
    }
}

impl Documentation<'_> {
    /// The documentation as Markdown.
    pub fn markdown(&self) -> String {
        let checks: usize = self.groups.iter().map(|group| group.checks.len()).sum();
        let mut out = format!(
            "# Checks\n\n\
             There are {checks} checks. This file is made from policy version {} by `smith schema checks`.\n\n\
             A check of severity **hard** that fails, or breaks, rejects the task; one of severity **warn** is reported \
             and stays with the task. A check that lacks what it needs is skipped with the reason. A task is published \
             only when every hard check has an answer, those excepted that say below when they may be skipped.\n",
            self.policy_version
        );
        for group in &self.groups {
            write(
                &mut out,
                format_args!(
                    "\n## {}. {}\n\n{}\n",
                    group.group.letter,
                    capital(group.group.title),
                    group.group.about
                ),
            );
            for check in &group.checks {
                describe(&mut out, check);
            }
        }
        out
    }
}

fn describe(out: &mut String, check: &DocumentedCheck<'_>) {
    let rule = check.rule;
    let severity = match rule.severity {
        Severity::Hard => "hard",
        Severity::Warn => "warn",
    };
    write(
        out,
        format_args!(
            "\n### {}: {}\n\nSeverity: {severity}. {}\n\n",
            check.id, rule.title, rule.measures
        ),
    );
    if rule.thresholds().next().is_some() {
        out.push_str("| threshold | value | source |\n|---|---:|---|\n");
        for (name, Threshold { value, source }) in rule.thresholds() {
            write(
                out,
                format_args!("| `{name}` | {value} | {} |\n", source.replace('|', "\\|")),
            );
        }
        out.push('\n');
    }
    let lists: Vec<String> = rule
        .lists()
        .map(|(name, words)| format!("`{name}` ({})", words.len()))
        .collect();
    if !lists.is_empty() {
        write(
            out,
            format_args!("Lists of words in the policy: {}.\n\n", lists.join(", ")),
        );
    }
    if let Some(when) = &rule.may_skip {
        write(out, format_args!("May be skipped: {when}\n\n"));
    }
    write(out, format_args!("When it fails: {}\n", rule.hint));
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

fn write(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_documentation_is_that_of_the_policy() {
        let committed = include_str!("../../../docs/checks.md");
        let current = Policy::embedded().documentation().markdown();
        let stale = current
            .lines()
            .zip(committed.lines())
            .find(|(current, committed)| current != committed);
        assert!(
            current == committed,
            "write it anew with `cargo xtask schema checks > docs/checks.md`; first difference: {stale:#?}"
        );
    }

    #[test]
    fn every_check_stands_in_a_group() {
        let policy = Policy::embedded();
        let documentation = policy.documentation();
        let documented = documentation.groups.iter().flat_map(|group| &group.checks);
        assert!(
            documented
                .map(|check| check.id)
                .eq(policy.rules().map(Rule::id))
        );
    }
}
