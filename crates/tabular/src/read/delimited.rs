//! Reads delimited text into raw columns and states how. It doesn't type cells; which texts mean "missing" is settled later.

use facts::{DeclaredFile, Format, Header, Separator};

use super::FILLED_UP;
use super::header::{self, Heading};
use super::numbers;
use super::sniff::{self, Sniffed};
use super::text::NoText;
use super::tokens::{Dialect, OpenQuote, Record, Tokens};
use crate::table::{Nature, RawColumn};

/// Most shorter records that are filled up with missing cells, as a share; pandas would fill up any number.
const SHORT_RECORDS: f64 = 0.01;

/// Columns with the recipe that gave them.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) columns: Vec<RawColumn>,
    pub(crate) format: Format,
    /// What columns mean, by position, as far as the header or documentation beside the file says.
    pub(crate) meanings: Vec<Option<String>>,
}

/// Reads delimited text. `documentation` is prose beside the file, by file name.
pub(crate) fn read(
    text: &str,
    declared: Option<&DeclaredFile>,
    documentation: &[(String, String)],
) -> Result<Read, NoText> {
    let names = declared.and_then(|file| file.names.as_ref());
    let single_column = names.is_some_and(|names| names.len() == 1);
    let Sniffed {
        mut dialect,
        width,
        odd_header,
    } = sniff::sniff(
        text,
        declared.and_then(|file| file.skip_lines),
        single_column,
    )?;
    let Cells {
        first,
        mut columns,
        short,
        records,
    } = cells(text, &dialect, width)?;
    if short as f64 > SHORT_RECORDS * records as f64 {
        return Err(format!(
            "{short} of its {records} lines have fewer than {width} cells"
        ));
    }

    let heading = match (names, odd_header) {
        (Some(names), _) if names.len() != width => {
            return Err(format!(
                "it has {width} columns, but {} names are declared",
                names.len()
            ));
        }
        (Some(names), _) => {
            let source = declared
                .map(|file| file.names_source.clone())
                .unwrap_or_default();
            Heading::absent(names.clone(), source)
        }
        (None, Some(header)) => header::of_another_width(&header, &columns),
        (None, None) => header::find(&first, &columns, documentation),
    };
    if heading.lines > 0 {
        columns = without_first(columns, heading.lines);
        if matches!(heading.header, Header::Absent { .. }) {
            dialect.skip_lines += lines_of_first(text, &dialect, heading.lines);
        }
    }
    for (column, name) in columns.iter_mut().zip(&heading.names) {
        column.name.clone_from(name);
    }
    let decimal_comma = dialect.separator != Separator::Comma && uses_decimal_comma(&columns);
    let format = Format::Delimited {
        separator: dialect.separator,
        quote: dialect.quote.map(char::from),
        comment: dialect.comment.map(char::from),
        skip_lines: dialect.skip_lines,
        decimal_comma,
        header: heading.header,
    };
    Ok(Read {
        columns,
        format,
        meanings: heading.meanings,
    })
}

struct Cells {
    /// The first two records.
    first: Vec<Vec<String>>,
    /// All records, the header too.
    columns: Vec<RawColumn>,
    /// Records with too few cells.
    short: usize,
    records: usize,
}

fn cells(text: &str, dialect: &Dialect, width: usize) -> Result<Cells, NoText> {
    let mut tokens = Tokens::new(text, dialect);
    let mut record = Record::default();
    let mut columns: Vec<RawColumn> = (0..width)
        .map(|_| RawColumn::new("", Nature::Guess))
        .collect();
    let mut cells = Cells {
        first: Vec::new(),
        columns: Vec::new(),
        short: 0,
        records: 0,
    };
    let mut filled_up = 0;
    let open_quote = |OpenQuote { line }: OpenQuote| {
        format!("a quoted cell that begins in line {line} never ends")
    };
    while tokens.next_into(&mut record).map_err(open_quote)? {
        if record.width() > width {
            return Err(format!(
                "its lines are ragged: line {} has {} cells instead of {width}",
                record.line,
                record.width()
            ));
        }
        filled_up += width - record.width();
        if filled_up > FILLED_UP {
            return Err(format!("its lines have far fewer than {width} cells"));
        }
        cells.short += usize::from(record.width() < width);
        cells.records += 1;
        if cells.first.len() < 2 {
            let mut row: Vec<String> = record.cells().map(str::to_owned).collect();
            row.resize(width, String::new());
            cells.first.push(row);
        }
        for (position, column) in columns.iter_mut().enumerate() {
            column.push(Some(if position < record.width() {
                record.cell(position)
            } else {
                ""
            }));
        }
    }
    cells.columns = columns;
    Ok(cells)
}

/// The columns without their first `lines` cells, words numbered anew.
fn without_first(columns: Vec<RawColumn>, lines: usize) -> Vec<RawColumn> {
    let shortened = |mut column: RawColumn| {
        let header: Vec<u32> = column.codes.iter().copied().take(lines).collect();
        column.codes.drain(..header.len());
        if column.codes.iter().any(|code| header.contains(code)) {
            let mut rest = RawColumn::new(column.name, column.nature);
            column
                .codes
                .iter()
                .for_each(|&code| rest.push(Some(column.words.get(code))));
            return rest;
        }
        // The usual case: the header's words are the first ones and occur nowhere else, so codes only shift.
        let shift = header.iter().max().map_or(0, |&last| last + 1);
        column.words.drop_first(shift as usize);
        column.codes.iter_mut().for_each(|code| *code -= shift);
        column
    };
    columns.into_iter().map(shortened).collect()
}

/// Physical lines that the first `records` records take, blank lines before the next included.
fn lines_of_first(text: &str, dialect: &Dialect, records: usize) -> usize {
    let mut tokens = Tokens::new(text, dialect);
    let mut record = Record::default();
    for _ in 0..records {
        // The whole text was read before, so that no error can come.
        let _ = tokens.next_into(&mut record);
    }
    (tokens.line() - 1) as usize - dialect.skip_lines
}

/// Whether numbers have decimal commas: a column of them, and no column with decimal points.
fn uses_decimal_comma(columns: &[RawColumn]) -> bool {
    let all = |column: &RawColumn, test: fn(&str) -> bool, mark: char| {
        let mut cells = column
            .words
            .iter()
            .filter(|word| numbers::integer(word).is_none() && !word.trim().is_empty());
        let mut any = false;
        let (hits, others) = cells
            .by_ref()
            .take(2000)
            .fold((0, 0), |(hits, others), word| {
                any |= word.contains(mark);
                if test(word) {
                    (hits + 1, others)
                } else {
                    (hits, others + 1)
                }
            });
        any && hits > others * 20
    };
    columns.iter().any(|column| {
        all(
            column,
            |word| numbers::float_with_comma(word).is_some(),
            ',',
        )
    }) && !columns
        .iter()
        .any(|column| all(column, |word| numbers::float(word).is_some(), '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> (Vec<String>, Vec<Vec<String>>, Format) {
        let read = read(text, None, &[]).unwrap_or_else(|why| panic!("{why}"));
        let names = read
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        let cells = read
            .columns
            .iter()
            .map(|column| {
                column
                    .codes
                    .iter()
                    .map(|&code| column.words.get(code).to_owned())
                    .collect()
            })
            .collect();
        (names, cells, read.format)
    }

    #[test]
    fn a_header_is_taken_off_even_when_its_text_comes_again() {
        let (names, cells, _) = table("a,b\n1,x\n2,b\n3,y\n");
        assert_eq!(names, ["a", "b"]);
        assert_eq!(cells, [vec!["1", "2", "3"], vec!["x", "b", "y"]]);
    }

    #[test]
    fn decimal_commas() {
        let (_, _, format) = table("a;b\n1,5;x\n2,25;y\n");
        assert!(matches!(
            format,
            Format::Delimited {
                decimal_comma: true,
                ..
            }
        ));
        let (_, _, format) = table("a;b\n1,5;1.5\n2,25;2.5\n");
        assert!(matches!(
            format,
            Format::Delimited {
                decimal_comma: false,
                ..
            }
        ));
    }

    #[test]
    fn a_short_header_becomes_names() {
        let (names, cells, format) = table("x y\nr1 1 2\nr2 3 4\n");
        assert_eq!(names, ["row_name", "x", "y"]);
        assert_eq!(cells[1], ["1", "3"]);
        assert!(matches!(
            format,
            Format::Delimited {
                skip_lines: 1,
                header: Header::Absent { .. },
                ..
            }
        ));
    }

    #[test]
    fn a_header_of_two_lines_becomes_names() {
        let text = "id,Which have you seen?,,\n,Response,First film,Second film\n1,Yes,First film,\n2,No,,Second film\n3,Yes,First film,\n";
        let (names, cells, format) = table(text);
        assert_eq!(
            names,
            ["id", "Which have you seen?", "First film", "Second film"]
        );
        assert_eq!(cells[0], ["1", "2", "3"]);
        assert!(matches!(
            format,
            Format::Delimited {
                skip_lines: 2,
                header: Header::Absent { .. },
                ..
            }
        ));
    }

    #[test]
    fn ragged_lines_are_named() {
        let mut text = "a,b\n".to_owned() + &"1,2\n".repeat(50);
        text.push_str("1,2,3\n");
        let why = read(&text, None, &[]).map(|_| ()).unwrap_err();
        assert_eq!(
            why,
            "its lines are ragged: line 52 has 3 cells instead of 2"
        );
        let why = read("a,b\n1,2\n\"3,4\n5,6\n", None, &[])
            .map(|_| ())
            .unwrap_err();
        assert_eq!(why, "a quoted cell that begins in line 3 never ends");
    }
}
