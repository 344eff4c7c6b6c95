//! The hidden labels: read once, then compared with any number of submissions.

use camino::{Utf8Path, Utf8PathBuf};
use csv::ByteRecord;
use indexmap::IndexSet;
use scoring::{Aligned, Labels, Metric, Numbers, Probabilities};
use serde::{Deserialize, Serialize};
use task_format::{Manifest, USAGE_COLUMN};

use crate::column::Column;
use crate::contract::{Contract, Form};
use crate::{Grade, GradeError, InvalidSubmission};

/// The answers of a task, with what its manifest says of a submission.
///
/// Ids are texts, exactly as written in the file: `1`, `1.0` and `01` are three ids.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    pub(crate) contract: Contract,
    pub(crate) ids: IndexSet<String>,
    pub(crate) bytes: u64,
    truth: Column,
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
        let unreadable = |source| GradeError::Read {
            path: Utf8PathBuf::from(path),
            source,
        };
        let file = fs_err::File::open(path).map_err(unreadable)?;
        let bytes = file.metadata().map_err(unreadable)?.len();
        let mut reader = csv::ReaderBuilder::new().from_reader(file);
        let header = reader
            .byte_headers()
            .map_err(|source| damaged(&source.to_string()))?
            .clone();
        let column = |name: &str| header.iter().position(|cell| cell == name.as_bytes());
        let required = |name: &str| {
            column(name).ok_or_else(|| damaged(&format!("column `{name}` is missing")))
        };
        let (id_at, target_at) = (
            required(&contract.id_column)?,
            required(&contract.target_column)?,
        );
        let usage_at = column(USAGE_COLUMN);

        let mut ids = IndexSet::new();
        let mut truth = Column::targets(&contract.form);
        let mut usage = usage_at.map(|_| Vec::new());
        let mut record = ByteRecord::new();
        while reader
            .read_byte_record(&mut record)
            .map_err(|source| damaged(&source.to_string()))?
        {
            let line = record.position().map_or(0, csv::Position::line);
            let text = |at: usize| {
                let cell = record.get(at).unwrap_or_default();
                std::str::from_utf8(cell).map_err(|_| damaged(&format!("line {line} is not UTF-8")))
            };
            let id = text(id_at)?;
            if !ids.insert(id.to_owned()) {
                return Err(damaged(&format!("line {line} repeats the id `{id}`")));
            }
            if truth.push(text(target_at)?, &contract).is_err() {
                return Err(damaged(&format!(
                    "line {line} has no valid target: `{}`",
                    text(target_at)?
                )));
            }
            if let (Some(usage), Some(at)) = (&mut usage, usage_at) {
                usage.push(match text(at)? {
                    "feedback" => Usage::Feedback,
                    "final" => Usage::Final,
                    other => return Err(damaged(&format!("line {line} has the usage `{other}`"))),
                });
            }
        }
        if ids.is_empty() {
            return Err(damaged("there are no rows"));
        }
        Ok(Self {
            contract,
            ids,
            bytes,
            truth,
            usage,
        })
    }

    /// Number of rows to predict.
    pub fn rows(&self) -> usize {
        self.ids.len()
    }

    /// The ids in file order, which is the order of every [`Aligned`] made by [`Answers::align`].
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.iter().map(String::as_str)
    }

    /// When each row counts, in file order; `None` when the file has no such column. A score is over all rows regardless.
    pub fn usage(&self) -> Option<&[Usage]> {
        self.usage.as_deref()
    }

    /// The metric that submissions are scored by.
    pub fn metric(&self) -> Metric {
        self.contract.metric
    }

    /// The answers as a submission: what a perfect one is aligned to.
    pub fn perfect(&self) -> Aligned {
        let predicted = match (&self.contract.form, &self.truth) {
            (Form::Probability { positive, .. }, Column::Labels(truth)) => Column::Numbers(
                truth
                    .iter()
                    .map(|label| f64::from(u8::from(label == positive)))
                    .collect(),
            ),
            (_, truth) => truth.clone(),
        };
        self.beside(predicted)
    }

    /// Scores rows that were aligned with these answers.
    ///
    /// # Errors
    ///
    /// When the metric has no value on the answers, whatever is submitted.
    pub fn score(&self, aligned: &Aligned) -> Result<Grade, GradeError> {
        match self.contract.metric.evaluate(aligned) {
            Ok(value) => Ok(Grade::Score {
                value,
                rows: aligned.rows(),
            }),
            Err(scoring::Undefined::Overflow(_)) => Ok(Grade::Invalid(InvalidSubmission::Overflow)),
            Err(undefined) => Err(GradeError::NoValue(undefined)),
        }
    }

    /// Truth and predictions, which have one cell per id in the order of the answers.
    pub(crate) fn beside(&self, predicted: Column) -> Aligned {
        match (&self.contract.form, &self.truth, predicted) {
            (
                Form::Labels { labels, positive },
                Column::Labels(truth),
                Column::Labels(predicted),
            ) => {
                let classes =
                    u32::try_from(labels.len()).expect("a manifest has fewer than 2³² labels");
                Aligned::Labels(Labels::new(truth.clone(), predicted, classes, *positive))
            }
            (
                Form::Probability { positive, .. },
                Column::Labels(truth),
                Column::Numbers(scores),
            ) => {
                let truth = truth.iter().map(|label| label == positive).collect();
                Aligned::Probabilities(Probabilities::new(truth, scores))
            }
            (Form::Numbers, Column::Numbers(truth), Column::Numbers(predicted)) => {
                Aligned::Numbers(Numbers::new(truth.clone(), predicted))
            }
            _ => unreachable!("both columns were read in the form of the contract"),
        }
    }
}

fn damaged(problem: &str) -> GradeError {
    GradeError::Answers {
        problem: problem.to_owned(),
    }
}
