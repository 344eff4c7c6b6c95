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
    let mut train: Vec<(u128, u32)> = (0..train_rows)
        .map(|row| (hashes[row], target.codes[row]))
        .collect();
    train.sort_unstable();
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
        let start = train.partition_point(|&(hash, _)| hash < hashes[row]);
        let equals: Vec<u32> = train[start..]
            .iter()
            .take_while(|&&(hash, _)| hash == hashes[row])
            .map(|&(_, code)| code)
            .collect();
        if !equals.is_empty() {
            facts.test_rows_in_train += 1;
            facts.with_same_target += usize::from(majority(&equals) == Some(target.codes[row]));
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
fn shares(feature: &Column, train_rows: usize) -> Vec<f64> {
    let mut shares = vec![0.0; feature.distinct() + 1];
    for row in 0..train_rows {
        shares[code_or_last(feature, row)] += 1.0 / train_rows as f64;
    }
    shares
}

fn code_or_last(feature: &Column, row: usize) -> usize {
    let code = feature.codes[row];
    if code == MISSING {
        feature.distinct()
    } else {
        code as usize
    }
}

/// The most frequent of sorted codes, the first of several.
fn majority(sorted: &[u32]) -> Option<u32> {
    let mut best = None;
    let mut most = 0;
    for group in sorted.chunk_by(|a, b| a == b) {
        if group.len() > most {
            most = group.len();
            best = Some(group[0]);
        }
    }
    best
}
