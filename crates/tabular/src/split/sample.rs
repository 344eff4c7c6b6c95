//! What the sample submission tells about the answers, against what chance would.

use facts::{SampleFacts, SplitQuestion};

use super::{expect_column, ids};
use crate::stats::{Generator, cramers_v, pearson, ranks, spread_rows};
use crate::table::{MISSING, Table};

/// Permutations of the answers.
const PERMUTATIONS: usize = 1000;
/// Position of the 99 % quantile among them, sorted.
const HIGH: usize = PERMUTATIONS * 99 / 100;
/// Rows that are compared; more are thinned evenly.
const ROWS: usize = 10_000;
/// Seed of the permutations.
const SEED: u64 = 0;

/// The association of the sample submission's first target with the answers, joined by id.
///
/// Numbers and probabilities: |Spearman rho| (answers as 1 for the positive class, else 0). Classes: Cramér's V, without
/// correction, since the permutations have the same bias. A constant sample has no association.
pub(super) fn association(
    sample: &Table,
    answers: &Table,
    question: &SplitQuestion,
) -> SampleFacts {
    let target = &question.targets[0];
    let rows = ids::rows_by_id(answers, &question.id_column);
    let sample_ids = expect_column(sample, &question.id_column);
    let guess = expect_column(sample, target);
    let truth = expect_column(answers, target);
    let pairs: Vec<(usize, usize)> = (0..sample.rows)
        .filter_map(|row| Some((row, *rows.get(sample_ids.text(row)?)?)))
        .filter(|&(row, answer)| guess.codes[row] != MISSING && truth.codes[answer] != MISSING)
        .collect();
    let pairs: Vec<(usize, usize)> = spread_rows(pairs.len(), ROWS)
        .into_iter()
        .map(|at| pairs[at])
        .collect();
    let as_numbers = guess.is_numeric()
        && if question.classification {
            question.positive_class.is_some()
        } else {
            truth.is_numeric()
        };
    let (association, permutation_high) = if as_numbers {
        let truth_number = |answer: usize| match &question.positive_class {
            Some(positive) => f64::from(u8::from(truth.text(answer) == Some(positive.as_str()))),
            None => truth.number(answer),
        };
        let guesses = ranks(
            &pairs
                .iter()
                .map(|&(row, _)| guess.number(row))
                .collect::<Vec<_>>(),
        );
        let mut truths = ranks(
            &pairs
                .iter()
                .map(|&(_, answer)| truth_number(answer))
                .collect::<Vec<_>>(),
        );
        // Spearman's rho is Pearson's of ranks, which permuting doesn't change.
        band(&mut truths, |truths| {
            pearson(&guesses, truths).map_or(0.0, f64::abs)
        })
    } else {
        let guesses: Vec<u32> = pairs.iter().map(|&(row, _)| guess.codes[row]).collect();
        let mut truths: Vec<u32> = pairs
            .iter()
            .map(|&(_, answer)| truth.codes[answer])
            .collect();
        band(&mut truths, |truths| cramers_v(&guesses, truths))
    };
    SampleFacts {
        association,
        permutation_high,
        rows: pairs.len(),
    }
}

/// The measure as it stands, and its 99 % quantile when the answers are permuted.
fn band<T>(truths: &mut [T], measure: impl Fn(&[T]) -> f64) -> (f64, f64) {
    let observed = measure(truths);
    let mut generator = Generator::new(SEED);
    let mut by_chance: Vec<f64> = (0..PERMUTATIONS)
        .map(|_| {
            generator.shuffle(truths);
            measure(truths)
        })
        .collect();
    by_chance.sort_by(f64::total_cmp);
    (observed, by_chance[HIGH])
}
