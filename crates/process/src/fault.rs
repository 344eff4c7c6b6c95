//! What class of trouble an error is; decides retry and exit code, says nothing about the cause.

/// The class of an operation that could not be done.
///
/// A bad candidate is never a fault: that is a finding. Binaries map a fault to an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Might go through when tried again: a broken connection, a busy mirror.
    Transient,
    /// The host or the user's settings must change first: the hint says how.
    Setup,
    /// A limit that the user set on money, tokens or time is used up.
    Budget,
    /// Our own mistake.
    Bug,
}
