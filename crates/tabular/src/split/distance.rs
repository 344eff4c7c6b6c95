//! Near duplicates by distance: copies whose numbers were all jittered a little. Texts are not compared.

use facts::{NearDuplicateFacts, Nearness};

use super::near::{Rows, counted, drawn};
use crate::stats::median;
use crate::table::{Column, MISSING};

/// Part of the median distance to the nearest neighbour below which two rows are near duplicates (cleanlab 2.9).
const NEAR: f64 = 0.13;
/// Columns that are compared.
const COLUMNS: usize = 64;
/// Train rows among which distances to neighbours are taken, and rows whose neighbours are looked for.
const NEIGHBOURS: usize = 2_000;
const CENTRES: usize = 300;
/// Rows of either side that are asked about, and train rows among which their near ones are looked for.
const ASKED: usize = 500;
const AGAINST: usize = 20_000;
/// Distinct numbers without which no column orders the rows finely enough.
const FINE: usize = 30;
/// What lies between two categories, and between any number and a missing one, before it is cut to 1.
const APART: f32 = 10.0;
/// Columns that are summed up between two looks at the bound.
const CHUNK: usize = 8;

/// Rows closer to a train row than 0.13 times the median distance of train rows to their nearest neighbour.
///
/// The median is taken in a sample of train and brought to more rows by the intrinsic dimension d: distances shrink
/// as n^(−1/d). d comes from the median ratio µ of the second to the first distance, whose distribution is 1 − µ^(−d)
/// in a smooth density (two nearest neighbours, Facco et al., *Scientific Reports* 7 (2017) 12140): d = ln 2 / ln µ.
/// In such a density the share of rows with a neighbour that close is 1 − 2^(−0.13^d): 9 % for d = 1, 0.2 % for d = 3.
///
/// Near rows are looked for in a window of the finest column, so that up to 20,000 rows of train take part.
pub(super) fn near(rows: &Rows<'_>) -> Option<NearDuplicateFacts> {
    let columns: Vec<Vec<f32>> = rows
        .features
        .iter()
        .filter_map(positions)
        .take(COLUMNS)
        .collect();
    let finest = rows
        .features
        .iter()
        .filter(|feature| positions(feature).is_some())
        .take(COLUMNS)
        .enumerate()
        .filter(|(_, feature)| feature.is_numeric())
        .max_by_key(|(at, feature)| (feature.distinct(), std::cmp::Reverse(*at)))
        .filter(|(_, feature)| feature.distinct() >= FINE)
        .map(|(at, _)| at)?;
    let points = Points::new(&columns, finest);

    let all: Vec<usize> = rows.train().collect();
    let sample = drawn(&all, NEIGHBOURS);
    let mut nearest = Vec::new();
    let mut ratios = Vec::new();
    for &centre in &drawn(&sample, CENTRES) {
        let (first, second) = points.two_nearest(centre, &sample);
        if second.is_finite() {
            nearest.push(f64::from(first).sqrt());
            ratios.push(f64::from(second / first).sqrt());
        }
    }
    if nearest.len() < 10 {
        return None;
    }
    let ratio = median(&mut ratios);
    // Rounded values lie on a grid, where the first and the second neighbour are equally far: no dimension can be told.
    let dimension = (std::f64::consts::LN_2 / ratio.ln()).clamp(0.5, 100.0);
    let against = drawn(&all, AGAINST);
    let shrink = (sample.len() as f64 / against.len() as f64).powf(1.0 / dimension);
    let bound = NEAR * median(&mut nearest) * shrink;
    let chance = 1.0 - f64::exp2(-NEAR.powf(dimension));

    let window = points.sorted(&against);
    let (train, test) = rows.asked(ASKED);
    let partner = |&row: &usize| points.within(row, bound, &window);
    let in_train: Vec<Option<usize>> = train.iter().map(partner).collect();
    let in_test: Vec<_> = test.iter().map(|row| (*row, partner(row))).collect();
    let nearness = Nearness::Distance { dimension };
    Some(counted(nearness, chance, rows, &in_train, &in_test))
}

/// Where each row stands in a column: numbers by their rank, 0–1; `None` for constants and for texts that hardly repeat.
fn positions(column: &Column) -> Option<Vec<f32>> {
    let rows = column.codes.len();
    if column.distinct() < 2 || !column.is_numeric() && column.distinct() * 2 > rows {
        return None;
    }
    let mut of_code: Vec<f32> = (0..column.distinct())
        .map(|code| code as f32 * APART)
        .collect();
    if column.is_numeric() {
        let mut order: Vec<usize> = (0..column.distinct()).collect();
        order.sort_unstable_by(|&a, &b| column.numbers[a].total_cmp(&column.numbers[b]));
        let mut below = 0.0;
        for code in order {
            let count = f64::from(column.counts[code]);
            of_code[code] = ((below + count / 2.0) / rows as f64) as f32;
            below += count;
        }
    }
    let position = |&code: &u32| match code {
        MISSING => -APART,
        code => of_code[code as usize],
    };
    Some(column.codes.iter().map(position).collect())
}

/// Rows as points, the finest column first.
struct Points {
    width: usize,
    values: Vec<f32>,
}

impl Points {
    fn new(columns: &[Vec<f32>], finest: usize) -> Self {
        let rows = columns[0].len();
        let mut values = Vec::with_capacity(rows * columns.len());
        for row in 0..rows {
            values.push(columns[finest][row]);
            let others = columns.iter().enumerate().filter(|(at, _)| *at != finest);
            values.extend(others.map(|(_, column)| column[row]));
        }
        Self {
            width: columns.len(),
            values,
        }
    }

    fn of(&self, row: usize) -> &[f32] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    /// The squared distance, or a number of at least `bound` as soon as it can't stay below.
    fn squared(&self, a: usize, b: usize, bound: f32) -> f32 {
        let mut sum = 0.0_f32;
        for (a, b) in self.of(a).chunks(CHUNK).zip(self.of(b).chunks(CHUNK)) {
            for (a, b) in a.iter().zip(b) {
                let apart = (a - b).abs().min(1.0);
                sum += apart * apart;
            }
            if sum >= bound {
                return sum;
            }
        }
        sum
    }

    /// Squared distances to the two nearest of `others` that are not at the same place.
    fn two_nearest(&self, centre: usize, others: &[usize]) -> (f32, f32) {
        let (mut first, mut second) = (f32::INFINITY, f32::INFINITY);
        for &other in others.iter().filter(|other| **other != centre) {
            let squared = self.squared(centre, other, second);
            if squared > 0.0 && squared < first {
                (first, second) = (squared, first);
            } else if squared > 0.0 && squared < second {
                second = squared;
            }
        }
        (first, second)
    }

    /// These rows in order of the finest column.
    fn sorted(&self, rows: &[usize]) -> Vec<(f32, usize)> {
        let mut sorted: Vec<(f32, usize)> =
            rows.iter().map(|&row| (self.of(row)[0], row)).collect();
        sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        sorted
    }

    /// A row of the window closer than `bound`, and not at the same place.
    fn within(&self, row: usize, bound: f64, window: &[(f32, usize)]) -> Option<usize> {
        let (bound, at) = (bound as f32, self.of(row)[0]);
        let start = window.partition_point(|(value, _)| *value < at - bound);
        window[start..]
            .iter()
            .take_while(|(value, _)| *value <= at + bound)
            .find(|&&(_, other)| {
                let squared = self.squared(row, other, bound * bound);
                other != row && squared > 0.0 && squared < bound * bound
            })
            .map(|&(_, other)| other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Generator;
    use crate::testing::column;

    /// Numbers in which `latent` drawn numbers are hidden; copies are test rows that are a train row, a little moved.
    fn facts(latent: usize, copies: usize) -> NearDuplicateFacts {
        let mut generator = Generator::new(11);
        let mut uniform = || (generator.next() >> 11) as f64 / (1_u64 << 53) as f64;
        let mut points: Vec<Vec<f64>> = (0..1200)
            .map(|_| (0..latent).map(|_| uniform()).collect())
            .collect();
        for copy in 0..copies {
            points[1000 + copy] = points[copy]
                .iter()
                .map(|x| x + 1e-4 * (uniform() - 0.5))
                .collect();
        }
        let cells = |at: usize| -> Vec<String> {
            points
                .iter()
                .map(|point| format!("{:.8}", point[at]))
                .collect()
        };
        let columns: Vec<Column> = (0..latent)
            .map(|at| column(&format!("x{at}"), &cells(at)))
            .collect();
        near(&Rows::new(&columns, 1000, 1200)).unwrap()
    }

    #[test]
    fn jittered_copies_stand_out() {
        let clean = facts(6, 0);
        let Nearness::Distance { dimension } = clean.nearness else {
            panic!("a distance")
        };
        assert!((3.5..8.5).contains(&dimension), "{dimension}");
        assert!(clean.chance < 0.001 && clean.test_near <= 1, "{clean:?}");
        let leaking = facts(6, 20);
        assert!((19..=22).contains(&leaking.test_near), "{leaking:?}");
        assert!(leaking.train_near <= 1, "{leaking:?}");
    }

    #[test]
    fn few_dimensions_have_near_rows_by_chance() {
        let line = facts(2, 0);
        assert!(line.chance > 0.005, "{line:?}");
        let share = |near: usize, rows: usize| near as f64 / rows as f64;
        assert!(
            (share(line.test_near, line.test_rows) - share(line.train_near, line.train_rows)).abs()
                < 0.05
        );
    }

    #[test]
    fn categories_alone_have_no_distance() {
        let cells: Vec<String> = (0..100).map(|n| format!("c{}", n % 5)).collect();
        let columns = vec![column("a", &cells), column("b", &cells)];
        assert_eq!(near(&Rows::new(&columns, 80, 100)), None);
    }
}
