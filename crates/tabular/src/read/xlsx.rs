//! Reads the sheet of an Excel workbook that holds the table, title rows above it skipped.
//! Another sheet that lists the table's columns with descriptions is used for meanings, not as data.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};
use facts::{Format, Header};

use super::delimited::Read;
use super::header::{self, Heading};
use super::json::Records;
use super::text::NoText;
use crate::table::{Nature, RawColumn};

/// Most rows above a table that are taken for its title.
const MOST_TITLE_ROWS: usize = 20;

/// Most bytes that a workbook may expand to.
const EXPANDED_LIMIT: u128 = 1 << 30;
/// Most cells of a sheet, empty ones included: one stray cell in the last corner spans 17 billion.
const CELLS: usize = 20_000_000;

/// Reads a workbook from its bytes.
pub(crate) fn read(bytes: Vec<u8>) -> Result<Records, NoText> {
    let broken = |error: &dyn std::fmt::Display| format!("it is no readable workbook ({error})");
    let archive =
        zip::ZipArchive::new(Cursor::new(bytes.as_slice())).map_err(|error| broken(&error))?;
    if archive
        .decompressed_size()
        .is_none_or(|size| size > EXPANDED_LIMIT)
    {
        return Err(format!(
            "it expands to more than {} GiB",
            EXPANDED_LIMIT >> 30
        ));
    }
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        let cells = grid(&mut workbook, &name)
            .map_err(|why| format!("its sheet `{name}` is damaged ({why})"))?;
        sheets.push(Sheet { cells, name });
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
fn grid(workbook: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Result<Vec<Vec<String>>, String> {
    let mut reader = workbook
        .worksheet_cells_reader(sheet)
        .map_err(|error| error.to_string())?;
    let mut cells: Vec<(usize, usize, String)> = Vec::new();
    let (mut height, mut width) = (0, 0);
    while let Some(cell) = reader.next_cell().map_err(|error| error.to_string())? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        if !text.is_empty() {
            let (row, column) = (row as usize, column as usize);
            (height, width) = (height.max(row + 1), width.max(column + 1));
            cells.push((row, column, text));
        }
    }
    if height * width > CELLS {
        return Err(format!("{height} rows of {width} columns are too many"));
    }
    let mut rows = vec![vec![String::new(); width]; height];
    for (row, column, text) in cells {
        rows[row][column] = text;
    }
    Ok(rows)
}

/// A cell as text; whole numbers without a point, as pandas converts them, errors as missing.
fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        DataRef::Float(number) => format!("{number:?}"),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => if *truth { "True" } else { "False" }.to_owned(),
        DataRef::DateTime(time) if time.is_duration() => format!("{:?}", time.as_f64()),
        DataRef::DateTime(time) => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    /// A workbook whose sheets have these cells; numbers are numbers, everything else inline text.
    fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let mut part = |path: &str, xml: String| {
            zip.start_file(path, zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(xml.as_bytes()).unwrap();
        };
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006/relationships";
        let (mut list, mut links) = (String::new(), String::new());
        for (number, (name, rows)) in (1..).zip(sheets) {
            list += &format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"r{number}\"/>");
            links += &format!(
                "<Relationship Id=\"r{number}\" Type=\"{relation}/worksheet\" Target=\"worksheets/{number}.xml\"/>"
            );
            let cell = |(column, text): (usize, &&str)| match text.parse::<f64>() {
                _ if text.is_empty() => String::new(),
                Ok(_) => format!(
                    "<c r=\"{}ROW\"><v>{text}</v></c>",
                    char::from(b'A' + column as u8)
                ),
                Err(_) => format!(
                    "<c r=\"{}ROW\" t=\"inlineStr\"><is><t>{text}</t></is></c>",
                    char::from(b'A' + column as u8)
                ),
            };
            let row = |(at, cells): (usize, &&[&str])| {
                let cells: String = cells.iter().enumerate().map(cell).collect();
                format!(
                    "<row r=\"{0}\">{1}</row>",
                    at + 1,
                    cells.replace("ROW", &(at + 1).to_string())
                )
            };
            let rows: String = rows.iter().enumerate().map(row).collect();
            part(
                &format!("xl/worksheets/{number}.xml"),
                format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
            );
        }
        part(
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{relation}\"><sheets>{list}</sheets></workbook>"
            ),
        );
        part(
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships xmlns=\"{package}\">{links}</Relationships>"),
        );
        part(
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"w\" Type=\"{relation}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        );
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn title_rows_are_skipped_and_other_sheets_describe_columns() {
        let bytes = workbook(&[
            (
                "about",
                &[&["Column", "Description"], &["size", "how large it is"]],
            ),
            (
                "data",
                &[
                    &["Made up sizes"],
                    &[],
                    &["size", "kind", ""],
                    &["1.5", "x", "7"],
                    &["2", "", "8"],
                    &["3", "y", "9"],
                ],
            ),
        ]);
        let (read, left_out) = read(bytes).unwrap();
        let names = vec!["size".to_owned(), "kind".to_owned(), "unnamed_3".to_owned()];
        let expected = Format::Xlsx {
            sheet: "data".to_owned(),
            skip_rows: 2,
            header: Header::Present { names },
        };
        assert_eq!(read.format, expected);
        let words: Vec<Vec<&str>> = read
            .columns
            .iter()
            .map(|column| column.words.iter().collect())
            .collect();
        assert_eq!(
            words,
            [
                vec!["1.5", "2", "3"],
                vec!["x", "", "y"],
                vec!["7", "8", "9"]
            ]
        );
        assert_eq!(read.meanings[0].as_deref(), Some("how large it is"));
        assert_eq!(left_out[0].0, "sheet `about`");
    }

    #[test]
    fn what_is_no_workbook() {
        assert!(
            read(b"PK".to_vec())
                .unwrap_err()
                .starts_with("it is no readable workbook")
        );
        assert_eq!(
            read(workbook(&[("one", &[&["a"], &["1"]])])).unwrap_err(),
            "it has no sheet with a table"
        );
    }

    proptest! {
        #[test]
        fn damage_is_no_panic(at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
            let mut bytes = workbook(&[("data", &[&["a", "b"], &["1", "x"], &["2", "y"]])]);
            let position = at.index(bytes.len());
            bytes[position] = byte;
            let _ = read(bytes.clone());
            bytes.truncate(cut.index(bytes.len()));
            let _ = read(bytes);
        }
    }
}
