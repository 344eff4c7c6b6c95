//! A column of targets or predictions in memory: one cell per id, in the order of the answers.

use scoring::Metric;

use crate::cell::{self, CellProblem};
use crate::contract::{Contract, Form};

/// Cells in the form that the metric compares.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Column {
    /// Indices of labels.
    Labels(Vec<u32>),
    /// Finite numbers.
    Numbers(Vec<f64>),
}

impl Column {
    /// A target column without rows.
    pub(crate) fn targets(form: &Form) -> Self {
        match form {
            Form::Labels { .. } | Form::Probability { .. } => Self::Labels(Vec::new()),
            Form::Numbers => Self::Numbers(Vec::new()),
        }
    }

    /// A prediction column of `rows` cells to be filled in.
    pub(crate) fn predictions(form: &Form, rows: usize) -> Self {
        match form {
            Form::Labels { .. } => Self::Labels(vec![0; rows]),
            Form::Probability { .. } | Form::Numbers => Self::Numbers(vec![0.0; rows]),
        }
    }

    /// Appends a target cell.
    pub(crate) fn push(&mut self, text: &str, contract: &Contract) -> Result<(), CellProblem> {
        match self {
            Self::Labels(cells) => cells.push(cell::label(text, labels(&contract.form))?),
            Self::Numbers(cells) => cells.push(cell::number(text, contract.metric)?),
        }
        Ok(())
    }

    /// Fills in a prediction cell.
    pub(crate) fn set(
        &mut self,
        place: usize,
        text: &str,
        contract: &Contract,
    ) -> Result<(), CellProblem> {
        match self {
            Self::Labels(cells) => cells[place] = cell::label(text, labels(&contract.form))?,
            Self::Numbers(cells) => cells[place] = cell::number(text, contract.metric)?,
        }
        Ok(())
    }
}

/// The labels of a form that has them.
pub(crate) fn labels(form: &Form) -> &[String] {
    match form {
        Form::Labels { labels, .. } | Form::Probability { labels, .. } => labels,
        Form::Numbers => &[],
    }
}

/// What numbers the metric allows, for people.
pub(crate) fn allowed(metric: Metric) -> &'static str {
    if metric.needs_unit_interval() {
        "from 0 to 1"
    } else {
        "greater than -1"
    }
}
