//! The tools of a desk as a model is told of them, and what it gives them.

use llm::ToolDefinition;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::super::arguments::{tool, typed, without};
use super::super::brainstorm::one_line;
use super::super::conversation::Turn;
use super::Desk;

/// Rows that are shown unless more are asked for, and at most.
const ROWS: (u64, u64) = (10, 100);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rows {
    /// Path of the file, as it is listed.
    pub(super) path: String,
    /// First line to show after the file's first, which is always shown: 0 for the one that follows it.
    #[serde(default)]
    pub(super) from_row: Option<u64>,
    /// How many lines to show: 10 unless given, at most 100.
    #[serde(default)]
    pub(super) rows: Option<u64>,
}

impl Rows {
    /// The first row and how many.
    pub(super) fn range(&self) -> (u64, u64) {
        let rows = self.rows.unwrap_or(ROWS.0).clamp(1, ROWS.1);
        (self.from_row.unwrap_or(0), rows)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Column {
    /// Exact name of the column.
    pub(super) column: String,
    /// Path of the file of another table that has it; null for the table that the profile tells first.
    #[serde(default)]
    pub(super) table: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// Path of a file of the table.
    pub(super) table: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    /// A complete Python script. What it prints is the result.
    pub(super) code: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Path {
    /// Path of the file, e.g. `prepare.py`.
    pub(super) path: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    /// Path of the file, e.g. `prepare.py`: letters, digits, `_`, `-`, `.`, and `/` between folders.
    pub(super) path: String,
    /// The whole text of the file.
    pub(super) content: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    /// Path of the file.
    pub(super) path: String,
    /// Text that stands exactly once in the file.
    pub(super) old: String,
    /// What stands there afterwards.
    pub(super) new: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Submission {
    /// Text of a CSV file to score beside the sample submission and the answers; null for none.
    #[serde(default)]
    pub(super) submission: Option<String>,
}

/// What is said when nothing better can be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::llm) struct GiveUp {
    /// Why no honest change can repair it, in a few sentences, with what you measured.
    #[schemars(length(min = 1))]
    reason: String,
}

impl GiveUp {
    /// The tool's name.
    pub(in crate::llm) const NAME: &'static str = "give_up";

    /// The tool.
    pub(in crate::llm) fn definition() -> ToolDefinition {
        tool::<Self>(
            Self::NAME,
            "Ends the work on this proposal for good: it can't become an honest task. The proposal is rejected, and your reason is kept.",
        )
    }

    /// What becomes of the call.
    pub(in crate::llm) fn turn<T>(arguments: Value) -> Turn<T> {
        match typed::<Self>(arguments) {
            Ok(Self { reason }) if reason.trim().is_empty() => Turn::wrong("`reason` is empty"),
            Ok(Self { reason }) => Turn::Declined(Some(one_line(&reason))),
            Err(why) => Turn::wrong(why),
        }
    }
}

impl Desk<'_> {
    /// Tools that look at the raw data.
    pub(in crate::llm) fn tools_to_look(&self) -> Vec<ToolDefinition> {
        let column = tool::<Column>(
            "profile_column",
            "All that was measured of one column of the table: distribution, values with counts, examples, missing cells.",
        );
        let mut tools = vec![
            tool::<Nothing>("list_files", "The raw files with kind and size."),
            tool::<Rows>(
                "preview",
                "Lines of a raw text file as they stand there: the first line, then `rows` lines from the one that `from_row` numbers. Files that are no text (.xlsx, .parquet) are read with `run_python`.",
            ),
            if self.has_tables() {
                column
            } else {
                without(column, "", &["table"])
            },
            tool::<Code>(
                "run_python",
                "Runs a script in the sandbox, at most 2 minutes, and gives what it printed. The raw files are below raw/, read-only; your own files lie in the working folder, and can be imported. Nothing that it writes is kept.",
            ),
        ];
        if self.has_tables() {
            tools.push(tool::<Table>(
                "profile_table",
                "All that was measured of one table as of the first one: columns, and relations between them.",
            ));
        }
        tools
    }

    /// Tools that write files and try them.
    pub(in crate::llm) fn tools_to_make() -> Vec<ToolDefinition> {
        vec![
            tool::<Nothing>("list_own_files", "Your files, and those that you can read."),
            tool::<Path>(
                "read_file",
                "The text of one of your files, or of the draft below draft/: its first 24,000 characters.",
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
                "Lines of a text file that your prepare.py writes, as `preview` of a raw one; the path begins with public/ or private/.",
            ),
            tool::<Submission>(
                "run_metric",
                "Scores with your metric.py the sample submission, the answers themselves, and a submission of your own if you give one. Your prepare.py must write public/train.csv, public/test.csv, public/sample_submission.csv and private/test_answer.csv.",
            ),
            tool::<Nothing>(
                "run_assertions",
                "Runs every check that can be made of your files, and gives the findings that want something changed.",
            ),
        ]
    }

    /// The tool that tries a draft by its own test script.
    pub(in crate::llm) fn tool_to_test() -> ToolDefinition {
        tool::<Nothing>(
            "run_test",
            "Runs your prepare.py and then main(public, private) of your test_task.py over what it wrote, in the sandbox, your other files beside it: prepare.py has as long as in `run_prepare`, the test 2 minutes more. Gives what was printed, and the traceback of an assert that fails.",
        )
    }
}
