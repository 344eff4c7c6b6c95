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
}
