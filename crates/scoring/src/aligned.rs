//! Truth and predictions side by side, row n with row n. Who aligned them, and from which files, is not known here.

use crate::forms::{
    ClassProbabilities, LabelSets, Labels, MultiNumbers, MultiProbabilities, Numbers,
    Probabilities, Rankings, Survival, Texts,
};

/// Rows of truth and prediction, in the form that a metric's [`crate::Input`] asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Aligned {
    /// For [`crate::Input::Labels`] and [`crate::Input::OrderedLabels`].
    Labels(Labels),
    /// For [`crate::Input::Probability`].
    Probabilities(Probabilities),
    /// For [`crate::Input::Numbers`].
    Numbers(Numbers),
    /// For [`crate::Input::ClassProbabilities`].
    ClassProbabilities(ClassProbabilities),
    /// For [`crate::Input::MultiProbabilities`].
    MultiProbabilities(MultiProbabilities),
    /// For [`crate::Input::MultiNumbers`].
    MultiNumbers(MultiNumbers),
    /// For [`crate::Input::LabelSets`].
    LabelSets(LabelSets),
    /// For [`crate::Input::Ranking`].
    Rankings(Rankings),
    /// For [`crate::Input::Text`].
    Texts(Texts),
    /// For [`crate::Input::Survival`].
    Survival(Survival),
}

impl Aligned {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Self::Labels(rows) => rows.truth().len(),
            Self::Probabilities(rows) => rows.truth().len(),
            Self::Numbers(rows) => rows.truth().len(),
            Self::ClassProbabilities(rows) => rows.truth().len(),
            Self::MultiProbabilities(rows) => rows.rows(),
            Self::MultiNumbers(rows) => rows.rows(),
            Self::LabelSets(rows) => rows.truth().len(),
            Self::Rankings(rows) => rows.relevant().len(),
            Self::Texts(rows) => rows.truth().len(),
            Self::Survival(rows) => rows.times().len(),
        }
    }

    /// Some of the rows, in the order given, as if there were no others.
    ///
    /// # Panics
    ///
    /// When a row is not below [`Aligned::rows`].
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        match self {
            Self::Labels(all) => Self::Labels(Labels::new(
                pick(all.truth(), rows),
                pick(all.predicted(), rows),
                all.classes(),
                all.positive(),
            )),
            Self::Probabilities(all) => Self::Probabilities(Probabilities::new(
                pick(all.truth(), rows),
                pick(all.scores(), rows),
            )),
            Self::Numbers(all) => Self::Numbers(Numbers::new(
                pick(all.truth(), rows),
                pick(all.predicted(), rows),
            )),
            Self::ClassProbabilities(all) => Self::ClassProbabilities(ClassProbabilities::new(
                pick(all.truth(), rows),
                pick_wide(all.scores(), all.classes(), rows),
                all.classes(),
            )),
            Self::MultiProbabilities(all) => Self::MultiProbabilities(MultiProbabilities::new(
                pick_wide(all.truth(), all.columns(), rows),
                pick_wide(all.scores(), all.columns(), rows),
                all.columns(),
            )),
            Self::MultiNumbers(all) => Self::MultiNumbers(MultiNumbers::new(
                pick_wide(all.truth(), all.columns(), rows),
                pick_wide(all.predicted(), all.columns(), rows),
                all.columns(),
            )),
            Self::LabelSets(all) => Self::LabelSets(LabelSets::new(
                pick(all.truth(), rows),
                pick(all.predicted(), rows),
                all.labels(),
            )),
            Self::Rankings(all) => Self::Rankings(Rankings::new(
                pick(all.relevant(), rows),
                pick(all.ranked(), rows),
            )),
            Self::Texts(all) => Self::Texts(Texts::new(
                pick(all.truth(), rows),
                pick(all.predicted(), rows),
            )),
            Self::Survival(all) => Self::Survival(Survival::new(
                pick(all.times(), rows),
                pick(all.events(), rows),
                pick(all.risks(), rows),
            )),
        }
    }
}

fn pick<T: Clone>(all: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|&row| all[row].clone()).collect()
}

/// The same where every row has several cells.
fn pick_wide<T: Clone>(all: &[T], columns: u32, rows: &[usize]) -> Vec<T> {
    let width = columns as usize;
    rows.iter()
        .flat_map(|&row| all[row * width..(row + 1) * width].iter().cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selected_rows_are_all_that_is_there() {
        let all = Aligned::ClassProbabilities(ClassProbabilities::new(
            vec![0, 1, 1],
            vec![0.9, 0.1, 0.2, 0.8, 0.6, 0.4],
            2,
        ));
        let some = Aligned::ClassProbabilities(ClassProbabilities::new(
            vec![1, 0],
            vec![0.6, 0.4, 0.9, 0.1],
            2,
        ));
        assert_eq!(all.select(&[2, 0]), some);
        assert_eq!(all.select(&[0, 1, 2]), all);
        assert_eq!(all.select(&[]).rows(), 0);
    }
}
