//! When no task can be made of a table, and which reason is told.

use facts::{Refusal, RefusalReason, Role};

use super::table::Table;
use super::targets::MIN_LABELLED;
use crate::naming::counted;

/// Reasons that are known before any target is looked at.
pub(super) fn before_proposing(table: &Table<'_>) -> Option<Refusal> {
    let rows = table.profile.rows;
    if rows < MIN_LABELLED {
        return Some(Refusal {
            reason: RefusalReason::NotEnoughRows,
            detail: format!(
                "{}; at least {MIN_LABELLED} are needed for a meaningful division into train and test",
                counted(rows, "row")
            ),
        });
    }
    let columns = table.columns();
    let names = columns.iter().filter(|column| {
        matches!(column.role, Role::Id | Role::Constant) || table.names_rows(column)
    });
    let naming = names.count();
    if naming == columns.len() {
        return Some(Refusal {
            reason: RefusalReason::IdentifiersOnly,
            detail: format!(
                "all {} are names, codes or row numbers: a lookup table has nothing to predict",
                counted(columns.len(), "column")
            ),
        });
    }
    // Two columns of which one would be the target leave a single feature at best, which
    // `features` judges; one column leaves none.
    (columns.len() - naming < 2).then(|| Refusal {
        reason: RefusalReason::NoTarget,
        detail: format!(
            "only one of {} is more than a name or a constant: there is nothing to predict it from",
            counted(columns.len(), "column")
        ),
    })
}

/// The reason when every column was looked at and none is worth predicting.
pub(super) fn nothing_to_predict(table: &Table<'_>) -> Refusal {
    let best = table
        .columns()
        .iter()
        .map(|column| table.filled(column))
        .max()
        .unwrap_or(0);
    if best < MIN_LABELLED {
        return Refusal {
            reason: RefusalReason::NotEnoughRows,
            detail: format!(
                "no column has a value in at least {MIN_LABELLED} of the {}",
                counted(table.profile.rows, "row")
            ),
        };
    }
    Refusal {
        reason: RefusalReason::NoTarget,
        detail: format!(
            "none of {} has classes with enough rows or enough distinct numbers, and other columns to predict it from",
            counted(table.columns().len(), "column")
        ),
    }
}
