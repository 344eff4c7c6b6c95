//! Predictions in memory, each in the place of its id, to be filled in any order.

use crate::cell::{self, BadCell, Problem};
use crate::contract::{Contract, Form};
use crate::truth::Truth;

/// Item that no row holds relevant.
const IRRELEVANT: u32 = u32::MAX;

/// Prediction cells in the form that the metric compares.
#[derive(Clone, Debug)]
pub(crate) enum Predicted {
    /// Indices of labels.
    Labels(Vec<u32>),
    /// Finite numbers, row by row.
    Numbers(Vec<f64>),
    /// Indices of labels or items.
    Lists(Vec<Vec<u32>>),
    Texts(Vec<String>),
}

impl Predicted {
    /// `rows` places to be filled in.
    pub(crate) fn places(contract: &Contract, rows: usize) -> Self {
        match contract.form {
            Form::Labels { .. } => Self::Labels(vec![0; rows]),
            Form::Probability { .. }
            | Form::ClassProbabilities
            | Form::MultiProbabilities
            | Form::Numbers
            | Form::MultiNumbers
            | Form::Survival => Self::Numbers(vec![0.0; rows * contract.width]),
            Form::LabelSets | Form::Ranking => Self::Lists(vec![Vec::new(); rows]),
            Form::Text => Self::Texts(vec![String::new(); rows]),
        }
    }

    /// Fills in the place of a row.
    pub(crate) fn set<'a>(
        &mut self,
        place: usize,
        mut row: impl Iterator<Item = &'a [u8]>,
        contract: &Contract,
        truth: &Truth,
    ) -> Result<(), BadCell<'a>> {
        let mut one = || row.next().expect("a row has a cell for every prediction");
        match self {
            Self::Labels(rows) => rows[place] = cell::label(one(), &contract.labels)?,
            Self::Numbers(cells) => {
                let first = place * contract.width;
                for (number, cell) in cells[first..first + contract.width].iter_mut().zip(row) {
                    *number = cell::number(cell, contract.domain)?;
                }
            }
            Self::Lists(rows) => {
                rows[place] = match truth {
                    Truth::Relevant {
                        items,
                        closed: false,
                        ..
                    } => {
                        let number = |item: &str| items.find(item.as_bytes()).map(cell::index);
                        cell::text(one())?
                            .split_ascii_whitespace()
                            .map(|item| number(item).unwrap_or(IRRELEVANT))
                            .collect()
                    }
                    _ => cell::labels(one(), &contract.labels)?,
                }
            }
            Self::Texts(rows) => {
                let (cell, most) = (one(), truth.longest_prediction());
                let text = cell::text(cell)?;
                // A text has no more characters than bytes.
                if text.len() > most && text.chars().nth(most).is_some() {
                    return Err(BadCell {
                        problem: Problem::TooLong,
                        text: cell,
                    });
                }
                rows[place] = text.to_owned();
            }
        }
        Ok(())
    }
}
