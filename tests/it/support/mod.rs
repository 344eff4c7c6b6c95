//! What the tests share: a private environment, what a run printed, a published package as text.

mod env;
mod package;
mod published;
mod ran;
mod tree;

pub(crate) use env::{TestEnv, datasets, fixtures};
pub(crate) use package::{listing, package_text};
pub(crate) use published::published;
pub(crate) use ran::{Ran, exit};
pub(crate) use tree::{Tree, first_difference, read as read_tree};
