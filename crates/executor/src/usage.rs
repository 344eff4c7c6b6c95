//! What runs cost: measurements for reports and the ledger, never part of a published file.

use sandbox::RunRecord;

/// Cost of one run or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Wall-clock milliseconds, added up over runs that may have overlapped.
    pub wall_ms: u64,
    /// User and system milliseconds.
    pub cpu_ms: u64,
    /// Largest resident memory of one run, in bytes.
    pub peak_memory_bytes: u64,
    /// Number of runs.
    pub runs: u64,
}

impl Usage {
    /// The cost of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            wall_ms: self.wall_ms.saturating_add(other.wall_ms),
            cpu_ms: self.cpu_ms.saturating_add(other.cpu_ms),
            peak_memory_bytes: self.peak_memory_bytes.max(other.peak_memory_bytes),
            runs: self.runs.saturating_add(other.runs),
        }
    }
}

impl From<&RunRecord> for Usage {
    fn from(record: &RunRecord) -> Self {
        let milliseconds =
            |duration: std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self {
            wall_ms: milliseconds(record.setup + record.wall),
            cpu_ms: milliseconds(record.cpu),
            peak_memory_bytes: record.peak_memory_bytes,
            runs: 1,
        }
    }
}
