//! Whether files may be handed in: what must have been written, run and checked before, on exactly these.

use findings::Finding;
use prompts::findings_text;

use super::super::conversation::Turn;
use super::super::{Feedback, Files};
use super::{Desk, MOST_RESULT};

impl Desk<'_> {
    /// Remembers the files that were sent back, where something was found in them that rejects or is to be changed. A script
    /// that failed by chance may be handed in as it was.
    pub(in crate::llm) fn sent_back(&mut self, feedback: &Feedback) {
        let found = feedback.findings.iter().any(Finding::rejects) || !feedback.issues.is_empty();
        self.rejected =
            (found && !feedback.previous.is_empty()).then(|| (feedback.previous.clone(), false));
    }

    /// What becomes of handing in the very files that were rejected; nothing where others are handed in. `way_out` is the tool
    /// that ends the work.
    pub(in crate::llm) fn unchanged<T>(&mut self, way_out: &str) -> Option<Turn<T>> {
        let (_, again) = self
            .rejected
            .as_mut()
            .filter(|(files, _)| *files == self.files)?;
        Some(if std::mem::replace(again, true) {
            Turn::Declined(None)
        } else {
            Turn::wrong(format!(
                "not handed in: these are the files that were rejected, unchanged. Change what was found wrong; where that can't be done honestly, end by `{way_out}` with the reason. Handed in once more as they are, they end the work."
            ))
        })
    }

    /// What is missing before these files can be handed in: files, and that `prepare.py` ran with these,
    /// `description.md` left aside.
    pub(in crate::llm) fn missing(&self, required: &[&str]) -> Vec<String> {
        let mut missing: Vec<String> = required
            .iter()
            .filter(|path| {
                self.files
                    .get(**path)
                    .is_none_or(|text| text.trim().is_empty())
            })
            .map(|path| format!("`{path}` is not written"))
            .collect();
        // The text for competitors is often changed alone, and the script does not read it.
        let reads = |path: &str| path != "description.md";
        missing.extend(self.not_run("run_prepare", self.prepared.as_ref(), reads));
        missing
    }

    /// What is missing before these files can be handed in as a draft: that the test script went well on exactly these.
    pub(in crate::llm) fn untested(&self) -> Option<String> {
        self.not_run("run_test", self.tested.as_ref(), |_| true)
    }

    /// Why the last run of a tool does not count for the files as they are; `reads` says which of them it depends on.
    fn not_run(
        &self,
        tool: &str,
        last: Option<&(Files, bool)>,
        reads: fn(&str) -> bool,
    ) -> Option<String> {
        let same = |files: &Files| {
            let read = |(path, _): &(&String, &String)| reads(path);
            files.iter().filter(read).eq(self.files.iter().filter(read))
        };
        match last {
            Some((files, true)) if same(files) => None,
            Some((files, false)) if same(files) => {
                Some(format!("`{tool}` failed with these files"))
            }
            Some(_) => Some(format!(
                "the files changed after `{tool}`; run it on those that you hand in"
            )),
            None => Some(format!("`{tool}` was not called")),
        }
    }

    /// What is missing before these files can be handed in as a package: that they were checked, and what the checks reject.
    /// `unresolved` says why what they reject is handed in all the same.
    pub(in crate::llm) fn unchecked(&self, unresolved: Option<&str>) -> Vec<String> {
        match &self.checked {
            Some((files, findings)) if *files == self.files => {
                let rejecting: Vec<Finding> = findings
                    .iter()
                    .filter(|finding| finding.rejects())
                    .cloned()
                    .collect();
                if rejecting.is_empty() || unresolved.is_some_and(|why| !why.trim().is_empty()) {
                    return Vec::new();
                }
                vec![format!(
                    "checks reject these files; repair them, or say in `unresolved` why that is not possible:\n{}",
                    findings_text(&rejecting, MOST_RESULT)
                )]
            }
            Some(_) => vec![
                "the files changed after `run_assertions`; run it on those that you hand in"
                    .to_owned(),
            ],
            None => vec!["`run_assertions` was not called".to_owned()],
        }
    }
}
