//! The agent's own files: reading, writing and changing them, and which paths and sizes they may have.

use prompts::fence;
use serde_json::Value;

use super::super::arguments::typed;
use super::super::{Files, Observation};
use super::tools::{Edit, Path, Written};
use super::{Desk, Trouble};

/// Longest part of an own file that is read at once, in characters.
const MOST_READ: usize = 24_000;
/// Longest file, in bytes.
const MOST_BYTES: usize = 200_000;
/// Most files.
const MOST_FILES: usize = 40;
/// Longest path of a file.
const MOST_PATH: usize = 100;

impl Desk<'_> {
    pub(super) fn read_file(&self, arguments: Value) -> Result<Observation, Trouble> {
        let Path { path } = typed(arguments)?;
        let text = self
            .files
            .get(&path)
            .or_else(|| self.draft.get(&path))
            .ok_or_else(|| Trouble::Call(format!("there is no such file. {}", self.standing())))?;
        Ok(Observation::of(fence("text of the file", text, MOST_READ)))
    }

    pub(super) fn write_file(&mut self, arguments: Value) -> Result<Observation, Trouble> {
        let Written { path, content } = typed(arguments)?;
        check_path(&path)?;
        if let Some(other) = in_the_way(&self.files, &path) {
            return Err(Trouble::Call(format!(
                "`{path}` and your file `{other}` can't both be there: one would be a folder of the other"
            )));
        }
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

    pub(super) fn edit_file(&mut self, arguments: Value) -> Result<Observation, Trouble> {
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

    pub(super) fn remove_file(&mut self, arguments: Value) -> Result<Observation, Trouble> {
        let Path { path } = typed(arguments)?;
        match self.files.remove(&path) {
            Some(_) => Ok(Observation::of(format!("removed: {path}"))),
            None => Err(Trouble::Call(format!(
                "you have no such file. {}",
                self.standing()
            ))),
        }
    }
}

/// First parts of paths that mean something else where scripts run: data, a draft, what `run_test` writes, the script of `run_python`.
const TAKEN: [&str; 6] = [
    "raw",
    "public",
    "private",
    "draft",
    "tested",
    "run_python_script.py",
];

/// A path that stays where it is put, on every host, and can't be mistaken for a file of a draft.
fn check_path(path: &str) -> Result<(), Trouble> {
    let fine = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    if path.len() > MOST_PATH || !path.split('/').all(fine) {
        return Err(Trouble::Call(format!(
            "a path has letters, digits, `_`, `-`, `.`, and `/` between folders, at most {MOST_PATH} in all; no part begins with a dot"
        )));
    }
    if path
        .split('/')
        .next()
        .is_some_and(|first| TAKEN.contains(&first))
    {
        return Err(Trouble::Call(format!(
            "no file or folder of yours can be called {}",
            TAKEN.join(", ")
        )));
    }
    Ok(())
}

/// The file that would have to be a folder, or the other way round, if `path` were written.
fn in_the_way<'a>(files: &'a Files, path: &str) -> Option<&'a str> {
    let below = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    files
        .keys()
        .find(|other| below(other, path) || below(path, other))
        .map(String::as_str)
}
