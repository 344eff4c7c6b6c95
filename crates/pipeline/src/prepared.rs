//! The files that `prepare.py` wrote: kept as blobs of the ledger, so that a resumed run need not prepare again.

use std::collections::BTreeMap;

use agents::Prepared;
use camino::Utf8Path;
use digest::Blake3;
use fs_err as fs;
use task_format::{PUBLIC_TEST, PUBLIC_TRAIN, SAMPLE_SUBMISSION};

use crate::{PipelineError, layout::write, stage::Stages};

/// How many rows of the sample submission the description shows.
const SAMPLE_ROWS: usize = 3;

/// Keeps every file of `folder` that `files` names.
pub(crate) fn keep<'a>(
    stages: &Stages,
    folder: &Utf8Path,
    files: impl Iterator<Item = &'a String>,
) -> Result<BTreeMap<String, Blake3>, PipelineError> {
    let mut blobs = BTreeMap::new();
    for path in files {
        let bytes = fs::read(folder.join(path)).map_err(PipelineError::files)?;
        let blob = stages
            .ledger()
            .put_blob(&bytes)
            .map_err(PipelineError::ledger)?;
        blobs.insert(path.clone(), blob);
    }
    Ok(blobs)
}

/// Writes kept files into `folder` again; false when one of them is gone from the ledger.
pub(crate) fn restore(
    stages: &Stages,
    folder: &Utf8Path,
    blobs: &BTreeMap<String, Blake3>,
) -> Result<bool, PipelineError> {
    for (path, blob) in blobs {
        let Some(bytes) = stages
            .ledger()
            .get_blob(blob)
            .map_err(PipelineError::ledger)?
        else {
            return Ok(false);
        };
        write(&folder.join(path), &bytes)?;
    }
    Ok(true)
}

/// What the Refactor is told of the prepared files; an error names the file that is not as it should be.
pub(crate) fn summary(folder: &Utf8Path) -> Result<Prepared, String> {
    let train = Head::of(folder, PUBLIC_TRAIN)?;
    let test = Head::of(folder, PUBLIC_TEST)?;
    let sample = Head::of(folder, SAMPLE_SUBMISSION)?;
    Ok(Prepared {
        train_rows: train.rows,
        test_rows: test.rows,
        test_columns: test.header,
        sample_head: std::iter::once(sample.header).chain(sample.first).collect(),
    })
}

/// The beginning of a CSV file.
struct Head {
    header: Vec<String>,
    /// Number of all rows.
    rows: u64,
    /// The first rows, at most [`SAMPLE_ROWS`].
    first: Vec<Vec<String>>,
}

impl Head {
    fn of(folder: &Utf8Path, path: &str) -> Result<Self, String> {
        let wrong = |error: csv::Error| format!("`{path}` can't be read: {error}");
        let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_path(folder.join(path))
            .map_err(wrong)?;
        let header = cells(reader.headers().map_err(wrong)?);
        let mut head = Self {
            header,
            rows: 0,
            first: Vec::new(),
        };
        for record in reader.records() {
            let record = record.map_err(wrong)?;
            head.rows += 1;
            if head.first.len() < SAMPLE_ROWS {
                head.first.push(cells(&record));
            }
        }
        Ok(head)
    }
}
