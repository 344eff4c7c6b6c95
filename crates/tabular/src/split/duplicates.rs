//! Test rows that stand in train too. Near duplicates are not looked for.

use facts::DuplicateFacts;

use crate::table::{Column, MISSING};

/// Least share of the observed duplicates that independent features would give before chance explains them.
const CHANCE: f64 = 0.2;

/// Duplicates across the split. Columns hold train rows, then test rows.
///
/// By chance: were the features independent, a test row would find its equal among n train rows with probability
/// 1 − (1 − p)ⁿ, p the product of its values' shares in train. Where these probabilities add up to a fifth of the
/// duplicates observed, coarse features explain them (real features hang together, so the estimate is low). A fine-grained
/// feature makes p, and the sum, all but 0.
pub(super) fn across(features: &[Column], target: &Column, train_rows: usize) -> DuplicateFacts {
    let rows = target.codes.len();
    let mut facts = DuplicateFacts {
        test_rows: rows - train_rows,
        ..DuplicateFacts::default()
    };
    if features.is_empty() {
        return facts;
    }
    let hashes = row_hashes(features, rows);
    let train = majorities(
        (0..train_rows)
            .map(|row| (hashes[row], target.codes[row]))
            .collect(),
    );
    let frequencies: Vec<Vec<f64>> = features
        .iter()
        .map(|feature| shares(feature, train_rows))
        .collect();
    let mut expected = 0.0;
    for row in train_rows..rows {
        let chance: f64 = features
            .iter()
            .zip(&frequencies)
            .map(|(feature, shares)| shares[code_or_last(feature, row)])
            .product();
        expected += -f64::exp_m1(train_rows as f64 * f64::ln_1p(-chance.min(1.0 - 1e-12)));
        if let Ok(at) = train.binary_search_by_key(&hashes[row], |&(hash, _)| hash) {
            facts.test_rows_in_train += 1;
            facts.with_same_target += usize::from(train[at].1 == target.codes[row]);
        }
    }
    facts.expected_by_chance =
        facts.test_rows_in_train > 0 && expected >= CHANCE * facts.test_rows_in_train as f64;
    facts
}

/// 128-bit hashes of all rows; a false match among a billion rows has a probability below 10⁻²⁰.
pub(super) fn row_hashes(features: &[Column], rows: usize) -> Vec<u128> {
    let mut hashes = vec![0_u128; rows];
    for feature in features {
        for (hash, &code) in hashes.iter_mut().zip(&feature.codes) {
            *hash = crate::stats::mix(*hash, code);
        }
    }
    hashes
}

/// Share of each value among train rows; the missing value stands last.
pub(super) fn shares(feature: &Column, train_rows: usize) -> Vec<f64> {
    let mut shares = vec![0.0; feature.distinct() + 1];
    for row in 0..train_rows {
        shares[code_or_last(feature, row)] += 1.0 / train_rows as f64;
    }
    shares
}

pub(super) fn code_or_last(feature: &Column, row: usize) -> usize {
    let code = feature.codes[row];
    if code == MISSING {
        feature.distinct()
    } else {
        code as usize
    }
}

/// Each distinct hash, sorted, with the most frequent of its codes, the first of several.
fn majorities(mut rows: Vec<(u128, u32)>) -> Vec<(u128, u32)> {
    rows.sort_unstable();
    rows.chunk_by(|a, b| a.0 == b.0)
        .map(|equals| {
            let mut most = &equals[..0];
            for group in equals.chunk_by(|a, b| a == b) {
                if group.len() > most.len() {
                    most = group;
                }
            }
            most[0]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_code_stands_for_its_equals() {
        let rows = vec![(7, 1), (3, 9), (7, 2), (7, 2), (3, 4), (5, MISSING)];
        assert_eq!(majorities(rows), [(3, 4), (5, MISSING), (7, 2)]);
    }

    /// One binary feature: each test row has half of train as its equals.
    #[test]
    fn many_equals_cost_no_more_than_few() {
        let cells = |n: usize| (n % 2).to_string();
        let rows = 400_000;
        let all: Vec<String> = (0..rows).map(cells).collect();
        let column = crate::testing::column("x", &all);
        let facts = across(std::slice::from_ref(&column), &column, rows / 2);
        assert_eq!(
            (facts.test_rows_in_train, facts.with_same_target),
            (rows / 2, rows / 2)
        );
    }
}
