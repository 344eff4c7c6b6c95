//! Reads what a competitor hands in, in one pass: every row goes to the place of its id, and the first defect ends it.

use std::collections::BTreeMap;
use std::io;

use camino::Utf8Path;

use crate::open::open;
use crate::records::{Broken, Record, Records};
use crate::{GradeError, InvalidSubmission, Structure};

/// How many examples a message names.
pub(crate) const EXAMPLES: usize = 5;
/// Longest quoted cell.
const QUOTED_CHARACTERS: usize = 60;

/// Why reading stopped.
pub(crate) enum Stop {
    Invalid(InvalidSubmission),
    Unreadable(io::Error),
}

impl Stop {
    /// What is the competitor's inside, what is ours outside.
    pub(crate) fn split<T>(
        read: Result<T, Self>,
        path: &Utf8Path,
    ) -> Result<Result<T, InvalidSubmission>, GradeError> {
        match read {
            Ok(value) => Ok(Ok(value)),
            Err(Self::Invalid(invalid)) => Ok(Err(invalid)),
            Err(Self::Unreadable(source)) => Err(GradeError::Read {
                path: path.to_owned(),
                source,
            }),
        }
    }
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

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Unreadable(source) => Self::Unreadable(source),
            Broken::NotCsv { line, problem } => {
                InvalidSubmission::NotCsvAt { line, problem }.into()
            }
            Broken::TooLong { line } => InvalidSubmission::RowTooLong { line }.into(),
        }
    }
}

/// A row of a submission, its columns in the order of the manifest.
pub(crate) struct Row<'a> {
    record: Record<'a>,
    columns: &'a [usize],
}

impl<'a> Row<'a> {
    /// Line on which it begins, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.record.line
    }

    pub(crate) fn id(&self) -> &'a [u8] {
        self.record.cell(self.columns[0])
    }

    /// The cells beside the id.
    pub(crate) fn predictions(&self) -> impl Iterator<Item = &'a [u8]> {
        self.columns[1..].iter().map(|&at| self.record.cell(at))
    }

    fn is_utf8(&self) -> bool {
        self.record
            .cells()
            .all(|cell| std::str::from_utf8(cell).is_ok())
    }
}

impl Structure {
    /// Reads a submission; `take` is given every row and the place of its id among the answers', each place once.
    ///
    /// `take` answers for the predictions being UTF-8.
    pub(crate) fn read_submission(
        &self,
        path: &Utf8Path,
        mut take: impl FnMut(usize, &Row<'_>) -> Result<(), InvalidSubmission>,
    ) -> Result<(), Stop> {
        let file = open(path, self.size_limit())?;
        let mut records = Records::new(file, self.row_bounds());
        let Some(header) = records.next()? else {
            return Err(InvalidSubmission::Empty.into());
        };
        let columns = layout(&header, &self.columns)?;
        let mut places = Places::new(self);
        while let Some(record) = records.next()? {
            let row = Row {
                record,
                columns: &columns,
            };
            if record.len() != columns.len() {
                return Err(InvalidSubmission::Ragged {
                    line: record.line,
                    expected: columns.len(),
                    found: record.len(),
                }
                .into());
            }
            match places.of(&row)? {
                Some(place) => take(place, &row)?,
                None if row.is_utf8() => {}
                None => return Err(InvalidSubmission::NotUtf8 { line: row.line() }.into()),
            }
        }
        Ok(places.finish()?)
    }
}

/// Where the expected columns stand in the file.
fn layout(header: &Record<'_>, expected: &[String]) -> Result<Vec<usize>, InvalidSubmission> {
    if header.len() > header.cells().count() {
        return Err(InvalidSubmission::TooManyColumns {
            expected: expected.len(),
            found: header.len(),
        });
    }
    let mut places: BTreeMap<&str, Option<usize>> =
        expected.iter().map(|name| (name.as_str(), None)).collect();
    let (mut extra, mut repeated) = (Vec::new(), Vec::new());
    for (at, cell) in header.cells().enumerate() {
        let name = std::str::from_utf8(cell)
            .map_err(|_| InvalidSubmission::NotUtf8 { line: header.line })?;
        match places.get_mut(name) {
            None => extra.push(shortened(name)),
            Some(place @ None) => *place = Some(at),
            Some(Some(_)) if repeated.iter().any(|known| known == name) => {}
            Some(Some(_)) => repeated.push(name.to_owned()),
        }
    }
    let place = |name: &String| places[name.as_str()];
    let missing = expected.iter().filter(|name| place(name).is_none());
    let missing: Vec<String> = missing.cloned().collect();
    if missing.is_empty() && extra.is_empty() && repeated.is_empty() {
        return Ok(expected.iter().filter_map(place).collect());
    }
    extra.truncate(EXAMPLES);
    Err(InvalidSubmission::Columns {
        expected: expected.to_vec(),
        missing,
        extra,
        repeated,
    })
}

/// Which ids had their row so far.
struct Places<'a> {
    structure: &'a Structure,
    seen: Vec<bool>,
    count: usize,
    unknown: Examples,
    repeated: Examples,
}

impl<'a> Places<'a> {
    fn new(structure: &'a Structure) -> Self {
        let (unknown, repeated) = (Examples::default(), Examples::default());
        Self {
            structure,
            seen: vec![false; structure.rows()],
            count: 0,
            unknown,
            repeated,
        }
    }

    /// The place of a row's id, unless it is unknown or had a row before: all such ids are reported at the end.
    fn of(&mut self, row: &Row<'_>) -> Result<Option<usize>, InvalidSubmission> {
        let (ids, expected, id) = (&self.structure.ids, self.seen.len(), row.id());
        // Most submissions keep the order of the test file: look there before searching.
        let place = match ids.is_at(self.count, id) {
            true => Some(self.count),
            false => ids.find(id),
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
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    fn finish(self) -> Result<(), InvalidSubmission> {
        if self.count == 0 {
            return Err(InvalidSubmission::HeaderOnly);
        }
        if self.unknown.count > 0 {
            let Examples { count, examples } = self.unknown;
            let meant = examples.first().and_then(|id| meant(id, self.structure));
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
        let unseen = (0..self.seen.len()).filter(|&place| !self.seen[place]);
        unseen.for_each(|place| missing.add(self.structure.ids.get(place).as_bytes()));
        match missing {
            Examples { count: 0, .. } => Ok(()),
            Examples { count, examples } => Err(InvalidSubmission::MissingIds { count, examples }),
        }
    }
}

/// The known id that is the same number as an unknown one: data-frame libraries like to turn `7` into `7.0`.
fn meant(unknown: &str, structure: &Structure) -> Option<String> {
    let number: f64 = unknown.trim().parse().ok()?;
    let written = number.to_string();
    let known = structure.ids.find(written.as_bytes()).is_some();
    known.then_some(written)
}

/// How often something happened, and where first.
#[derive(Default)]
struct Examples {
    count: usize,
    examples: Vec<String>,
}

impl Examples {
    fn add(&mut self, id: &[u8]) {
        self.count += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(shortened(&String::from_utf8_lossy(id)));
        }
    }
}

/// A competitor's text as it may be quoted: one line, bounded.
pub(crate) fn shortened(text: &str) -> String {
    printable(text, QUOTED_CHARACTERS)
}

/// A text from hostile code or data as it may be printed: on one line, without what steers a terminal, of at most so many
/// characters.
pub(crate) fn printable(text: &str, most: usize) -> String {
    // Beside control characters, those that turn the direction of what follows.
    let steers =
        |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out: String = text
        .chars()
        .take(most)
        .map(|c| if steers(c) { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(most).is_some() {
        out.push('…');
    }
    out
}
