//! Reads what a competitor hands in, in one pass: every row goes to the place of its id, and the first defect ends it.

use std::io::{self, Read};

use camino::Utf8Path;
use csv::ByteRecord;
use scoring::Aligned;

use crate::cell::CellProblem;
use crate::column::{Column, allowed, labels};
use crate::contract::Contract;
use crate::open::open;
use crate::{Answers, GradeError, InvalidSubmission};

/// How many examples a message names.
const EXAMPLES: usize = 5;
/// How many labels a message names.
const LABELS: usize = 10;
/// Longest quoted cell.
const QUOTED_CHARACTERS: usize = 60;

/// Why reading stopped.
pub(crate) enum Stop {
    Invalid(InvalidSubmission),
    Unreadable(io::Error),
}

impl From<InvalidSubmission> for Stop {
    fn from(invalid: InvalidSubmission) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<io::Error> for Stop {
    fn from(source: io::Error) -> Self {
        Self::Unreadable(source)
    }
}

impl Answers {
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
        match self.read_submission(submission) {
            Ok(predicted) => Ok(Ok(self.beside(predicted))),
            Err(Stop::Invalid(invalid)) => Ok(Err(invalid)),
            Err(Stop::Unreadable(source)) => Err(GradeError::Read {
                path: submission.to_owned(),
                source,
            }),
        }
    }

    fn read_submission(&self, path: &Utf8Path) -> Result<Column, Stop> {
        let bytes = open(path, self.bytes)?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        let mut record = ByteRecord::new();
        if !next(&mut reader, &mut record)? {
            return Err(InvalidSubmission::Empty.into());
        }
        let layout = Layout::new(&record, &self.contract)?;
        let mut rows = Rows::new(self);
        while next(&mut reader, &mut record)? {
            rows.add(&record, &layout)?;
        }
        Ok(rows.finish()?)
    }
}

/// The next record; `false` at the end.
fn next<R: Read>(reader: &mut csv::Reader<R>, record: &mut ByteRecord) -> Result<bool, io::Error> {
    // With `flexible`, and without decoding, the only errors left are those of reading.
    reader.read_byte_record(record).map_err(io::Error::from)
}

/// Positions of the two columns.
struct Layout {
    id: usize,
    prediction: usize,
}

impl Layout {
    fn new(header: &ByteRecord, contract: &Contract) -> Result<Self, InvalidSubmission> {
        let names = header
            .iter()
            .map(|cell| std::str::from_utf8(cell).map(str::to_owned));
        let names: Vec<String> = names
            .collect::<Result<_, _>>()
            .map_err(|_| InvalidSubmission::NotUtf8 { line: 1 })?;
        let expected = vec![
            contract.id_column.clone(),
            contract.prediction_column.clone(),
        ];
        let missing: Vec<String> = expected
            .iter()
            .filter(|name| !names.contains(name))
            .cloned()
            .collect();
        let (mut extra, mut repeated) = (Vec::new(), Vec::new());
        for (at, name) in names.iter().enumerate() {
            if !expected.contains(name) {
                extra.push(shortened(name));
            } else if names[..at].contains(name) && !repeated.contains(name) {
                repeated.push(name.clone());
            }
        }
        if !(missing.is_empty() && extra.is_empty() && repeated.is_empty()) {
            extra.truncate(EXAMPLES);
            return Err(InvalidSubmission::Columns {
                expected,
                missing,
                extra,
                repeated,
            });
        }
        let id = usize::from(names[0] != expected[0]);
        Ok(Self {
            id,
            prediction: 1 - id,
        })
    }
}

/// Rows read so far.
struct Rows<'a> {
    answers: &'a Answers,
    /// Each prediction in the place of its id.
    predicted: Column,
    seen: Vec<bool>,
    count: usize,
    unknown: Examples,
    repeated: Examples,
}

impl<'a> Rows<'a> {
    fn new(answers: &'a Answers) -> Self {
        let rows = answers.rows();
        let predicted = Column::predictions(&answers.contract.form, rows);
        let (unknown, repeated) = (Examples::default(), Examples::default());
        Self {
            answers,
            predicted,
            seen: vec![false; rows],
            count: 0,
            unknown,
            repeated,
        }
    }

    fn add(&mut self, record: &ByteRecord, layout: &Layout) -> Result<(), InvalidSubmission> {
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != 2 {
            return Err(InvalidSubmission::Ragged {
                line,
                expected: 2,
                found: record.len(),
            });
        }
        let text = |at: usize| {
            std::str::from_utf8(&record[at]).map_err(|_| InvalidSubmission::NotUtf8 { line })
        };
        let (id, cell) = (text(layout.id)?, text(layout.prediction)?);
        let (ids, expected) = (&self.answers.ids, self.answers.rows());
        // Most submissions keep the order of the test file: look there before searching.
        let in_order = ids.get_index(self.count).is_some_and(|known| known == id);
        let place = if in_order {
            Some(self.count)
        } else {
            ids.get_index_of(id)
        };
        self.count += 1;
        if self.count > 2 * expected {
            return Err(InvalidSubmission::TooManyRows { expected });
        }
        match place {
            None => self.unknown.add(id),
            Some(place) if self.seen[place] => self.repeated.add(id),
            Some(place) => {
                self.seen[place] = true;
                let contract = &self.answers.contract;
                let set = self.predicted.set(place, cell, contract);
                set.map_err(|problem| describe(problem, contract, line, id, cell))?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Column, InvalidSubmission> {
        if self.count == 0 {
            return Err(InvalidSubmission::HeaderOnly);
        }
        if self.unknown.count > 0 {
            let Examples { count, examples } = self.unknown;
            let meant = examples.first().and_then(|id| meant(id, self.answers));
            return Err(InvalidSubmission::UnknownIds {
                count,
                examples,
                meant,
            });
        }
        if self.repeated.count > 0 {
            let Examples { count, examples } = self.repeated;
            return Err(InvalidSubmission::DuplicateIds { count, examples });
        }
        let mut missing = Examples::default();
        for (id, _) in self
            .answers
            .ids()
            .zip(&self.seen)
            .filter(|(_, seen)| !**seen)
        {
            missing.add(id);
        }
        match missing {
            Examples { count: 0, .. } => Ok(self.predicted),
            Examples { count, examples } => Err(InvalidSubmission::MissingIds { count, examples }),
        }
    }
}

/// The known id that is the same number as an unknown one: data-frame libraries like to turn `7` into `7.0`.
fn meant(unknown: &str, answers: &Answers) -> Option<String> {
    let number: f64 = unknown.trim().parse().ok()?;
    answers.ids.get(number.to_string().as_str()).cloned()
}

fn describe(
    problem: CellProblem,
    contract: &Contract,
    line: u64,
    id: &str,
    cell: &str,
) -> InvalidSubmission {
    let (id, value) = (shortened(id), shortened(cell));
    match problem {
        CellProblem::Missing => InvalidSubmission::MissingValue { line, id },
        CellProblem::Infinite => InvalidSubmission::Infinite { line, id, value },
        CellProblem::NotANumber => InvalidSubmission::NotANumber { line, id, value },
        CellProblem::OutOfRange => InvalidSubmission::OutOfRange {
            line,
            id,
            value,
            allowed: allowed(contract.metric),
        },
        CellProblem::UnknownLabel => {
            let labels = labels(&contract.form)
                .iter()
                .take(LABELS)
                .cloned()
                .collect();
            InvalidSubmission::UnknownLabel {
                line,
                id,
                value,
                labels,
            }
        }
    }
}

/// How often something happened, and where first.
#[derive(Default)]
struct Examples {
    count: usize,
    examples: Vec<String>,
}

impl Examples {
    fn add(&mut self, id: &str) {
        self.count += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(shortened(id));
        }
    }
}

/// A competitor's text as it may be quoted: one line, bounded.
pub(crate) fn shortened(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(QUOTED_CHARACTERS)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(QUOTED_CHARACTERS).is_some() {
        out.push('…');
    }
    out
}
