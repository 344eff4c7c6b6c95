//! How the ids of train, test, sample submission and answers agree. Ids are texts: `1` and `1.0` differ.

use std::collections::{BTreeMap, BTreeSet};

use facts::IdFacts;

use crate::table::{Column, Table};

/// The last row with each id.
pub(super) fn rows_by_id<'t>(table: &'t Table, id_column: &str) -> BTreeMap<&'t str, usize> {
    let ids = table.column(id_column);
    ids.map_or_else(BTreeMap::new, |ids| {
        (0..table.rows)
            .filter_map(|row| ids.text(row).map(|id| (id, row)))
            .collect()
    })
}

/// How ids agree; every table but train has the id column.
pub(super) fn agreement(
    train: &Table,
    test: &Table,
    sample: &Table,
    answers: &Table,
    id_column: &str,
) -> IdFacts {
    let ids = |table: &'_ Table| -> BTreeSet<String> {
        table.column(id_column).map_or_else(BTreeSet::new, words)
    };
    let in_test = ids(test);
    let differ = |other: &Table| in_test.symmetric_difference(&ids(other)).count();
    IdFacts {
        repeated_in_test: test.rows - in_test.len(),
        sample_differs: differ(sample),
        answers_differ: differ(answers),
        in_train_and_test: train
            .column(id_column)
            .map(|column| words(column).intersection(&in_test).count()),
    }
}

fn words(column: &Column) -> BTreeSet<String> {
    column.words.iter().map(str::to_owned).collect()
}
