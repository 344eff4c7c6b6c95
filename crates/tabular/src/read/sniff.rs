//! Finds the dialect of delimited text: separator, quotes, comment lines, lines before the table.
//! It doesn't decide whether the first record is a header.

use std::collections::BTreeMap;

use facts::Separator;

use super::numbers;
use super::text::NoText;
use super::tokens::{Dialect, Record, Tokens};

/// Characters of a file that the dialect is judged on.
const SAMPLE_CHARACTERS: usize = 256 << 10;
/// Records of the sample that are looked at.
const SAMPLE_RECORDS: usize = 1000;
/// Most lines before the table that are taken for a preamble.
const MOST_PREAMBLE_LINES: u64 = 60;
/// Least share of records that must have the table's width.
const REGULAR: f64 = 0.9;

/// A dialect and the width of its records.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sniffed {
    pub(crate) dialect: Dialect,
    /// Cells of a record.
    pub(crate) width: usize,
    /// The record just before the table when it is a header of another width: one cell shorter, because row names have
    /// none or rows end with a separator; or ending with a separator itself, which is taken off.
    pub(crate) odd_header: Option<Vec<String>>,
}

/// Finds the dialect, or says why there is none. `skip_lines` and `single_column` are what the caller knows already.
pub(crate) fn sniff(
    text: &str,
    skip_lines: Option<usize>,
    single_column: bool,
) -> Result<Sniffed, NoText> {
    let sample = head(text);
    let quote = quote_of(text, sample);
    let comment = comment_of(text, sample, quote);
    if single_column {
        let dialect = Dialect {
            separator: Separator::Comma,
            quote,
            comment,
            skip_lines: skip_lines.unwrap_or(0),
        };
        return Ok(Sniffed {
            dialect,
            width: 1,
            odd_header: None,
        });
    }
    let mut best: Option<(f64, Sniffed)> = None;
    let mut nearest: Option<(f64, NoText)> = None;
    for separator in [
        Separator::Comma,
        Separator::Tab,
        Separator::Semicolon,
        Separator::Pipe,
        Separator::Whitespace,
    ] {
        let dialect = Dialect {
            separator,
            quote,
            comment,
            skip_lines: skip_lines.unwrap_or(0),
        };
        let Some(shape) = Shape::measure(sample, &dialect, skip_lines.is_none()) else {
            continue;
        };
        if shape.regular < REGULAR {
            if nearest
                .as_ref()
                .is_none_or(|(regular, _)| shape.regular > *regular)
            {
                nearest = Some((shape.regular, shape.complaint(separator)));
            }
            continue;
        }
        // Blanks stand inside the cells of every other dialect, so they must convince by more.
        let handicap = if separator == Separator::Whitespace {
            0.9
        } else {
            1.0
        };
        let score = shape.regular * shape.clean * handicap;
        if best.as_ref().is_none_or(|(other, _)| score > *other) {
            best = Some((score, shape.into_sniffed(dialect)));
        }
    }
    match (best, nearest) {
        (Some((_, sniffed)), _) => Ok(sniffed),
        (None, Some((_, complaint))) => Err(complaint),
        (None, None) => Err(ONE_COLUMN.to_owned()),
    }
}

/// The complaint about text in which nothing separates cells.
pub(crate) const ONE_COLUMN: &str = "it has a single column";

/// Whole lines from the start.
fn head(text: &str) -> &str {
    if text.len() <= SAMPLE_CHARACTERS {
        return text;
    }
    let mut end = SAMPLE_CHARACTERS;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    match text[..end].rfind(['\n', '\r']) {
        Some(line_end) => &text[..=line_end],
        // A first line longer than the sample: everything, rather than half a record.
        None => text,
    }
}

/// The double quote when it occurs at all (pandas minds it by default); the single one when cells are wrapped in it.
fn quote_of(text: &str, sample: &str) -> Option<u8> {
    if text.contains('"') {
        return Some(b'"');
    }
    let is_edge = |character: Option<char>| character.is_none_or(|c| ",;\t|\n\r".contains(c));
    let (mut opening, mut inner) = (0, 0);
    let mut before = None;
    let mut characters = sample.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\'' {
            let after = characters.peek().copied();
            if is_edge(before) || is_edge(after) {
                opening += 1
            } else {
                inner += 1
            }
        }
        before = Some(character);
    }
    (opening >= 4 && opening > inner * 20).then_some(b'\'')
}

/// The character that begins comment lines, when it stands nowhere else: pandas cuts off the rest of any line at it.
/// Comment lines at the top only are left to the preamble, which needs no such care.
fn comment_of(text: &str, sample: &str, quote: Option<u8>) -> Option<u8> {
    [b'#', b'%', b'!']
        .into_iter()
        .filter(|&mark| Some(mark) != quote)
        .find(|&mark| {
            let mark = char::from(mark);
            if !sample.contains(mark) {
                return false;
            }
            let mut below_data = false;
            let mut data = false;
            for line in text.lines() {
                match line.find(mark) {
                    Some(0) => below_data |= data,
                    Some(_) => return false,
                    None => data |= !line.trim().is_empty(),
                }
            }
            below_data && data
        })
}

/// How a dialect cuts the sample.
#[derive(Debug)]
struct Shape {
    width: usize,
    /// Share of records behind the preamble with that width.
    regular: f64,
    /// Share of their cells that no other separator stands in.
    clean: f64,
    preamble_lines: usize,
    odd_header: Option<Vec<String>>,
    /// The first record of another width.
    odd: Option<(u64, usize)>,
}

impl Shape {
    /// `None` when the separator separates nothing.
    fn measure(sample: &str, dialect: &Dialect, preamble_allowed: bool) -> Option<Self> {
        let records = records(sample, dialect);
        let mut widths = BTreeMap::<usize, usize>::new();
        for record in &records {
            *widths.entry(record.width()).or_default() += 1;
        }
        let (&width, _) = widths
            .iter()
            .filter(|&(&width, _)| width >= 2)
            .max_by_key(|&(&width, &count)| (count, width))?;
        let first = records.iter().position(|record| record.width() == width)?;
        let first = if preamble_allowed { first } else { 0 };
        if records[first].line - 1 > MOST_PREAMBLE_LINES + dialect.skip_lines as u64 {
            return None;
        }
        let body = &records[first..];
        let regular =
            body.iter().filter(|record| record.width() == width).count() as f64 / body.len() as f64;
        let cells = body
            .iter()
            .filter(|record| record.width() == width)
            .flat_map(Record::cells);
        let (mut clean, mut all) = (0_usize, 0_usize);
        for cell in cells {
            all += 1;
            clean += usize::from(is_clean(cell, dialect.separator));
        }
        let odd_header = first
            .checked_sub(1)
            .map(|before| {
                records[before]
                    .cells()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .and_then(|mut header| {
                if header.len() == width + 1
                    && header.last().is_some_and(|cell| cell.trim().is_empty())
                {
                    header.pop();
                }
                (header.len() == width || header.len() + 1 == width).then_some(header)
            })
            .filter(|header| header.iter().all(|cell| numbers::float(cell).is_none()));
        let preamble_lines = if first == 0 {
            dialect.skip_lines
        } else {
            (records[first].line - 1) as usize
        };
        let odd = body
            .iter()
            .find(|record| record.width() != width)
            .map(|record| (record.line, record.width()));
        Some(Self {
            width,
            regular,
            clean: clean as f64 / all.max(1) as f64,
            preamble_lines,
            odd_header,
            odd,
        })
    }

    fn complaint(&self, separator: Separator) -> NoText {
        let name = match separator {
            Separator::Comma => "commas",
            Separator::Semicolon => "semicolons",
            Separator::Pipe => "pipes",
            Separator::Tab => "tabs",
            Separator::Whitespace => "blanks",
        };
        let odd = self
            .odd
            .map(|(line, width)| format!(" (line {line} has {width})"))
            .unwrap_or_default();
        let share = self.regular * 100.0;
        format!(
            "its lines are ragged: cut at {name}, only {share:.0} % of them have {} cells{odd}",
            self.width
        )
    }

    fn into_sniffed(self, dialect: Dialect) -> Sniffed {
        Sniffed {
            dialect: Dialect {
                skip_lines: self.preamble_lines,
                ..dialect
            },
            width: self.width,
            odd_header: self.odd_header,
        }
    }
}

fn records(sample: &str, dialect: &Dialect) -> Vec<Record> {
    let mut tokens = Tokens::new(sample, dialect);
    let mut records = Vec::new();
    let mut record = Record::default();
    // An open quote may be cut off by the end of the sample; the full read decides.
    while records.len() < SAMPLE_RECORDS && tokens.next_into(&mut record) == Ok(true) {
        records.push(record.clone());
    }
    records
}

/// Whether a cell looks whole: no other separator stands in it, and it is no row of numbers.
fn is_clean(cell: &str, separator: Separator) -> bool {
    let foreign = |character: char| {
        matches!(character, ';' | '\t' | '|') || (character == ',' && separator != Separator::Comma)
    };
    let numbers = cell
        .split_whitespace()
        .take_while(|word| numbers::float(word).is_some())
        .count();
    let row_of_numbers = numbers >= 2 && numbers == cell.split_whitespace().count();
    let decimal_comma = separator != Separator::Comma && numbers::float_with_comma(cell).is_some();
    (!cell.contains(foreign) || decimal_comma) && !row_of_numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, separator: Separator, width: usize, skip_lines: usize) -> Sniffed {
        let sniffed = sniff(text, None, false).unwrap_or_else(|why| panic!("{text:?}: {why}"));
        assert_eq!(
            (
                sniffed.dialect.separator,
                sniffed.width,
                sniffed.dialect.skip_lines
            ),
            (separator, width, skip_lines),
            "{text:?}"
        );
        sniffed
    }

    #[test]
    fn separators() {
        check("a,b,c\n1,2,3\n4,5,6\n", Separator::Comma, 3, 0);
        check("a;b;c\n1,5;2,5;x\n2,5;3,5;y\n", Separator::Semicolon, 3, 0);
        check("1,5;2,5;3\n2,5;3,5;4\n", Separator::Semicolon, 3, 0);
        check("a\tb\n1, 2\t3\nx\ty\n", Separator::Tab, 2, 0);
        check("a|b c\n1|2 3 4\n", Separator::Pipe, 2, 0);
        check("  1.0  2.0 3\n 2.5  1.0 4\n", Separator::Whitespace, 3, 0);
        check(
            "name,note\nA,\"x, y; z\"\nB,\"p; q\"\n",
            Separator::Comma,
            2,
            0,
        );
        check("a, b\n1, 2\n3, 4\n", Separator::Comma, 2, 0);
        check("1  2.5\tx\n3  4.5\ty\n", Separator::Whitespace, 3, 0);
    }

    #[test]
    fn preambles_and_comments() {
        check(
            "A title\n\nfrom: somewhere\na,b,c\n1,2,3\n4,5,6\n",
            Separator::Comma,
            3,
            3,
        );
        check(
            "# made by hand\n# really\na,b\n1,2\n",
            Separator::Comma,
            2,
            2,
        );
        let sniffed = check("a,b\n# half time\n1,2\n", Separator::Comma, 2, 0);
        assert_eq!(sniffed.dialect.comment, Some(b'#'));
        let sniffed = check("a,b\n#1,2\n1,#2\n", Separator::Comma, 2, 0);
        assert_eq!(sniffed.dialect.comment, None);
    }

    #[test]
    fn quotes() {
        assert_eq!(
            check("a,b\n\"x\",1\n", Separator::Comma, 2, 0)
                .dialect
                .quote,
            Some(b'"')
        );
        assert_eq!(
            check("'a','b'\n'x,y','1'\n'z','2'\n", Separator::Comma, 2, 0)
                .dialect
                .quote,
            Some(b'\'')
        );
        assert_eq!(
            check("a,b\nit's,1\n'tis,2\n", Separator::Comma, 2, 0)
                .dialect
                .quote,
            None
        );
    }

    #[test]
    fn headers_of_another_width() {
        let sniffed = check("x y\nr1 1 2\nr2 3 4\n", Separator::Whitespace, 3, 1);
        assert_eq!(
            sniffed.odd_header,
            Some(vec!["x".to_owned(), "y".to_owned()])
        );
        let sniffed = check("x,y,\n1,2\n3,4\n", Separator::Comma, 2, 1);
        assert_eq!(
            sniffed.odd_header,
            Some(vec!["x".to_owned(), "y".to_owned()])
        );
    }

    #[test]
    fn what_is_no_table() {
        assert_eq!(
            sniff("one\ntwo\nthree\n", None, false).unwrap_err(),
            ONE_COLUMN
        );
        let ragged = sniff("a,b\n1,2,3\n1\n1,2,3,4\n5,6\n", None, false).unwrap_err();
        assert!(ragged.contains("ragged"), "{ragged}");
    }
}
