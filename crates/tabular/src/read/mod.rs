//! Reads one raw file into typed columns and states the recipe ([`Reading`]) that gives the same cells elsewhere.
//! Which files make a table together is the profile's matter.

mod arff;
mod delimited;
mod header;
mod json;
mod json_value;
mod loose;
mod missing;
mod names_file;
pub(crate) mod numbers;
mod parquet;
mod sniff;
mod text;
mod tokens;
mod typing;
mod xlsx;

use camino::Utf8Path;
use facts::{DeclaredFile, Encoding, FileKind, Format, RawFile, Reading};

use crate::error::ReadError;
use crate::table::{Column, Table};

pub(crate) use loose::{BINARY, is_media, is_readable, tables};
pub(crate) use sniff::ONE_COLUMN;
pub(crate) use tokens::{Dialect, OpenQuote, Record, Tokens};

/// Bytes of text from which on pandas reads a file in several pieces and guesses types for each.
const ONE_PIECE: usize = 256 << 10;

/// Most cells of a raw file's table where few bytes can stand for many cells.
const CELLS: usize = 500_000_000;
/// Cells that are filled up in lines with fewer than the header: a table that needs more is none.
pub(crate) const FILLED_UP: usize = 20_000_000;

/// A file's table.
#[derive(Debug)]
pub(crate) struct FileTable {
    pub(crate) table: Table,
    pub(crate) reading: Reading,
    /// What columns mean, by position.
    pub(crate) meanings: Vec<Option<String>>,
    /// Columns or sheets that were left out, with the reason.
    pub(crate) left_out: Vec<(String, String)>,
}

/// Whether files of that kind can hold a table.
pub(crate) fn may_hold_table(kind: FileKind) -> bool {
    matches!(
        kind,
        FileKind::Delimited
            | FileKind::Arff
            | FileKind::Parquet
            | FileKind::Json
            | FileKind::JsonLines
            | FileKind::Xlsx
    )
}

/// Reads a file. The inner error says, in a fragment, why its contents are no table.
pub(crate) fn read_file(
    folder: &Utf8Path,
    file: &RawFile,
    declared: Option<&DeclaredFile>,
    documentation: &[(String, String)],
) -> Result<Result<FileTable, String>, ReadError> {
    let loaded = text::load(&folder.join(&file.path))?;
    Ok(loaded.and_then(|(bytes, compression)| {
        let size = bytes.len();
        let (encoding, compression, (read, left_out)) = match file.kind {
            FileKind::Parquet => (Encoding::Utf8, None, parquet::read(bytes, CELLS)?),
            FileKind::Xlsx => (Encoding::Utf8, None, xlsx::read(bytes)?),
            kind => {
                let decoded = text::decode(bytes, compression)?;
                let records = match kind {
                    FileKind::Arff => (arff::read(&decoded.text)?, Vec::new()),
                    FileKind::Json => json::read_document(&decoded.text, CELLS)?,
                    FileKind::JsonLines => json::read_lines(&decoded.text, CELLS)?,
                    _ => (
                        delimited::read(&decoded.text, declared, documentation)?,
                        Vec::new(),
                    ),
                };
                (decoded.encoding, decoded.compression, records)
            }
        };
        let rows = read.columns.first().map_or(0, |column| column.codes.len());
        let mut markers = missing::markers(&read.columns);
        let by_text = matches!(read.format, Format::Delimited { .. } | Format::Xlsx { .. });
        // Other readers don't take an empty text for "no value" by themselves.
        if !by_text
            && read
                .columns
                .iter()
                .any(|column| column.words.iter().any(|word| word.trim().is_empty()))
        {
            markers.insert(0, String::new());
        }
        let conventions = typing::Conventions {
            markers: &markers,
            decimal_comma: matches!(
                read.format,
                Format::Delimited {
                    decimal_comma: true,
                    ..
                }
            ),
            in_pieces: matches!(read.format, Format::Delimited { .. }) && size > ONE_PIECE,
        };
        let (columns, read_as_text, strip_blanks): (Vec<Column>, _, _) =
            typing::typed_all(read.columns, conventions);
        Ok(FileTable {
            table: Table { columns, rows },
            reading: Reading {
                path: file.path.clone(),
                compression,
                encoding,
                format: read.format,
                missing_markers: markers,
                strip_blanks,
                read_as_text,
            },
            meanings: read.meanings,
            left_out,
        })
    }))
}

/// Text of a documentation file, or `None` where it is no text.
pub(crate) fn read_documentation(
    folder: &Utf8Path,
    file: &RawFile,
) -> Result<Option<String>, ReadError> {
    let loaded = text::load(&folder.join(&file.path))?;
    Ok(loaded
        .and_then(|(bytes, compression)| text::decode(bytes, compression))
        .ok()
        .map(|decoded| decoded.text))
}

/// Types texts as a plain CSV's column would be.
#[cfg(test)]
pub(crate) fn type_texts<'c>(name: &str, cells: impl Iterator<Item = Option<&'c str>>) -> Column {
    let mut raw = crate::table::RawColumn::new(name, crate::table::Nature::Guess);
    cells.for_each(|cell| raw.push(cell));
    let conventions = typing::Conventions {
        markers: &[],
        decimal_comma: false,
        in_pieces: false,
    };
    typing::typed(raw, conventions).column
}

/// One column of several files' columns of that name, typed anew over all of their cells.
pub(crate) fn retyped<'c>(parts: impl Iterator<Item = &'c Column> + Clone) -> Column {
    let text = parts
        .clone()
        .any(|part| matches!(part.storage, facts::Storage::Text));
    let nature = if text {
        crate::table::Nature::Text
    } else {
        crate::table::Nature::Number
    };
    let name = parts.clone().next().map_or("", |part| part.name.as_str());
    let mut raw = crate::table::RawColumn::new(name, nature);
    for part in parts {
        (0..part.codes.len()).for_each(|row| raw.push(part.text(row)));
    }
    let decimal_comma = raw.words.iter().any(|word| word.contains(',')) && !text;
    typing::typed(
        raw,
        typing::Conventions {
            markers: &[],
            decimal_comma,
            in_pieces: false,
        },
    )
    .column
}

/// Types a column of a plain CSV, in which only the empty cell is missing.
pub(crate) fn typed_texts(raw: crate::table::RawColumn) -> Column {
    typing::typed(
        raw,
        typing::Conventions {
            markers: &[],
            decimal_comma: false,
            in_pieces: false,
        },
    )
    .column
}
