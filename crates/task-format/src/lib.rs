//! The published task: manifest, roles of files, identity, canary, versions, JSON Schema.
//!
//! It knows the format and nothing else: it neither runs nor judges nor scores anything. The format
//! is described for people in ARCHITECTURE.md, "Task package".

#![forbid(unsafe_code)]

mod identity;
mod inventory;
mod layout;
mod manifest;
mod name;
mod package;
mod pin;
#[cfg(test)]
mod sample;
mod submission;
mod text;
mod version;

pub use identity::{CANARY_NOTICE, Identity, canary_line, identify, without_canary};
pub use inventory::{Inventory, InventoryEntry, InventoryError};
pub use layout::{
    ANSWERS, BASELINES, DESCRIPTION, ENVIRONMENT_LOCK, INVENTORY, MANIFEST, METRIC, PREPARE,
    PUBLIC_DESCRIPTION, PUBLIC_TEST, PUBLIC_TRAIN, REQUIRED_FILES, Role, SAMPLE_SUBMISSION,
    USAGE_COLUMN, role_of,
};
pub use manifest::{
    DataFile, DataTable, DatasetTable, EnvironmentTable, LadderRung, LimitsTable, Manifest,
    MetricTable, Milestones, Modality, Objective, ProvenanceTable, Redistribution, SourceFile,
    SplitPolicy, SplitTable, TaskTable,
};
pub use name::{TaskId, TaskIdError, slug};
pub use package::{Mismatch, Package, PackageError, seal};
pub use pin::EnvironmentPin;
pub use submission::{Prediction, SubmissionTable};
pub use text::{MOST_TEXT_BYTES, read_text};
pub use version::{FormatError, SCHEMA_VERSION, manifest_schema};
