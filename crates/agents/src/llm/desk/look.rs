//! Looking at the raw data: rows, measurements, and whatever a script finds out.

use prompts::fence;
use serde_json::Value;

use super::super::arguments::typed;
use super::super::{Observation, describe};
use super::tools::{Code, Column, Rows};
use super::{Desk, MOST_RESULT, Trouble, fenced, told};

impl Desk<'_> {
    pub(super) async fn preview(&self, arguments: Value) -> Result<Observation, Trouble> {
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

    pub(super) fn profile_column(&self, arguments: Value) -> Result<Observation, Trouble> {
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

    pub(super) async fn run_python(&self, arguments: Value) -> Result<Observation, Trouble> {
        let Code { code } = typed(arguments)?;
        let mut files = self.files.clone();
        files.extend(self.draft.clone());
        let seen = self.bench.run_python(&files, &code).await?;
        Ok(fenced("output of the script", seen))
    }
}
