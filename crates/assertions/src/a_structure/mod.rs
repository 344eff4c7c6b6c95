//! A: structure. Everything that can be told before anything runs, and the shape of what `prepare.py` wrote.

mod constructs;
mod description;
mod licence;
mod manifest;
mod package;
mod secrets;
mod signatures;
mod tables;

pub(crate) use constructs::{constructs, imports};
pub(crate) use description::description_is_complete;
pub(crate) use licence::licence;
pub(crate) use manifest::manifest;
pub(crate) use package::required_files;
pub(crate) use secrets::description_leaks_nothing;
pub(crate) use signatures::signatures;
pub(crate) use tables::{csv_files, ids, target_absent};
