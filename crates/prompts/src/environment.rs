//! The Python environment, as far as whoever writes scripts for it must know.

use serde::{Deserialize, Serialize};

/// Where scripts run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PythonEnvironment {
    /// Name of the environment, e.g. `tabular`.
    pub name: String,
    /// Version of Python, e.g. `3.11`.
    pub python: String,
    /// What can be imported beside the standard library and the task kit, with versions: `pandas 3.1.1`; sorted.
    pub packages: Vec<String>,
    /// Longest time that a script may run, in seconds.
    pub wall_seconds: u64,
    /// Most memory that a script may use, in bytes.
    pub memory_bytes: u64,
}
