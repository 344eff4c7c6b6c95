//! What is known of a candidate when it is judged.

use std::collections::BTreeSet;

use facts::{
    AgentFacts, ControlFacts, FitFacts, LadderFacts, MetricFacts, PackageFacts, PrepareFacts,
    RawRows, ReviewFacts, SourceFacts, SplitFacts,
};
use task_format::{FormatError, Manifest};

/// Everything that checks look at. A stage that has not run yet leaves its field empty, and its checks are skipped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    /// The manifest, or why `task.toml` is none.
    pub manifest: Option<Result<&'a Manifest, &'a FormatError>>,
    /// The files as they stand on disk.
    pub package: Option<&'a PackageFacts>,
    /// Syntax of `prepare.py`.
    pub prepare: Option<&'a SourceFacts>,
    /// Syntax of `metric.py`.
    pub metric: Option<&'a SourceFacts>,
    /// Syntax of the baselines.
    pub baselines: &'a [SourceFacts],
    /// Top-level modules that can be imported in the task's environment: standard library, packages, task kit.
    pub modules: Option<&'a BTreeSet<String>>,
    /// Rows of the raw data.
    pub raw_rows: Option<RawRows>,
    /// What happened when `prepare.py` ran.
    pub prepared: Option<&'a PrepareFacts>,
    /// What was measured on the prepared files.
    pub split: Option<&'a SplitFacts>,
    /// How the metric behaves.
    pub probe: Option<&'a MetricFacts>,
    /// Scores of the reference solvers.
    pub ladder: Option<&'a LadderFacts>,
    /// Scores of submissions that can't know anything.
    pub controls: Option<&'a ControlFacts>,
    /// What an agent did in an episode.
    pub agent: Option<&'a AgentFacts>,
    /// What small models found in the rows.
    pub fits: Option<&'a FitFacts>,
    /// What a reviewer says of the package as a whole.
    pub review: Option<&'a ReviewFacts>,
    /// The review that an existing package came with, whoever wrote it.
    pub published_review: Option<&'a ReviewFacts>,
}

impl<'a> Subject<'a> {
    /// The Python files that are known, `prepare.py` first.
    pub(crate) fn sources(&self) -> Vec<&'a SourceFacts> {
        self.prepare
            .into_iter()
            .chain(self.metric)
            .chain(self.baselines)
            .collect()
    }
}
