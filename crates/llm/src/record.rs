//! What is told of every call while it happens, for the ledger and for people; how it is kept is the listener's matter.

use std::time::Duration;

use crate::{Finish, Usage};

/// Hears of calls. Must return soon: the call waits for it.
pub trait Listener: Send + Sync {
    /// A call ended with a reply.
    fn called(&self, call: &CallRecord);

    /// A call waits before it is tried again, or before it may begin.
    fn waits(&self, wait: &Wait);

    /// An attempt gave no reply, and may have to be paid all the same; the call may go on. Attempts that are free are not
    /// told, nor those of a call that is dropped while it waits for its answer, which counts in the budget alone.
    fn failed(&self, attempt: &FailedAttempt) {
        let _ = attempt;
    }
}

/// A call that ended with a reply.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRecord {
    /// Name of the model.
    pub model: String,
    /// Digest of the canonical request, as cassettes are keyed.
    pub request: String,
    /// Digest of the reply's body.
    pub reply: String,
    /// Tokens.
    pub usage: Usage,
    /// US dollars; `None` when the price is unknown.
    pub cost_usd: Option<f64>,
    /// Time from the first attempt to the last byte, waiting included.
    pub latency: Duration,
    /// How many times it was sent, at least 1.
    pub attempts: u32,
    /// Why the reply ended.
    pub finish: Finish,
    /// Whether the reply was taken from a cassette, and so cost nothing now.
    pub replayed: bool,
}

/// An attempt that may have to be paid and gave no reply. It is counted in the budget, and in no [`CallRecord`].
#[derive(Clone, Debug, PartialEq)]
pub struct FailedAttempt {
    /// Name of the model.
    pub model: String,
    /// Digest of the canonical request, as cassettes are keyed.
    pub request: String,
    /// Which attempt of its call it was, from 1.
    pub attempt: u32,
    /// Tokens that were charged.
    pub tokens: u64,
    /// US dollars that were charged; `None` when the price is unknown.
    pub cost_usd: Option<f64>,
    /// Whether the provider has counted them; otherwise they are the most that there can have been.
    pub counted: bool,
    /// Why it was no reply, in a few words.
    pub reason: String,
    /// Whether it was taken from a cassette.
    pub replayed: bool,
}

/// A call that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Name of the model.
    pub model: String,
    /// For how long.
    pub duration: Duration,
    /// Which attempt follows, from 1: one that was turned away keeps others from beginning.
    pub attempt: u32,
    /// Why, in a few words: status and message of the provider, or what became of the connection.
    pub reason: String,
}
