//! Columns that name an entity with several rows. Which split that calls for is not decided here.

use std::collections::BTreeSet;

use facts::{ColumnProfile, EntityColumn, Relation, Role, TimeColumn};

use crate::describe::naming::NameWords;
use crate::table::{Column, MISSING, Table};

/// Entities that a column has at least.
const LEAST_ENTITIES: usize = 10;
/// Rows an entity has at least, on average: a key that repeats at all ties rows together, a name may repeat by chance.
const ROWS_PER_KEY: f64 = 1.05;
const ROWS_PER_NAME: f64 = 1.2;
/// Most rows an entity has, on average, before it is a group rather than an individual.
const MOST_ROWS_PER_ENTITY: f64 = 500.0;

/// Entity columns, most plausible first: keys, names, assigned numbers, the units of a panel.
pub(crate) fn entities(
    table: &Table,
    profiles: &[ColumnProfile],
    determines: &[Relation],
    times: &[TimeColumn],
) -> Vec<EntityColumn> {
    let mut found: Vec<(u8, usize, EntityColumn)> = Vec::new();
    for (at, (column, profile)) in table.columns.iter().zip(profiles).enumerate() {
        let entities = column.distinct();
        let rows_per_entity = column.present() as f64 / entities.max(1) as f64;
        let repeats = entities >= LEAST_ENTITIES
            && (ROWS_PER_KEY..=MOST_ROWS_PER_ENTITY).contains(&rows_per_entity)
            && column.present() * 2 >= table.rows;
        let nameable = matches!(profile.role, Role::Id | Role::Category | Role::Text);
        if !repeats || !nameable {
            continue;
        }
        let name = NameWords::new(&column.name);
        let attributes = attributes(&column.name, determines);
        let (rank, mut reason) = if profile.role == Role::Id && name.is_assigned_number() {
            // A number with few values counts within something else: pitches to a batter, squirrels of a hectare.
            if rows_per_entity > 10.0 {
                continue;
            }
            (
                2,
                "named like an assigned number, and its values repeat".to_owned(),
            )
        } else if profile.role == Role::Id {
            (0, "named like a key, and its values repeat".to_owned())
        } else if name.is_entity()
            && column.storage == facts::Storage::Text
            && rows_per_entity >= ROWS_PER_NAME
        {
            let kind = if name.is_key() {
                "key"
            } else {
                "person or thing"
            };
            (1, format!("named like a {kind}, and its values repeat"))
        } else if let Some(time) =
            panel_time(table, column, times).filter(|_| column.storage == facts::Storage::Text)
        {
            (
                3,
                format!("each value has at most one row for each `{time}`: a panel"),
            )
        } else {
            continue;
        };
        if attributes > 0 {
            reason.push_str(&format!("; {attributes} other columns follow from it"));
        }
        found.push((
            rank,
            at,
            EntityColumn {
                column: column.name.clone(),
                entities,
                rows_per_entity,
                reason,
            },
        ));
    }
    found.sort_by_key(|(rank, at, _)| (*rank, *at));
    found.into_iter().map(|(_, _, entity)| entity).collect()
}

fn attributes(name: &str, determines: &[Relation]) -> usize {
    determines
        .iter()
        .filter(|relation| matches!(relation, Relation::Determines { from, .. } if from == name))
        .count()
}

/// The time with which the column makes rows unique, when rows repeat for both alone.
fn panel_time<'t>(table: &Table, column: &Column, times: &'t [TimeColumn]) -> Option<&'t str> {
    let unit = NameWords::new(&column.name).is_panel_unit();
    times.iter().find_map(|time| {
        let when = table.column(&time.column)?;
        let both: Vec<(u32, u32)> = column
            .codes
            .iter()
            .copied()
            .zip(when.codes.iter().copied())
            .filter(|&(unit, when)| unit != MISSING && when != MISSING)
            .collect();
        let distinct: BTreeSet<(u32, u32)> = both.iter().copied().collect();
        // Times nearly unique by themselves make any pair unique.
        let times_repeat = when.distinct() * 2 <= when.present();
        let unique = distinct.len() as f64 >= 0.99 * both.len() as f64;
        // Without a telling name, the table must look like a panel: most units at most times.
        let full = distinct.len() as f64 >= 0.5 * (column.distinct() * when.distinct()) as f64;
        (times_repeat && unique && !both.is_empty() && (unit || full))
            .then_some(time.column.as_str())
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::related;

    #[test]
    fn keys_names_and_panels() {
        let key: Vec<String> = (0..120)
            .map(|n: usize| (1000 + n * 17 % 40).to_string())
            .collect();
        let country: Vec<String> = (0..120).map(|n: usize| format!("Land {}", n / 6)).collect();
        let year: Vec<String> = (0..120)
            .map(|n: usize| (2000 + n % 6).to_string())
            .collect();
        let value: Vec<String> = (0..120)
            .map(|n: usize| format!("{}", n * 31 % 113))
            .collect();
        let found: Vec<String> = related(&[
            ("country", &country),
            ("year", &year),
            ("patient_id", &key),
            ("value", &value),
        ])
        .entities
        .into_iter()
        .map(|entity| entity.column)
        .collect();
        assert_eq!(found, ["patient_id", "country"]);
    }
}
