//! Test rows that nearly stand in train: which rows are asked about, and rows that differ from another in one cell only.
//! Distances and texts have modules of their own. Whether the measured shares are too many is not decided here.

use facts::{NearDuplicateFacts, Nearness};

use super::twins::{Shares, Twins};
use super::{distance, shingles};
use crate::stats::{Generator, mix64};
use crate::table::Column;

/// Rows of either side that are asked about for one changed cell.
const ONE_CELL_ROWS: usize = 2_000;
/// Cells of the rows that are asked about: tables of many columns get fewer rows.
const ONE_CELL_CELLS: usize = 200_000;
/// Train cells that are looked through; larger tables are thinned.
const TRAIN_CELLS: usize = 8_000_000;
/// Features below which agreeing in all but one means nothing.
const LEAST_FEATURES: usize = 3;
/// Pairs that are named.
const EXAMPLES: usize = 3;

/// The features of both sides, train rows first, and which rows stand alone.
pub(super) struct Rows<'f> {
    pub(super) features: &'f [Column],
    pub(super) train_rows: usize,
    /// Sum of the hashes of a row's cells, so that one cell's can be taken off.
    sums: Vec<u64>,
    /// Train rows, and test rows, that equal no other row of either side: the only ones that are asked about. A row with
    /// an exact twin has no use for a near one, and twins are kept on one side of good splits, which would make the
    /// sides differ.
    alone: (Vec<usize>, Vec<usize>),
}

impl<'f> Rows<'f> {
    pub(super) fn new(features: &'f [Column], train_rows: usize, rows: usize) -> Self {
        let mut sums = vec![0_u64; rows];
        for (at, feature) in features.iter().enumerate() {
            for (sum, &code) in sums.iter_mut().zip(&feature.codes) {
                *sum = sum.wrapping_add(cell_hash(at, code));
            }
        }
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_unstable_by_key(|&row| (sums[row], row));
        let mut single = vec![false; rows];
        for group in order.chunk_by(|&a, &b| sums[a] == sums[b]) {
            single[group[0]] = group.len() == 1;
        }
        let of = |range: std::ops::Range<usize>| range.filter(|&row| single[row]).collect();
        Self {
            features,
            train_rows,
            alone: (of(0..train_rows), of(train_rows..rows)),
            sums,
        }
    }

    /// At most `most` rows of each side to ask about: (train, test).
    pub(super) fn asked(&self, most: usize) -> (Vec<usize>, Vec<usize>) {
        (drawn(&self.alone.0, most), drawn(&self.alone.1, most))
    }

    /// All rows of train.
    pub(super) fn train(&self) -> std::ops::Range<usize> {
        0..self.train_rows
    }
}

/// Every measure of nearness that applies to these features.
///
/// Cost at 50,000 rows of 20 columns in the development profile: about 0.1 s for one changed cell, 0.1 s for distances,
/// and 0.1 s for each column of texts of 100 words.
pub(super) fn measure(
    features: &[Column],
    train_rows: usize,
    rows: usize,
) -> Vec<NearDuplicateFacts> {
    let rows = Rows::new(features, train_rows, rows);
    let mut facts: Vec<NearDuplicateFacts> = Vec::new();
    facts.extend(one_cell(&rows));
    facts.extend(distance::near(&rows));
    facts.extend(shingles::near(&rows));
    facts
}

/// Facts from the partner, a train row, of each row asked about.
pub(super) fn counted(
    nearness: Nearness,
    chance: f64,
    rows: &Rows<'_>,
    train: &[Option<usize>],
    test: &[(usize, Option<usize>)],
) -> NearDuplicateFacts {
    let pairs = test.iter().filter_map(|&(row, near)| Some((row, near?)));
    NearDuplicateFacts {
        nearness,
        chance,
        train_rows: train.len(),
        train_near: train.iter().flatten().count(),
        test_rows: test.len(),
        test_near: pairs.clone().count(),
        test_telling: 0,
        examples: pairs
            .take(EXAMPLES)
            .map(|(row, near)| (row - rows.train_rows + 1, near + 1))
            .collect(),
    }
}

/// Rows that agree with a train row in all features but one. Every column is compared, each train row is looked at once.
fn one_cell(rows: &Rows<'_>) -> Option<NearDuplicateFacts> {
    let width = rows.features.len();
    if width < LEAST_FEATURES {
        return None;
    }
    let (train, test) = rows.asked(ONE_CELL_ROWS.min(ONE_CELL_CELLS / width));
    let asked: Vec<usize> = train.iter().chain(&test).copied().collect();
    // A row without one of its cells, as (hash, position among those asked).
    let mut keys: Vec<(u64, u32)> = Vec::with_capacity(asked.len() * width);
    for (position, &row) in asked.iter().enumerate() {
        keys.extend((0..width).map(|at| (key(rows, row, at), position as u32)));
    }
    keys.sort_unstable();
    // Most lookups find nothing: a bit for each key's low half spares them the search.
    const BITS: u64 = 1 << 22;
    let mut seen = vec![0_u64; (BITS / 64) as usize];
    for (key, _) in &keys {
        seen[(key % BITS / 64) as usize] |= 1 << (key % 64);
    }
    let mut near: Vec<Option<usize>> = vec![None; asked.len()];
    let all: Vec<usize> = rows.train().collect();
    let searched = drawn(&all, TRAIN_CELLS / width);
    for &row in &searched {
        for at in 0..width {
            let key = key(rows, row, at);
            if seen[(key % BITS / 64) as usize] & (1 << (key % 64)) == 0 {
                continue;
            }
            let start = keys.partition_point(|(other, _)| *other < key);
            for (_, position) in keys[start..].iter().take_while(|(other, _)| *other == key) {
                let asked = asked[*position as usize];
                if asked != row {
                    near[*position as usize].get_or_insert(row);
                }
            }
        }
    }
    let (in_train, in_test) = near.split_at(train.len());
    let test: Vec<_> = test.iter().copied().zip(in_test.iter().copied()).collect();
    let shares = Shares::new(rows);
    let chance = test
        .iter()
        .map(|&(row, _)| shares.by_chance(rows, row))
        .sum::<f64>();
    let mut twins = Twins::new(rows, &shares, &searched);
    let telling = test
        .iter()
        .filter(|(row, near)| near.is_some() && twins.is_one_of_few(*row));
    Some(NearDuplicateFacts {
        test_telling: telling.count(),
        ..counted(
            Nearness::OneCell,
            chance / test.len().max(1) as f64,
            rows,
            in_train,
            &test,
        )
    })
}

/// Hash of a row without the cell of the feature at `at`.
fn key(rows: &Rows<'_>, row: usize, at: usize) -> u64 {
    let rest = rows.sums[row].wrapping_sub(cell_hash(at, rows.features[at].codes[row]));
    rest.wrapping_add(mix64(u64::MAX - at as u64))
}

fn cell_hash(at: usize, code: u32) -> u64 {
    mix64((at as u64) << 32 | u64::from(code))
}

/// At most `most` of these rows, in order, drawn with a seed that is their number.
pub(super) fn drawn(rows: &[usize], most: usize) -> Vec<usize> {
    if rows.len() <= most {
        return rows.to_vec();
    }
    let mut rows = rows.to_vec();
    Generator::new(rows.len() as u64).shuffle(&mut rows);
    rows.truncate(most);
    rows.sort_unstable();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Generator;
    use crate::testing::column;

    /// 400 train rows and 100 test rows of 6 features: three numbers with four digits, three categories.
    pub(crate) fn table() -> Vec<Vec<String>> {
        let mut generator = Generator::new(7);
        let mut draw = |most: u64| (generator.next() >> 33) % most;
        let mut cells = vec![Vec::new(); 6];
        for _ in 0..500 {
            for (at, column) in cells.iter_mut().enumerate() {
                column.push(if at < 3 {
                    format!("{}.{}", draw(100), draw(100))
                } else {
                    format!("c{}", draw(4))
                });
            }
        }
        cells
    }

    fn columns(cells: &[Vec<String>]) -> Vec<Column> {
        let name = |at: usize| format!("f{at}");
        cells
            .iter()
            .enumerate()
            .map(|(at, cells)| column(&name(at), cells))
            .collect()
    }

    #[test]
    fn a_digit_is_changed_in_some_copies() {
        let clean = table();
        let measured = |cells: &[Vec<String>]| measure(&columns(cells), 400, 500).remove(0);
        let facts = measured(&clean);
        assert_eq!(
            (
                &facts.nearness,
                facts.test_rows,
                facts.test_near,
                facts.train_rows,
                facts.train_near
            ),
            (&Nearness::OneCell, 100, 0, 400, 0)
        );
        let mut copied = clean.clone();
        for copy in 0..10 {
            copied
                .iter_mut()
                .for_each(|column| column[400 + copy * 7] = column[copy].clone());
            copied[copy % 3][400 + copy * 7].insert(0, '9');
        }
        let facts = measured(&copied);
        assert_eq!((facts.test_near, facts.train_near), (10, 0));
        assert_eq!(facts.examples, [(1, 1), (8, 2), (15, 3)]);
    }

    /// Every object is recorded twice, once with another digit, and the records are divided at random: train rows are near
    /// one another as often as test rows are near train.
    #[test]
    fn objects_recorded_twice_are_telling() {
        let mut cells = table();
        for twin in 0..250 {
            for (at, column) in cells.iter_mut().enumerate() {
                column[twin + 250] = column[twin].clone();
                if at == twin % 3 {
                    column[twin + 250].push('7');
                }
            }
        }
        let order = drawn_order();
        let shuffled: Vec<Vec<String>> = cells
            .iter()
            .map(|column| order.iter().map(|&at| column[at].clone()).collect())
            .collect();
        let facts = measure(&columns(&shuffled), 400, 500).remove(0);
        assert!(facts.test_near > 60 && facts.train_near > 200, "{facts:?}");
        assert_eq!(facts.test_telling, facts.test_near);
        assert!(facts.chance < 1e-3, "{facts:?}");
    }

    /// Fifty models in ten versions each, which differ in one, two or three cells.
    #[test]
    fn versions_of_one_model_are_not_telling() {
        let cell = |at: usize, row: usize| {
            let (model, version) = (row / 10, row % 10);
            if at < 1 + version % 3 {
                format!("v{row}")
            } else {
                format!("m{model}")
            }
        };
        let order = drawn_order();
        let cells: Vec<Vec<String>> = (0..6)
            .map(|at| order.iter().map(|&row| cell(at, row)).collect())
            .collect();
        let facts = measure(&columns(&cells), 400, 500).remove(0);
        assert!(facts.test_near > 30, "{facts:?}");
        assert_eq!(facts.test_telling, 0);
    }

    fn drawn_order() -> Vec<usize> {
        let mut order: Vec<usize> = (0..500).collect();
        Generator::new(3).shuffle(&mut order);
        order
    }

    #[test]
    fn a_full_factorial_is_near_by_chance() {
        let digit =
            |place: u32| (0..729_usize).map(move |n| (n / 3_usize.pow(place) % 3).to_string());
        let cells: Vec<Vec<String>> = (0..6)
            .map(|place| {
                let digits: Vec<String> = digit(place).collect();
                (0..729).map(|n| digits[n * 400 % 729].clone()).collect()
            })
            .collect();
        let facts = measure(&columns(&cells), 583, 729).remove(0);
        assert_eq!(facts.test_near, 146);
        assert_eq!(facts.test_telling, 0);
        assert!(facts.chance > 0.9, "{facts:?}");
    }

    #[test]
    fn exact_twins_are_not_asked_about() {
        let mut cells = table();
        cells
            .iter_mut()
            .for_each(|column| column[450] = column[3].clone());
        cells
            .iter_mut()
            .for_each(|column| column[460] = column[461].clone());
        let facts = measure(&columns(&cells), 400, 500).remove(0);
        assert_eq!(
            (facts.test_rows, facts.train_rows, facts.test_near),
            (97, 399, 0)
        );
    }

    #[test]
    fn drawing_is_seeded() {
        let rows: Vec<usize> = (0..1000).collect();
        assert_eq!(drawn(&rows, 100), drawn(&rows, 100));
        assert_eq!(drawn(&rows, 100).len(), 100);
        assert_eq!(drawn(&rows[..5], 100), [0, 1, 2, 3, 4]);
    }
}
