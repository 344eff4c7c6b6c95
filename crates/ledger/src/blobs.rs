//! Results by the digest of their bytes. A blob is there whole or not at all; nothing says what it means.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use camino::{Utf8Path, Utf8PathBuf};
use digest::{Blake3, blake3_bytes};

use crate::error::LedgerError;

/// Ending of files that are not yet a blob.
const UNFINISHED: &str = ".part";

/// A folder of blobs.
#[derive(Debug)]
pub(crate) struct Blobs {
    folder: Utf8PathBuf,
    /// Tells files apart that two threads write at once.
    next: AtomicU64,
}

impl Blobs {
    pub(crate) fn in_folder(folder: Utf8PathBuf) -> Self {
        Self {
            folder,
            next: AtomicU64::new(0),
        }
    }

    /// Makes the folder, and clears what a killed run left half written. The caller holds the ledger's lock.
    pub(crate) fn prepare(&self) -> Result<(), LedgerError> {
        let unwritable = |source| LedgerError::Write {
            path: self.folder.clone(),
            source,
        };
        fs_err::create_dir_all(&self.folder).map_err(unwritable)?;
        for entry in self.folder.read_dir_utf8().map_err(unwritable)? {
            let entry = entry.map_err(unwritable)?;
            if entry.file_name().ends_with(UNFINISHED) {
                fs_err::remove_file(entry.path()).map_err(unwritable)?;
            }
        }
        Ok(())
    }

    /// Keeps some bytes.
    ///
    /// Renamed into place, but not synced: a blob that a power failure loses or cuts is no blob by its
    /// digest, and its stage runs again.
    pub(crate) fn put(&self, bytes: &[u8]) -> Result<Blake3, LedgerError> {
        let digest = blake3_bytes(bytes);
        if self.get(&digest)?.is_some() {
            return Ok(digest);
        }
        let path = self.path(&digest);
        let part = self.folder.join(format!(
            "{digest}.{}{UNFINISHED}",
            self.next.fetch_add(1, Ordering::Relaxed)
        ));
        let write = || {
            fs_err::write(&part, bytes)?;
            fs_err::rename(&part, &path)
        };
        write().map_err(|source| LedgerError::Write {
            path: path.clone(),
            source,
        })?;
        Ok(digest)
    }

    /// The bytes with this digest; `None` when they are not there, or no longer the same.
    pub(crate) fn get(&self, digest: &Blake3) -> Result<Option<Vec<u8>>, LedgerError> {
        let path = self.path(digest);
        match fs_err::read(&path) {
            Ok(bytes) if blake3_bytes(&bytes) == *digest => Ok(Some(bytes)),
            Ok(_) => {
                tracing::warn!(%path, "the blob is damaged and counts as absent");
                Ok(None)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(LedgerError::Read { path, source }),
        }
    }

    fn path(&self, digest: &Blake3) -> Utf8PathBuf {
        Utf8Path::new(&self.folder).join(digest.to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn blobs() -> (tempfile::TempDir, Blobs) {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(temporary.path()).unwrap().join("blobs");
        let blobs = Blobs::in_folder(folder);
        blobs.prepare().unwrap();
        (temporary, blobs)
    }

    #[test]
    fn unfinished_files_are_cleared() {
        let (_temporary, blobs) = blobs();
        let kept = blobs.put(b"kept").unwrap();
        fs_err::write(blobs.folder.join(format!("{kept}.0{UNFINISHED}")), "ke").unwrap();
        blobs.prepare().unwrap();
        assert_eq!(blobs.folder.read_dir_utf8().unwrap().count(), 1);
        assert_eq!(blobs.get(&kept).unwrap().unwrap(), b"kept");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn kept_until_damaged_and_then_kept_again(bytes in prop::collection::vec(any::<u8>(), 1..100), place: prop::sample::Index, flip in 1_u8..) {
            let (_temporary, blobs) = blobs();
            let digest = blobs.put(&bytes).unwrap();
            prop_assert_eq!(blobs.put(&bytes).unwrap(), digest);
            prop_assert_eq!(blobs.get(&digest).unwrap(), Some(bytes.clone()));

            let mut damaged = bytes.clone();
            let place = place.index(bytes.len());
            damaged[place] ^= flip;
            fs_err::write(blobs.path(&digest), &damaged).unwrap();
            prop_assert_eq!(blobs.get(&digest).unwrap(), None);
            fs_err::write(blobs.path(&digest), &bytes[..place]).unwrap();
            prop_assert_eq!(blobs.get(&digest).unwrap(), None);

            blobs.put(&bytes).unwrap();
            prop_assert_eq!(blobs.get(&digest).unwrap(), Some(bytes));
        }
    }
}
