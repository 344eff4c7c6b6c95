//! Looking at the raw data: rows, measurements, and whatever a script finds out.

use std::borrow::Cow;

use facts::Profile;
use prompts::fence;
use serde_json::Value;

use super::super::arguments::typed;
use super::super::{Observation, describe};
use super::tools::{Code, Column, Rows, Table};
use super::{Desk, MOST_RESULT, Trouble, fenced, told};
use crate::formulation::tables::of_file;

/// Characters of a table's profile: as many as the prompts give to the first.
const MOST_PROFILE: usize = 40_000;

impl Desk<'_> {
    pub(super) async fn preview(&self, arguments: Value) -> Result<Observation, Trouble> {
        let rows: Rows = typed(arguments)?;
        let files = &self.profile.dataset.files;
        let is_raw = |path: &&str| files.iter().any(|file| file.path == **path);
        // Scripts find it below `raw/`, which may be the name of a folder of its own, too.
        let Some(path) = [Some(rows.path.as_str()), rows.path.strip_prefix("raw/")]
            .into_iter()
            .flatten()
            .find(is_raw)
        else {
            return Err(Trouble::Call(
                "there is no such raw file; `list_files` gives their names".to_owned(),
            ));
        };
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
        let profile = describe::table(&seen);
        Ok(Observation::of(fence(
            "profile of the table",
            &profile,
            MOST_PROFILE,
        )))
    }

    /// The profile with that table first.
    fn table(&self, path: &str) -> Result<Cow<'_, Profile>, Trouble> {
        of_file(self.profile, path).ok_or_else(|| {
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
