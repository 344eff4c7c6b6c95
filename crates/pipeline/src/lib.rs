//! Order, attempts, verification and publication: from a raw dataset to published tasks.
//!
//! It never links the data-frame library (see [`Profiler`]), prints nothing (see [`Observer`]) and executes generated
//! code only through the crate `executor`. It is the only builder of [`Verified`].

#![forbid(unsafe_code)]

mod dataset;
mod error;
mod examine;
mod generate;
mod layout;
mod milestones;
mod notice;
mod outcome;
mod prepared;
mod profiler;
mod publish;
mod report;
mod stage;
mod target;
mod verdict;
mod verified;
mod verify;

pub use error::PipelineError;
pub use executor::pin;
pub use generate::{Generator, Settings, ledger_folder};
pub use notice::{Notice, Observer, Stage};
pub use profiler::{Profiler, ProfilerError};
pub use report::{DatasetOutcome, DatasetReport, TaskReport};
pub use stage::Clock;
pub use verified::Verified;
pub use verify::{EnvironmentMatch, RawData, Verification, verify, verify_on_paper};
