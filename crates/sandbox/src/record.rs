//! What a confined run did, as data.
//!
//! It does not judge: a run that failed or broke a limit is a record like any other.

use std::collections::BTreeMap;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::Captured;
use crate::collect::Folder;

/// How a confined run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The program ended by itself with this status.
    Exited(i32),
    /// A signal ended the program.
    ///
    /// bubblewrap reports signal n as status 128 + n, as shells do; a program that itself exits with such a
    /// status is reported here too.
    Signalled(i32),
    /// The wall-clock limit passed.
    TimedOut,
    /// The tree used more processor time than allowed.
    CpuExceeded,
    /// The tree held more memory than allowed.
    MemoryExceeded,
    /// The tree had more processes and threads than allowed.
    ProcessesExceeded,
    /// More bytes or more files were written than allowed. A full [`crate::Mount::Output`] is not this: the
    /// program gets "no space left on device" and decides itself.
    DiskExceeded,
    /// More was printed than is read before a run is stopped.
    OutputExceeded,
}

impl Outcome {
    /// True if the program ended by itself with status 0.
    #[must_use]
    pub fn is_success(self) -> bool {
        self == Self::Exited(0)
    }

    pub(crate) fn of_status(status: i32) -> Self {
        match status {
            // 64 signals; 128 itself is no signal.
            129..=192 => Self::Signalled(status - 128),
            _ => Self::Exited(status),
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exited(status) => write!(formatter, "exited with status {status}"),
            Self::Signalled(signal) => write!(formatter, "was ended by signal {signal}"),
            Self::TimedOut => formatter.write_str("ran out of time"),
            Self::CpuExceeded => formatter.write_str("used more processor time than allowed"),
            Self::MemoryExceeded => formatter.write_str("used more memory than allowed"),
            Self::ProcessesExceeded => formatter.write_str("started more processes than allowed"),
            Self::DiskExceeded => formatter.write_str("wrote more than allowed"),
            Self::OutputExceeded => formatter.write_str("printed more than allowed"),
        }
    }
}

/// What a confined run did. Times and memory are measurements: they differ between two equal runs.
#[derive(Clone, Debug)]
pub struct RunRecord {
    /// How it ended.
    pub outcome: Outcome,
    /// Time until the confinement stood and the program was let go.
    pub setup: Duration,
    /// Wall-clock time of the program.
    pub wall: Duration,
    /// User and system time of the whole tree, sampled every [`crate::TICK`].
    pub cpu: Duration,
    /// Largest resident memory of the whole tree seen at a sample.
    pub peak_memory_bytes: u64,
    /// Standard output.
    pub stdout: Captured,
    /// Standard error.
    pub stderr: Captured,
}

/// A run that came to its end: what it did, and what can be taken out of it.
#[derive(Debug)]
pub struct Completed {
    /// What it did.
    pub record: RunRecord,
    /// The contents of its [`crate::Mount::Output`] folders.
    pub outputs: Outputs,
}

/// The [`crate::Mount::Output`] folders of an ended run. They live in memory until this is dropped.
#[derive(Debug)]
pub struct Outputs {
    folders: BTreeMap<Utf8PathBuf, Folder>,
}

impl Outputs {
    pub(crate) fn new(folders: BTreeMap<Utf8PathBuf, Folder>) -> Self {
        Self { folders }
    }

    /// The folder mounted at `inside`.
    ///
    /// # Panics
    /// If the policy of the run has no [`crate::Mount::Output`] there.
    #[must_use]
    pub fn folder(&self, inside: &Utf8Path) -> &Folder {
        self.folders
            .get(inside)
            .expect("the policy of this run mounts an output folder at the path asked for")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_above_128_is_a_signal() {
        let cases = [
            (0, Outcome::Exited(0)),
            (1, Outcome::Exited(1)),
            (128, Outcome::Exited(128)),
            (137, Outcome::Signalled(9)),
            (139, Outcome::Signalled(11)),
            (255, Outcome::Exited(255)),
        ];
        for (status, expected) in cases {
            assert_eq!(Outcome::of_status(status), expected);
        }
    }
}
