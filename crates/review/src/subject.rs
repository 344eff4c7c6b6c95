//! What the reviewer is given.

use facts::{LadderFacts, PackageFacts, Profile, Quote, SplitFacts, TargetNumbers};
use findings::Finding;
use task_format::{DESCRIPTION, MANIFEST, Manifest};

/// Everything that the reviewer looks at.
#[derive(Clone, Copy, Debug)]
pub struct ReviewSubject<'a> {
    /// The manifest.
    pub manifest: &'a Manifest,
    /// The package's files, with the texts that are quoted.
    pub package: &'a PackageFacts,
    /// What was measured on the prepared files; without it, fewer things are judged.
    pub split: Option<&'a SplitFacts>,
    /// Scores of the baselines; without them, complexity is not judged.
    pub ladder: Option<&'a LadderFacts>,
    /// Distribution of a numeric target over the answers.
    pub target: Option<&'a TargetNumbers>,
    /// Checks that warned, of which a judge is told; empty where none ran.
    pub warnings: &'a [Finding],
    /// The raw data, the task's table first, of which a judge is told; `None` where they are not at hand.
    pub raw: Option<&'a Profile>,
}

impl ReviewSubject<'_> {
    /// The line of `task.toml` that sets `key`.
    pub(crate) fn manifest_line(&self, key: &str) -> Option<Quote> {
        let sets = |line: &&str| {
            line.trim_start()
                .strip_prefix(key)
                .is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        let lines = || self.package.manifest_text.lines();
        let line = lines()
            .find(sets)
            .or_else(|| lines().find(|line| line.contains(key)))?;
        quote(MANIFEST, line)
    }

    /// The first line of a script that is so.
    pub(crate) fn script_line(&self, path: &str, is: impl Fn(&str) -> bool) -> Option<Quote> {
        let text = self.package.scripts.get(path)?;
        quote(path, text.lines().find(|line| is(line))?)
    }
}

/// A line of a file without the blanks around it; `None` when it is empty.
pub(crate) fn quote(file: &str, line: &str) -> Option<Quote> {
    /// Longest quote, in characters.
    const LONGEST: usize = 400;
    let line = line.trim();
    let end = line
        .char_indices()
        .nth(LONGEST)
        .map_or(line.len(), |(at, _)| at);
    (!line.is_empty()).then(|| Quote {
        file: file.to_owned(),
        text: line[..end].to_owned(),
    })
}

/// A line of the description.
pub(crate) fn quote_description(line: &str) -> Option<Quote> {
    quote(DESCRIPTION, line)
}
