//! What every submission to a task must have, whatever its metric: a readable file, the columns, a row for each id.
//!
//! It looks at no prediction. A task with a metric of its own is checked here before Python sees the file.

use camino::{Utf8Path, Utf8PathBuf};
use task_format::Manifest;

use crate::distinct::{Distinct, Refused};
use crate::open::{NotOpened, open_regular};
use crate::records::{Bounds, Broken, Record, Records};
use crate::submission::{Stop, shortened};
use crate::{GradeError, InvalidSubmission};

/// A submission up to this size is read whatever the task.
const SMALL_BYTES: u64 = 1 << 20;
/// A submission above this size is read only where the task's own form asks for nearly as much.
const LARGE_BYTES: u64 = 256 << 20;
/// What a number takes up at most, as programs write it: sign, 17 digits, point, exponent, quotes and a comma are 27.
const CELL_BYTES: u64 = 32;
/// What surrounds the cells of a row: quotes of the id, and a line break.
const ROW_BYTES: u64 = 8;
/// A header with so many columns more than expected is not looked at, so that names are compared with few others.
const MORE_COLUMNS: usize = 1000;

/// Answers beyond this size are refused: more ids than can be compared.
const ANSWERS_BYTES: u64 = 8 << 30;
/// One row of answers: the longest of texts with room to spare, in so many columns.
const ANSWERS_ROW: Bounds = Bounds {
    cells: 1 << 16,
    bytes: 64 << 20,
};

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
    answers_bytes: u64,
    /// The size of their longest row, which limits that of rows.
    longest_row: usize,
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

    /// The size of the largest submission that is read, in bytes.
    ///
    /// It holds every honest one: all ids, and in each row a number of full length for every prediction column; or eight
    /// times the answers, where predictions are texts. Within 1 MiB to 256 MiB it is a hundred times the answers, if that
    /// is more, so that rows too many are told from a file too large.
    pub fn size_limit(&self) -> u64 {
        let rows = self.rows() as u64;
        let widest = (self.columns.len() as u64 - 1).saturating_mul(CELL_BYTES) + ROW_BYTES;
        // A quote in an id or a name is written twice.
        let texts = 2 * (self.ids.bytes() + self.header_bytes()) as u64;
        let honest = rows.saturating_mul(widest).saturating_add(texts);
        let roomy = self.answers_bytes.saturating_mul(100);
        roomy
            .clamp(SMALL_BYTES, LARGE_BYTES)
            .max(self.answers_bytes.saturating_mul(8))
            .max(honest)
    }

    /// What a row of a submission may take up, the header included.
    pub(crate) fn row_bounds(&self) -> Bounds {
        let cells = self.columns.len() + MORE_COLUMNS;
        let texts = 8 * self.longest_row + 2 * self.header_bytes();
        Bounds {
            cells,
            bytes: (SMALL_BYTES + CELL_BYTES * cells as u64) as usize + texts,
        }
    }

    fn header_bytes(&self) -> usize {
        self.columns.iter().map(|name| name.len() + 3).sum()
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
    longest_row: usize,
    header: Vec<String>,
    id_at: usize,
    ids: Distinct,
}

impl AnswersFile {
    pub(crate) fn open(path: &Utf8Path, id_column: &str) -> Result<Self, GradeError> {
        let (file, bytes) = open_regular(path).map_err(|error| match error {
            NotOpened::NotAFile(found) => damaged(&format!("the file is {found}")),
            NotOpened::Failed(source) => unreadable(path, Broken::Unreadable(source)),
        })?;
        if bytes > ANSWERS_BYTES {
            return Err(damaged(&format!(
                "the file has {bytes} bytes, more than the {ANSWERS_BYTES} that can be compared"
            )));
        }
        let mut records = Records::new(file, ANSWERS_ROW);
        let header = records
            .next()
            .map_err(|broken| unreadable(path, broken))?
            .ok_or_else(|| damaged("the file is empty"))?;
        if header.len() > ANSWERS_ROW.cells {
            let columns = header.len();
            return Err(damaged(&format!("the header has {columns} cells")));
        }
        let header = header
            .cells()
            .map(|cell| std::str::from_utf8(cell).map(str::to_owned))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| damaged("line 1 is not UTF-8"))?;
        let mut file = Self {
            records,
            path: path.to_owned(),
            bytes,
            longest_row: 0,
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
            .map_err(|broken| unreadable(&self.path, broken))?
        else {
            return Ok(None);
        };
        let line = record.line;
        self.longest_row = self.longest_row.max(record.size);
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
            Err(Refused::Repeated) => {
                let id = shortened(id);
                Err(damaged(&format!("line {line} repeats the id `{id}`")))
            }
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
            longest_row: self.longest_row,
        })
    }
}

fn unreadable(path: &Utf8Path, broken: Broken) -> GradeError {
    match broken {
        Broken::Unreadable(source) => GradeError::Read {
            path: path.to_owned(),
            source,
        },
        Broken::NotCsv { line, problem } => damaged(&format!("line {line} is not CSV: {problem}")),
        Broken::TooLong { line } => {
            let most = ANSWERS_ROW.bytes;
            damaged(&format!(
                "line {line} begins a row of more than {most} bytes"
            ))
        }
    }
}

pub(crate) fn damaged(problem: &str) -> GradeError {
    GradeError::Answers {
        problem: problem.to_owned(),
    }
}
