//! What was done and what came of it: an append-only log of events beside content-addressed blobs, from
//! which a run that was cut off goes on.
//!
//! A ledger is a folder with `events.jsonl`, `blobs/<blake3>` and `lock`. It stands beside the tasks, not
//! among them, because events carry times and published tasks must not differ from run to run.
//! The ledger knows stages and subjects by name only; what they mean is the pipeline's matter. It reads
//! no clock: times are parameters.

#![forbid(unsafe_code)]

mod blobs;
mod dataset;
mod error;
mod event;
mod funnel;
mod history;
mod key;
mod ledger;
mod spending;

pub use dataset::{DatasetRefusal, DatasetSummary, FailedTask, LostTask};
pub use error::LedgerError;
pub use event::{Entry, Event, ModelCall, ModelFailure, StageFinished, StageOutcome};
pub use funnel::Funnel;
pub use history::History;
pub use key::StageKey;
pub use ledger::Ledger;
pub use spending::Spending;
