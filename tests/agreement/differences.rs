//! Where we differ from a library on purpose: the metrics, the rows, both results, and why.
//!
//! A difference that no case shows fails the test, so that this list stays true. What a metric's own definition adds to a
//! library's function is not here but in `fixtures/agreement.py`: rows of probabilities are divided by their sum, tied
//! scores don't hit in top-k accuracy, labels that never occur don't enter macro means, two empty sets agree.

use scoring::{Aligned, Metric, Numbers, Probabilities};

use crate::{TOLERANCE, difference};

/// A difference that is meant.
pub(crate) struct Difference {
    pub(crate) metrics: &'static [Metric],
    /// On which rows.
    when: fn(&Aligned) -> bool,
    ours: Gives,
    theirs: Gives,
    pub(crate) reason: &'static str,
}

/// What comes of it.
#[derive(Clone, Copy)]
enum Gives {
    /// No value: an error here; an exception, NaN or an infinity there.
    Nothing,
    /// This score of the rows.
    Score(fn(&Aligned) -> f64),
    /// A score below that: what is left of 0 by rounding was a divisor.
    Below(f64),
}

const ZERO: Gives = Gives::Score(|_| 0.0);

impl Difference {
    /// Whether these results on these rows are meant.
    pub(crate) fn covers(
        &self,
        metric: Metric,
        rows: &Aligned,
        ours: Option<f64>,
        theirs: Option<f64>,
    ) -> bool {
        self.metrics.contains(&metric)
            && (self.when)(rows)
            && self.ours.is(ours, rows)
            && self.theirs.is(theirs, rows)
    }
}

impl Gives {
    fn is(self, score: Option<f64>, rows: &Aligned) -> bool {
        match (self, score) {
            (Self::Nothing, None) => true,
            (Self::Score(expected), Some(score)) => difference(score, expected(rows)) <= TOLERANCE,
            (Self::Below(bound), Some(score)) => score < bound,
            _ => false,
        }
    }
}

pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        metrics: &[Metric::AveragePrecision],
        when: no_positive,
        ours: Gives::Nothing,
        theirs: ZERO,
        reason: "without a positive row there is no recall; scikit-learn warns and gives 0",
    },
    Difference {
        metrics: &[Metric::ColumnMeanAveragePrecision],
        when: no_positive,
        ours: Gives::Nothing,
        theirs: Gives::Score(|rows| mean_of_columns(rows, Metric::AveragePrecision)),
        reason: "a column without a positive row has no recall; scikit-learn warns and counts it as 0",
    },
    Difference {
        metrics: &[Metric::Pearson, Metric::Spearman, Metric::KendallTauB],
        when: constant_prediction,
        ours: ZERO,
        theirs: Gives::Nothing,
        reason: "equal predictions are a valid submission that says nothing; SciPy gives NaN",
    },
    Difference {
        metrics: &[Metric::ColumnMeanSpearman],
        when: constant_prediction,
        ours: Gives::Score(|rows| mean_of_columns(rows, Metric::Spearman)),
        theirs: Gives::Nothing,
        reason: "a column of equal predictions counts as 0; SciPy gives NaN",
    },
    Difference {
        metrics: &[Metric::R2],
        when: constant_truth,
        ours: ZERO,
        theirs: Gives::Below(-1e15),
        reason: "constant truth has no variance; scikit-learn divides by what rounding leaves of it, unless that is 0",
    },
    Difference {
        metrics: &[Metric::ColumnMeanR2],
        when: constant_truth,
        ours: Gives::Score(|rows| mean_of_columns(rows, Metric::R2)),
        theirs: Gives::Below(-1e15),
        reason: "the same in a column",
    },
    Difference {
        metrics: &[Metric::PoissonDeviance],
        when: tiny_prediction,
        ours: Gives::Score(|rows| poisson(rows, f64::EPSILON)),
        theirs: Gives::Nothing,
        reason: "a prediction of 0 is the perfect one for a truth of 0; scikit-learn raises",
    },
    Difference {
        metrics: &[Metric::PoissonDeviance],
        when: tiny_prediction,
        ours: Gives::Score(|rows| poisson(rows, f64::EPSILON)),
        theirs: Gives::Score(|rows| poisson(rows, 0.0)),
        reason: "predictions count as at least 2.2e-16, as probabilities in log loss; scikit-learn takes any above 0",
    },
];

/// The mean over columns of a metric of one column, which is compared by itself; a column without a value counts as 0.
fn mean_of_columns(rows: &Aligned, metric: Metric) -> f64 {
    let columns: Vec<Aligned> = match rows {
        Aligned::MultiNumbers(rows) => {
            let count = rows.columns() as usize;
            let of =
                |cells: &[f64], column| cells.iter().skip(column).step_by(count).copied().collect();
            (0..count)
                .map(|column| {
                    Aligned::Numbers(Numbers::new(
                        of(rows.truth(), column),
                        of(rows.predicted(), column),
                    ))
                })
                .collect()
        }
        Aligned::MultiProbabilities(rows) => {
            let count = rows.columns() as usize;
            (0..count)
                .map(|column| {
                    let truth = rows.truth().iter().skip(column).step_by(count).copied();
                    let scores = rows.scores().iter().skip(column).step_by(count).copied();
                    Aligned::Probabilities(Probabilities::new(truth.collect(), scores.collect()))
                })
                .collect()
        }
        _ => return f64::NAN,
    };
    let scores = columns
        .iter()
        .map(|column| metric.evaluate(column).unwrap_or(0.0));
    scores.sum::<f64>() / columns.len() as f64
}

/// The mean Poisson deviance as it is defined, with predictions of at least `floor`, or of the truth where that is less.
fn poisson(rows: &Aligned, floor: f64) -> f64 {
    let Aligned::Numbers(rows) = rows else {
        return f64::NAN;
    };
    let pairs = rows.truth().iter().zip(rows.predicted());
    let deviances = pairs.map(|(&truth, &predicted)| {
        let predicted = predicted.max(floor.min(truth));
        let logarithm = if truth == 0.0 {
            0.0
        } else {
            truth * (truth / predicted).ln()
        };
        2.0 * (logarithm - truth + predicted)
    });
    deviances.sum::<f64>() / rows.truth().len() as f64
}

/// Whether a column has no positive row.
fn no_positive(rows: &Aligned) -> bool {
    match rows {
        Aligned::Probabilities(rows) => !rows.truth().contains(&true),
        Aligned::MultiProbabilities(rows) => {
            let columns = rows.columns() as usize;
            (0..columns).any(|column| {
                let mut cells = rows.truth().iter().skip(column).step_by(columns);
                cells.all(|cell| !cell)
            })
        }
        _ => false,
    }
}

/// Whether a column's predictions are all equal, and no column's truth is.
fn constant_prediction(rows: &Aligned) -> bool {
    let (truth, predicted) = constant_columns(rows);
    predicted && !truth
}

/// Whether a column's truth is the same in every row.
fn constant_truth(rows: &Aligned) -> bool {
    constant_columns(rows).0
}

/// Whether a column's truth is the same in every row, and whether a column's prediction is.
fn constant_columns(rows: &Aligned) -> (bool, bool) {
    let (truth, predicted, columns) = match rows {
        Aligned::Numbers(rows) => (rows.truth(), rows.predicted(), 1),
        Aligned::MultiNumbers(rows) => (rows.truth(), rows.predicted(), rows.columns() as usize),
        _ => return (false, false),
    };
    let any_constant = |cells: &[f64]| {
        (0..columns).any(|column| {
            let mut cells = cells.iter().skip(column).step_by(columns);
            let first = cells.next();
            cells.all(|cell| Some(cell) == first)
        })
    };
    (any_constant(truth), any_constant(predicted))
}

fn tiny_prediction(rows: &Aligned) -> bool {
    matches!(rows, Aligned::Numbers(rows) if rows.predicted().iter().any(|number| *number < f64::EPSILON))
}
