//! Pairs of columns that carry the same information. It says nothing of three or more columns together.

use std::collections::BTreeMap;

use facts::{ColumnProfile, Relation, Role};

use crate::describe::naming::NameWords;
use crate::stats::{ranks, spearman, spread_rows};
use crate::table::{Column, MISSING, Table};

/// Rows that pairs are compared on; more are thinned evenly.
const ROWS: usize = 4000;
/// |rho| above which two numbers are near copies.
const RHO: f64 = 0.99;
/// Least share of rows that a one-to-one map of categories explains.
const AGREEMENT: f64 = 0.98;
/// Most pairs that are listed one by one. Beyond (spectra, pixels) each column is paired only with the first one it copies.
const PAIRS: usize = 500;

/// All near copies, in column order.
///
/// Numbers: |Spearman rho| > 0.99 over rows where both have a value, at least half the rows. Others: the best one-to-one
/// map between values explains at least 98 % of such rows, and leaves at most a tenth of what always naming the most
/// frequent value would leave, so that two rare events are no copies of each other.
pub(crate) fn near_copies(table: &Table, profiles: &[ColumnProfile]) -> Vec<Relation> {
    let rows = spread_rows(table.rows, ROWS);
    let mut pairs = number_pairs(table, profiles, &rows);
    pairs.extend(category_pairs(table, profiles, &rows, &pairs));
    pairs.sort_by_key(|pair| (pair.a, pair.b));
    if pairs.len() > PAIRS {
        let mut seen = std::collections::BTreeSet::new();
        pairs.sort_by_key(|pair| (pair.b, pair.a));
        pairs.retain(|pair| seen.insert(pair.b));
    }
    pairs
        .into_iter()
        .map(|Pair { a, b, strength }| Relation::NearCopy {
            a: table.columns[a].name.clone(),
            b: table.columns[b].name.clone(),
            strength,
        })
        .collect()
}

struct Pair {
    a: usize,
    b: usize,
    strength: f64,
}

fn number_pairs(table: &Table, profiles: &[ColumnProfile], rows: &[usize]) -> Vec<Pair> {
    let numeric: Vec<usize> = (0..table.columns.len())
        .filter(|&at| table.columns[at].is_numeric() && profiles[at].role != Role::Constant)
        // A row number is a near copy of whatever the rows are sorted by.
        .filter(|&at| {
            profiles[at].role != Role::Id || !NameWords::new(&table.columns[at].name).is_row_name()
        })
        .collect();
    let values = |at: usize| {
        rows.iter()
            .map(|&row| table.columns[at].number(row))
            .collect::<Vec<f64>>()
    };
    // Ranks within each column are exact where nothing is missing; the few pairs that pass are measured anew.
    let standard: Vec<Vec<f64>> = numeric
        .iter()
        .map(|&at| standardised(&ranks(&values(at))))
        .collect();
    let mut pairs = Vec::new();
    for (i, &a) in numeric.iter().enumerate() {
        for (j, &b) in numeric.iter().enumerate().skip(i + 1) {
            let (product, square_a, square_b, both) = standard[i].iter().zip(&standard[j]).fold(
                (0.0, 0.0, 0.0, 0_usize),
                |(product, square_a, square_b, both), (x, y)| {
                    if x.is_nan() || y.is_nan() {
                        (product, square_a, square_b, both)
                    } else {
                        (
                            product + x * y,
                            square_a + x * x,
                            square_b + y * y,
                            both + 1,
                        )
                    }
                },
            );
            let roughly = product.abs() / (square_a * square_b).sqrt();
            if both * 2 < rows.len() || both < 10 || roughly.is_nan() || roughly < RHO - 0.05 {
                continue;
            }
            if let Some(rho) = spearman(&values(a), &values(b)).filter(|rho| rho.abs() > RHO) {
                pairs.push(Pair {
                    a,
                    b,
                    strength: rho.abs(),
                });
            }
        }
    }
    pairs
}

fn standardised(ranks: &[f64]) -> Vec<f64> {
    let present = ranks.iter().filter(|rank| !rank.is_nan());
    let mean = present.clone().sum::<f64>() / present.count().max(1) as f64;
    ranks.iter().map(|rank| rank - mean).collect()
}

fn category_pairs(
    table: &Table,
    profiles: &[ColumnProfile],
    rows: &[usize],
    found: &[Pair],
) -> Vec<Pair> {
    // Columns that are nearly unique map one-to-one to each other whatever they mean.
    let groups: Vec<usize> = (0..table.columns.len())
        .filter(|&at| {
            let column = &table.columns[at];
            profiles[at].role != Role::Constant
                && column.distinct() >= 2
                && column.distinct() * 2 <= column.present()
        })
        .collect();
    let mut pairs = Vec::new();
    for (i, &a) in groups.iter().enumerate() {
        for &b in &groups[i + 1..] {
            let (few, many) = sorted(table.columns[a].distinct(), table.columns[b].distinct());
            if many > few + few / 10 + 2 || found.iter().any(|pair| (pair.a, pair.b) == (a, b)) {
                continue;
            }
            if let Some(strength) = agreement(&table.columns[a], &table.columns[b], rows) {
                pairs.push(Pair { a, b, strength });
            }
        }
    }
    pairs
}

fn sorted(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

/// Share of rows that the best one-to-one map explains, found greedily from the most frequent pair of values down.
fn agreement(a: &Column, b: &Column, rows: &[usize]) -> Option<f64> {
    let mut cells = BTreeMap::<(u32, u32), usize>::new();
    let mut alone = [BTreeMap::<u32, usize>::new(), BTreeMap::new()];
    let mut both = 0_usize;
    for (seen, &row) in rows.iter().enumerate() {
        let pair = (a.codes[row], b.codes[row]);
        if pair.0 == MISSING || pair.1 == MISSING {
            continue;
        }
        *cells.entry(pair).or_default() += 1;
        *alone[0].entry(pair.0).or_default() += 1;
        *alone[1].entry(pair.1).or_default() += 1;
        both += 1;
        // Unrelated columns fill the table of pairs at once.
        if seen == 200 && cells.len() > 2 * alone[0].len().max(alone[1].len()) {
            return None;
        }
    }
    if both * 2 < rows.len() || both < 10 || alone.iter().any(|counts| counts.len() < 2) {
        return None;
    }
    let mut ordered: Vec<((u32, u32), usize)> = cells.into_iter().collect();
    ordered.sort_by_key(|&(pair, count)| (std::cmp::Reverse(count), pair));
    let mut taken = [
        std::collections::BTreeSet::new(),
        std::collections::BTreeSet::new(),
    ];
    let mut explained = 0;
    for ((x, y), count) in ordered {
        if !taken[0].contains(&x) && !taken[1].contains(&y) {
            taken[0].insert(x);
            taken[1].insert(y);
            explained += count;
        }
    }
    let most = alone
        .iter()
        .filter_map(|counts| counts.values().max())
        .max()
        .copied()
        .unwrap_or(0);
    let share = explained as f64 / both as f64;
    (share >= AGREEMENT && (both - explained) * 10 <= both - most).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::related;

    #[test]
    fn copies_are_found() {
        let number: Vec<String> = (0..100)
            .map(|n: u32| ((n * 37) % 101).to_string())
            .collect();
        let scaled: Vec<String> = (0..100)
            .map(|n: u32| format!("{:.3}", f64::from((n * 37) % 101) * 2.54))
            .collect();
        let other: Vec<String> = (0..100)
            .map(|n: u32| ((n * 53) % 103).to_string())
            .collect();
        let letter: Vec<String> = (0..100)
            .map(|n: usize| ["a", "b", "c"][n * n % 7 % 3].to_owned())
            .collect();
        let word: Vec<String> = letter.iter().map(|l| format!("group {l}")).collect();
        let rare = |at: usize| {
            (0..100)
                .map(|n| if n == at { "yes" } else { "no" }.to_owned())
                .collect::<Vec<_>>()
        };
        let (rare_a, rare_b) = (rare(3), rare(70));
        let copies: Vec<(String, String)> = related(&[
            ("number", &number),
            ("other", &other),
            ("scaled", &scaled),
            ("letter", &letter),
            ("word", &word),
            ("rare_a", &rare_a),
            ("rare_b", &rare_b),
        ])
        .relations
        .into_iter()
        .filter_map(|relation| match relation {
            Relation::NearCopy { a, b, .. } => Some((a, b)),
            _ => None,
        })
        .collect();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(copies, [pair("number", "scaled"), pair("letter", "word")]);
    }
}
