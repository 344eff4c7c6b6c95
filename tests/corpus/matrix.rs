//! What the corpus shows, for people: which check catches which mutation, what was missed, what was rejected wrongly.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::broken::{Must, Mutation};
use crate::verdicts::{Finding, Verdict};

/// A mutation with the verdicts on the package before and after.
pub(crate) struct Outcome {
    pub(crate) mutation: &'static Mutation,
    pub(crate) before: Verdict,
    pub(crate) after: Verdict,
}

impl Outcome {
    /// Whether a check that must catch the mutation does.
    pub(crate) fn catches(&self, id: &str) -> bool {
        let clean = self
            .before
            .findings
            .get(id)
            .is_none_or(|finding| !finding.rejects());
        let caught = self
            .after
            .findings
            .get(id)
            .is_some_and(|finding| match self.mutation.must {
                Must::Fail => finding.hard && finding.status == "fail",
                Must::Error => finding.hard && finding.status == "error",
                Must::Warn => finding.fires(),
            });
        // A warning that the good package has as well says nothing about the mutation.
        let new = self.mutation.must != Must::Warn
            || self
                .before
                .findings
                .get(id)
                .is_none_or(|finding| !finding.fires());
        clean && caught && new
    }

    /// The checks that must catch it and do not.
    pub(crate) fn missed(&self) -> Vec<&'static str> {
        self.mutation
            .checks
            .iter()
            .copied()
            .filter(|id| !self.catches(id))
            .collect()
    }

    /// The other checks that say something they did not say of the good package.
    fn also(&self) -> BTreeSet<&str> {
        let worse = |(id, finding): (&String, &Finding)| {
            let before = self.before.findings.get(id);
            finding.fires()
                && before.is_none_or(|before| before.status != finding.status)
                && !self.mutation.checks.contains(&id.as_str())
        };
        let findings = &self.after.findings;
        findings
            .iter()
            .filter(|entry| worse(*entry))
            .map(|(id, _)| id.as_str())
            .collect()
    }

    fn sign(&self, id: &str) -> char {
        if self.mutation.checks.contains(&id) {
            return if self.catches(id) { '✓' } else { '✗' };
        }
        if self.also().contains(id) {
            '•'
        } else {
            '·'
        }
    }
}

/// Markdown: the matrix, then one line for each mutation with what was measured.
pub(crate) fn render(ids: &[String], outcomes: &[Outcome]) -> String {
    let mut text = "✓ caught by the check it was made for, ✗ missed by it, • another check fired too\n\n```text\n".to_owned();
    let width = outcomes
        .iter()
        .map(|outcome| outcome.mutation.name.chars().count())
        .max()
        .unwrap_or(0);
    for place in 0..3 {
        let heads: String = ids
            .iter()
            .filter_map(|id| id.chars().nth(place))
            .map(|c| format!("{c} "))
            .collect();
        writeln!(text, "{:width$}  {heads}", "").expect("a string takes everything");
    }
    for outcome in outcomes {
        let signs: String = ids
            .iter()
            .map(|id| format!("{} ", outcome.sign(id)))
            .collect();
        writeln!(text, "{:width$}  {signs}", outcome.mutation.name)
            .expect("a string takes everything");
    }
    text += "```\n\n| mutation | good package | must be caught by | measured | also fired |\n| --- | --- | --- | --- | --- |\n";
    for outcome in outcomes {
        let Mutation {
            name, base, checks, ..
        } = outcome.mutation;
        let said = |id: &&str| {
            let finding = outcome.after.findings.get(*id);
            let said = finding.map_or("no finding".to_owned(), |finding| {
                format!(
                    "{}: {}",
                    finding.status,
                    finding.measured.replace('|', "\\|")
                )
            });
            let missed = if outcome.catches(id) {
                ""
            } else {
                "**missed** "
            };
            format!("{missed}{id} {said}")
        };
        let measured: Vec<String> = checks.iter().map(said).collect();
        let also: Vec<&str> = outcome.also().into_iter().collect();
        writeln!(
            text,
            "| {name} | `{}` | {} | {} | {} |",
            base.task(),
            checks.join(" "),
            measured.join("; "),
            also.join(" ")
        )
        .expect("a string takes everything");
    }
    text
}
