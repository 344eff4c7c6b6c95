//! Measures what a run has written: files in folders in memory, growth of folders of the host.
//!
//! The size of a folder in memory is not looked at: the kernel enforces it.

use std::os::fd::OwnedFd;
use std::time::Duration;

use camino::Utf8PathBuf;
use nix::sys::statfs::fstatfs;
use process::Stopwatch;

use crate::{Mount, Policy};

/// How often folders of the host are walked at most. A program can write for this long, plus the time of one walk,
/// before it is noticed.
const WALK_INTERVAL: Duration = Duration::from_millis(250);

/// A walk may take this part of the time: large folders are walked less often.
const WALK_SHARE: u32 = 5;

/// Files in a folder in memory, as its file system counts them.
pub(crate) fn files_in_memory(folder: &OwnedFd) -> u64 {
    fstatfs(folder).map_or(0, |status| {
        // The folder itself counts as one.
        status
            .files()
            .saturating_sub(status.files_free())
            .saturating_sub(1)
    })
}

/// What folders of the host hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) bytes: u64,
    pub(crate) files: u64,
}

/// Watches the growth of a policy's writable folders of the host.
pub(crate) struct Growth {
    folders: Vec<Utf8PathBuf>,
    before: Held,
    clock: Stopwatch,
    next_walk: Duration,
}

impl Growth {
    /// Notes what is there before the run.
    pub(crate) fn watch(policy: &Policy) -> Self {
        let folders: Vec<_> = policy
            .mounts
            .iter()
            .filter_map(|mount| match mount {
                Mount::Writable { host, .. } => Some(host.clone()),
                Mount::ReadOnly { .. }
                | Mount::Tmpfs { .. }
                | Mount::Output { .. }
                | Mount::Folder { .. }
                | Mount::Symlink { .. } => None,
            })
            .collect();
        Self {
            before: held(&folders),
            folders,
            clock: Stopwatch::start(),
            next_walk: WALK_INTERVAL,
        }
    }

    /// How much has been added; nothing if it is not yet time to look again.
    pub(crate) fn look(&mut self) -> Option<Held> {
        if self.folders.is_empty() || self.clock.elapsed() < self.next_walk {
            return None;
        }
        let watch = Stopwatch::start();
        let now = held(&self.folders);
        let pause = WALK_INTERVAL.max(watch.elapsed() * WALK_SHARE);
        self.next_walk = self.clock.elapsed() + pause;
        Some(Held {
            bytes: now.bytes.saturating_sub(self.before.bytes),
            files: now.files.saturating_sub(self.before.files),
        })
    }
}

/// Everything below the folders; what vanishes meanwhile is left out, and links are not followed.
fn held(folders: &[Utf8PathBuf]) -> Held {
    use std::os::unix::fs::MetadataExt;
    const BLOCK_BYTES: u64 = 512;

    let mut sum = Held::default();
    let mut open: Vec<std::path::PathBuf> = folders.iter().map(Into::into).collect();
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs_err::read_dir(folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let Ok(status) = entry.metadata() else {
                continue;
            };
            sum.files += 1;
            sum.bytes += status.blocks() * BLOCK_BYTES;
            if status.is_dir() {
                open.push(entry.path());
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_measured_with_all_below_it() {
        let temporary = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(temporary.path().to_owned()).unwrap();
        fs_err::create_dir(root.join("a")).unwrap();
        fs_err::write(root.join("a/b"), vec![1; 100_000]).unwrap();
        std::os::unix::fs::symlink("/", root.join("link")).unwrap();
        let sum = held(&[root]);
        assert_eq!(sum.files, 3);
        assert!(sum.bytes >= 100_000, "{sum:?}");
    }
}
