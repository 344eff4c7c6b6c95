//! What one feature alone tells about the target: simple predictors fitted on train, judged on test.

use facts::FeatureFacts;

use crate::stats::{auc, median, spearman};
use crate::table::{Column, MISSING};

/// Distinct numbers up to which each is a bin of its own.
const OWN_BINS: usize = 20;
/// Bins of equal size, coarse and fine.
const BINS: [usize; 2] = [20, 200];
/// Train rows that a bin has at least.
const LEAST_ROWS: usize = 5;
/// Rows' worth of the overall answer that is mixed into a bin's, so that bins of few rows claim little.
const PRIOR_ROWS: f64 = 1.0;

/// The target and the rows on which features are measured.
pub(super) struct Probe<'t> {
    target: &'t Column,
    train: Vec<usize>,
    test: Vec<usize>,
    classification: bool,
}

impl<'t> Probe<'t> {
    /// Rows count from the joined table's start; those without a target are dropped.
    pub(super) fn new(
        target: &'t Column,
        train: &[usize],
        test: &[usize],
        classification: bool,
    ) -> Self {
        // A regression task whose target is text is measured as one of classes: something is better than nothing.
        let classification = classification || !target.is_numeric();
        let known = |rows: &[usize]| {
            rows.iter()
                .copied()
                .filter(|&row| target.codes[row] != MISSING)
                .collect()
        };
        Self {
            target,
            train: known(train),
            test: known(test),
            classification,
        }
    }

    /// Measures one feature.
    pub(super) fn measure(&self, feature: &Column) -> FeatureFacts {
        let mut power = f64::NEG_INFINITY;
        let mut score: f64 = 0.0;
        for bins in BINS {
            let binning = Binning::fit(feature, &self.train, bins);
            let (this_power, this_score) = if self.classification {
                self.classes(feature, &binning)
            } else {
                self.numbers(feature, &binning)
            };
            power = power.max(this_power);
            score = score.max(this_score);
        }
        if !self.classification && feature.is_numeric() {
            power = power.max(self.line(feature));
        }
        let rho = (feature.is_numeric() && self.target.is_numeric()).then(|| {
            let values = |column: &Column| {
                self.train
                    .iter()
                    .map(|&row| column.number(row))
                    .collect::<Vec<_>>()
            };
            spearman(&values(feature), &values(self.target)).map_or(0.0, f64::abs)
        });
        FeatureFacts {
            column: feature.name.clone(),
            power: if power.is_finite() {
                power
            } else {
                self.no_power()
            },
            score,
            rho,
            determines: self.determines(feature),
            equal: self.equal(feature),
        }
    }

    /// The power of a feature that tells nothing.
    fn no_power(&self) -> f64 {
        if self.classification { 0.5 } else { 0.0 }
    }

    /// Macro one-versus-rest ROC AUC of smoothed class shares per bin, and the share of wrong classes that naming each bin's
    /// most frequent class saves over naming the most frequent of all.
    fn classes(&self, feature: &Column, binning: &Binning) -> (f64, f64) {
        let classes = self.target.distinct();
        let mut counts = vec![0.0; binning.bins * classes];
        let mut overall = vec![0.0; classes];
        for &row in &self.train {
            let class = self.target.codes[row] as usize;
            counts[binning.bin(feature, row) * classes + class] += 1.0;
            overall[class] += 1.0;
        }
        let rows: f64 = overall.iter().sum();
        if rows == 0.0 || self.test.is_empty() {
            return (self.no_power(), 0.0);
        }
        let share = |bin: usize, class: usize| {
            let in_bin: f64 = counts[bin * classes..(bin + 1) * classes].iter().sum();
            (counts[bin * classes + class] + PRIOR_ROWS * overall[class] / rows)
                / (in_bin + PRIOR_ROWS)
        };
        let shares: Vec<Vec<f64>> = (0..binning.bins)
            .map(|bin| (0..classes).map(|class| share(bin, class)).collect())
            .collect();
        let test_bins: Vec<usize> = self
            .test
            .iter()
            .map(|&row| binning.bin(feature, row))
            .collect();

        let area = |class: usize| {
            let scores: Vec<f64> = test_bins.iter().map(|&bin| shares[bin][class]).collect();
            let truths = self.test.iter().map(|&row| self.target.codes[row] as usize);
            auc(
                &scores,
                &truths.map(|truth| truth == class).collect::<Vec<_>>(),
            )
        };
        let areas: Vec<f64> = (0..classes).filter_map(area).collect();
        let power = if areas.is_empty() {
            self.no_power()
        } else {
            areas.iter().sum::<f64>() / areas.len() as f64
        };

        let constant = first_greatest(&overall);
        let guesses: Vec<usize> = shares.iter().map(|shares| first_greatest(shares)).collect();
        let wrong = |guess: &dyn Fn(usize) -> usize| {
            let misses = self
                .test
                .iter()
                .enumerate()
                .filter(|&(at, &row)| guess(at) != self.target.codes[row] as usize);
            misses.count() as f64
        };
        let score = saved(wrong(&|at| guesses[test_bins[at]]), wrong(&|_| constant));
        (power, score)
    }

    /// R² of smoothed bin means, and the mean absolute error that bin medians save over the median of all.
    fn numbers(&self, feature: &Column, binning: &Binning) -> (f64, f64) {
        let mut values: Vec<Vec<f64>> = vec![Vec::new(); binning.bins];
        for &row in &self.train {
            values[binning.bin(feature, row)].push(self.target.number(row));
        }
        let mut all: Vec<f64> = values.iter().flatten().copied().collect();
        if all.is_empty() || self.test.is_empty() {
            return (self.no_power(), 0.0);
        }
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let constant = median(&mut all);
        let means: Vec<f64> = values
            .iter()
            .map(|bin| {
                (bin.iter().sum::<f64>() + PRIOR_ROWS * mean) / (bin.len() as f64 + PRIOR_ROWS)
            })
            .collect();
        let medians: Vec<f64> = values
            .iter_mut()
            .map(|bin| {
                if bin.is_empty() {
                    constant
                } else {
                    median(bin)
                }
            })
            .collect();
        let test_bins: Vec<usize> = self
            .test
            .iter()
            .map(|&row| binning.bin(feature, row))
            .collect();
        let power = self.r_squared(|at| means[test_bins[at]]);
        let error = |guess: &dyn Fn(usize) -> f64| -> f64 {
            self.test
                .iter()
                .enumerate()
                .map(|(at, &row)| (self.target.number(row) - guess(at)).abs())
                .sum()
        };
        (
            power,
            saved(error(&|at| medians[test_bins[at]]), error(&|_| constant)),
        )
    }

    /// R² of the least-squares line; missing values get the mean.
    fn line(&self, feature: &Column) -> f64 {
        let pairs: Vec<(f64, f64)> = self
            .train
            .iter()
            .map(|&row| (feature.number(row), self.target.number(row)))
            .filter(|(x, _)| !x.is_nan())
            .collect();
        let count = pairs.len() as f64;
        let mean_x = pairs.iter().map(|(x, _)| x).sum::<f64>() / count;
        let mean_y = pairs.iter().map(|(_, y)| y).sum::<f64>() / count;
        let products: f64 = pairs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        let squares: f64 = pairs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
        if squares.is_nan() || squares <= 0.0 {
            return self.no_power();
        }
        let slope = products / squares;
        self.r_squared(|at| {
            let x = feature.number(self.test[at]);
            if x.is_nan() {
                mean_y
            } else {
                mean_y + slope * (x - mean_x)
            }
        })
    }

    /// 1 − squared error / squared distance from the mean of test; 0 when test doesn't vary.
    fn r_squared(&self, guess: impl Fn(usize) -> f64) -> f64 {
        let truths: Vec<f64> = self
            .test
            .iter()
            .map(|&row| self.target.number(row))
            .collect();
        let mean = truths.iter().sum::<f64>() / truths.len() as f64;
        let total: f64 = truths.iter().map(|truth| (truth - mean).powi(2)).sum();
        let error: f64 = truths
            .iter()
            .enumerate()
            .map(|(at, truth)| (truth - guess(at)).powi(2))
            .sum();
        if total > 0.0 {
            1.0 - error / total
        } else {
            0.0
        }
    }

    fn determines(&self, feature: &Column) -> f64 {
        let mut pairs: Vec<(u32, u32)> = self
            .train
            .iter()
            .map(|&row| (feature.codes[row], self.target.codes[row]))
            .collect();
        pairs.sort_unstable();
        let (mut repeated, mut follows) = (0_usize, 0_usize);
        for group in pairs
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|group| group.len() >= 2)
        {
            repeated += group.len();
            follows += group
                .chunk_by(|a, b| a == b)
                .map(<[_]>::len)
                .max()
                .unwrap_or(0);
        }
        if repeated * 2 < pairs.len() || repeated == 0 {
            0.0
        } else {
            follows as f64 / repeated as f64
        }
    }

    fn equal(&self, feature: &Column) -> f64 {
        let equal = |row: &&usize| {
            let text = feature.text(**row);
            text.is_some()
                && (text == self.target.text(**row) || same_number(feature, self.target, **row))
        };
        self.train.iter().filter(equal).count() as f64 / self.train.len().max(1) as f64
    }
}

/// Numbers that are equal though written differently (`1` and `1.0`) are the same cell.
fn same_number(a: &Column, b: &Column, row: usize) -> bool {
    a.is_numeric() && b.is_numeric() && a.number(row) == b.number(row)
}

/// The share of an error that is saved, never below 0.
fn saved(error: f64, constant: f64) -> f64 {
    if constant > 0.0 {
        (1.0 - error / constant).max(0.0)
    } else {
        0.0
    }
}

fn first_greatest(values: &[f64]) -> usize {
    let mut best = 0;
    for (at, &value) in values.iter().enumerate() {
        if value > values[best] {
            best = at;
        }
    }
    best
}

/// Bins of a feature's values, fitted on train. Missing is a bin of its own, and so are all values too rare to judge.
struct Binning {
    bins: usize,
    /// The bin of each code.
    of_code: Vec<u32>,
}

const MISSING_BIN: u32 = 0;
const RARE_BIN: u32 = 1;

impl Binning {
    fn fit(feature: &Column, train: &[usize], most: usize) -> Self {
        let mut counts = vec![0_usize; feature.distinct()];
        for &row in train {
            if let Some(count) = counts.get_mut(feature.codes[row] as usize) {
                *count += 1;
            }
        }
        if feature.is_numeric() && feature.distinct() > OWN_BINS {
            Self::of_equal_size(feature, &counts, most)
        } else {
            let least = if feature.distinct() > OWN_BINS { 2 } else { 1 };
            let mut bins = RARE_BIN;
            let of_code = counts
                .iter()
                .map(|&count| {
                    if count < least {
                        return RARE_BIN;
                    }
                    bins += 1;
                    bins
                })
                .collect();
            Self {
                bins: bins as usize + 1,
                of_code,
            }
        }
    }

    /// Bins of about equal numbers of train rows along the number line; equal values are never parted.
    fn of_equal_size(feature: &Column, counts: &[usize], most: usize) -> Self {
        let mut order: Vec<usize> = (0..feature.distinct()).collect();
        order.sort_by(|&a, &b| feature.numbers[a].total_cmp(&feature.numbers[b]));
        let rows: usize = counts.iter().sum();
        let size = (rows / most).max(LEAST_ROWS);
        let mut of_code = vec![RARE_BIN; feature.distinct()];
        let mut bin = RARE_BIN + 1;
        let mut filled = 0;
        for code in order {
            if filled >= size {
                bin += 1;
                filled = 0;
            }
            // A value that only test has falls into the bin of its neighbours.
            of_code[code] = bin;
            filled += counts[code];
        }
        Self {
            bins: bin as usize + 1,
            of_code,
        }
    }

    fn bin(&self, feature: &Column, row: usize) -> usize {
        let code = feature.codes[row];
        (if code == MISSING {
            MISSING_BIN
        } else {
            self.of_code[code as usize]
        }) as usize
    }
}
