//! Metrics of texts. Characters are Unicode scalar values, compared exactly; D is the Levenshtein distance.
//!
//! | metric | formula | edge cases |
//! |---|---|---|
//! | exact match | share of equal texts | – |
//! | Levenshtein | mean D | – |
//! | normalised Levenshtein | mean of D / length of the longer text | 0 where both are empty |
//! | character error rate | Σ D / Σ length of truth | true texts all empty: undefined |
//! | word Jaccard | mean of \|A ∩ B\| / \|A ∪ B\| over sets of lower-cased words | 1 where both are empty |
//!
//! D takes as many steps as the product of both lengths, and memory for the shorter text: whoever reads predictions from a
//! stranger bounds their length (`grading` does).
//!
//! Source: Levenshtein, *Binary codes capable of correcting deletions, insertions and reversals*, 1966, by the crate
//! strsim; word Jaccard as in Kaggle's tweet and question-answering competitions, whose division by zero for two empty
//! texts is overridden on purpose.

use std::collections::BTreeSet;

use crate::weights::{RowMean, RowRatio, Weighted};
use crate::{Metric, Texts, Undefined};

/// The metric on `texts`.
pub(crate) fn ready(metric: Metric, texts: &Texts) -> Result<Box<dyn Weighted + '_>, Undefined> {
    let value: fn(&str, &str) -> f64 = match metric {
        Metric::ExactMatch => |truth, predicted| f64::from(u8::from(truth == predicted)),
        Metric::Levenshtein => distance,
        Metric::NormalizedLevenshtein => |truth, predicted| {
            let longer = length(truth).max(length(predicted));
            distance(truth, predicted) / longer.max(1.0)
        },
        Metric::WordJaccard => word_jaccard,
        Metric::CharacterErrorRate => {
            let pairs = texts.truth().iter().zip(texts.predicted());
            let parts = pairs.map(|(truth, predicted)| (distance(truth, predicted), length(truth)));
            return Ok(Box::new(RowRatio::new(
                metric,
                parts.collect(),
                Undefined::EmptyTruth,
            )));
        }
        _ => return Err(Undefined::Form(metric)),
    };
    let of_row = move |row: usize| value(&texts.truth()[row], &texts.predicted()[row]);
    Ok(Box::new(RowMean::new(texts.truth().len(), of_row)))
}

fn distance(truth: &str, predicted: &str) -> f64 {
    if truth == predicted {
        return 0.0;
    }
    // The distance is the same both ways; the second text is the one that strsim keeps a row of distances for.
    let (longer, shorter) = if truth.len() < predicted.len() {
        (predicted, truth)
    } else {
        (truth, predicted)
    };
    strsim::levenshtein(longer, shorter) as f64
}

fn length(text: &str) -> f64 {
    text.chars().count() as f64
}

fn word_jaccard(truth: &str, predicted: &str) -> f64 {
    let (truth, predicted) = (truth.to_lowercase(), predicted.to_lowercase());
    let truth: BTreeSet<&str> = truth.split_whitespace().collect();
    let predicted: BTreeSet<&str> = predicted.split_whitespace().collect();
    let union = truth.union(&predicted).count();
    if union == 0 {
        return 1.0;
    }
    truth.intersection(&predicted).count() as f64 / union as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Aligned;

    fn score(metric: Metric, pairs: &[(&str, &str)]) -> Result<f64, Undefined> {
        let side = |pick: fn(&(&str, &str)) -> String| pairs.iter().map(pick).collect();
        let truth = side(|pair| pair.0.to_owned());
        let predicted = side(|pair| pair.1.to_owned());
        metric.evaluate(&Aligned::Texts(Texts::new(truth, predicted)))
    }

    #[test]
    fn distances() {
        let pairs = [("kitten", "sitting"), ("", "ab"), ("same", "same")];
        assert_eq!(score(Metric::Levenshtein, &pairs), Ok(5.0 / 3.0));
        let normalized = score(Metric::NormalizedLevenshtein, &pairs).unwrap();
        assert!((normalized - (3.0 / 7.0 + 1.0) / 3.0).abs() < 1e-15);
        assert_eq!(score(Metric::CharacterErrorRate, &pairs), Ok(0.5));
        assert_eq!(score(Metric::ExactMatch, &pairs), Ok(1.0 / 3.0));
    }

    /// Two scalar values that a reader sees as one letter are two characters.
    #[test]
    fn characters_are_scalar_values() {
        assert_eq!(score(Metric::Levenshtein, &[("é", "e")]), Ok(1.0));
        assert_eq!(score(Metric::Levenshtein, &[("é", "e\u{301}")]), Ok(2.0));
        assert_eq!(score(Metric::Levenshtein, &[("日本", "日木")]), Ok(1.0));
    }

    #[test]
    fn empty_texts() {
        assert_eq!(score(Metric::NormalizedLevenshtein, &[("", "")]), Ok(0.0));
        assert_eq!(score(Metric::WordJaccard, &[(" ", "")]), Ok(1.0));
        assert_eq!(score(Metric::WordJaccard, &[("a", "")]), Ok(0.0));
        let metric = Metric::CharacterErrorRate;
        assert_eq!(
            score(metric, &[("", "a")]),
            Err(Undefined::EmptyTruth(metric))
        );
    }

    #[test]
    fn words_are_sets_in_lower_case() {
        let pairs = [("The cat sat", "the  CAT the\tdog")];
        assert_eq!(score(Metric::WordJaccard, &pairs), Ok(0.5));
    }
}
