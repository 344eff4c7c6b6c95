//! Feeds the entries of a tar archive, gzipped or not, to the [`Unpacker`]; it unpacks nothing itself.

use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use ::tar::{Archive, EntryType};
use flate2::read::MultiGzDecoder;

use super::unpacker::Unpacker;
use super::{damaged, unsafe_archive};
use crate::error::NotOpened;

/// Most bytes before an entry's contents: its header and those that extend it with long names and the
/// like. The `tar` crate holds these in memory, however long they say they are.
const MAX_HEADER_BYTES: u64 = 1 << 20;

pub(crate) fn unpack(file: fs_err::File, unpacker: &mut Unpacker<'_>) -> Result<(), NotOpened> {
    unpack_stream(BufReader::new(file), unpacker)
}

pub(crate) fn unpack_gzipped(
    file: fs_err::File,
    unpacker: &mut Unpacker<'_>,
) -> Result<(), NotOpened> {
    unpack_stream(MultiGzDecoder::new(BufReader::new(file)), unpacker)
}

fn unpack_stream(stream: impl Read, unpacker: &mut Unpacker<'_>) -> Result<(), NotOpened> {
    let broken = |error: io::Error| damaged(format!("the tar archive is damaged: {error}"));
    let allowance = Rc::new(Cell::new(MAX_HEADER_BYTES));
    let mut archive = Archive::new(Rationed {
        stream,
        allowance: Rc::clone(&allowance),
    });
    let mut entries = archive.entries().map_err(broken)?;
    loop {
        allowance.set(MAX_HEADER_BYTES);
        let Some(entry) = entries.next() else {
            return Ok(());
        };
        let mut entry = entry.map_err(broken)?;
        // The unpacker counts from here on.
        allowance.set(u64::MAX);
        let kind = entry.header().entry_type();
        let path = unpacker.enter(&entry.path_bytes())?.unwrap_or_default();
        match kind {
            // A header for the whole archive is a comment, e.g. git's commit.
            EntryType::XGlobalHeader => {}
            EntryType::Directory if path.is_empty() => {}
            EntryType::Directory => unpacker.folder(&path)?,
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse
                if !path.is_empty() =>
            {
                unpacker.file(&path, &mut entry)?;
            }
            EntryType::Symlink | EntryType::Link => {
                return Err(unsafe_archive(format!("the entry `{path}` is a link")));
            }
            _ => {
                return Err(unsafe_archive(format!(
                    "the entry `{path}` is a device or of an unknown type"
                )));
            }
        }
        // What nobody wanted must be passed over, which takes time and so counts too.
        unpacker.discard(&path, &mut entry)?;
    }
}

/// Reads on only as far as it is allowed to.
struct Rationed<R> {
    stream: R,
    allowance: Rc<Cell<u64>>,
}

impl<R: Read> Read for Rationed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let allowed = self.allowance.get();
        if allowed == 0 {
            return Err(io::Error::other("an entry has more than 1 MiB of headers"));
        }
        let end =
            usize::try_from(allowed).map_or(buffer.len(), |allowed| allowed.min(buffer.len()));
        let count = self.stream.read(&mut buffer[..end])?;
        self.allowance.set(allowed - count as u64);
        Ok(count)
    }
}
