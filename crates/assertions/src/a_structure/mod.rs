//! A: structure. Everything that can be told before anything runs, and the shape of what `prepare.py` wrote.

mod constructs;
mod description;
mod families;
mod licence;
mod manifest;
mod package;
mod seal;
mod secrets;
mod signatures;
mod tables;

use constructs::{constructs, imports};
use description::description_is_complete;
pub(crate) use families::Families;
use licence::licence;
use manifest::manifest;
use package::required_files;
use seal::as_sealed;
use secrets::description_leaks_nothing;
use signatures::signatures;
use tables::{csv_files, ids, target_absent};

use findings::CheckId;

use crate::registry::Row;

/// The checks of this group, in order of their ids.
pub(crate) const CHECKS: &[Row] = &[
    (CheckId::new('A', 1), required_files),
    (CheckId::new('A', 2), manifest),
    (CheckId::new('A', 3), signatures),
    (CheckId::new('A', 4), imports),
    (CheckId::new('A', 5), constructs),
    (CheckId::new('A', 6), description_is_complete),
    (CheckId::new('A', 7), description_leaks_nothing),
    (CheckId::new('A', 8), csv_files),
    (CheckId::new('A', 9), ids),
    (CheckId::new('A', 10), target_absent),
    (CheckId::new('A', 11), licence),
    (CheckId::new('A', 12), as_sealed),
];
