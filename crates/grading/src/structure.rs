//! What every submission to a task must have, whatever its metric: a readable file, the columns, a row for each id.
//!
//! It looks at no prediction. A task with a metric of its own is checked here before Python sees the file.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use task_format::Manifest;

use crate::distinct::{Distinct, Refused};
use crate::records::{Record, Records};
use crate::submission::Stop;
use crate::{GradeError, InvalidSubmission};

/// Columns and ids of a task's submissions.
///
/// Ids are texts, exactly as written in the answers: `1`, `1.0` and `01` are three ids.
#[derive(Clone, Debug)]
pub struct Structure {
    /// The columns of a submission, the id first.
    pub(crate) columns: Vec<String>,
    /// The ids of the answers, in file order.
    pub(crate) ids: Distinct,
    /// The size of the answers, which limits that of submissions.
    pub(crate) answers_bytes: u64,
}

impl Structure {
    /// Reads the ids of the answers of the task that `manifest` describes.
    ///
    /// # Errors
    ///
    /// When the file can't be read or is not what the manifest promises.
    pub fn read(answers: &Utf8Path, manifest: &Manifest) -> Result<Self, GradeError> {
        let mut file = AnswersFile::open(answers, &manifest.data.id_column)?;
        while file.next()?.is_some() {}
        file.finish(&manifest.submission.columns)
    }

    /// Number of rows to predict.
    pub fn rows(&self) -> usize {
        self.ids.len()
    }

    /// The ids in file order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.iter()
    }

    /// Whether a submission is a UTF-8 CSV file with the right columns and one row for each id.
    ///
    /// The inner result is the competitor's, the outer ours.
    ///
    /// # Errors
    ///
    /// When a regular file can't be read.
    pub fn check(
        &self,
        submission: &Utf8Path,
    ) -> Result<Result<(), InvalidSubmission>, GradeError> {
        let read = self.read_submission(submission, |_, row| {
            let cells_are_text = row
                .predictions()
                .all(|cell| std::str::from_utf8(cell).is_ok());
            match cells_are_text {
                true => Ok(()),
                false => Err(InvalidSubmission::NotUtf8 { line: row.line() }),
            }
        });
        Stop::split(read, submission)
    }
}

/// The answers while they are read.
pub(crate) struct AnswersFile {
    records: Records<fs_err::File>,
    path: Utf8PathBuf,
    bytes: u64,
    header: Vec<String>,
    id_at: usize,
    ids: Distinct,
}

impl AnswersFile {
    pub(crate) fn open(path: &Utf8Path, id_column: &str) -> Result<Self, GradeError> {
        let unreadable = |source| unreadable(path, source);
        let file = fs_err::File::open(path).map_err(unreadable)?;
        let bytes = file.metadata().map_err(unreadable)?.len();
        let mut records = Records::new(file);
        let header = records
            .next()
            .map_err(unreadable)?
            .ok_or_else(|| damaged("the file is empty"))?
            .cells()
            .map(|cell| std::str::from_utf8(cell).map(str::to_owned))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| damaged("line 1 is not UTF-8"))?;
        let mut file = Self {
            records,
            path: path.to_owned(),
            bytes,
            header,
            id_at: 0,
            ids: Distinct::default(),
        };
        file.id_at = file.required(id_column)?;
        Ok(file)
    }

    /// The place of a column.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The place of a column that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<usize, GradeError> {
        self.column(name)
            .ok_or_else(|| damaged(&format!("column `{name}` is missing")))
    }

    /// The next row, whose id is noted.
    pub(crate) fn next(&mut self) -> Result<Option<Record<'_>>, GradeError> {
        let Some(record) = self
            .records
            .next()
            .map_err(|source| unreadable(&self.path, source))?
        else {
            return Ok(None);
        };
        let line = record.line;
        if record.len() != self.header.len() {
            let (found, expected) = (record.len(), self.header.len());
            return Err(damaged(&format!(
                "line {line} has {found} cells, the header has {expected}"
            )));
        }
        let id = std::str::from_utf8(record.cell(self.id_at))
            .map_err(|_| damaged(&format!("line {line} is not UTF-8")))?;
        match self.ids.push(id) {
            Ok(()) => Ok(Some(record)),
            Err(Refused::Repeated) => Err(damaged(&format!("line {line} repeats the id `{id}`"))),
            Err(Refused::TooLarge) => Err(damaged("the ids are longer than 4 GiB")),
        }
    }

    /// The structure of submissions with these columns, once all rows were read.
    pub(crate) fn finish(self, columns: &[String]) -> Result<Structure, GradeError> {
        if self.ids.len() == 0 {
            return Err(damaged("there are no rows"));
        }
        Ok(Structure {
            columns: columns.to_vec(),
            ids: self.ids,
            answers_bytes: self.bytes,
        })
    }
}

fn unreadable(path: &Utf8Path, source: io::Error) -> GradeError {
    GradeError::Read {
        path: path.to_owned(),
        source,
    }
}

pub(crate) fn damaged(problem: &str) -> GradeError {
    GradeError::Answers {
        problem: problem.to_owned(),
    }
}
