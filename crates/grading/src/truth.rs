//! The hidden labels in memory: what the target columns of every row say, in file order.

use scoring::Domain;

use crate::cell::{self, BadCell, Problem};
use crate::contract::{Contract, Form};
use crate::distinct::Distinct;
use crate::predicted::Predicted;

/// A predicted text may have so many characters however short the answers are.
const TEXT_CHARACTERS: usize = 1000;

/// Target cells in the form that the metric compares.
#[derive(Clone, Debug)]
pub(crate) enum Truth {
    /// Indices of labels.
    Labels(Vec<u32>),
    /// Yes or no, row by row.
    Flags(Vec<bool>),
    /// Finite numbers, row by row.
    Numbers(Vec<f64>),
    /// Indices of labels.
    Sets(Vec<Vec<u32>>),
    /// Indices of items: the labels, or those that occur in the answers.
    Relevant {
        items: Distinct,
        /// Whether an item that is not there is no item of the task.
        closed: bool,
        rows: Vec<Vec<u32>>,
    },
    Texts {
        rows: Vec<String>,
        /// Characters of the longest.
        longest: usize,
    },
    Survival {
        times: Vec<f64>,
        events: Vec<bool>,
    },
}

impl Truth {
    /// Targets without rows.
    pub(crate) fn new(contract: &Contract) -> Self {
        match contract.form {
            Form::Labels { .. } | Form::Probability { .. } | Form::ClassProbabilities => {
                Self::Labels(Vec::new())
            }
            Form::MultiProbabilities => Self::Flags(Vec::new()),
            Form::Numbers | Form::MultiNumbers => Self::Numbers(Vec::new()),
            Form::LabelSets => Self::Sets(Vec::new()),
            Form::Ranking => Self::Relevant {
                items: contract.labels.clone(),
                closed: contract.labels.len() > 0,
                rows: Vec::new(),
            },
            Form::Text => Self::Texts {
                rows: Vec::new(),
                longest: 0,
            },
            Form::Survival => Self::Survival {
                times: Vec::new(),
                events: Vec::new(),
            },
        }
    }

    /// Appends the target cells of a row.
    pub(crate) fn push<'a>(
        &mut self,
        mut row: impl Iterator<Item = &'a [u8]>,
        contract: &Contract,
    ) -> Result<(), BadCell<'a>> {
        let mut one = || row.next().expect("a row has a cell for every target");
        match self {
            Self::Labels(cells) => cells.push(cell::label(one(), &contract.labels)?),
            Self::Flags(cells) => {
                for cell in row {
                    cells.push(cell::flag(cell)?);
                }
            }
            Self::Numbers(cells) => {
                for cell in row {
                    cells.push(cell::number(cell, contract.domain)?);
                }
            }
            Self::Sets(rows) => rows.push(cell::labels(one(), &contract.labels)?),
            Self::Relevant {
                items,
                closed: true,
                rows,
            } => rows.push(cell::labels(one(), items)?),
            Self::Relevant { items, rows, .. } => {
                let cell = cell::text(one())?;
                let places = cell.split_ascii_whitespace().map(|item| {
                    let refused = |_| BadCell {
                        problem: Problem::UnknownLabel,
                        text: item.as_bytes(),
                    };
                    items.find_or_push(item).map(cell::index).map_err(refused)
                });
                rows.push(places.collect::<Result<_, _>>()?);
            }
            Self::Texts { rows, longest } => {
                let text = cell::text(one())?;
                *longest = (*longest).max(text.chars().count());
                rows.push(text.to_owned());
            }
            Self::Survival { times, events } => {
                times.push(cell::number(one(), Domain::Above(0.0))?);
                events.push(cell::flag(one())?);
            }
        }
        Ok(())
    }

    /// The most characters of a predicted text that are compared.
    ///
    /// An edit distance takes as many steps as the product of both lengths: this keeps it within four times what the
    /// longest answer costs with itself, and short for short ones.
    pub(crate) fn longest_prediction(&self) -> usize {
        match self {
            Self::Texts { longest, .. } => longest.saturating_mul(4).max(TEXT_CHARACTERS),
            _ => usize::MAX,
        }
    }

    /// The predictions that are right in every row.
    pub(crate) fn predicted(&self, contract: &Contract) -> Predicted {
        let yes = |flag: bool| f64::from(u8::from(flag));
        match self {
            Self::Labels(truth) => match contract.form {
                Form::Probability { positive } => {
                    Predicted::Numbers(truth.iter().map(|&label| yes(label == positive)).collect())
                }
                Form::ClassProbabilities => {
                    let classes = 0..cell::index(contract.labels.len());
                    let row = |&label: &u32| classes.clone().map(move |class| yes(class == label));
                    Predicted::Numbers(truth.iter().flat_map(row).collect())
                }
                _ => Predicted::Labels(truth.clone()),
            },
            Self::Flags(truth) => Predicted::Numbers(truth.iter().map(|&flag| yes(flag)).collect()),
            Self::Numbers(truth) => Predicted::Numbers(truth.clone()),
            Self::Sets(rows) | Self::Relevant { rows, .. } => Predicted::Lists(rows.clone()),
            Self::Texts { rows, .. } => Predicted::Texts(rows.clone()),
            Self::Survival { times, events } => Predicted::Numbers(perfect_risks(times, events)),
        }
    }
}

/// Risks that follow the events: higher for an earlier time, and among equal times for those whose event was seen.
///
/// They are what a perfect submission to a survival task holds. `events` has an entry for every time.
pub fn perfect_risks(times: &[f64], events: &[bool]) -> Vec<f64> {
    let when = |&row: &usize| (times[row], !events[row]);
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (when(a), when(b));
        a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
    });
    let mut risks = vec![0.0; times.len()];
    let mut risk = times.len() as f64;
    for (place, row) in order.iter().enumerate() {
        if place > 0 && when(row) != when(&order[place - 1]) {
            risk -= 1.0;
        }
        risks[*row] = risk;
    }
    risks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn risks_follow_the_events() {
        let risks = perfect_risks(
            &[3.0, 1.0, 3.0, 2.0, 3.0],
            &[false, true, true, false, true],
        );
        assert_eq!(risks, [2.0, 5.0, 3.0, 4.0, 3.0]);
    }
}
