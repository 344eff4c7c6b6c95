//! What one cell of a prediction says. Labels are compared as text, exactly as written; numbers may carry blanks around.

use scoring::Metric;

/// Why a cell is no prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellProblem {
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
}

/// Texts that writers of CSV files put where there is no value, besides every spelling of NaN.
const MISSING_MARKERS: [&str; 6] = ["NA", "N/A", "<NA>", "None", "null", "NULL"];

/// A finite number in the metric's domain.
pub(crate) fn number(text: &str, metric: Metric) -> Result<f64, CellProblem> {
    let text = text.trim();
    if is_missing(text) {
        return Err(CellProblem::Missing);
    }
    let number: f64 = text.parse().map_err(|_| CellProblem::NotANumber)?;
    if number.is_nan() {
        Err(CellProblem::Missing)
    } else if number.is_infinite() {
        Err(CellProblem::Infinite)
    } else if !in_domain(number, metric) {
        Err(CellProblem::OutOfRange)
    } else {
        Ok(number)
    }
}

fn in_domain(number: f64, metric: Metric) -> bool {
    let unit = !metric.needs_unit_interval() || (0.0..=1.0).contains(&number);
    unit && metric
        .exclusive_lower_bound()
        .is_none_or(|bound| number > bound)
}

/// The index of a label.
pub(crate) fn label(text: &str, labels: &[String]) -> Result<u32, CellProblem> {
    match labels.iter().position(|label| label == text) {
        Some(index) => Ok(u32::try_from(index).expect("a manifest has fewer than 2³² labels")),
        None if is_missing(text.trim()) => Err(CellProblem::Missing),
        None => Err(CellProblem::UnknownLabel),
    }
}

fn is_missing(text: &str) -> bool {
    text.is_empty() || text.eq_ignore_ascii_case("nan") || MISSING_MARKERS.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("1.5", Ok(1.5)),
            (" -2e3 ", Ok(-2000.0)),
            ("", Err(CellProblem::Missing)),
            ("nan", Err(CellProblem::Missing)),
            ("-NaN", Err(CellProblem::Missing)),
            ("null", Err(CellProblem::Missing)),
            ("inf", Err(CellProblem::Infinite)),
            ("-Infinity", Err(CellProblem::Infinite)),
            ("1e999", Err(CellProblem::Infinite)),
            ("1,5", Err(CellProblem::NotANumber)),
            ("0x10", Err(CellProblem::NotANumber)),
            ("=1+1", Err(CellProblem::NotANumber)),
        ] {
            assert_eq!(number(text, Metric::Rmse), expected, "{text:?}");
        }
    }

    #[test]
    fn domains_of_metrics() {
        assert_eq!(
            number("1.01", Metric::LogLoss),
            Err(CellProblem::OutOfRange)
        );
        assert_eq!(number("-0.01", Metric::Brier), Err(CellProblem::OutOfRange));
        assert_eq!(number("1.01", Metric::RocAuc), Ok(1.01));
        assert_eq!(number("-1", Metric::Rmsle), Err(CellProblem::OutOfRange));
        assert_eq!(number("-0.5", Metric::Rmsle), Ok(-0.5));
    }

    #[test]
    fn labels_are_compared_as_written() {
        let labels = ["1".to_owned(), "NA".to_owned()];
        assert_eq!(label("1", &labels), Ok(0));
        assert_eq!(label("NA", &labels), Ok(1));
        assert_eq!(label("1.0", &labels), Err(CellProblem::UnknownLabel));
        assert_eq!(label("", &labels), Err(CellProblem::Missing));
    }
}
