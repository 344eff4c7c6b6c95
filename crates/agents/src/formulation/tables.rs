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

/// The profile with the table of that file as the main one.
fn find<'a>(profile: &'a Profile, field: &str, path: &str) -> Result<Cow<'a, Profile>, Problem> {
    // Scripts find the file there.
    let path = path.strip_prefix("raw/").unwrap_or(path);
    profile.of_table(path).ok_or_else(|| {
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
