//! Where we differ from a library on purpose: the metrics, the rows, both results, and why.
//!
//! A difference that no case shows fails the test, so that this list stays true. What a metric's own definition adds to a
//! library's function is not here but in `fixtures/agreement.py`: rows of probabilities are divided by their sum, tied
//! scores don't hit in top-k accuracy, labels that never occur don't enter macro means, two empty sets agree.

use scoring::{Aligned, Metric};

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
    /// This score.
    Exactly(f64),
    /// A score.
    Something,
}

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
            && self.ours.is(ours)
            && self.theirs.is(theirs)
            && (self.when)(rows)
    }
}

impl Gives {
    fn is(self, score: Option<f64>) -> bool {
        match self {
            Self::Nothing => score.is_none(),
            Self::Exactly(value) => score == Some(value),
            Self::Something => score.is_some(),
        }
    }
}

pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        metrics: &[Metric::AveragePrecision],
        when: no_positive,
        ours: Gives::Nothing,
        theirs: Gives::Exactly(0.0),
        reason: "without a positive row there is no recall; scikit-learn warns and gives 0",
    },
    Difference {
        metrics: &[Metric::ColumnMeanAveragePrecision],
        when: no_positive,
        ours: Gives::Nothing,
        theirs: Gives::Something,
        reason: "a column without a positive row has no recall; scikit-learn warns and counts it as 0",
    },
    Difference {
        metrics: &[Metric::Pearson, Metric::Spearman, Metric::KendallTauB],
        when: constant_prediction,
        ours: Gives::Exactly(0.0),
        theirs: Gives::Nothing,
        reason: "equal predictions are a valid submission that says nothing; SciPy gives NaN",
    },
    Difference {
        metrics: &[Metric::ColumnMeanSpearman],
        when: constant_prediction,
        ours: Gives::Something,
        theirs: Gives::Nothing,
        reason: "a column of equal predictions counts as 0; SciPy gives NaN",
    },
    Difference {
        metrics: &[Metric::R2],
        when: constant_truth,
        ours: Gives::Exactly(0.0),
        theirs: Gives::Something,
        reason: "constant truth has no variance; scikit-learn divides by what rounding leaves of it, unless that is 0",
    },
    Difference {
        metrics: &[Metric::ColumnMeanR2],
        when: constant_truth,
        ours: Gives::Something,
        theirs: Gives::Something,
        reason: "the same in a column",
    },
    Difference {
        metrics: &[Metric::PoissonDeviance],
        when: tiny_prediction,
        ours: Gives::Something,
        theirs: Gives::Nothing,
        reason: "a prediction of 0 is the perfect one for a truth of 0; scikit-learn raises",
    },
    Difference {
        metrics: &[Metric::PoissonDeviance],
        when: tiny_prediction,
        ours: Gives::Something,
        theirs: Gives::Something,
        reason: "predictions count as at least 2.2e-16, as probabilities in log loss; scikit-learn takes any above 0",
    },
];

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
