//! How sure a measured power is: lower ends of intervals, so that a perfect score on few rows proves little.

/// Lower end of the interval of a macro-averaged area under the curve over classes of so many rows, `z` standard errors
/// below it.
///
/// Standard error of each one-versus-rest area after Hanley & McNeil, *Radiology* 143 (1982) 29–36; their mean as if they
/// were independent. A perfect area has no error by that formula, so it is moved in by half a row of the smaller class.
pub(super) fn auc_lower_end(auc: f64, class_rows: &[usize], z: f64) -> f64 {
    let total: usize = class_rows.iter().sum();
    let classes: Vec<f64> = class_rows
        .iter()
        .map(|&rows| rows as f64)
        .filter(|rows| *rows > 0.0)
        .collect();
    if classes.len() < 2 {
        return f64::NEG_INFINITY;
    }
    let errors = classes.iter().map(|positives| {
        let negatives = total as f64 - positives;
        let inner = 0.5 / positives.min(negatives);
        variance(auc.clamp(inner, 1.0 - inner), *positives, negatives)
    });
    // Two classes give the same area twice, not two independent ones.
    let count = classes.len() as f64;
    let sum: f64 = errors.sum();
    let variance = if classes.len() == 2 {
        sum / 2.0
    } else {
        sum / (count * count)
    };
    let smallest = classes.iter().copied().fold(f64::INFINITY, f64::min);
    auc.min(1.0 - 0.5 / smallest) - z * variance.sqrt()
}

fn variance(auc: f64, positives: f64, negatives: f64) -> f64 {
    let square = auc * auc;
    let above_two_negatives = auc / (2.0 - auc) - square;
    let two_positives_above = 2.0 * square / (1.0 + auc) - square;
    let pairs = positives * negatives;
    (auc * (1.0 - auc)
        + (positives - 1.0) * above_two_negatives
        + (negatives - 1.0) * two_positives_above)
        / pairs
}

/// Lower end of the interval of R² on `rows` test rows, through Fisher's z of the correlation √R².
pub(super) fn r2_lower_end(r2: f64, rows: usize, z: f64) -> f64 {
    if rows <= 3 || r2 <= 0.0 {
        return f64::NEG_INFINITY;
    }
    // A correlation of 1 has no finite z; beyond this it makes no difference to any threshold.
    let correlation = r2.min(1.0 - 1e-12).sqrt();
    let low = (correlation.atanh() - z / ((rows - 3) as f64).sqrt())
        .tanh()
        .max(0.0);
    low * low
}

/// Lower end of the interval of a predictive power score that removes `1 - score` of `errors` errors (Wilson 1927).
pub(super) fn score_lower_end(score: f64, errors: usize, z: f64) -> f64 {
    if errors == 0 {
        return f64::NEG_INFINITY;
    }
    let (left, rows, square) = ((1.0 - score).clamp(0.0, 1.0), errors as f64, z * z);
    let middle = left + square / (2.0 * rows);
    let half = z * (left * (1.0 - left) / rows + square / (4.0 * rows * rows)).sqrt();
    1.0 - (middle + half) / (1.0 + square / rows)
}

/// Lower end of the interval of the mean share of rows that are right, over classes with so many right rows of so many:
/// whatever the classes' sizes, each counts alike. Agresti and Coull's adjustment, a row right and a row wrong more, keeps
/// classes of few rows from being perfect.
pub(super) fn mean_share_lower_end(classes: &[(usize, usize)], z: f64) -> f64 {
    if classes.len() < 2 {
        return f64::NEG_INFINITY;
    }
    let count = classes.len() as f64;
    let (mut mean, mut variance) = (0.0, 0.0);
    for &(right, rows) in classes {
        let (right, rows) = (right as f64 + 1.0, rows as f64 + 2.0);
        let share = right / rows;
        mean += share / count;
        variance += share * (1.0 - share) / (rows * count * count);
    }
    mean - z * variance.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_classes_do_not_dilute_a_mean_of_shares() {
        let end = |classes: &[(usize, usize)]| mean_share_lower_end(classes, 1.96);
        assert!((0.92..0.98).contains(&end(&[(651, 665), (34, 35)])));
        assert!(end(&[(651, 665), (3, 3)]) < 0.8);
        assert!(end(&[(480, 500), (200, 500)]) < 0.7);
        assert!(end(&[(5, 5)]) < 0.0);
    }

    fn lower(auc: f64, test: &[usize]) -> f64 {
        auc_lower_end(auc, test, 1.96)
    }

    #[test]
    fn few_rows_prove_little() {
        assert!(lower(1.0, &[10, 10, 10]) < 0.96);
        assert!(lower(0.99, &[38, 76]) < 0.98);
        assert!(lower(1.0, &[200, 200]) > 0.98);
        assert!(lower(0.99, &[1500, 1700]) > 0.98);
        assert!(lower(1.0, &[10]) < 0.0);
    }

    #[test]
    fn intervals_of_r2_shrink_with_rows() {
        assert!(r2_lower_end(0.96, 30, 1.96) < 0.93);
        assert!(r2_lower_end(0.96, 5_000, 1.96) > 0.955);
        assert!(r2_lower_end(1.0, 100, 1.96) > 0.999);
        assert!(r2_lower_end(-3.0, 100, 1.96) < 0.0);
    }

    #[test]
    fn intervals_of_scores_shrink_with_the_errors_there_were() {
        assert!(score_lower_end(1.0, 66, 1.96) > 0.94);
        assert!(score_lower_end(1.0, 10, 1.96) < 0.75);
        assert!(score_lower_end(0.96, 500, 1.96) > 0.93);
        assert!(score_lower_end(0.923, 1_370, 1.96) < 0.92);
        assert!(score_lower_end(1.0, 0, 1.96) < 0.0);
    }
}
