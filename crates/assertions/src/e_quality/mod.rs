//! E: data quality. What a competitor should be told about the data, and personal data.

mod balance;
mod columns;
mod labels;
mod personal;
mod rows;

use balance::imbalance;
use columns::{constants, encodings, gaps, mixed_types};
use labels::label_noise;
use personal::personal_data;
use rows::{conflicts, duplicates};

use findings::CheckId;

use crate::registry::Row;

/// The checks of this group, in order of their ids.
pub(crate) const CHECKS: &[Row] = &[
    (CheckId::new('E', 1), duplicates),
    (CheckId::new('E', 2), conflicts),
    (CheckId::new('E', 3), constants),
    (CheckId::new('E', 4), mixed_types),
    (CheckId::new('E', 5), encodings),
    (CheckId::new('E', 6), imbalance),
    (CheckId::new('E', 7), label_noise),
    (CheckId::new('E', 8), personal_data),
    (CheckId::new('E', 9), gaps),
];
