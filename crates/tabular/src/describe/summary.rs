//! Distributions of a column: numbers, categories, lengths of texts. Pure arithmetic; roles are decided elsewhere.

use facts::{CategoryCount, NumberSummary, Storage, TextSummary, Trend};

use crate::read::numbers::decimals;
use crate::table::{Column, MISSING};

/// Most values with counts that a profile lists.
pub(crate) const MOST_CATEGORIES: usize = 100;
/// Values that a profile gives as examples.
const EXAMPLES: usize = 5;

/// The distribution of a numeric column; `None` where it has no value.
pub(crate) fn numbers(column: &Column) -> Option<NumberSummary> {
    if !column.is_numeric() || column.distinct() == 0 {
        return None;
    }
    let mut order: Vec<usize> = (0..column.distinct()).collect();
    order.sort_by(|&a, &b| column.numbers[a].total_cmp(&column.numbers[b]));
    let present = column.present() as f64;
    let weighted = |value: &dyn Fn(f64) -> f64| -> f64 {
        order
            .iter()
            .map(|&code| value(column.numbers[code]) * f64::from(column.counts[code]))
            .sum()
    };
    let mean = weighted(&|x| x) / present;
    let second = weighted(&|x| (x - mean).powi(2));
    let third = weighted(&|x| (x - mean).powi(3));
    let std = if present > 1.0 {
        (second / (present - 1.0)).sqrt()
    } else {
        0.0
    };
    let population = (second / present).sqrt();
    let skewness = if population > 0.0 {
        third / present / population.powi(3)
    } else {
        0.0
    };
    let zeros = (0..column.distinct())
        .find(|&code| column.numbers[code] == 0.0)
        .map_or(0, |code| column.counts[code]);
    Some(NumberSummary {
        min: column.numbers[order[0]],
        max: column.numbers[order[order.len() - 1]],
        mean,
        std,
        quantiles: [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
            .map(|share| quantile(column, &order, share)),
        skewness: if skewness.is_finite() { skewness } else { 0.0 },
        zeros: f64::from(zeros) / present,
        mode_share: column.mode_count() as f64 / present,
        decimals: column.words.iter().map(decimals).max().unwrap_or(0),
        trend: trend(column),
    })
}

/// The quantile with linear interpolation between the two nearest values (`numpy.quantile`'s default).
fn quantile(column: &Column, order: &[usize], share: f64) -> f64 {
    let position = share * (column.present() - 1) as f64;
    let (low, high) = (position.floor() as usize, position.ceil() as usize);
    let mut before = 0;
    let mut at_low = None;
    for &code in order {
        before += column.counts[code] as usize;
        let value = column.numbers[code];
        if at_low.is_none() && low < before {
            at_low = Some(value);
        }
        if high < before {
            let low_value = at_low.unwrap_or(value);
            return low_value + (value - low_value) * (position - low as f64);
        }
    }
    f64::NAN
}

fn trend(column: &Column) -> Trend {
    if column.missing() > 0 || column.codes.len() < 2 {
        return Trend::None;
    }
    let values = column
        .codes
        .iter()
        .map(|&code| column.numbers[code as usize]);
    let steps = || {
        values
            .clone()
            .zip(values.clone().skip(1))
            .map(|(before, after)| after - before)
    };
    if column.distinct() < 2 {
        Trend::None
    } else if steps().all(|step| step == 1.0) {
        Trend::Sequence
    } else if steps().all(|step| step >= 0.0) {
        Trend::Rising
    } else if steps().all(|step| step <= 0.0) {
        Trend::Falling
    } else {
        Trend::None
    }
}

/// Values with counts, most frequent first, ties by value; none for floats with more distinct values than are listed.
pub(crate) fn categories(column: &Column) -> Vec<CategoryCount> {
    if column.storage == Storage::Float && column.distinct() > MOST_CATEGORIES {
        return Vec::new();
    }
    let mut codes: Vec<u32> = (0..column.distinct() as u32).collect();
    codes.sort_by_key(|&code| {
        (
            std::cmp::Reverse(column.counts[code as usize]),
            column.words.get(code),
        )
    });
    codes
        .into_iter()
        .take(MOST_CATEGORIES)
        .map(|code| CategoryCount {
            value: column.words.get(code).to_owned(),
            count: column.counts[code as usize] as usize,
        })
        .collect()
}

/// Lengths of a text column.
pub(crate) fn texts(column: &Column) -> Option<TextSummary> {
    if column.storage != Storage::Text || column.distinct() == 0 {
        return None;
    }
    let (mut characters, mut words, mut longest) = (0.0, 0.0, 0);
    for (word, &count) in column.words.iter().zip(&column.counts) {
        let length = word.chars().count();
        characters += length as f64 * f64::from(count);
        words += word.split_whitespace().count() as f64 * f64::from(count);
        longest = longest.max(length);
    }
    let present = column.present() as f64;
    Some(TextSummary {
        mean_characters: characters / present,
        max_characters: longest,
        mean_words: words / present,
    })
}

/// The first distinct values down the file.
pub(crate) fn examples(column: &Column) -> Vec<String> {
    let mut seen = Vec::new();
    for &code in column.codes.iter().filter(|&&code| code != MISSING) {
        if !seen.contains(&code) {
            seen.push(code);
            if seen.len() == EXAMPLES {
                break;
            }
        }
    }
    seen.into_iter()
        .map(|code| column.words.get(code).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::column;

    #[test]
    fn moments_and_quantiles() {
        let summary = numbers(&column("x", &["1", "2", "3", "4", "10.50", ""])).unwrap();
        assert_eq!((summary.min, summary.max, summary.mean), (1.0, 10.5, 4.1));
        assert_eq!(summary.quantiles[3], 3.0);
        assert!((summary.quantiles[6] - 10.24).abs() < 1e-12);
        assert!((summary.std - 3.748_332_962_798_263).abs() < 1e-12);
        assert!(
            (summary.skewness - 1.176_965_5).abs() < 1e-6,
            "{}",
            summary.skewness
        );
        assert_eq!((summary.decimals, summary.trend), (2, Trend::None));
    }

    #[test]
    fn trends() {
        let trend = |cells: &[&str]| numbers(&column("x", cells)).unwrap().trend;
        assert_eq!(trend(&["5", "6", "7"]), Trend::Sequence);
        assert_eq!(trend(&["5", "6", "6"]), Trend::Rising);
        assert_eq!(trend(&["5", "4.5", "1"]), Trend::Falling);
        assert_eq!(trend(&["5", "5"]), Trend::None);
    }

    #[test]
    fn categories_are_ordered_by_count_then_value() {
        let listed: Vec<(String, usize)> = categories(&column("x", &["b", "a", "c", "c", ""]))
            .into_iter()
            .map(|c| (c.value, c.count))
            .collect();
        assert_eq!(
            listed,
            [
                ("c".to_owned(), 2),
                ("a".to_owned(), 1),
                ("b".to_owned(), 1)
            ]
        );
    }
}
