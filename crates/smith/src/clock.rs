//! The one reader of the wall clock; what it reads goes into the ledger and nowhere else.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since the Unix epoch; 0 for a clock that is set before it.
#[expect(
    clippy::disallowed_methods,
    reason = "the ledger records when things happened"
)]
pub(crate) fn now() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
