//! Truth and predictions side by side, row n with row n. Who aligned them, and from which files, is not known here.

/// Rows of truth and prediction, in the form that a metric's [`crate::Input`] asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Aligned {
    /// For [`crate::Input::Labels`] and [`crate::Input::OrderedLabels`].
    Labels(Labels),
    /// For [`crate::Input::Probability`].
    Probabilities(Probabilities),
    /// For [`crate::Input::Numbers`].
    Numbers(Numbers),
}

/// Classes as indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    truth: Vec<u32>,
    predicted: Vec<u32>,
    classes: u32,
    positive: Option<u32>,
}

/// Truth as membership of the positive class, predictions as scores that rise with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Probabilities {
    truth: Vec<bool>,
    scores: Vec<f64>,
}

/// Numbers on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    truth: Vec<f64>,
    predicted: Vec<f64>,
}

impl Aligned {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Self::Labels(labels) => labels.truth.len(),
            Self::Probabilities(probabilities) => probabilities.truth.len(),
            Self::Numbers(numbers) => numbers.truth.len(),
        }
    }
}

impl Labels {
    /// Classes `0..classes`, for ordered labels from low to high; `positive` is the class that F1 counts.
    ///
    /// # Panics
    ///
    /// When the sides differ in length or an index is not below `classes`: the caller made these indices.
    pub fn new(truth: Vec<u32>, predicted: Vec<u32>, classes: u32, positive: Option<u32>) -> Self {
        assert_eq!(
            truth.len(),
            predicted.len(),
            "truth and predictions have the same rows"
        );
        let known = |label: &u32| *label < classes;
        assert!(
            truth.iter().all(known) && predicted.iter().all(known),
            "labels are indices below the number of classes"
        );
        assert!(
            positive.is_none_or(|label| label < classes),
            "the positive class is one of the classes"
        );
        Self {
            truth,
            predicted,
            classes,
            positive,
        }
    }

    /// True classes.
    pub fn truth(&self) -> &[u32] {
        &self.truth
    }

    /// Predicted classes.
    pub fn predicted(&self) -> &[u32] {
        &self.predicted
    }

    /// Number of classes.
    pub fn classes(&self) -> u32 {
        self.classes
    }

    /// The class that F1 counts.
    pub fn positive(&self) -> Option<u32> {
        self.positive
    }
}

impl Probabilities {
    /// `truth` says which rows are of the positive class.
    ///
    /// # Panics
    ///
    /// When the sides differ in length or a score is NaN: it must have been refused before.
    pub fn new(truth: Vec<bool>, scores: Vec<f64>) -> Self {
        assert_eq!(
            truth.len(),
            scores.len(),
            "truth and predictions have the same rows"
        );
        assert!(
            scores.iter().all(|score| score.is_finite()),
            "scores are finite"
        );
        Self { truth, scores }
    }

    /// Which rows are of the positive class.
    pub fn truth(&self) -> &[bool] {
        &self.truth
    }

    /// Predicted scores, finite.
    pub fn scores(&self) -> &[f64] {
        &self.scores
    }
}

impl Numbers {
    /// Numbers on both sides.
    ///
    /// # Panics
    ///
    /// When the sides differ in length or a number is not finite: it must have been refused before.
    pub fn new(truth: Vec<f64>, predicted: Vec<f64>) -> Self {
        assert_eq!(
            truth.len(),
            predicted.len(),
            "truth and predictions have the same rows"
        );
        let finite = |number: &f64| number.is_finite();
        assert!(
            truth.iter().all(finite) && predicted.iter().all(finite),
            "numbers are finite"
        );
        Self { truth, predicted }
    }

    /// True numbers, finite.
    pub fn truth(&self) -> &[f64] {
        &self.truth
    }

    /// Predicted numbers, finite.
    pub fn predicted(&self) -> &[f64] {
        &self.predicted
    }
}
