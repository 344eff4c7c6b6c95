//! The hidden labels: read once, then compared with any number of submissions.

use camino::Utf8Path;
use scoring::{
    Aligned, ClassProbabilities, LabelSets, Labels, Metric, MultiNumbers, MultiProbabilities,
    Numbers, Parameters, Probabilities, Rankings, Survival, Texts, Undefined,
};
use serde::{Deserialize, Serialize};
use task_format::{Manifest, USAGE_COLUMN};

use crate::cell::{BadCell, Problem, allowed, index};
use crate::contract::{Contract, Form};
use crate::predicted::Predicted;
use crate::structure::{AnswersFile, damaged};
use crate::submission::{EXAMPLES, Row, Stop, shortened};
use crate::truth::Truth;
use crate::{Grade, GradeError, InvalidSubmission, Structure};

/// How many labels a message names.
const LABELS: usize = 2 * EXAMPLES;

/// The answers of a task, with what its manifest says of a submission.
#[derive(Clone, Debug)]
pub struct Answers {
    structure: Structure,
    contract: Contract,
    truth: Truth,
    usage: Option<Vec<Usage>>,
}

/// When a row of the answers counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Usage {
    /// Scored during an episode.
    Feedback,
    /// Scored at its end only.
    Final,
}

impl Answers {
    /// Reads the answers of the task that `manifest` describes.
    ///
    /// # Errors
    ///
    /// When the file can't be read, is not what the manifest promises, or the manifest has no metric of the catalogue.
    pub fn read(path: &Utf8Path, manifest: &Manifest) -> Result<Self, GradeError> {
        let contract = Contract::new(manifest)?;
        let mut file = AnswersFile::open(path, &manifest.data.id_column)?;
        let targets_at = contract
            .targets
            .iter()
            .map(|target| file.required(target))
            .collect::<Result<Vec<_>, _>>()?;
        let usage_at = file.column(USAGE_COLUMN);
        let mut truth = Truth::new(&contract);
        let mut usage = usage_at.map(|_| Vec::new());
        while let Some(row) = file.next()? {
            let line = row.line;
            let targets = targets_at.iter().map(|&at| row.cell(at));
            if let Err(bad) = truth.push(targets, &contract) {
                let text = shortened(&String::from_utf8_lossy(bad.text));
                return Err(damaged(&match bad.problem {
                    Problem::NotUtf8 => format!("line {line} is not UTF-8"),
                    _ => format!("line {line} has no valid target: `{text}`"),
                }));
            }
            if let (Some(usage), Some(at)) = (&mut usage, usage_at) {
                usage.push(match row.cell(at) {
                    b"feedback" => Usage::Feedback,
                    b"final" => Usage::Final,
                    other => {
                        let other = shortened(&String::from_utf8_lossy(other));
                        return Err(damaged(&format!("line {line} has the usage `{other}`")));
                    }
                });
            }
        }
        Ok(Self {
            structure: file.finish(&manifest.submission.columns)?,
            contract,
            truth,
            usage,
        })
    }

    /// What every submission must have, whatever the metric.
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    /// Number of rows to predict.
    pub fn rows(&self) -> usize {
        self.structure.rows()
    }

    /// The ids in file order, which is the order of every [`Aligned`] made by [`Answers::align`].
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.structure.ids()
    }

    /// When each row counts, in file order; `None` when the file has no such column. A score is over all rows regardless.
    pub fn usage(&self) -> Option<&[Usage]> {
        self.usage.as_deref()
    }

    /// The metric that submissions are scored by.
    pub fn metric(&self) -> Metric {
        self.contract.metric
    }

    /// The metric's parameters.
    pub fn parameters(&self) -> &Parameters {
        &self.contract.parameters
    }

    /// The answers as a submission: what a perfect one is aligned to.
    pub fn perfect(&self) -> Aligned {
        self.beside(self.truth.predicted(&self.contract))
    }

    /// Reads a submission and aligns it with these answers by id, never by order.
    ///
    /// The inner result is the competitor's, the outer ours.
    ///
    /// # Errors
    ///
    /// When a regular file can't be read.
    pub fn align(
        &self,
        submission: &Utf8Path,
    ) -> Result<Result<Aligned, InvalidSubmission>, GradeError> {
        let (contract, truth) = (&self.contract, &self.truth);
        let mut predicted = Predicted::places(contract, self.rows());
        let read = self.structure.read_submission(submission, |place, row| {
            predicted
                .set(place, row.predictions(), contract, truth)
                .map_err(|bad| describe(bad, contract, truth, row))
        });
        let aligned = read.map(|()| self.beside(predicted));
        Stop::split(aligned, submission)
    }

    /// Scores rows that were aligned with these answers.
    ///
    /// # Errors
    ///
    /// When the metric has no value on the answers, whatever is submitted.
    pub fn score(&self, aligned: &Aligned) -> Result<Grade, GradeError> {
        self.score_with(aligned, || self.perfect())
    }

    fn score_with(
        &self,
        aligned: &Aligned,
        perfect: impl Fn() -> Aligned,
    ) -> Result<Grade, GradeError> {
        let (metric, parameters) = (self.contract.metric, &self.contract.parameters);
        match metric.evaluate_with(aligned, parameters) {
            Ok(value) => Ok(Grade::Score {
                value,
                rows: aligned.rows(),
            }),
            // Whose fault it is, the answers tell: if even they have no score, no submission has one.
            Err(undefined) => match metric.evaluate_with(&perfect(), parameters) {
                Ok(_) => Ok(Grade::Invalid(match undefined {
                    Undefined::Overflow(_) => InvalidSubmission::Overflow,
                    _ => InvalidSubmission::NoScore {
                        why: undefined.to_string(),
                    },
                })),
                Err(undefined) => Err(GradeError::NoValue(undefined)),
            },
        }
    }

    /// Scores some of the rows that were aligned with these answers, as if there were no others.
    ///
    /// # Errors
    ///
    /// When the metric has no value on these rows of the answers, whatever is submitted.
    ///
    /// # Panics
    ///
    /// When a row is not below the number of rows.
    pub fn score_on(&self, aligned: &Aligned, rows: &[usize]) -> Result<Grade, GradeError> {
        self.score_with(&aligned.select(rows), || self.perfect().select(rows))
    }

    /// Truth and predictions, which have one row per id in the order of the answers.
    fn beside(&self, predicted: Predicted) -> Aligned {
        let labels = index(self.contract.labels.len());
        let columns = index(self.contract.width);
        match (self.contract.form, self.truth.clone(), predicted) {
            (Form::Labels { positive }, Truth::Labels(truth), Predicted::Labels(predicted)) => {
                Aligned::Labels(Labels::new(truth, predicted, labels, positive))
            }
            (Form::Probability { positive }, Truth::Labels(truth), Predicted::Numbers(scores)) => {
                let truth = truth.iter().map(|&label| label == positive).collect();
                Aligned::Probabilities(Probabilities::new(truth, scores))
            }
            (Form::ClassProbabilities, Truth::Labels(truth), Predicted::Numbers(scores)) => {
                Aligned::ClassProbabilities(ClassProbabilities::new(truth, scores, labels))
            }
            (Form::MultiProbabilities, Truth::Flags(truth), Predicted::Numbers(scores)) => {
                Aligned::MultiProbabilities(MultiProbabilities::new(truth, scores, columns))
            }
            (Form::Numbers, Truth::Numbers(truth), Predicted::Numbers(predicted)) => {
                Aligned::Numbers(Numbers::new(truth, predicted))
            }
            (Form::MultiNumbers, Truth::Numbers(truth), Predicted::Numbers(predicted)) => {
                Aligned::MultiNumbers(MultiNumbers::new(truth, predicted, columns))
            }
            (Form::LabelSets, Truth::Sets(truth), Predicted::Lists(predicted)) => {
                Aligned::LabelSets(LabelSets::new(truth, predicted, labels))
            }
            (Form::Ranking, Truth::Relevant { rows, .. }, Predicted::Lists(ranked)) => {
                Aligned::Rankings(Rankings::new(rows, ranked))
            }
            (Form::Text, Truth::Texts { rows: truth, .. }, Predicted::Texts(predicted)) => {
                Aligned::Texts(Texts::new(truth, predicted))
            }
            (Form::Survival, Truth::Survival { times, events }, Predicted::Numbers(risks)) => {
                Aligned::Survival(Survival::new(times, events, risks))
            }
            _ => unreachable!("both sides were read in the form of the contract"),
        }
    }
}

fn describe(
    bad: BadCell<'_>,
    contract: &Contract,
    truth: &Truth,
    row: &Row<'_>,
) -> InvalidSubmission {
    let quoted = |bytes: &[u8]| shortened(&String::from_utf8_lossy(bytes));
    let (line, id, value) = (row.line(), quoted(row.id()), quoted(bad.text));
    match bad.problem {
        Problem::NotUtf8 => InvalidSubmission::NotUtf8 { line },
        Problem::Missing => InvalidSubmission::MissingValue { line, id },
        Problem::Infinite => InvalidSubmission::Infinite { line, id, value },
        Problem::NotANumber => InvalidSubmission::NotANumber { line, id, value },
        Problem::OutOfRange => InvalidSubmission::OutOfRange {
            line,
            id,
            value,
            allowed: allowed(contract.domain),
        },
        Problem::TooLong => InvalidSubmission::TextTooLong {
            line,
            id,
            limit: truth.longest_prediction(),
        },
        Problem::UnknownLabel => {
            let labels = contract.labels.iter().take(LABELS).map(str::to_owned);
            InvalidSubmission::UnknownLabel {
                line,
                id,
                value,
                labels: labels.collect(),
            }
        }
    }
}
