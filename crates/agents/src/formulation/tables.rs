//! The tables of a formulation: the one whose rows are the task's, and those that features are made from.
//!
//! What is made of a source, nobody can check here: it is for whoever writes the scripts.

use std::borrow::Cow;

use facts::{OtherTable, Profile};

use super::Formulation;
use super::problem::{self, Problem, listed, meant};
use crate::SourcePlan;

/// The profile with the formulation's table as the main one; a problem when there is no such table.
pub(super) fn seen<'a>(
    form: &Formulation,
    profile: &'a Profile,
) -> Result<Cow<'a, Profile>, Problem> {
    match &form.table {
        None => Ok(Cow::Borrowed(profile)),
        Some(path) => find(profile, "table", path),
    }
}

/// The sources; adds those that are no other table, named twice, or without a plan. `seen` has the formulation's table as the
/// main one.
pub(super) fn sources(
    form: &Formulation,
    seen: &Profile,
    problems: &mut Vec<Problem>,
) -> Vec<SourcePlan> {
    let mut plans: Vec<SourcePlan> = Vec::new();
    for source in &form.sources {
        let table = match find(seen, "sources", &source.table) {
            Ok(table) => table.path().to_owned(),
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        if table == seen.path() {
            problems.push(Problem::new(format!(
                "`sources` names `{table}`, whose rows are those of the task: its columns are features without being listed"
            )));
            continue;
        }
        if plans.iter().any(|plan| plan.table == table) {
            problems.push(Problem::new(format!("`sources` has `{table}` twice")));
            continue;
        }
        problem::text(
            "sources.features",
            &source.features,
            Some(problem::PROSE),
            problems,
        );
        plans.push(SourcePlan {
            table,
            features: problem::line(&source.features),
        });
    }
    plans
}

/// What a task is named after: its target, and the table before it where that is not the dataset's `main` one and another table
/// has a column of the same name.
pub(super) fn named_after(seen: &Profile, main: &str, target: &str) -> String {
    let is_in = |other: &OtherTable| other.columns.iter().any(|column| column.name == target);
    if seen.path() == main || !seen.others.iter().any(is_in) {
        return target.to_owned();
    }
    let name = seen.path().rsplit('/').next().unwrap_or_default();
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    format!("{stem} {target}")
}

/// The profile with the table of that file as the main one.
fn find<'a>(profile: &'a Profile, field: &str, path: &str) -> Result<Cow<'a, Profile>, Problem> {
    of_file(profile, path).ok_or_else(|| {
        let mut tables: Vec<&str> = profile.others.iter().map(OtherTable::path).collect();
        tables.push(profile.path());
        tables.sort_unstable();
        Problem::new(format!(
            "`{field}` names `{path}`, which is no table of the dataset ({}){}",
            listed(tables.iter().copied()),
            meant(path, tables.iter().copied())
        ))
    })
}

/// The profile with the table of that file as the main one. Scripts find the file below `raw/`, which may be the name of a folder
/// of its own, too.
pub(crate) fn of_file<'a>(profile: &'a Profile, path: &str) -> Option<Cow<'a, Profile>> {
    let below = || profile.of_table(path.strip_prefix("raw/")?);
    profile.of_table(path).or_else(below)
}
