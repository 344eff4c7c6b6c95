//! The ledger of a run that writes: one writer at a time, each event whole or not there at all.

use std::fs::TryLockError;
use std::io::{self, Read, Seek, Write};

use camino::{Utf8Path, Utf8PathBuf};
use digest::Blake3;

use crate::blobs::Blobs;
use crate::error::LedgerError;
use crate::event::{Entry, Event, StageFinished, write_line};
use crate::history::{History, LOG, parse, refuse_newer};
use crate::key::StageKey;

/// Name of the file that the writer locks and writes its process id into.
const LOCK: &str = "lock";

/// A ledger that is written to.
///
/// To go on where a run was cut off, ask [`Ledger::completed`] before each stage, and append
/// [`Event::StageReused`] instead of starting it when there is a result.
#[derive(Debug)]
pub struct Ledger {
    path: Utf8PathBuf,
    log: fs_err::File,
    /// Length of the log without an event that could not be written.
    log_bytes: u64,
    history: History,
    blobs: Blobs,
    /// Held until the ledger is dropped or its process ends, however it ends.
    _lock: fs_err::File,
}

impl Ledger {
    /// Opens a ledger, or makes one where there is none, for this process alone.
    ///
    /// A last line that a killed run left half written is cut off.
    ///
    /// # Errors
    ///
    /// When another process holds it, when it was written by a later version of the program, when its log is damaged
    /// before the last line, or when its files can't be read or written.
    pub fn open(folder: &Utf8Path) -> Result<Self, LedgerError> {
        fs_err::create_dir_all(folder).map_err(|source| LedgerError::Write {
            path: folder.to_owned(),
            source,
        })?;
        let lock = take_lock(folder)?;
        let path = folder.join(LOG);
        let unreadable = |source| LedgerError::Read {
            path: path.clone(),
            source,
        };
        let unwritable = |source| LedgerError::Write {
            path: path.clone(),
            source,
        };
        let mut log = fs_err::OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .map_err(unwritable)?;
        let mut bytes = Vec::new();
        log.read_to_end(&mut bytes).map_err(unreadable)?;
        let parsed = parse(&bytes, &path)?;
        refuse_newer(&parsed.history, folder)?;
        let log_bytes = parsed.whole_bytes as u64;
        let torn_bytes = bytes.len() as u64 - log_bytes;
        if torn_bytes > 0 {
            tracing::warn!(%path, torn_bytes, "the last event was cut off and is dropped");
            log.set_len(log_bytes).map_err(unwritable)?;
        }
        let blobs = Blobs::in_folder(folder.join("blobs"));
        blobs.prepare()?;
        Ok(Self {
            path,
            log,
            log_bytes,
            history: parsed.history,
            blobs,
            _lock: lock,
        })
    }

    /// Reads a ledger for looking at it, as [`History::read`] does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn open_read_only(folder: &Utf8Path) -> Result<History, LedgerError> {
        History::read(folder)
    }

    /// Appends an event that happened at a time, in milliseconds since the Unix epoch. The end of a stage, task
    /// or run is on the disk when this returns.
    ///
    /// # Errors
    ///
    /// When the event can't be written; it is then not in the log.
    pub fn append(&mut self, event: &Event, at_unix_ms: u64) -> Result<(), LedgerError> {
        let line =
            write_line(event, at_unix_ms).map_err(|source| LedgerError::Unwritable { source })?;
        let mut write = || {
            self.log.write_all(line.as_bytes())?;
            if event.ends_work() {
                self.log.sync_data()
            } else {
                Ok(())
            }
        };
        if let Err(source) = write() {
            // Half a line must not stay, or the next event would continue it. If this fails too, the
            // disk is beyond us, and a later `open` finds a damaged line.
            let _cut = self.log.set_len(self.log_bytes);
            return Err(LedgerError::Write {
                path: self.path.clone(),
                source,
            });
        }
        self.log_bytes += line.len() as u64;
        self.history.push(Entry {
            at_unix_ms,
            event: event.clone(),
        });
        Ok(())
    }

    /// Keeps some bytes and gives their digest.
    ///
    /// # Errors
    ///
    /// When they can't be written.
    pub fn put_blob(&self, bytes: &[u8]) -> Result<Blake3, LedgerError> {
        self.blobs.put(bytes)
    }

    /// The bytes with this digest; `None` when they are not there, or damaged.
    ///
    /// # Errors
    ///
    /// When they are there and can't be read.
    pub fn get_blob(&self, digest: &Blake3) -> Result<Option<Vec<u8>>, LedgerError> {
        self.blobs.get(digest)
    }

    /// The recorded result of this work, when doing it again would only give the same: it did not fail for want
    /// of something, and its output, if it has one, is there undamaged.
    pub fn completed(&self, key: &StageKey) -> Option<&StageFinished> {
        let finished = self
            .history
            .finished(key)
            .filter(|finished| finished.outcome.is_final())?;
        let there = finished
            .output
            .is_none_or(|output| matches!(self.blobs.get(&output), Ok(Some(_))));
        there.then_some(finished)
    }

    /// All events so far.
    pub fn history(&self) -> &History {
        &self.history
    }
}

/// Locks the ledger for this process. The lock goes with the process; the file and its number stay.
fn take_lock(folder: &Utf8Path) -> Result<fs_err::File, LedgerError> {
    let path = folder.join(LOCK);
    let unwritable = |source| LedgerError::Write {
        path: path.clone(),
        source,
    };
    let mut file = fs_err::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(unwritable)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(LedgerError::Locked {
                folder: folder.to_owned(),
                holder: holder(&mut file),
            });
        }
        Err(TryLockError::Error(source)) => return Err(unwritable(source)),
    }
    let mut sign = || {
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(format!("{}\n", std::process::id()).as_bytes())
    };
    sign().map_err(unwritable)?;
    Ok(file)
}

/// Who holds the lock, as far as the file tells: it may just be changing hands.
fn holder(file: &mut impl Read) -> String {
    let mut text = String::new();
    let read: io::Result<usize> = file.take(20).read_to_string(&mut text);
    match read.ok().and_then(|_| text.trim().parse::<u32>().ok()) {
        Some(process) => format!("process {process}"),
        None => "another process".to_owned(),
    }
}

#[cfg(test)]
mod tests;
