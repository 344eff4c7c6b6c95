//! Hands what was gathered to the checks, and reads their verdict.

use std::borrow::Cow;
use std::collections::BTreeSet;

use assertions::Subject;
use camino::{Utf8Path, Utf8PathBuf};
use executor::Executor;
use facts::{
    LadderFacts, PackageFacts, PrepareFacts, PrepareRun, Profile, RawRows, ReviewFacts, Reviewer,
    SplitFacts,
};
use findings::{Finding, Policy, Verdict};
use review::ReviewSubject;
use task_format::{FormatError, Manifest, read_text};

use crate::{
    PipelineError,
    examine::Examination,
    layout::{self, Sources},
    target,
};

/// Where a published package keeps its review.
const PUBLISHED_REVIEW: &str = "evidence/review.json";

/// What can be known of a package without running it.
pub(crate) struct Paper {
    root: Utf8PathBuf,
    package: PackageFacts,
    sources: Sources,
    modules: BTreeSet<String>,
    published_review: Option<ReviewFacts>,
}

impl Paper {
    /// Reads the package at `root`.
    pub(crate) fn of(root: &Utf8Path, executor: &Executor) -> Result<Self, PipelineError> {
        let package = layout::package_facts(root)?;
        let sources = layout::sources(root, &package);
        let modules = executor
            .environment()
            .python_modules()
            .map_err(PipelineError::files)?;
        Ok(Self {
            root: root.to_owned(),
            published_review: published_review(root),
            package,
            sources,
            modules,
        })
    }

    pub(crate) fn package(&self) -> &PackageFacts {
        &self.package
    }

    /// Who judges it; `raw_rows` are those of the raw data, where these are known.
    pub(crate) fn judge<'a>(
        &'a self,
        manifest: &'a Manifest,
        raw_rows: Option<RawRows>,
    ) -> Judge<'a> {
        Judge {
            manifest: Ok(manifest),
            paper: self,
            raw_rows,
        }
    }

    /// Who judges a package whose manifest can't be read.
    pub(crate) fn judge_without_manifest<'a>(&'a self, error: &'a FormatError) -> Judge<'a> {
        Judge {
            manifest: Err(error),
            paper: self,
            raw_rows: None,
        }
    }
}

/// Judges one package.
pub(crate) struct Judge<'a> {
    manifest: Result<&'a Manifest, &'a FormatError>,
    paper: &'a Paper,
    raw_rows: Option<RawRows>,
}

impl Judge<'_> {
    /// The verdict on what stands in the package; checks that need it to run are skipped.
    pub(crate) fn on_paper(&self) -> Verdict {
        self.of(None)
    }

    /// What a reviewer by rules says of the package and what running it gave; `None` without a manifest.
    pub(crate) fn review(&self, examination: &Examination) -> Option<ReviewFacts> {
        let manifest = self.manifest.ok()?;
        let target = target::numbers(&self.paper.root, manifest);
        Some(review::review(&ReviewSubject {
            manifest,
            package: &self.paper.package,
            split: Some(&examination.split),
            ladder: Some(&examination.ladder),
            target: target.as_ref(),
            warnings: &[],
            raw: None,
        }))
    }

    /// The verdict on what stands in the package, its tables measured.
    pub(crate) fn of_tables(&self, split: &SplitFacts) -> Verdict {
        judge(&Subject {
            split: Some(split),
            ..self.paper_subject()
        })
    }

    /// What a model says of the package as it stands, its tables measured; `raw` has the task's table first.
    pub(crate) async fn by_model(
        &self,
        chat: &dyn llm::Chat,
        split: &SplitFacts,
        raw: &Profile,
        attempt: u32,
    ) -> Result<review::llm::Judged, review::llm::JudgeError> {
        let manifest = self.manifest.expect("a candidate has a manifest");
        let target = target::numbers(&self.paper.root, manifest);
        let warnings: Vec<Finding> = self.of_tables(split).warnings().cloned().collect();
        let subject = ReviewSubject {
            manifest,
            package: &self.paper.package,
            split: Some(split),
            ladder: None,
            target: target.as_ref(),
            warnings: &warnings,
            raw: Some(raw),
        };
        review::llm::judge_again(chat, &subject, attempt).await
    }

    /// The verdict on what stands in the package and what a reviewer said of it, its tables measured.
    pub(crate) fn of_review(&self, split: &SplitFacts, review: &ReviewFacts) -> Verdict {
        judge(&Subject {
            split: Some(split),
            review: Some(review),
            ..self.paper_subject()
        })
    }

    /// The verdict on the package and what running it gave, reviewed by rules.
    pub(crate) fn of(&self, examination: Option<&Examination>) -> Verdict {
        let review = examination.and_then(|examination| self.review(examination));
        self.with(examination, review.as_ref())
    }

    fn with(&self, examination: Option<&Examination>, review: Option<&ReviewFacts>) -> Verdict {
        judge(&Subject {
            prepared: examination.and_then(|examination| examination.prepare.as_ref()),
            split: examination.map(|examination| &examination.split),
            probe: examination.map(|examination| &examination.metric),
            ladder: examination.map(|examination| &examination.ladder),
            controls: examination.map(|examination| &examination.controls),
            agent: examination.map(|examination| &examination.agent),
            fits: examination.map(|examination| &examination.fits),
            review,
            ..self.paper_subject()
        })
    }

    /// The verdict that decides on publication: what must be known and is not, rejects.
    pub(crate) fn for_publication(
        &self,
        examination: &Examination,
        review: &ReviewFacts,
    ) -> Verdict {
        self.with(Some(examination), Some(review))
            .closed(&Policy::embedded())
    }

    /// What is known without running or measuring anything.
    fn paper_subject(&self) -> Subject<'_> {
        let sources = &self.paper.sources;
        Subject {
            manifest: Some(self.manifest),
            package: Some(&self.paper.package),
            prepare: Some(&sources.prepare),
            metric: Some(&sources.metric),
            baselines: &sources.baselines,
            modules: Some(&self.paper.modules),
            raw_rows: self.raw_rows,
            published_review: self.paper.published_review.as_ref(),
            ..Subject::default()
        }
    }
}

/// The review that the package at `root` was published with. One that can't be read is an incomplete one.
fn published_review(root: &Utf8Path) -> Option<ReviewFacts> {
    let text = read_text(root, PUBLISHED_REVIEW).ok()?;
    Some(
        serde_json::from_str(&text).unwrap_or_else(|error| ReviewFacts {
            reviewer: Reviewer {
                name: PUBLISHED_REVIEW.to_owned(),
                version: 0,
                model: None,
            },
            scores: Vec::new(),
            issues: Vec::new(),
            failure: Some(format!("it is no review: {error}")),
        }),
    )
}

/// The verdict on a draft, from the first run of its `prepare.py`.
pub(crate) fn of_draft(run: &PrepareRun) -> Verdict {
    let prepared = PrepareFacts {
        runs: vec![run.clone()],
        raw_untouched: true,
    };
    judge(&Subject {
        prepared: Some(&prepared),
        ..Subject::default()
    })
}

/// The verdict of these findings alone.
pub(crate) fn of_findings(findings: Vec<Finding>) -> Verdict {
    Verdict::new(findings, Policy::embedded().version)
}

/// The verdict of the policy that this program has.
pub(crate) fn judge(subject: &Subject<'_>) -> Verdict {
    let policy = Policy::embedded();
    Verdict::new(assertions::run(subject, &policy), policy.version)
}

/// The raw rows of the task's table: all that the profile counted, and these less those without a value in a target column. None
/// where the manifest names a table that is not there: then every row of the task is invented.
pub(crate) fn raw_rows(profile: &Profile, manifest: &Manifest) -> RawRows {
    let seen = match &manifest.dataset.table {
        None => Cow::Borrowed(profile),
        Some(path) => match profile.of_table(path) {
            Some(seen) => seen,
            None => {
                return RawRows {
                    all: 0,
                    labelled: 0,
                };
            }
        },
    };
    let profile = &*seen;
    let unlabelled = manifest
        .data
        .target_columns
        .iter()
        .filter_map(|target| profile.column(target))
        .map(|column| column.missing)
        .max()
        .unwrap_or(0);
    RawRows {
        all: profile.rows as u64,
        labelled: (profile.rows - unlabelled) as u64,
    }
}

/// Name and score of each rung that has one.
pub(crate) fn scores(ladder: &LadderFacts) -> Vec<(String, f64)> {
    ladder
        .rungs
        .iter()
        .filter_map(|rung| Some((rung.name.clone(), rung.score?)))
        .collect()
}

/// Ids of the checks of some findings.
pub(crate) fn ids<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<String> {
    findings.map(|finding| finding.check.to_string()).collect()
}

/// Why a verdict rejects: ids and messages.
pub(crate) fn reasons(verdict: &Verdict) -> Vec<(String, String)> {
    verdict
        .rejecting()
        .map(|finding| (finding.check.to_string(), finding.message.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_may_ask_for_what_the_sandbox_gives() {
        let policy = Policy::embedded();
        let rule = policy.rule("A02".parse().unwrap()).unwrap();
        let most = sandbox::roles::standard_limits();
        for (name, limit) in [
            ("wall_seconds", most.wall_seconds),
            ("memory_bytes", most.memory_bytes),
            ("disk_bytes", most.disk_bytes),
            ("output_bytes", most.output_bytes),
        ] {
            assert_eq!(rule.threshold(name), limit as f64, "{name}");
        }
    }
}
