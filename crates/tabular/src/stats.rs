//! Rank statistics and a seeded generator. Formulas are stated where they are computed; nothing here knows tables.

/// Average ranks from 1, ties sharing their mean; `NaN` stays `NaN`.
pub(crate) fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<u32> = (0..values.len() as u32)
        .filter(|&at| !values[at as usize].is_nan())
        .collect();
    order.sort_unstable_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]));
    let mut ranks = vec![f64::NAN; values.len()];
    let mut start = 0;
    while start < order.len() {
        let value = values[order[start] as usize];
        let mut end = start + 1;
        while end < order.len() && values[order[end] as usize] == value {
            end += 1;
        }
        let rank = (start + end + 1) as f64 / 2.0;
        order[start..end]
            .iter()
            .for_each(|&at| ranks[at as usize] = rank);
        start = end;
    }
    ranks
}

/// Pearson's correlation over the positions where both are numbers; `None` with less than three of them or when one side
/// doesn't vary.
pub(crate) fn pearson(a: &[f64], b: &[f64]) -> Option<f64> {
    let pairs = || a.iter().zip(b).filter(|(x, y)| !x.is_nan() && !y.is_nan());
    let (mut count, mut sum_a, mut sum_b) = (0.0, 0.0, 0.0);
    for (x, y) in pairs() {
        count += 1.0;
        sum_a += x;
        sum_b += y;
    }
    if count < 3.0 {
        return None;
    }
    let (mean_a, mean_b) = (sum_a / count, sum_b / count);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in pairs() {
        let (x, y) = (x - mean_a, y - mean_b);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    (aa > 0.0 && bb > 0.0).then(|| (ab / (aa * bb).sqrt()).clamp(-1.0, 1.0))
}

/// Spearman's rank correlation over the positions where both are numbers.
pub(crate) fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    let complete: Vec<(f64, f64)> = a
        .iter()
        .copied()
        .zip(b.iter().copied())
        .filter(|(x, y)| !x.is_nan() && !y.is_nan())
        .collect();
    let (a, b): (Vec<f64>, Vec<f64>) = complete.into_iter().unzip();
    pearson(&ranks(&a), &ranks(&b))
}

/// Area under the ROC curve of `scores` for telling the positives: the share of (positive, negative) pairs in which the
/// positive scores higher, ties counted half (Mann–Whitney). `None` without both kinds.
pub(crate) fn auc(scores: &[f64], positive: &[bool]) -> Option<f64> {
    let positives = positive.iter().filter(|&&is| is).count() as f64;
    let negatives = positive.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let rank_sum: f64 = ranks(scores)
        .iter()
        .zip(positive)
        .filter(|&(_, &is)| is)
        .map(|(rank, _)| rank)
        .sum();
    Some((rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives))
}

/// Cramér's V of two columns of codes, without correction: √(χ² / (n · (min(rows, columns) − 1))), 0–1; 0 when one side
/// has a single value.
pub(crate) fn cramers_v(a: &[u32], b: &[u32]) -> f64 {
    let width = |codes: &[u32]| codes.iter().max().map_or(0, |&most| most as usize + 1);
    let (wide_a, wide_b) = (width(a), width(b));
    let mut cells = std::collections::BTreeMap::<(u32, u32), f64>::new();
    let (mut row, mut column) = (vec![0.0; wide_a], vec![0.0; wide_b]);
    for (&x, &y) in a.iter().zip(b) {
        *cells.entry((x, y)).or_default() += 1.0;
        row[x as usize] += 1.0;
        column[y as usize] += 1.0;
    }
    let used = |counts: &[f64]| counts.iter().filter(|&&count| count > 0.0).count();
    let least = used(&row).min(used(&column));
    if least < 2 {
        return 0.0;
    }
    let count = a.len() as f64;
    // Σ observed² / expected − n, which needs the cells that occur only.
    let sum: f64 = cells
        .iter()
        .map(|(&(x, y), observed)| observed * observed / (row[x as usize] * column[y as usize]))
        .sum();
    let chi_square = (count * (sum - 1.0)).max(0.0);
    (chi_square / (count * (least - 1) as f64)).sqrt().min(1.0)
}

/// SplitMix64 (Steele, Lea and Flood 2014): a small generator whose stream is fixed for ever by its seed.
#[derive(Clone, Debug)]
pub(crate) struct Generator(u64);

impl Generator {
    /// Starts a stream.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        let next = mix64(self.0);
        self.0 = self.0.wrapping_add(GAMMA);
        next
    }

    /// Shuffles in place (Fisher–Yates); the bias of the multiply-shift is below 2⁻³² for any slice in memory.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = ((u128::from(self.next()) * (last as u128 + 1)) >> 64) as usize;
            items.swap(last, other);
        }
    }
}

/// Step of SplitMix64.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64's output for a state: a 64-bit hash in which every input bit changes half of the output's.
pub(crate) fn mix64(state: u64) -> u64 {
    let mut z = state.wrapping_add(GAMMA);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The median, which sorts; of an even number the mean of the two in the middle.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        (values[middle - 1] + values[middle]) / 2.0
    }
}

/// Takes one more cell into the 128-bit hash of a row (a multiplicative congruential step with a fold, constants of PCG).
pub(crate) fn mix(hash: u128, code: u32) -> u128 {
    let next = (hash.rotate_left(41) ^ u128::from(code))
        .wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645)
        .wrapping_add(0x5851_f42d_4c95_7f2d_1405_7b7e_f767_814f);
    next ^ (next >> 67)
}

/// At most `most` row numbers, spread evenly over `rows`.
pub(crate) fn spread_rows(rows: usize, most: usize) -> Vec<usize> {
    if rows <= most {
        return (0..rows).collect();
    }
    (0..most).map(|at| at * rows / most).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_values() {
        assert_eq!(
            ranks(&[3.0, 1.0, f64::NAN, 3.0])
                .iter()
                .map(|r| r.to_string())
                .collect::<Vec<_>>(),
            ["2.5", "1", "NaN", "2.5"]
        );
        assert_eq!(
            spearman(&[1.0, 2.0, 3.0, 4.0], &[1.0, 8.0, 27.0, 64.0]),
            Some(1.0)
        );
        assert_eq!(
            auc(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true]),
            Some(0.75)
        );
        assert_eq!(auc(&[0.1], &[true]), None);
        assert!((cramers_v(&[0, 0, 1, 1], &[1, 1, 0, 0]) - 1.0).abs() < 1e-12);
        assert_eq!(cramers_v(&[0, 0, 0], &[1, 1, 0]), 0.0);
        assert_eq!(spread_rows(10, 5), [0, 2, 4, 6, 8]);
    }

    proptest! {
        #[test]
        fn measures_stay_in_range(pairs in prop::collection::vec((-3i8..3, -3i8..3), 3..50)) {
            let (a, b): (Vec<f64>, Vec<f64>) = pairs.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).unzip();
            if let Some(rho) = spearman(&a, &b) {
                prop_assert!((-1.0..=1.0).contains(&rho));
            }
            let positive: Vec<bool> = b.iter().map(|&y| y > 0.0).collect();
            if let Some(area) = auc(&a, &positive) {
                prop_assert!((0.0..=1.0).contains(&area));
                let turned: Vec<f64> = a.iter().map(|x| -x).collect();
                prop_assert!((auc(&turned, &positive).unwrap() + area - 1.0).abs() < 1e-9);
            }
            let codes = |values: &[f64]| values.iter().map(|&v| (v + 3.0) as u32).collect::<Vec<_>>();
            let v = cramers_v(&codes(&a), &codes(&b));
            prop_assert!((0.0..=1.0).contains(&v));
        }

        #[test]
        fn shuffling_keeps_all_items(count in 0_usize..60, seed: u64) {
            let mut items: Vec<usize> = (0..count).collect();
            Generator::new(seed).shuffle(&mut items);
            items.sort_unstable();
            prop_assert_eq!(items, (0..count).collect::<Vec<_>>());
        }
    }
}
