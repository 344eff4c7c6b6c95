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
/// Classes that are told apart, the most frequent of train; the others are one class, as an area under a curve of a handful
/// of rows says nothing, and its cost grows with the number of classes.
pub(super) const CLASSES: usize = 50;
/// Rows' worth of the overall answer that is mixed into a bin's, so that bins of few rows claim little.
const PRIOR_ROWS: f64 = 1.0;

/// The target and the rows on which features are measured.
pub(super) struct Probe<'t> {
    target: &'t Column,
    train: Vec<usize>,
    test: Vec<usize>,
    classification: bool,
    /// For classes, the class of each of the target's codes, and how many there are.
    class_of: Vec<usize>,
    classes: usize,
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
        let known = |rows: &[usize]| -> Vec<usize> {
            rows.iter()
                .copied()
                .filter(|&row| target.codes[row] != MISSING)
                .collect()
        };
        let train = known(train);
        let (class_of, classes) = if classification {
            classes(target, &train)
        } else {
            (Vec::new(), 0)
        };
        Self {
            target,
            train,
            test: known(test),
            classification,
            class_of,
            classes,
        }
    }

    fn class(&self, row: usize) -> usize {
        self.class_of[self.target.codes[row] as usize]
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
            code: if self.classification {
                self.code(feature)
            } else {
                Vec::new()
            },
        }
    }

    /// The power of a feature that tells nothing.
    fn no_power(&self) -> f64 {
        if self.classification { 0.5 } else { 0.0 }
    }

    /// Macro one-versus-rest ROC AUC of smoothed class shares per bin, and the share of wrong classes that naming each bin's
    /// most frequent class saves over naming the most frequent of all.
    fn classes(&self, feature: &Column, binning: &Binning) -> (f64, f64) {
        let classes = self.classes;
        let mut counts = vec![0.0; binning.bins * classes];
        let mut overall = vec![0.0; classes];
        for &row in &self.train {
            let class = self.class(row);
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
            let truths = self.test.iter().map(|&row| self.class(row));
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
                .filter(|&(at, &row)| guess(at) != self.class(row));
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

    /// Rows with the value that their class has most often, and all rows, of each class; nothing where two classes have the
    /// same value most often, or other rows have further values.
    fn code(&self, feature: &Column) -> Vec<(usize, usize)> {
        // Missing is a value like any other.
        let values = feature.distinct() + usize::from(feature.missing() > 0);
        if values < 2 || values > self.classes || self.classes > CLASSES {
            return Vec::new();
        }
        let mut counts = vec![vec![0_usize; feature.distinct() + 1]; self.classes];
        for &row in self.train.iter().chain(&self.test) {
            let value = (feature.codes[row] as usize).min(feature.distinct());
            counts[self.class(row)][value] += 1;
        }
        counts.retain(|of_value| of_value.iter().any(|rows| *rows > 0));
        let most: Vec<usize> = counts
            .iter()
            .map(|of_value| {
                first_greatest(&of_value.iter().map(|&rows| rows as f64).collect::<Vec<_>>())
            })
            .collect();
        let different: std::collections::BTreeSet<&usize> = most.iter().collect();
        if different.len() < most.len() {
            return Vec::new();
        }
        counts
            .iter()
            .zip(&most)
            .map(|(of_value, &value)| (of_value[value], of_value.iter().sum()))
            .collect()
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

/// The class of each code of the target by its rows in train, and their number: those beyond [`CLASSES`] share the last.
fn classes(target: &Column, train: &[usize]) -> (Vec<usize>, usize) {
    let mut counts = vec![0_usize; target.distinct()];
    train
        .iter()
        .for_each(|&row| counts[target.codes[row] as usize] += 1);
    if counts.len() <= CLASSES {
        return ((0..counts.len()).collect(), counts.len());
    }
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|&code| (std::cmp::Reverse(counts[code]), code));
    let mut of_code = vec![CLASSES; counts.len()];
    for (class, &code) in order.iter().take(CLASSES).enumerate() {
        of_code[code] = class;
    }
    (of_code, CLASSES + 1)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::column;

    /// Two percent of the cells of a copy of rare positives say the opposite.
    #[test]
    fn a_noisy_code_is_counted_by_class() {
        let yes = |n: usize| n % 20 == 3;
        let target = column(
            "target",
            &(0..700)
                .map(|n| if yes(n) { "yes" } else { "no" })
                .collect::<Vec<_>>(),
        );
        let flipped = |n: usize| n.is_multiple_of(50) || n == 3;
        let copy: Vec<&str> = (0..700)
            .map(|n| if yes(n) != flipped(n) { "b" } else { "a" })
            .collect();
        let (train, test): (Vec<usize>, Vec<usize>) = (0..700).partition(|n| n % 5 > 0);
        let probe = Probe::new(&target, &train, &test, true);
        assert_eq!(
            probe.measure(&column("copy", &copy)).code,
            [(651, 665), (34, 35)]
        );
        let constant = column("x", &vec!["7"; 700]);
        assert!(probe.measure(&constant).code.is_empty());
        let rare: Vec<&str> = (0..700)
            .map(|n| if n % 90 == 0 { "b" } else { "a" })
            .collect();
        assert!(probe.measure(&column("rare", &rare)).code.is_empty());
    }

    /// Answers that are nearly all different: as many classes times as many bins would fill gigabytes.
    #[test]
    fn classes_beyond_the_most_frequent_are_one() {
        let rows = 60_000;
        let cell = |n: usize| {
            if n.is_multiple_of(4) {
                "often".to_owned()
            } else {
                format!("c{n}")
            }
        };
        let target = column("target", &(0..rows).map(cell).collect::<Vec<_>>());
        let feature = column(
            "x",
            &(0..rows)
                .map(|n| format!("w{}", n % 20_000))
                .collect::<Vec<_>>(),
        );
        let train: Vec<usize> = (0..40_000).collect();
        let test: Vec<usize> = (40_000..rows).collect();
        let probe = Probe::new(&target, &train, &test, true);
        assert_eq!(probe.classes, CLASSES + 1);
        let facts = probe.measure(&feature);
        assert!(facts.power.is_finite(), "{facts:?}");
    }
}
