//! Looking at the raw data: rows, measurements, and whatever a script finds out.

use std::borrow::Cow;

use facts::Profile;
use prompts::fence;
use serde_json::Value;

use super::super::arguments::typed;
use super::super::{Observation, describe};
use super::tools::{Code, Column, Rows, Table};
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
        let Column { column, table } = typed(arguments)?;
        let seen = match table {
            Some(path) => self.table(&path)?,
            None => Cow::Borrowed(self.profile),
        };
        match seen.column(&column) {
            Some(profile) => Ok(told("profile of the column", &describe::column(profile))),
            None => {
                let names: Vec<&str> = seen
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

    pub(super) fn profile_table(&self, arguments: Value) -> Result<Observation, Trouble> {
        let Table { table } = typed(arguments)?;
        let seen = self.table(&table)?;
        Ok(told("profile of the table", &describe::table(&seen)))
    }

    /// The profile with that table first.
    fn table(&self, path: &str) -> Result<Cow<'_, Profile>, Trouble> {
        let path = path.strip_prefix("raw/").unwrap_or(path);
        self.profile.of_table(path).ok_or_else(|| {
            Trouble::Call("no table is made of such a file; `list_files` says of which".to_owned())
        })
    }

    pub(super) async fn run_python(&self, arguments: Value) -> Result<Observation, Trouble> {
        let Code { code } = typed(arguments)?;
        let mut files = self.files.clone();
        files.extend(self.draft.clone());
        let seen = self.bench.run_python(&files, &code).await?;
        Ok(fenced("output of the script", seen))
    }
}
