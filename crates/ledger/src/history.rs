//! The events that a log holds, read without changing it.

use std::collections::BTreeMap;
use std::io;

use camino::Utf8Path;

use crate::dataset::DatasetSummary;
use crate::error::LedgerError;
use crate::event::{Entry, Event, Line, SCHEMA, StageFinished, read_line};
use crate::funnel::Funnel;
use crate::key::StageKey;
use crate::spending::Spending;

/// Name of the log inside a ledger.
pub(crate) const LOG: &str = "events.jsonl";

/// The events of a ledger in order.
#[derive(Clone, Debug, Default)]
pub struct History {
    entries: Vec<Entry>,
    /// Where the last result of each work stands among the entries.
    finished: BTreeMap<StageKey, usize>,
    newer: Option<u32>,
}

/// A history and how much of its log is whole.
pub(crate) struct Parsed {
    pub(crate) history: History,
    pub(crate) whole_bytes: usize,
}

impl History {
    /// Reads a ledger for looking at it. A run may go on meanwhile: nothing is locked or changed, and a line that is just
    /// being written is left out, as are lines of a later format ([`History::newer_format`]).
    ///
    /// # Errors
    ///
    /// When there is no ledger, or its log can't be read or is damaged before its last line.
    pub fn read(folder: &Utf8Path) -> Result<Self, LedgerError> {
        let path = folder.join(LOG);
        match fs_err::read(&path) {
            Ok(bytes) => parse(&bytes, &path).map(|parsed| parsed.history),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(LedgerError::Missing {
                folder: folder.to_owned(),
            }),
            Err(source) => Err(LedgerError::Read { path, source }),
        }
    }

    /// All events, those of earlier runs too.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The events of the last run, its start first; empty when none was started.
    pub fn last_run(&self) -> &[Entry] {
        let start = self
            .entries
            .iter()
            .rposition(|entry| matches!(entry.event, Event::RunStarted { .. }));
        start.map_or(&[], |start| &self.entries[start..])
    }

    /// The last recorded end of this work, whether or not its result is still there.
    pub fn finished(&self, key: &StageKey) -> Option<&StageFinished> {
        self.finished
            .get(key)
            .map(|&index| match &self.entries[index].event {
                Event::StageFinished(finished) => finished,
                other => unreachable!("the index of finished work points at {other:?}"),
            })
    }

    /// How many of what came through the stages of the last run, and where the rest was lost.
    pub fn funnel(&self) -> Funnel {
        Funnel::of(self)
    }

    /// What the model calls of the last run cost, by stage and agent.
    pub fn spending(&self) -> Vec<Spending> {
        crate::spending::of(self)
    }

    /// What became of each dataset of the last run, by name.
    pub fn datasets(&self) -> Vec<DatasetSummary> {
        crate::dataset::summaries(self)
    }

    /// The latest format among lines that were left out because they are of a later format than this program knows.
    pub fn newer_format(&self) -> Option<u32> {
        self.newer
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        if let Event::StageFinished(finished) = &entry.event {
            self.finished.insert(finished.key, self.entries.len());
        }
        self.entries.push(entry);
    }
}

/// Reads a log. What stands after the last whole event was being written when its writer ended.
pub(crate) fn parse(bytes: &[u8], path: &Utf8Path) -> Result<Parsed, LedgerError> {
    let mut history = History::default();
    let mut whole_bytes = 0;
    for (index, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let last = whole_bytes + line.len() == bytes.len();
        match line.strip_suffix(b"\n").and_then(read_line) {
            Some(Line::Known(entry)) => history.push(*entry),
            Some(Line::Newer(schema)) => history.newer = history.newer.max(Some(schema)),
            None if last => break,
            None => {
                return Err(LedgerError::Damaged {
                    path: path.to_owned(),
                    line: index + 1,
                });
            }
        }
        whole_bytes += line.len();
    }
    Ok(Parsed {
        history,
        whole_bytes,
    })
}

/// Refuses to write after lines whose meaning is unknown.
pub(crate) fn refuse_newer(history: &History, folder: &Utf8Path) -> Result<(), LedgerError> {
    match history.newer {
        Some(found) => Err(LedgerError::Newer {
            folder: folder.to_owned(),
            found,
            known: SCHEMA,
        }),
        None => Ok(()),
    }
}
