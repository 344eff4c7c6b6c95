//! The division of a formulation: a policy that can be carried out with the columns at hand.

use facts::{ColumnProfile, Role};
use schemars::{Schema, SchemaGenerator, json_schema};
use task_format::SplitPolicy;

use super::Formulation;
use super::problem::{self, Problem};
use crate::naming::{counted, percent};
use crate::rules::brainstorm::table::{Table, is_numeric};

/// Shares of rows in test that leave enough on both sides.
const FRACTIONS: std::ops::RangeInclusive<f64> = 0.1..=0.5;
/// Fewest test rows: the least that check C06 takes.
const MIN_TEST_ROWS: f64 = 20.0;
/// Fewest groups: fewer can't be dealt out so that train and test are alike.
const MIN_GROUPS: usize = 10;
/// Fewest distinct times: with fewer, "later" is one day against another.
const MIN_TIMES: usize = 4;
/// Share of rows that may lack a group or a time, as for the rules' own groups.
const WITHOUT: f64 = 0.02;

/// Adds what keeps the division from being carried out.
pub(super) fn check(form: &Formulation, table: &Table<'_>, problems: &mut Vec<Problem>) {
    let split = &form.split;
    problem::text(
        "split.reason",
        &split.reason,
        Some(problem::PROSE),
        problems,
    );
    if !FRACTIONS.contains(&split.test_fraction) {
        problems.push(Problem::new(format!(
            "`split.test_fraction` is {}, not between {} and {}",
            split.test_fraction,
            FRACTIONS.start(),
            FRACTIONS.end()
        )));
    } else if table.profile.rows as f64 * split.test_fraction < MIN_TEST_ROWS {
        problems.push(Problem::new(format!(
            "`split.test_fraction` {} of {} leaves fewer than {MIN_TEST_ROWS} test rows",
            split.test_fraction,
            counted(table.profile.rows, "row")
        )));
    }
    let needs_column = match split.policy {
        SplitPolicy::Stratified | SplitPolicy::Random => false,
        SplitPolicy::Group | SplitPolicy::Time => true,
        SplitPolicy::Official => {
            problems.push(Problem::new(
                "`split.policy` is `official`, but the raw data do not come divided: choose another",
            ));
            return;
        }
    };
    match (needs_column, split.column.as_deref()) {
        (false, None) => {}
        (false, Some(column)) => problems.push(Problem::new(format!(
            "`split.column` is `{column}`, but a `{}` division uses no column: leave it null, or divide by `group` or `time`",
            name(split.policy)
        ))),
        (true, None) => problems.push(Problem::new(format!(
            "`split.column` is null: which column does the `{}` division use?",
            name(split.policy)
        ))),
        (true, Some(column)) => match problem::column(table, "split.column", column) {
            Err(problem) => problems.push(problem),
            Ok(_) if column == form.target => problems.push(Problem::new(
                "`split.column` is the target: test rows would be known by it",
            )),
            Ok(column) => by_column(form, table, column, problems),
        },
    }
    unbound(form, table, problems);
}

/// Adds what keeps rows from being divided by that column.
fn by_column(
    form: &Formulation,
    table: &Table<'_>,
    column: &ColumnProfile,
    problems: &mut Vec<Problem>,
) {
    let name = &column.name;
    if form.left_out.iter().any(|note| note.column == *name) {
        problems.push(Problem::new(format!(
            "`left_out` has `{name}`, by which rows are divided: competitors need it to validate in the same way"
        )));
    }
    let missing = column.missing as f64 / table.profile.rows.max(1) as f64;
    if missing > WITHOUT {
        problems.push(Problem::new(format!(
            "`split.column` is `{name}`, which is missing in {} of the rows",
            percent(missing)
        )));
    }
    if form.split.policy == SplitPolicy::Group {
        let filled = table.filled(column);
        if column.distinct < MIN_GROUPS {
            problems.push(Problem::new(format!(
                "`{name}` has {}, too few to divide by: at least {MIN_GROUPS} are needed",
                counted(column.distinct, "group")
            )));
        } else if column.distinct >= filled {
            problems.push(Problem::new(format!(
                "no two rows share a `{name}`, so that it makes no groups: divide at random"
            )));
        }
        return;
    }
    let dated = column.role == Role::Date && column.dates.is_some();
    let time = table.profile.times.iter().any(|time| time.column == *name);
    if !dated && !time && !is_numeric(column) {
        problems.push(Problem::new(format!(
            "`{name}` is no time that rows could be put in order by"
        )));
    } else if column.distinct < MIN_TIMES {
        problems.push(Problem::new(format!(
            "`{name}` has {}, too few to tell the future from the past",
            counted(column.distinct, "distinct value")
        )));
    }
}

/// Adds an entity whose rows share the target and would stand on both sides.
fn unbound(form: &Formulation, table: &Table<'_>, problems: &mut Vec<Problem>) {
    if form.derivation.is_some() {
        return;
    }
    let entities = table.profile.entities.iter();
    for entity in entities.filter(|entity| {
        entity.column != form.target
            && !form.groups_by(&entity.column)
            && table.determines(&entity.column, &form.target)
    }) {
        problems.push(Problem::new(format!(
            "all rows of one `{0}` have the same `{1}`: divide by `group` of `{0}`, else train gives test rows away",
            entity.column, form.target
        )));
    }
}

/// The policy as it is written.
fn name(policy: SplitPolicy) -> &'static str {
    match policy {
        SplitPolicy::Stratified => "stratified",
        SplitPolicy::Random => "random",
        SplitPolicy::Group => "group",
        SplitPolicy::Time => "time",
        SplitPolicy::Official => "official",
    }
}

/// The policies that can be proposed.
pub(super) fn policies(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "enum": [
            SplitPolicy::Stratified,
            SplitPolicy::Random,
            SplitPolicy::Group,
            SplitPolicy::Time,
        ],
    })
}
