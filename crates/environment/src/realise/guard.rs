//! Keeps processes and threads out of each other's way: one download or build at a time per home folder.

use std::io;

use crate::{Progress, Settings};

/// Holds the home folder for this process until dropped.
#[derive(Debug)]
pub(crate) struct Guard {
    _file: fs_err::File,
}

/// Waits until no other process downloads or builds in the home folder.
pub(crate) async fn one_at_a_time(
    settings: &Settings,
    progress: &dyn Progress,
) -> io::Result<Guard> {
    fs_err::create_dir_all(&settings.home)?;
    // The kernel drops the lock with the process, however that ends.
    let file = fs_err::File::create(settings.lock_file())?;
    match file.file().try_lock() {
        Ok(()) => return Ok(Guard { _file: file }),
        Err(std::fs::TryLockError::WouldBlock) => {}
        // Some network file systems have no locks. Two processes then do the same work twice; every result
        // still enters whole, under a rename.
        Err(std::fs::TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
            return Ok(Guard { _file: file });
        }
        Err(std::fs::TryLockError::Error(error)) => return Err(error),
    }
    progress.remark("waiting for another process that prepares the environment");
    blocking(move || file.file().lock().map(|()| Guard { _file: file })).await
}

/// Runs work that computes or reads for long beside the other tasks.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
