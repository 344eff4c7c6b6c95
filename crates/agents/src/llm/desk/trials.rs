//! Trying the agent's files: running its scripts, scoring, and the checks. What came of it is remembered with the files it came of.

use findings::Status;
use prompts::findings_text;
use serde_json::Value;

use super::super::arguments::typed;
use super::super::design::{TEST_RUNNER, TEST_SCRIPT};
use super::super::{Handed, Observation};
use super::tools::{Rows, Submission};
use super::{Desk, Layout, MOST_RESULT, Trouble, fenced};
use crate::Proposal;

impl Desk<'_> {
    pub(super) async fn run_prepare(&mut self) -> Result<Observation, Trouble> {
        self.need("prepare.py")?;
        let seen = self.bench.run_prepare(&self.files).await?;
        self.prepared = Some((self.files.clone(), !seen.failed));
        Ok(fenced("what prepare.py did", seen))
    }

    pub(super) async fn run_test(&mut self) -> Result<Observation, Trouble> {
        self.need("prepare.py")?;
        self.need(TEST_SCRIPT)?;
        let seen = self.bench.run_python(&self.files, TEST_RUNNER).await?;
        self.tested = Some((self.files.clone(), !seen.failed));
        Ok(fenced("what test_task.py printed", seen))
    }

    pub(super) async fn read_prepared(&self, arguments: Value) -> Result<Observation, Trouble> {
        let rows: Rows = typed(arguments)?;
        if !(rows.path.starts_with("public/") || rows.path.starts_with("private/")) {
            return Err(Trouble::Call(
                "the path begins with `public/` or `private/`".to_owned(),
            ));
        }
        self.need("prepare.py")?;
        let (from, count) = rows.range();
        let seen = self
            .bench
            .read_prepared(&self.files, &rows.path, from, count)
            .await?;
        Ok(fenced("rows of the prepared file", seen))
    }

    pub(super) async fn run_metric(&self, arguments: Value) -> Result<Observation, Trouble> {
        let Submission { submission } = typed(arguments)?;
        self.need("prepare.py")?;
        self.need("metric.py")?;
        let seen = self
            .bench
            .run_metric(self.task()?, &self.files, submission.as_deref())
            .await?;
        Ok(fenced("scores", seen))
    }

    pub(super) async fn run_assertions(&mut self) -> Result<Observation, Trouble> {
        self.need("prepare.py")?;
        self.need("metric.py")?;
        let proposal = self.task()?;
        let handed = match self.layout {
            Layout::Draft => Handed::Draft {
                proposal,
                files: &self.files,
            },
            Layout::Package => Handed::Package {
                proposal,
                files: &self.files,
            },
        };
        let findings = self.bench.run_assertions(handed).await?;
        let rejecting = findings.iter().filter(|one| one.rejects()).count();
        let text = findings_text(&findings, MOST_RESULT);
        let later = findings
            .iter()
            .filter(|one| one.status == Status::Skip)
            .count();
        let made = findings.len() - later;
        self.checked = Some((self.files.clone(), findings));
        Ok(if text.is_empty() {
            Observation::of(format!(
                "{made} checks passed; {later} more are made when everything runs"
            ))
        } else {
            Observation {
                text: format!(
                    "{made} checks made, {rejecting} of which reject; {later} more are made when everything runs\n{text}"
                ),
                failed: rejecting > 0,
            }
        })
    }

    /// The task that the files are for.
    fn task(&self) -> Result<&Proposal, Trouble> {
        self.proposal.as_ref().ok_or_else(|| {
            Trouble::Call("say first by `propose` which task the files are for".to_owned())
        })
    }

    fn need(&self, path: &str) -> Result<(), Trouble> {
        if self.files.contains_key(path) {
            Ok(())
        } else {
            Err(Trouble::Call(format!(
                "`{path}` is not written yet. {}",
                self.standing()
            )))
        }
    }
}
