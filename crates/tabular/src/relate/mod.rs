//! Measures how columns of a table relate: near copies, functional dependencies, arithmetic, entities, times.
//! Effort is bounded: pairs and rows are limited by fixed numbers, rows then spread evenly over the table.

mod arithmetic;
mod copies;
mod determines;
mod entities;
mod times;

use facts::{ColumnProfile, EntityColumn, Relation, TimeColumn};

use crate::table::Table;

/// Everything that relates columns.
pub(crate) struct Related {
    pub(crate) relations: Vec<Relation>,
    pub(crate) entities: Vec<EntityColumn>,
    pub(crate) times: Vec<TimeColumn>,
}

/// Relates the columns of a table; `profiles` are theirs, in order.
pub(crate) fn relate(table: &Table, profiles: &[ColumnProfile]) -> Related {
    let copies = copies::near_copies(table, profiles);
    let determines = determines::dependencies(table, profiles, &copies);
    let arithmetic = arithmetic::identities(table, profiles);
    let times = times::times(table, profiles);
    let entities = entities::entities(table, profiles, &determines, &times);
    Related {
        relations: copies
            .into_iter()
            .chain(determines)
            .chain(arithmetic)
            .collect(),
        entities,
        times,
    }
}
