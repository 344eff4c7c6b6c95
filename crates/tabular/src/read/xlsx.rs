//! Reads the sheet of an Excel workbook that holds the table, title rows above it skipped.
//! Another sheet that lists the table's columns with descriptions is used for meanings, not as data.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};
use facts::{Format, Header};

use super::delimited::Read;
use super::header::{self, Heading};
use super::json::Records;
use super::text::NoText;
use crate::table::{Nature, RawColumn};

/// Most rows above a table that are taken for its title.
const MOST_TITLE_ROWS: usize = 20;

/// Reads a workbook from its bytes.
pub(crate) fn read(bytes: Vec<u8>) -> Result<Records, NoText> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes))
        .map_err(|error| format!("it is no readable workbook ({error})"))?;
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        let range = workbook
            .worksheet_range(&name)
            .map_err(|error| format!("its sheet `{name}` is damaged ({error})"))?;
        sheets.push(Sheet {
            cells: grid(&range),
            name,
        });
    }
    let best = (0..sheets.len())
        .filter(|&at| sheets[at].width() >= 2)
        .max_by_key(|&at| {
            (
                sheets[at].cells.len() * sheets[at].width(),
                std::cmp::Reverse(at),
            )
        })
        .ok_or("it has no sheet with a table")?;

    let sheet = &sheets[best];
    let title_rows = title_rows(sheet);
    let body = &sheet.cells[title_rows..];
    let mut columns: Vec<RawColumn> = (0..sheet.width())
        .map(|_| RawColumn::new("", Nature::Guess))
        .collect();
    for row in body {
        for (column, cell) in columns.iter_mut().zip(row) {
            column.push(Some(cell));
        }
    }
    let first: Vec<Vec<String>> = body.iter().take(2).cloned().collect();
    let heading = header::find(&first, &columns, &[]);
    let skip_rows = title_rows
        + if matches!(heading.header, Header::Absent { .. }) {
            heading.lines
        } else {
            0
        };
    let columns = named_columns(&body[heading.lines..], &heading);
    let described = descriptions(&sheets, best);
    let meanings = heading
        .names
        .iter()
        .zip(heading.meanings)
        .map(|(name, meaning)| meaning.or_else(|| described.get(name.as_str()).cloned()))
        .collect();
    let mut left_out: Vec<(String, String)> = Vec::new();
    for (at, other) in sheets
        .iter()
        .enumerate()
        .filter(|(at, other)| *at != best && !other.cells.is_empty())
    {
        let reason = format!(
            "sheet {} of the workbook; `{}` is larger",
            at + 1,
            sheet.name
        );
        left_out.push((format!("sheet `{}`", other.name), reason));
    }
    let format = Format::Xlsx {
        sheet: sheet.name.clone(),
        skip_rows,
        header: heading.header,
    };
    Ok((
        Read {
            columns,
            format,
            meanings,
        },
        left_out,
    ))
}

struct Sheet {
    name: String,
    /// Rows from the sheet's first, all as wide as the widest.
    cells: Vec<Vec<String>>,
}

impl Sheet {
    fn width(&self) -> usize {
        self.cells.first().map_or(0, Vec::len)
    }
}

/// Cells of a sheet from its corner, as `pandas.read_excel` sees them: empty rows and columns at the end cut off.
fn grid(range: &Range<Data>) -> Vec<Vec<String>> {
    let Some((top, left)) = range.start() else {
        return Vec::new();
    };
    let mut rows: Vec<Vec<String>> = vec![Vec::new(); top as usize];
    for row in range.rows() {
        let mut cells = vec![String::new(); left as usize];
        cells.extend(row.iter().map(text));
        rows.push(cells);
    }
    while rows
        .last()
        .is_some_and(|row| row.iter().all(String::is_empty))
    {
        rows.pop();
    }
    let used = |row: &Vec<String>| {
        row.iter()
            .rposition(|cell| !cell.is_empty())
            .map_or(0, |at| at + 1)
    };
    let width = rows.iter().map(used).max().unwrap_or(0);
    rows.iter_mut()
        .for_each(|row| row.resize(width, String::new()));
    rows
}

/// A cell as text; whole numbers without a point, as pandas converts them, errors as missing.
fn text(cell: &Data) -> String {
    match cell {
        Data::Int(number) => number.to_string(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        Data::Float(number) => format!("{number:?}"),
        Data::String(text) => text.clone(),
        Data::Bool(truth) => if *truth { "True" } else { "False" }.to_owned(),
        Data::DateTime(time) if time.is_duration() => format!("{:?}", time.as_f64()),
        Data::DateTime(time) => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
        }
        Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Error(_) | Data::Empty => String::new(),
    }
}

/// Rows above the table: those with less than half as many cells as the fullest of the first rows.
fn title_rows(sheet: &Sheet) -> usize {
    let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count();
    let fullest = sheet
        .cells
        .iter()
        .take(MOST_TITLE_ROWS * 2)
        .map(filled)
        .max()
        .unwrap_or(0);
    sheet
        .cells
        .iter()
        .take(MOST_TITLE_ROWS)
        .position(|row| filled(row) * 2 >= fullest)
        .unwrap_or(0)
}

fn named_columns(rows: &[Vec<String>], heading: &Heading) -> Vec<RawColumn> {
    let mut columns: Vec<RawColumn> = heading
        .names
        .iter()
        .map(|name| RawColumn::new(name, Nature::Guess))
        .collect();
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(row) {
            column.push(Some(cell));
        }
    }
    columns
}

/// Texts beside names in other sheets: name in one column, description in the next.
fn descriptions(sheets: &[Sheet], table: usize) -> BTreeMap<&str, String> {
    let others = sheets
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != table)
        .flat_map(|(_, sheet)| &sheet.cells);
    others
        .filter_map(|row| {
            let meaning = row
                .get(1)
                .filter(|text| text.split_whitespace().count() >= 2)?;
            Some((row[0].trim(), meaning.trim().to_owned()))
        })
        .filter(|(name, _)| !name.is_empty())
        .collect()
}
