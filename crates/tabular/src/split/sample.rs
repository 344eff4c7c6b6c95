//! What the sample submission tells about the answers, against what chance would.

use facts::{PredictionColumn, SampleFacts, SplitQuestion};

use super::{expect_column, ids};
use crate::stats::{Generator, cramers_v, pearson, ranks, spread_rows};
use crate::table::{MISSING, Table};

/// Permutations of the answers.
const PERMUTATIONS: usize = 1000;
/// Position of the 99 % quantile among them, sorted.
const HIGH: usize = PERMUTATIONS * 99 / 100;
/// Cells that are compared, of all prediction columns together; rows beyond are thinned evenly.
const CELLS: usize = 20_000;
/// Rows that are compared.
const ROWS: usize = 10_000;
/// Prediction columns that are compared.
const COLUMNS: usize = 200;
/// Seed of the permutations.
const SEED: u64 = 0;

/// The association of the sample submission's predictions with the answers, joined by id: that of the column where it is
/// strongest, and the same of whole rows of answers permuted.
///
/// Numbers and probabilities: |Spearman rho| (answers as 1 for the class, else 0). Classes and texts: Cramér's V, without
/// correction, since the permutations have the same bias. A constant column has no association.
pub(super) fn association(
    sample: &Table,
    answers: &Table,
    question: &SplitQuestion,
) -> SampleFacts {
    let rows = ids::rows_by_id(answers, &question.id_column);
    let sample_ids = expect_column(sample, &question.id_column);
    let pairs: Vec<(usize, usize)> = (0..sample.rows)
        .filter_map(|row| Some((row, *rows.get(sample_ids.text(row)?)?)))
        .collect();
    let predictions: Vec<&PredictionColumn> = question
        .predictions
        .iter()
        .filter(|prediction| {
            sample.column(&prediction.column).is_some()
                && answers.column(&prediction.target).is_some()
        })
        .take(COLUMNS)
        .collect();
    let most = ROWS.min(CELLS / predictions.len().max(1));
    let pairs: Vec<(usize, usize)> = spread_rows(pairs.len(), most)
        .into_iter()
        .map(|at| pairs[at])
        .collect();
    let compared: Vec<Compared> = predictions
        .iter()
        .map(|prediction| {
            Compared::new(sample, answers, prediction, question.classification, &pairs)
        })
        .collect();
    let measure = |order: &[usize]| {
        compared
            .iter()
            .map(|compared| compared.association(order))
            .fold(0.0, f64::max)
    };
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    let association = measure(&order);
    let mut generator = Generator::new(SEED);
    let mut by_chance: Vec<f64> = (0..PERMUTATIONS)
        .map(|_| {
            generator.shuffle(&mut order);
            measure(&order)
        })
        .collect();
    by_chance.sort_by(f64::total_cmp);
    SampleFacts {
        association,
        permutation_high: by_chance[HIGH],
        rows: if compared.is_empty() { 0 } else { pairs.len() },
    }
}

/// A column of the sample submission beside the answers to it, one value for each pair of rows.
enum Compared {
    /// Ranks, whose correlation is Spearman's.
    Numbers(Vec<f64>, Vec<f64>),
    /// Codes.
    Texts(Vec<u32>, Vec<u32>),
}

impl Compared {
    fn new(
        sample: &Table,
        answers: &Table,
        prediction: &PredictionColumn,
        classification: bool,
        pairs: &[(usize, usize)],
    ) -> Self {
        let guess = expect_column(sample, &prediction.column);
        let truth = expect_column(answers, &prediction.target);
        let truth_number = |answer: usize| match &prediction.class {
            Some(class) => f64::from(u8::from(truth.text(answer) == Some(class.as_str()))),
            None => truth.number(answer),
        };
        let numbers = prediction.class.is_some() || !classification && truth.is_numeric();
        if guess.is_numeric() && numbers {
            let known = |number: f64| if number.is_nan() { 0.0 } else { number };
            let of = |values: &mut dyn Iterator<Item = f64>| {
                ranks(&values.map(known).collect::<Vec<_>>())
            };
            return Self::Numbers(
                of(&mut pairs.iter().map(|&(row, _)| guess.number(row))),
                of(&mut pairs.iter().map(|&(_, answer)| truth_number(answer))),
            );
        }
        // A missing cell is a value like any other here.
        let code = |code: u32, distinct: usize| {
            if code == MISSING {
                distinct as u32
            } else {
                code
            }
        };
        Self::Texts(
            pairs
                .iter()
                .map(|&(row, _)| code(guess.codes[row], guess.distinct()))
                .collect(),
            pairs
                .iter()
                .map(|&(_, answer)| code(truth.codes[answer], truth.distinct()))
                .collect(),
        )
    }

    /// With the answers in that order.
    fn association(&self, order: &[usize]) -> f64 {
        match self {
            Self::Numbers(guesses, truths) => {
                let truths: Vec<f64> = order.iter().map(|&at| truths[at]).collect();
                pearson(guesses, &truths).map_or(0.0, f64::abs)
            }
            Self::Texts(guesses, truths) => {
                let truths: Vec<u32> = order.iter().map(|&at| truths[at]).collect();
                cramers_v(guesses, &truths)
            }
        }
    }
}
