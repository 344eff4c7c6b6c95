//! Where raw data comes from: a folder, a file, an archive, or a data set inside the pinned scikit-learn.
//!
//! [`open`] turns what a person typed into a folder that holds raw files and nothing else, and says
//! what is known about them. It does not read tables, judge whether a task can be made of them, or
//! reach the network; nothing outside its staging folder is ever written.

#![forbid(unsafe_code)]

mod archive;
mod error;
mod inventory;
mod kind;
mod open;
mod sklearn;
mod slug;
mod spec;
mod statement;

pub use error::{NotOpened, OpenError};
pub use inventory::Skipped;
pub use open::{RawDataset, open};
pub use sklearn::SklearnName;
pub use slug::slug;
pub use spec::{DatasetSpec, ParseSpecError};
