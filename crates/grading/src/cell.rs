//! What one cell says, from its bytes. Labels are compared as text, exactly as written; numbers may carry blanks around.

use scoring::Domain;

use crate::distinct::Distinct;

/// Why a cell is no prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Not UTF-8.
    NotUtf8,
    /// Empty, NaN, or one of the usual ways to write that nothing is there.
    Missing,
    /// Infinite, or too large for a 64-bit float.
    Infinite,
    /// Not a number.
    NotANumber,
    /// A number that the metric has no meaning for.
    OutOfRange,
    /// Not one of the labels.
    UnknownLabel,
    /// A text with more characters than are compared.
    TooLong,
}

/// A cell, or the part of it, that is no prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadCell<'a> {
    pub(crate) problem: Problem,
    pub(crate) text: &'a [u8],
}

/// Texts that writers of CSV files put where there is no value, besides every spelling of NaN.
const MISSING_MARKERS: [&str; 6] = ["NA", "N/A", "<NA>", "None", "null", "NULL"];

/// The numbers of a domain, for people.
pub(crate) fn allowed(domain: Domain) -> String {
    match domain {
        Domain::Any => "finite".to_owned(),
        Domain::UnitInterval => "from 0 to 1".to_owned(),
        Domain::Above(bound) => format!("greater than {bound}"),
        Domain::AtLeast(bound) => format!("{bound} or greater"),
    }
}

/// A finite number of a domain. Only the blanks of ASCII may stand around it.
pub(crate) fn number(cell: &[u8], domain: Domain) -> Result<f64, BadCell<'_>> {
    let bad = |problem| {
        Err(BadCell {
            problem,
            text: cell,
        })
    };
    let text = trimmed(text(cell)?);
    match text.parse::<f64>() {
        Ok(number) if domain.contains(number) => Ok(number),
        Ok(number) if number.is_finite() => bad(Problem::OutOfRange),
        Ok(number) if number.is_infinite() => bad(Problem::Infinite),
        Ok(_) => bad(Problem::Missing),
        Err(_) if is_missing(text) => bad(Problem::Missing),
        Err(_) => bad(Problem::NotANumber),
    }
}

/// The index of a label.
pub(crate) fn label<'a>(cell: &'a [u8], labels: &Distinct) -> Result<u32, BadCell<'a>> {
    if let Some(place) = labels.find(cell) {
        return Ok(index(place));
    }
    let problem = match is_missing(trimmed(text(cell)?)) {
        true => Problem::Missing,
        false => Problem::UnknownLabel,
    };
    Err(BadCell {
        problem,
        text: cell,
    })
}

/// The items of a cell: separated by blanks, none in an empty cell.
pub(crate) fn items(cell: &[u8]) -> impl Iterator<Item = &[u8]> {
    cell.split(u8::is_ascii_whitespace)
        .filter(|item| !item.is_empty())
}

/// The indices of a cell of labels, in its order.
pub(crate) fn labels<'a>(cell: &'a [u8], labels: &Distinct) -> Result<Vec<u32>, BadCell<'a>> {
    let of = |item: &'a [u8]| match labels.find(item) {
        Some(place) => Ok(index(place)),
        None => {
            text(cell)?;
            Err(BadCell {
                problem: Problem::UnknownLabel,
                text: item,
            })
        }
    };
    items(cell).map(of).collect()
}

/// Whether a yes-or-no answer is yes: `1` or `0`.
pub(crate) fn flag(cell: &[u8]) -> Result<bool, BadCell<'_>> {
    match cell {
        b"0" => Ok(false),
        b"1" => Ok(true),
        _ => Err(BadCell {
            problem: Problem::UnknownLabel,
            text: cell,
        }),
    }
}

/// A cell as text; an empty cell is an empty text.
pub(crate) fn text(cell: &[u8]) -> Result<&str, BadCell<'_>> {
    std::str::from_utf8(cell).map_err(|_| BadCell {
        problem: Problem::NotUtf8,
        text: cell,
    })
}

pub(crate) fn index(place: usize) -> u32 {
    u32::try_from(place).expect("a table of distinct texts has fewer than 2³²")
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_ascii_whitespace())
}

fn is_missing(text: &str) -> bool {
    text.is_empty() || text.eq_ignore_ascii_case("nan") || MISSING_MARKERS.contains(&text)
}

#[cfg(test)]
mod tests {
    use scoring::Metric;

    use super::*;

    fn distinct(texts: &[&str]) -> Distinct {
        let mut distinct = Distinct::default();
        for text in texts {
            distinct.push(text).unwrap();
        }
        distinct
    }

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("1.5", Ok(1.5)),
            (" -2e3 ", Ok(-2000.0)),
            ("", Err(Problem::Missing)),
            ("nan", Err(Problem::Missing)),
            ("-NaN", Err(Problem::Missing)),
            ("null", Err(Problem::Missing)),
            ("inf", Err(Problem::Infinite)),
            ("-Infinity", Err(Problem::Infinite)),
            ("1e999", Err(Problem::Infinite)),
            ("1,5", Err(Problem::NotANumber)),
            ("1_000", Err(Problem::NotANumber)),
            ("0x10", Err(Problem::NotANumber)),
            ("\u{a0}1", Err(Problem::NotANumber)),
            ("\u{661}", Err(Problem::NotANumber)),
        ] {
            let found = number(text.as_bytes(), Domain::Any).map_err(|bad| bad.problem);
            assert_eq!(found, expected, "{text:?}");
        }
        let not_text = number(b"1\xff", Domain::Any).unwrap_err();
        assert_eq!(not_text.problem, Problem::NotUtf8);
    }

    #[test]
    fn numbers_outside_the_domain_of_a_metric() {
        let number = |text: &str, metric: Metric| {
            number(text.as_bytes(), metric.domain()).map_err(|bad| bad.problem)
        };
        assert_eq!(number("1.01", Metric::LogLoss), Err(Problem::OutOfRange));
        assert_eq!(number("-0.01", Metric::Brier), Err(Problem::OutOfRange));
        assert_eq!(number("1.01", Metric::RocAuc), Ok(1.01));
        assert_eq!(number("-1", Metric::Rmsle), Err(Problem::OutOfRange));
        assert_eq!(number("-0.5", Metric::Rmsle), Ok(-0.5));
    }

    #[test]
    fn labels_are_compared_as_written() {
        let known = distinct(&["1", "NA"]);
        let label = |text: &str| label(text.as_bytes(), &known).map_err(|bad| bad.problem);
        assert_eq!(label("1"), Ok(0));
        assert_eq!(label("NA"), Ok(1));
        assert_eq!(label("1.0"), Err(Problem::UnknownLabel));
        assert_eq!(label(""), Err(Problem::Missing));
    }

    #[test]
    fn a_cell_of_labels_may_be_empty() {
        let known = distinct(&["a", "b", "NA"]);
        let labels = |text: &'static str| labels(text.as_bytes(), &known);
        assert_eq!(labels(""), Ok(vec![]));
        assert_eq!(labels(" b  a b "), Ok(vec![1, 0, 1]));
        assert_eq!(labels("NA"), Ok(vec![2]));
        let unknown = labels("a c b").unwrap_err();
        assert_eq!(
            (unknown.problem, unknown.text),
            (Problem::UnknownLabel, &b"c"[..])
        );
    }
}
