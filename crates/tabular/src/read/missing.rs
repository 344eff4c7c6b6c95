//! Which cell texts mean "no value" in a file. Conservative: a text that may be a category stays one.

use super::numbers;
use crate::table::{MISSING, Nature, RawColumn};

/// Texts that mean nothing but "no value".
const PLAIN: [&str; 11] = [
    "?", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "Null",
];
/// Texts that mean "no value" only where everything else is a number: elsewhere `None` or `unknown` is a category.
const AMONG_NUMBERS: [&str; 24] = [
    "-",
    "--",
    "---",
    ".",
    "..",
    "...",
    "None",
    "none",
    "NONE",
    "na",
    "missing",
    "Missing",
    "unknown",
    "Unknown",
    "*",
    "inf",
    "-inf",
    "Inf",
    "-Inf",
    "Infinity",
    "-Infinity",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
];
/// Cells that must be numbers before another text among them is taken for "no value".
const LEAST_NUMBERS: usize = 3;

/// The markers of a file in order of first use. They hold for all of its columns, as `na_values` of pandas does.
pub(crate) fn markers(columns: &[RawColumn]) -> Vec<String> {
    let mut found = Vec::new();
    for marker in PLAIN.into_iter().chain(AMONG_NUMBERS) {
        let uses: Vec<Use> = columns
            .iter()
            .filter_map(|column| uses(column, marker))
            .collect();
        let among_numbers: usize = uses
            .iter()
            .filter(|found| found.among_numbers)
            .map(|found| found.rows)
            .sum();
        let elsewhere: usize = uses
            .iter()
            .filter(|found| !found.among_numbers)
            .map(|found| found.rows)
            .sum();
        let is_marker = if PLAIN.contains(&marker) {
            among_numbers > 0 || uses.iter().any(|found| !found.is_code)
        } else {
            among_numbers > 0 && among_numbers >= elsewhere
        };
        if is_marker && let Some(first) = uses.iter().map(|found| found.first_row).min() {
            found.push((first, marker.to_owned()));
        }
    }
    found.sort();
    found.into_iter().map(|(_, marker)| marker).collect()
}

/// Where a column has a candidate.
struct Use {
    rows: usize,
    first_row: usize,
    /// All other cells are numbers.
    among_numbers: bool,
    /// The other cells are codes of the same make, e.g. `NA` for Namibia.
    is_code: bool,
}

fn uses(column: &RawColumn, marker: &str) -> Option<Use> {
    let wanted: Vec<u32> = column
        .words
        .iter()
        .enumerate()
        .filter(|(_, word)| word.trim() == marker)
        .map(|(code, _)| code as u32)
        .collect();
    if wanted.is_empty() {
        return None;
    }
    let first_row = column.codes.iter().position(|code| wanted.contains(code))?;
    let rows = column
        .codes
        .iter()
        .filter(|code| wanted.contains(code))
        .count();
    let is_candidate = |word: &str| PLAIN.contains(&word) || AMONG_NUMBERS.contains(&word);
    let others = || {
        column
            .words
            .iter()
            .map(str::trim)
            .filter(|word| !word.is_empty() && !is_candidate(word))
    };
    let is_number =
        |word: &str| numbers::float(word).is_some() || numbers::float_with_comma(word).is_some();
    let among_numbers = column.nature == Nature::Guess
        && others().all(is_number)
        && others().count() >= LEAST_NUMBERS;
    let capitals = |word: &str| {
        word.len() == marker.len() && word.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    let is_code = marker == "NA"
        && others().count() >= 20
        && others().filter(|word| capitals(word)).count() * 5 >= others().count() * 4;
    Some(Use {
        rows,
        first_row,
        among_numbers,
        is_code,
    })
}

/// Whether a code stands for "no value" once markers are known, by code.
pub(crate) fn is_missing(column: &RawColumn, markers: &[String]) -> Vec<bool> {
    column
        .words
        .iter()
        .map(|word| {
            let word = word.trim();
            word.is_empty() || markers.iter().any(|marker| marker == word)
        })
        .collect()
}

/// Whether the cell of that code has no value.
pub(crate) fn has_none(missing: &[bool], code: u32) -> bool {
    code == MISSING || missing[code as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: &[&str]) -> RawColumn {
        let mut column = RawColumn::new("", Nature::Guess);
        cells.iter().for_each(|cell| column.push(Some(cell)));
        column
    }

    #[test]
    fn markers_are_found_conservatively() {
        assert_eq!(markers(&[column(&["1", "?", "2", "3"])]), ["?"]);
        assert_eq!(
            markers(&[column(&["a", "NA", "b"]), column(&["1", "2.5", "-", "7"])]),
            ["NA", "-"]
        );
        assert_eq!(
            markers(&[column(&["a", "None", "b", "-", "unknown"])]),
            [""; 0]
        );
        assert_eq!(
            markers(&[
                column(&["None", "None", "x"]),
                column(&["1", "2", "3", "None"])
            ]),
            [""; 0]
        );
        assert_eq!(markers(&[column(&["1", "2", "3", "inf"])]), ["inf"]);
    }

    #[test]
    fn namibia_is_no_missing_country() {
        let codes: Vec<String> = (0..30_u8)
            .map(|n| format!("{}{}", char::from(b'A' + n / 26), char::from(b'B' + n % 25)))
            .collect();
        let mut cells: Vec<&str> = codes.iter().map(String::as_str).collect();
        cells.push("NA");
        assert_eq!(markers(&[column(&cells)]), [""; 0]);
    }
}
