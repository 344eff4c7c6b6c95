//! Decides whether a table's first lines name its columns, and what to call columns otherwise.
//! It doesn't search documentation for names; `names_file` does.

use facts::Header;

use super::names_file;
use super::numbers;
use crate::table::{RawColumn, repair_names};

/// Names of columns and where they came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    pub(crate) names: Vec<String>,
    pub(crate) header: Header,
    /// Records at the top that are header, not data.
    pub(crate) lines: usize,
    /// What columns mean, by position.
    pub(crate) meanings: Vec<Option<String>>,
}

impl Heading {
    /// Names that come from elsewhere.
    pub(crate) fn absent(names: Vec<String>, source: impl Into<String>) -> Self {
        let (names, _) = repair_names(&names);
        let meanings = vec![None; names.len()];
        Self {
            header: Header::Absent {
                names: names.clone(),
                source: source.into(),
            },
            names,
            lines: 0,
            meanings,
        }
    }

    /// The first record.
    fn present(cells: &[String]) -> Self {
        let (names, repaired) = repair_names(cells);
        let header = Header::Present {
            names: if repaired { names.clone() } else { Vec::new() },
        };
        let meanings = vec![None; names.len()];
        Self {
            names,
            header,
            lines: 1,
            meanings,
        }
    }
}

/// Finds the names of a table's columns. `first` has its first two records, `columns` all records, the header too.
pub(crate) fn find(
    first: &[Vec<String>],
    columns: &[RawColumn],
    documentation: &[(String, String)],
) -> Heading {
    let Some(top) = first.first() else {
        return Heading::absent(Vec::new(), NUMBERED);
    };
    if let Some(heading) = first
        .get(1)
        .and_then(|second| two_lines(top, second, columns))
    {
        return heading;
    }
    if names_columns(top, columns) {
        return Heading::present(top);
    }
    for (file, text) in documentation {
        if let Some(attributes) = names_file::attributes(text, columns) {
            let (names, meanings): (Vec<_>, Vec<_>) = attributes
                .into_iter()
                .map(|attribute| (attribute.name, attribute.meaning))
                .unzip();
            return Heading {
                meanings,
                ..Heading::absent(names, file.as_str())
            };
        }
    }
    let numbered = (1..=columns.len())
        .map(|number| format!("column_{number}"))
        .collect();
    Heading::absent(numbered, NUMBERED)
}

/// The source of names that only count.
const NUMBERED: &str = "numbered";

/// Names from a header line that is one cell shorter than the rows, or as long after a closing separator was taken off.
pub(crate) fn of_another_width(header: &[String], columns: &[RawColumn]) -> Heading {
    let mut names = header.to_vec();
    if names.len() < columns.len() {
        let last_is_empty = columns
            .last()
            .is_some_and(|column| column.words.iter().all(|word| word.trim().is_empty()));
        if last_is_empty {
            names.push(String::new());
        } else {
            names.insert(0, "row_name".to_owned());
        }
    }
    Heading::absent(names, "first line")
}

/// Cells below the first that are looked at for the decision.
const LOOKED_AT: usize = 5000;

/// Whether the first record reads like names rather than like data.
///
/// A column votes for a header when its cells are numbers and the first is none, against when the first is a number
/// among numbers, or comes again below. Without any such vote (all columns text, nothing comes again), distinct texts
/// are taken for names.
fn names_columns(top: &[String], columns: &[RawColumn]) -> bool {
    let (mut pro, mut contra) = (0_usize, 0_usize);
    for (cell, column) in top.iter().zip(columns) {
        let body = &column.codes[1..column.codes.len().min(LOOKED_AT)];
        let cell = cell.trim();
        if cell.is_empty() || body.is_empty() {
            continue;
        }
        let texts = body
            .iter()
            .map(|&code| column.words.get(code).trim())
            .filter(|text| !text.is_empty());
        let (mut numeric, mut all, mut again) = (0_usize, 0_usize, 0_usize);
        for text in texts {
            all += 1;
            numeric += usize::from(is_numeric(text));
            again += usize::from(text == cell);
        }
        let first_is_number = is_numeric(cell);
        if all > 0 && numeric * 10 >= all * 9 {
            if first_is_number {
                contra += 1
            } else if !is_marker(cell) {
                pro += 1
            }
        } else {
            let comes_again = again * 1000 > all && cell.chars().count() > 1;
            contra += usize::from(first_is_number || comes_again);
        }
    }
    if pro == 0 && contra == 0 {
        let texts: std::collections::BTreeSet<&str> = top.iter().map(|cell| cell.trim()).collect();
        return texts.len() == top.len()
            && top.iter().all(|cell| cell.chars().any(char::is_alphabetic));
    }
    pro > contra
}

fn is_numeric(text: &str) -> bool {
    numbers::float(text).is_some() || numbers::float_with_comma(text).is_some()
}

fn is_marker(text: &str) -> bool {
    matches!(
        text,
        "?" | "NA" | "N/A" | "NaN" | "nan" | "NULL" | "null" | "-" | "."
    )
}

/// A header of two lines, as survey tools write it: questions that span columns above, their parts below.
///
/// Recognised strictly: at least two empty cells above with text below them; no number in the second line; and a column
/// of numbers that has none in the second line, so that the line is no data.
fn two_lines(top: &[String], second: &[String], columns: &[RawColumn]) -> Option<Heading> {
    let spanned = top
        .iter()
        .zip(second)
        .filter(|(above, below)| above.trim().is_empty() && !below.trim().is_empty());
    let numbers_below = |column: &RawColumn| {
        column.codes.len() > 2
            && column.codes[2..]
                .iter()
                .all(|&code| is_numeric(column.words.get(code).trim()))
    };
    let is_header = spanned.count() >= 2
        && !top.iter().chain(second).any(|cell| is_numeric(cell.trim()))
        && columns.iter().any(numbers_below);
    if !is_header {
        return None;
    }
    let mut question = "";
    let (mut names, mut meanings) = (Vec::new(), Vec::new());
    for (above, below) in top.iter().zip(second) {
        let (above, below) = (above.trim(), below.trim());
        if !above.is_empty() {
            question = above;
        }
        // "Response" is what survey tools write below a question with a single answer.
        if !above.is_empty() && (below.is_empty() || below == "Response") {
            names.push(above.to_owned());
            meanings.push(None);
        } else {
            names.push(below.to_owned());
            meanings.push(Some(format!("{question} {below}")));
        }
    }
    Some(Heading {
        lines: 2,
        meanings,
        ..Heading::absent(names, "first two lines")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Nature;

    fn heading(rows: &[&str]) -> Heading {
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.split(',').map(str::to_owned).collect())
            .collect();
        let columns: Vec<RawColumn> = (0..rows[0].len())
            .map(|position| {
                let mut column = RawColumn::new("", Nature::Guess);
                rows.iter()
                    .for_each(|row| column.push(Some(&row[position])));
                column
            })
            .collect();
        find(&rows[..rows.len().min(2)], &columns, &[])
    }

    #[test]
    fn headers_are_told_from_data() {
        assert_eq!(heading(&["a,b", "1,x", "2,y"]).lines, 1);
        assert_eq!(heading(&["a,b", "x,y", "z,w"]).lines, 1);
        assert_eq!(
            heading(&["year,2001,2002", "x,1,2", "y,3,4"]).lines,
            0,
            "numbers above numbers are data"
        );
        assert_eq!(
            heading(&["1,2", "3,4", "5,6"]).names,
            ["column_1", "column_2"]
        );
        assert_eq!(
            heading(&[
                "low,small,bad",
                "high,big,bad",
                "low,big,good",
                "high,small,good"
            ])
            .lines,
            0
        );
        assert_eq!(heading(&["?,1", "3,4", "5,6"]).lines, 0);
        assert_eq!(heading(&[",x", "1,2", "2,5"]).names, ["unnamed_1", "x"]);
    }

    #[test]
    fn repaired_names_are_listed() {
        assert_eq!(
            heading(&["a,a", "1,2"]).header,
            Header::Present {
                names: vec!["a".into(), "a_2".into()]
            }
        );
        assert_eq!(
            heading(&["a,b", "1,2"]).header,
            Header::Present { names: vec![] }
        );
    }
}
