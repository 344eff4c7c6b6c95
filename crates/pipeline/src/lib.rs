//! Order, attempts, verification and publication: from a raw dataset to published tasks.
//!
//! It never links the data-frame library (see [`Profiler`]), prints nothing (see [`Observer`]) and executes generated
//! code only through the crate `executor`. It is the only builder of [`Verified`].

#![forbid(unsafe_code)]

mod assemble;
mod course;
mod dataset;
mod designing;
mod draft;
mod engine;
mod error;
mod examine;
mod generate;
mod judging;
mod layout;
mod making;
mod milestones;
mod notice;
mod outcome;
mod packaging;
mod plan;
mod prepared;
mod profiler;
mod publish;
mod react;
mod report;
mod spent;
mod stage;
mod target;
mod task;
mod verdict;
mod verified;
mod verify;
mod workbench;

pub use engine::{Ablation, Caps, Engine, LlmEngine, Roles, TestAgent};
pub use error::PipelineError;
pub use executor::pin;
pub use generate::{Generator, Settings, ledger_folder};
pub use notice::{Notice, Observer, Stage};
pub use plan::{Estimate, Plan};
pub use profiler::{Profiler, ProfilerError};
pub use react::ReactAgent;
pub use report::{DatasetOutcome, DatasetReport, TaskFailure, TaskReport};
pub use stage::Clock;
pub use verified::Verified;
pub use verify::{EnvironmentMatch, RawData, Verification, verify, verify_on_paper};
