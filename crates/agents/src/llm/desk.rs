//! What an agent works with: its own files, and the tools that several agents share.
//!
//! What is handed in, and when it may be, is each agent's own matter.

use facts::Profile;
use findings::Finding;
use llm::ToolDefinition;
use prompts::{fence, findings_text};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::Proposal;

use super::arguments::{tool, typed};
use super::design::{TEST_RUNNER, TEST_SCRIPT};
use super::workbench::WorkbenchError;
use super::{AgentError, Files, Handed, Observation, Workbench, describe};

/// Longest result of a tool, in characters.
const MOST_RESULT: usize = 12_000;
/// Longest part of an own file that is read at once, in characters.
const MOST_READ: usize = 24_000;
/// Rows that are shown unless more are asked for, and at most.
const ROWS: (u64, u64) = (10, 100);
/// Longest file, in bytes.
const MOST_BYTES: usize = 200_000;
/// Most files.
const MOST_FILES: usize = 40;
/// Longest path of a file.
const MOST_PATH: usize = 100;
/// Where the files of a draft are read.
const DRAFT: &str = "draft/";

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rows {
    /// Path of the file, as it is listed.
    path: String,
    /// First data row to show, from 0.
    #[serde(default)]
    from_row: Option<u64>,
    /// How many rows to show: 10 unless given, at most 100.
    #[serde(default)]
    rows: Option<u64>,
}

impl Rows {
    fn range(&self) -> (u64, u64) {
        let rows = self.rows.unwrap_or(ROWS.0).clamp(1, ROWS.1);
        (self.from_row.unwrap_or(0), rows)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Column {
    /// Exact name of the column.
    column: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Code {
    /// A complete Python script. What it prints is the result.
    code: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Path {
    /// Path of the file, e.g. `prepare.py`.
    path: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Written {
    /// Path of the file, e.g. `prepare.py`: letters, digits, `_`, `-`, `.`, and `/` between folders.
    path: String,
    /// The whole text of the file.
    content: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// Path of the file.
    path: String,
    /// Text that stands exactly once in the file.
    old: String,
    /// What stands there afterwards.
    new: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Submission {
    /// Text of a CSV file to score beside the sample submission and the answers; null for none.
    #[serde(default)]
    submission: Option<String>,
}

/// Which layout the files are to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Any.
    Draft,
    /// The unified one.
    Package,
}

/// What an agent works with.
pub(super) struct Desk<'a> {
    profile: &'a Profile,
    bench: &'a dyn Workbench,
    layout: Layout,
    /// The task that the files are for; `None` while there is none.
    proposal: Option<Proposal>,
    /// The agent's own files.
    pub(super) files: Files,
    /// Files that it can read below `draft/`.
    draft: Files,
    /// The files with which `prepare.py` ran last, and whether it went well.
    prepared: Option<(Files, bool)>,
    /// The files with which the test script ran last, and whether it went well.
    tested: Option<(Files, bool)>,
    /// The files that were checked last, and what was found.
    checked: Option<(Files, Vec<Finding>)>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(profile: &'a Profile, bench: &'a dyn Workbench, layout: Layout) -> Self {
        Self {
            profile,
            bench,
            layout,
            proposal: None,
            files: Files::new(),
            draft: Files::new(),
            prepared: None,
            tested: None,
            checked: None,
        }
    }

    /// Begins to work on a task, with these files.
    pub(super) fn take_up(&mut self, proposal: Proposal, files: Files, draft: Files) {
        self.proposal = Some(proposal);
        self.files = files;
        self.draft = draft
            .into_iter()
            .map(|(path, text)| (format!("{DRAFT}{path}"), text))
            .collect();
        self.prepared = None;
        self.tested = None;
        self.checked = None;
    }

    /// The task and its files, when they are handed in.
    pub(super) fn hand_over(&mut self) -> Option<(Proposal, Files)> {
        let files = std::mem::take(&mut self.files);
        Some((self.proposal.take()?, files))
    }

    /// Tools that look at the raw data.
    pub(super) fn tools_to_look() -> Vec<ToolDefinition> {
        vec![
            tool::<Nothing>("list_files", "The raw files with kind and size."),
            tool::<Rows>(
                "preview",
                "Rows of a raw file as they stand there: of a table its header and rows, of other text its lines.",
            ),
            tool::<Column>(
                "profile_column",
                "All that was measured of one column of the table: distribution, values with counts, examples, missing cells.",
            ),
            tool::<Code>(
                "run_python",
                "Runs a script in the sandbox, at most 2 minutes, and gives what it printed. The raw files are below raw/, read-only; your own files lie in the working folder, and can be imported. Nothing that it writes is kept.",
            ),
        ]
    }

    /// Tools that write files and try them.
    pub(super) fn tools_to_make() -> Vec<ToolDefinition> {
        vec![
            tool::<Nothing>("list_own_files", "Your files, and those that you can read."),
            tool::<Path>(
                "read_file",
                "The text of one of your files, or of the draft below draft/.",
            ),
            tool::<Written>(
                "write_file",
                "Writes one of your files, whole; replaces it if it exists.",
            ),
            tool::<Edit>(
                "edit_file",
                "Replaces a passage of one of your files; the passage must stand there exactly once.",
            ),
            tool::<Path>("remove_file", "Removes one of your files."),
            tool::<Nothing>(
                "run_prepare",
                "Calls prepare(raw, public, private) of your prepare.py in the sandbox. Gives the traceback, or every file that it wrote with header, rows and first lines.",
            ),
            tool::<Rows>(
                "read_prepared",
                "Rows of a file that your prepare.py writes; the path begins with public/ or private/.",
            ),
            tool::<Submission>(
                "run_metric",
                "Scores with your metric.py the sample submission, the answers themselves, and a submission of your own if you give one.",
            ),
            tool::<Nothing>(
                "run_assertions",
                "Runs every check that can be made of your files, and gives the findings that want something changed.",
            ),
        ]
    }

    /// The tool that tries a draft by its own test script.
    pub(super) fn tool_to_test() -> ToolDefinition {
        tool::<Nothing>(
            "run_test",
            "Runs your prepare.py and then main(public, private) of your test_task.py over what it wrote, in the sandbox, your other files beside it. Gives what was printed, and the traceback of an assert that fails.",
        )
    }

    /// Does a call of one of these tools; `None` when it is none of them.
    pub(super) async fn call(
        &mut self,
        name: &str,
        arguments: Value,
    ) -> Result<Option<Observation>, AgentError> {
        let done = match name {
            "list_files" => Ok(told("raw files", &describe::files(self.profile))),
            "preview" => self.preview(arguments).await,
            "profile_column" => self.profile_column(arguments),
            "run_python" => match typed::<Code>(arguments) {
                Ok(Code { code }) => {
                    let mut files = self.files.clone();
                    files.extend(self.draft.clone());
                    let seen = self.bench.run_python(&files, &code).await;
                    seen.map(|seen| fenced("output of the script", seen))
                        .map_err(Trouble::Bench)
                }
                Err(why) => Err(Trouble::Call(why)),
            },
            "list_own_files" => Ok(Observation::of(self.standing())),
            "read_file" => self.read_file(arguments),
            "write_file" => self.write_file(arguments),
            "edit_file" => self.edit_file(arguments),
            "remove_file" => self.remove_file(arguments),
            "run_prepare" => self.run_prepare().await,
            "run_test" => self.run_test().await,
            "read_prepared" => self.read_prepared(arguments).await,
            "run_metric" => self.run_metric(arguments).await,
            "run_assertions" => self.run_assertions().await,
            _ => return Ok(None),
        };
        match done {
            Ok(seen) => Ok(Some(seen)),
            Err(Trouble::Call(why)) => Ok(Some(Observation::failure(why))),
            Err(Trouble::Bench(error)) => Err(AgentError::Workbench(error)),
        }
    }

    /// The files, in a line each.
    pub(super) fn standing(&self) -> String {
        let list = |files: &Files| {
            let lines: Vec<String> = files
                .iter()
                .map(|(path, text)| format!("- {path} ({} characters)", text.chars().count()))
                .collect();
            lines.join("\n")
        };
        let mut text = if self.files.is_empty() {
            "You have no files yet.".to_owned()
        } else {
            format!("Your files, as they are now:\n{}", list(&self.files))
        };
        if !self.draft.is_empty() {
            text.push_str(&format!(
                "\nFiles of the draft, which you can read:\n{}",
                list(&self.draft)
            ));
        }
        text
    }

    /// What is missing before these files can be handed in: files, and that `prepare.py` ran on exactly these.
    pub(super) fn missing(&self, required: &[&str]) -> Vec<String> {
        let mut missing: Vec<String> = required
            .iter()
            .filter(|path| {
                self.files
                    .get(**path)
                    .is_none_or(|text| text.trim().is_empty())
            })
            .map(|path| format!("`{path}` is not written"))
            .collect();
        missing.extend(self.not_run("run_prepare", self.prepared.as_ref()));
        missing
    }

    /// What is missing before these files can be handed in as a draft: that the test script went well on exactly these.
    pub(super) fn untested(&self) -> Option<String> {
        self.not_run("run_test", self.tested.as_ref())
    }

    fn not_run(&self, tool: &str, last: Option<&(Files, bool)>) -> Option<String> {
        match last {
            Some((files, true)) if *files == self.files => None,
            Some((files, false)) if *files == self.files => {
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
    pub(super) fn unchecked(&self, unresolved: Option<&str>) -> Vec<String> {
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
                    fence("findings", &findings_text(&rejecting), MOST_RESULT)
                )]
            }
            Some(_) => vec![
                "the files changed after `run_assertions`; run it on those that you hand in"
                    .to_owned(),
            ],
            None => vec!["`run_assertions` was not called".to_owned()],
        }
    }

    async fn preview(&self, arguments: Value) -> Result<Observation, Trouble> {
        let rows: Rows = typed(arguments)?;
        let path = rows.path.strip_prefix("raw/").unwrap_or(&rows.path);
        if !self
            .profile
            .dataset
            .files
            .iter()
            .any(|file| file.path == path)
        {
            return Err(Trouble::Call(
                "there is no such raw file; `list_files` gives their names".to_owned(),
            ));
        }
        let (from, count) = rows.range();
        let seen = self.bench.preview(path, from, count).await?;
        Ok(fenced("rows of the raw file", seen))
    }

    fn profile_column(&self, arguments: Value) -> Result<Observation, Trouble> {
        let Column { column } = typed(arguments)?;
        match self.profile.column(&column) {
            Some(profile) => Ok(told("profile of the column", &describe::column(profile))),
            None => {
                let names: Vec<&str> = self
                    .profile
                    .columns
                    .iter()
                    .map(|column| column.name.as_str())
                    .collect();
                let names = fence("names of columns", &names.join("\n"), MOST_RESULT);
                Err(Trouble::Call(format!(
                    "the table has no such column; it has\n{names}"
                )))
            }
        }
    }

    fn read_file(&self, arguments: Value) -> Result<Observation, Trouble> {
        let Path { path } = typed(arguments)?;
        let text = self
            .files
            .get(&path)
            .or_else(|| self.draft.get(&path))
            .ok_or_else(|| Trouble::Call(format!("there is no such file. {}", self.standing())))?;
        Ok(Observation::of(fence("text of the file", text, MOST_READ)))
    }

    fn write_file(&mut self, arguments: Value) -> Result<Observation, Trouble> {
        let Written { path, content } = typed(arguments)?;
        check_path(&path)?;
        if content.len() > MOST_BYTES {
            return Err(Trouble::Call(format!(
                "the file is longer than {MOST_BYTES} bytes"
            )));
        }
        if self.files.len() >= MOST_FILES && !self.files.contains_key(&path) {
            return Err(Trouble::Call(format!(
                "there are {MOST_FILES} files already"
            )));
        }
        let said = format!("written: {path} ({} characters)", content.chars().count());
        self.files.insert(path, content);
        Ok(Observation::of(said))
    }

    fn edit_file(&mut self, arguments: Value) -> Result<Observation, Trouble> {
        let Edit { path, old, new } = typed(arguments)?;
        let standing = self.standing();
        let text = self
            .files
            .get_mut(&path)
            .ok_or_else(|| Trouble::Call(format!("you have no such file. {standing}")))?;
        match text.matches(old.as_str()).count() {
            _ if old.is_empty() => Err(Trouble::Call("`old` is empty".to_owned())),
            1 if text.len() + new.len() <= MOST_BYTES + old.len() => {
                *text = text.replacen(&old, &new, 1);
                Ok(Observation::of(format!("edited: {path}")))
            }
            1 => Err(Trouble::Call(format!(
                "the file would be longer than {MOST_BYTES} bytes"
            ))),
            0 => Err(Trouble::Call(
                "`old` does not stand in the file; `read_file` gives its text".to_owned(),
            )),
            times => Err(Trouble::Call(format!(
                "`old` stands {times} times in the file; give more of what is around it"
            ))),
        }
    }

    fn remove_file(&mut self, arguments: Value) -> Result<Observation, Trouble> {
        let Path { path } = typed(arguments)?;
        match self.files.remove(&path) {
            Some(_) => Ok(Observation::of(format!("removed: {path}"))),
            None => Err(Trouble::Call(format!(
                "you have no such file. {}",
                self.standing()
            ))),
        }
    }

    async fn run_prepare(&mut self) -> Result<Observation, Trouble> {
        self.need("prepare.py")?;
        let seen = self.bench.run_prepare(&self.files).await?;
        self.prepared = Some((self.files.clone(), !seen.failed));
        Ok(fenced("what prepare.py did", seen))
    }

    async fn run_test(&mut self) -> Result<Observation, Trouble> {
        self.need("prepare.py")?;
        self.need(TEST_SCRIPT)?;
        let seen = self.bench.run_python(&self.files, TEST_RUNNER).await?;
        self.tested = Some((self.files.clone(), !seen.failed));
        Ok(fenced("what test_task.py printed", seen))
    }

    async fn read_prepared(&self, arguments: Value) -> Result<Observation, Trouble> {
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

    async fn run_metric(&self, arguments: Value) -> Result<Observation, Trouble> {
        let Submission { submission } = typed(arguments)?;
        self.need("prepare.py")?;
        self.need("metric.py")?;
        let seen = self
            .bench
            .run_metric(&self.files, submission.as_deref())
            .await?;
        Ok(fenced("scores", seen))
    }

    async fn run_assertions(&mut self) -> Result<Observation, Trouble> {
        self.need("prepare.py")?;
        self.need("metric.py")?;
        let Some(proposal) = &self.proposal else {
            return Err(Trouble::Call(
                "say first by `propose` which task the files are for".to_owned(),
            ));
        };
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
        let text = findings_text(&findings);
        let made = findings.len();
        self.checked = Some((self.files.clone(), findings));
        Ok(if text.is_empty() {
            Observation::of(format!("{made} checks, and nothing to change"))
        } else {
            Observation {
                text: format!(
                    "{made} checks, {rejecting} of which reject\n{}",
                    fence("findings", &text, MOST_RESULT)
                ),
                failed: rejecting > 0,
            }
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

/// Why a call gave nothing: it was wrong, or nothing can be done at all.
enum Trouble {
    Call(String),
    Bench(WorkbenchError),
}

impl From<String> for Trouble {
    fn from(why: String) -> Self {
        Self::Call(why)
    }
}

impl From<WorkbenchError> for Trouble {
    fn from(error: WorkbenchError) -> Self {
        Self::Bench(error)
    }
}

fn told(label: &str, text: &str) -> Observation {
    Observation::of(fence(label, text, MOST_RESULT))
}

fn fenced(label: &str, seen: Observation) -> Observation {
    let said = if seen.failed { "it failed\n" } else { "" };
    Observation {
        text: format!("{said}{}", fence(label, &seen.text, MOST_RESULT)),
        failed: seen.failed,
    }
}

/// A path that stays where it is put, on every host, and can't be mistaken for a file of a draft.
fn check_path(path: &str) -> Result<(), Trouble> {
    let fine = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    let reserved = ["raw/", "public/", "private/", DRAFT];
    if path.len() > MOST_PATH || !path.split('/').all(fine) {
        return Err(Trouble::Call(format!(
            "a path has letters, digits, `_`, `-`, `.`, and `/` between folders, at most {MOST_PATH} in all; no part begins with a dot"
        )));
    }
    if reserved.iter().any(|folder| path.starts_with(folder)) {
        return Err(Trouble::Call(format!(
            "nothing can be written below {}",
            reserved.join(", ")
        )));
    }
    Ok(())
}
