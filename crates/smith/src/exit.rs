//! The exit codes, one constant each, and which fault maps to which.

use process::Fault;

/// All went well.
pub(crate) const OK: u8 = 0;
/// A mistake of ours: anything that none of the other codes describes.
pub(crate) const BUG: u8 = 1;
/// The command line or a named file is wrong. clap uses the same.
pub(crate) const USAGE: u8 = 2;
/// Nothing was verified, a task was rejected, or a submission is invalid.
pub(crate) const REJECTED: u8 = 10;
/// What was done again gave something else. `rerun` uses the same.
pub(crate) const DIFFERS: u8 = 11;
/// The host or its settings must change first; the hint says how.
pub(crate) const HOST_NOT_SET_UP: u8 = 20;
/// Something outside did not answer; trying again may help.
pub(crate) const OUTAGE: u8 = 21;
/// A limit on money, tokens or time is used up.
pub(crate) const BUDGET_SPENT: u8 = 22;
/// Ended by Ctrl-C or TERM; the same command goes on where it stopped.
pub(crate) const INTERRUPTED: u8 = 130;

/// The exit code of an error of that class.
pub(crate) fn of_fault(fault: Fault) -> u8 {
    match fault {
        Fault::Transient => OUTAGE,
        Fault::Setup => HOST_NOT_SET_UP,
        Fault::Budget => BUDGET_SPENT,
        Fault::Bug => BUG,
    }
}
