//! How rows are divided into train and test, and why: by group, by time, or at random within strata.

use std::collections::BTreeSet;

use facts::{EntityColumn, Role, TimeColumn};
use task_format::{Objective, SplitPolicy};

use super::table::Table;
use super::targets::Formulation;
use crate::SplitPlan;
use crate::naming::{grouped, has_any};

/// Fewest groups: with fewer, a few large ones decide what the test set looks like.
const MIN_GROUPS: usize = 30;
/// A group has several rows, but not a sizeable part of the table.
const ROWS_PER_GROUP: std::ops::RangeInclusive<f64> = 1.15..=300.0;
/// Share of rows that may lack the entity: they all go to train.
const WITHOUT_ENTITY: f64 = 0.02;
/// Fewest distinct times of a division by time.
const MIN_TIMES: usize = 30;
/// Words of entities that new data bring more of: a model must work for new ones.
const ENTITIES: [&str; 26] = [
    "patient",
    "pat",
    "subject",
    "person",
    "participant",
    "user",
    "customer",
    "client",
    "member",
    "student",
    "pupil",
    "player",
    "driver",
    "animal",
    "bird",
    "device",
    "machine",
    "account",
    "respondent",
    "family",
    "household",
    "pid",
    "s",
    "owner",
    "policy",
    "speaker",
];
/// Words of time: rows of one week are no entity.
const TIMES: [&str; 8] = [
    "week", "day", "month", "year", "date", "hour", "time", "quarter",
];
/// Words of places and makers: categories that a model may know, unless the table is a panel of them over time.
const PLACES: [&str; 18] = [
    "state",
    "region",
    "district",
    "city",
    "county",
    "zone",
    "borough",
    "neighborhood",
    "neighbourhood",
    "airport",
    "airline",
    "operator",
    "make",
    "model",
    "brand",
    "distributor",
    "director",
    "genre",
];

/// Share of rows in test: small tables need more of them there, so that a score means something.
pub(super) fn test_fraction(rows: usize) -> f64 {
    match rows {
        0..400 => 0.4,
        400..2_000 => 0.3,
        2_000..20_000 => 0.25,
        _ => 0.2,
    }
}

/// The division for a formulation, given the columns that are left out for other reasons.
pub(super) fn plan(
    table: &Table<'_>,
    formulation: &Formulation<'_>,
    left_out: &BTreeSet<&str>,
    seed: u64,
) -> SplitPlan {
    let test_fraction = test_fraction(formulation.rows);
    let plan = |policy, column: Option<&str>, reason: String| SplitPlan {
        policy,
        column: column.map(str::to_owned),
        test_fraction,
        seed,
        reason,
    };
    let entity = entity(table, formulation);
    if let Some(entity) = entity.filter(|entity| enough_classes(formulation, entity)) {
        let reason = format!(
            "`{}` has {} values with {:.1} rows each on average: a model is asked about new ones, so all rows of one \
             stay on one side",
            entity.column,
            grouped(entity.entities as i64),
            entity.rows_per_entity
        );
        return plan(SplitPolicy::Group, Some(&entity.column), reason);
    }
    if let Some(time) = time(table, formulation, left_out) {
        let reason = format!(
            "rows happened one after another: test rows have a later `{}` than all of train",
            time.column
        );
        return plan(SplitPolicy::Time, Some(&time.column), reason);
    }
    let reason = match (entity, formulation.objective) {
        (Some(entity), _) => format!(
            "whole groups of `{}` would leave too few rows of the rarest class in train or test, so rows are drawn at \
             random within each class",
            entity.column
        ),
        (None, Objective::Regression) => {
            "no column ties rows together, so they are drawn at random, evenly over the target's range".to_owned()
        }
        (None, _) => "no column ties rows together, so they are drawn at random within each class".to_owned(),
    };
    plan(SplitPolicy::Stratified, None, reason)
}

/// The entity whose rows should stay together.
fn entity<'a>(table: &Table<'a>, formulation: &Formulation<'_>) -> Option<&'a EntityColumn> {
    table.profile.entities.iter().find(|entity| {
        let Some(column) = table.column(&entity.column) else {
            return false;
        };
        let words = table.tokens(&entity.column);
        let panel = table.profile.times.iter().any(|time| {
            time.column != entity.column
                && time.distinct > 1
                && entity.rows_per_entity <= time.distinct as f64 * 1.05
        });
        // A key with many rows each is more often a number of something (week, inning) than an entity.
        let key =
            column.role == Role::Id && entity.rows_per_entity <= 20.0 && !has_any(words, &TIMES);
        let person_like = has_any(words, &ENTITIES) || key;
        entity.column != formulation.column.name
            && entity.entities >= MIN_GROUPS
            && ROWS_PER_GROUP.contains(&entity.rows_per_entity)
            && (panel || entity.rows_per_entity >= 1.3)
            && column.missing as f64 <= WITHOUT_ENTITY * table.profile.rows as f64
            && !has_any(words, &PLACES)
            && (person_like || (panel && has_any(words, &["country", "name", "company", "firm"])))
    })
}

/// Whole groups are drawn without a look at the target, so each class must be frequent.
fn enough_classes(formulation: &Formulation<'_>, entity: &EntityColumn) -> bool {
    let rarest = formulation
        .target
        .counts
        .iter()
        .min()
        .copied()
        .unwrap_or(usize::MAX);
    rarest as f64 >= 15.0 * entity.rows_per_entity.max(2.0)
}

/// The column along which the future is predicted from the past.
fn time<'a>(
    table: &Table<'a>,
    formulation: &Formulation<'_>,
    left_out: &BTreeSet<&str>,
) -> Option<&'a TimeColumn> {
    let lopsided = formulation
        .target
        .counts
        .iter()
        .min()
        .is_some_and(|&rarest| rarest < 100);
    let many_classes = formulation.target.labels.len() > 2;
    if lopsided || many_classes {
        // Classes may come and go over time; test could lack some of them.
        return None;
    }
    table.profile.times.iter().find(|time| {
        table.column(&time.column).is_some_and(|column| {
            column.role == Role::Date && column.dates.is_some() && column.missing == 0
        }) && time.column != formulation.column.name
            && time.distinct >= MIN_TIMES
            && !left_out.contains(time.column.as_str())
    })
}
