//! How likely chance alone is: tails of the normal and the hypergeometric distribution. Intervals stand in `noise`.

/// The probability that a standard normal number is further from 0 than `z`, on either side.
///
/// Complementary error function by the Chebyshev fit of Press et al., *Numerical Recipes*, 2nd ed., section 6.2: relative
/// error below 1.2·10⁻⁷ everywhere.
pub(super) fn two_sided(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * x);
    const FIT: [f64; 10] = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    let polynomial = FIT.iter().rev().fold(0.0, |sum, part| sum * t + part);
    (t * (polynomial - x * x).exp()).min(1.0)
}

/// Fisher's exact test, one-sided: the probability that of the `hits` among both groups' rows at least `first_hits` fall into
/// the first group, if which rows they are is left to chance.
pub(super) fn fisher(
    first_hits: usize,
    first_rows: usize,
    second_hits: usize,
    second_rows: usize,
) -> f64 {
    let hits = first_hits + second_hits;
    let rows = first_rows + second_rows;
    let mut factorials = vec![0.0_f64];
    for n in 1..=rows {
        factorials.push(factorials[n - 1] + (n as f64).ln());
    }
    let choose = |n: usize, k: usize| factorials[n] - factorials[k] - factorials[n - k];
    let most = hits.min(first_rows);
    let of = |first: usize| {
        let second = hits - first;
        if second > second_rows {
            return 0.0;
        }
        (choose(first_rows, first) + choose(second_rows, second) - choose(rows, hits)).exp()
    };
    (first_hits..=most).map(of).sum::<f64>().min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_of_the_normal_distribution() {
        for (z, expected) in [
            (0.0, 1.0),
            (1.959_964, 0.05),
            (-3.290_527, 0.001),
            (6.0, 1.973_175e-9),
        ] {
            assert!(
                (two_sided(z) / expected - 1.0).abs() < 1e-5,
                "{z}: {}",
                two_sided(z)
            );
        }
    }

    #[test]
    fn the_lady_tasting_tea() {
        assert!((fisher(4, 4, 0, 4) - 1.0 / 70.0).abs() < 1e-12);
        assert!((fisher(3, 4, 1, 4) - 17.0 / 70.0).abs() < 1e-12);
        assert!((fisher(0, 50, 0, 50) - 1.0).abs() < 1e-12);
        assert!(fisher(10, 100, 0, 400) < 1e-6);
        assert!(fisher(12, 100, 40, 400) > 0.2);
    }
}
