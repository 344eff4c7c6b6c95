//! The columns of a formulation: what competitors get, what stays behind and why, and what must not be kept.

use std::collections::{BTreeMap, BTreeSet};

use facts::{ColumnProfile, Storage};

use super::problem::{self, Problem};
use super::{ColumnNote, DerivedFrom, Formulation};
use crate::naming::{has_any, tokens};
use crate::rules::brainstorm::leaks::{Evidence, Leak};
use crate::rules::brainstorm::table::Table;
use crate::rules::brainstorm::{features, leaks};
use crate::{FeatureKind, FeaturePlan};

/// Words for what is recorded when a stay, a case or a contract ends.
const ENDS: [&str; 11] = [
    "discharge",
    "discharged",
    "checkout",
    "closing",
    "closed",
    "closure",
    "completion",
    "completed",
    "end",
    "exit",
    "final",
];

/// The columns of a task.
pub(super) struct Columns {
    pub(super) features: Vec<FeaturePlan>,
    pub(super) dropped: BTreeMap<String, String>,
}

/// The columns; adds those that give the target away.
pub(super) fn plan(form: &Formulation, table: &Table<'_>, problems: &mut Vec<Problem>) -> Columns {
    let mut dropped = noted("left_out", &form.left_out, table, problems);
    let kept = noted("kept", &form.kept, table, problems);
    for name in kept.keys().filter(|name| dropped.contains_key(*name)) {
        problems.push(Problem::new(format!(
            "`{name}` is both in `left_out` and in `kept`"
        )));
    }
    // The target itself is no feature; listing it says the same.
    dropped.remove(&form.target);
    for column in table.columns() {
        let needed = column.name == form.target
            || form.split.column.as_ref() == Some(&column.name)
            || (kept.contains_key(&column.name) && tells_something(column));
        if needed || dropped.contains_key(&column.name) {
            continue;
        }
        if let Some(reason) = features::useless(table, column) {
            dropped.insert(column.name.clone(), reason);
        }
    }
    match (&form.derivation, table.column(&form.target)) {
        (Some(derived), _) => sources(form, derived, table, &mut dropped, &kept, problems),
        (None, Some(target)) => {
            let leaks = leaks::of_target(table, target, form.objective);
            told(form, table, target, leaks, (&dropped, &kept), problems);
        }
        (None, None) => {}
    }
    let group = table
        .columns()
        .iter()
        .map(|column| column.name.as_str())
        .find(|name| form.groups_by(name));
    let features: Vec<FeaturePlan> = table
        .columns()
        .iter()
        .filter(|column| column.name != form.target && !dropped.contains_key(&column.name))
        .map(|column| features::plan(table, column, group))
        .collect();
    let useful = |feature: &FeaturePlan| feature.kind != FeatureKind::Group;
    if !features.iter().any(useful) && form.sources.is_empty() {
        problems.push(Problem::new("no column is left to predict the target from"));
    }
    Columns { features, dropped }
}

/// Notes by column; adds those about no column, about one twice, and without a reason.
fn noted(
    field: &str,
    notes: &[ColumnNote],
    table: &Table<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, String> {
    let mut noted = BTreeMap::new();
    for note in notes {
        if let Err(problem) = problem::column(table, field, &note.column) {
            problems.push(problem);
            continue;
        }
        if note.reason.trim().is_empty() {
            problems.push(Problem::new(format!(
                "`{field}` gives no reason for `{}`",
                note.column
            )));
        }
        let reason = problem::line(&note.reason);
        if noted.insert(note.column.clone(), reason).is_some() {
            problems.push(Problem::new(format!(
                "`{field}` has `{}` twice",
                note.column
            )));
        }
    }
    noted
}

/// Leaves out what the target is made of, and adds what restates it.
fn sources(
    form: &Formulation,
    derived: &DerivedFrom,
    table: &Table<'_>,
    dropped: &mut BTreeMap<String, String>,
    kept: &BTreeMap<String, String>,
    problems: &mut Vec<Problem>,
) {
    let from: BTreeSet<&str> = derived
        .from
        .iter()
        .map(String::as_str)
        .filter(|name| table.column(name).is_some())
        .collect();
    if let (Some(only), 1) = (from.first(), derived.from.len()) {
        dropped
            .entry((*only).to_owned())
            .or_insert_with(|| format!("is what `{}` is made from", form.target));
        if form.split.column.as_deref() == Some(*only) {
            problems.push(Problem::new(format!(
                "rows are divided by `{only}`, from which alone the target is made: test rows would be known by it"
            )));
        }
    }
    if !from.is_empty() && !from.iter().any(|name| dropped.contains_key(*name)) {
        problems.push(Problem::new(format!(
            "all columns that `{}` is made from are kept, so that it can be computed: leave at least one of them out",
            form.target
        )));
    }
    let gone: Vec<&ColumnProfile> = from
        .iter()
        .filter(|name| dropped.contains_key(**name))
        .filter_map(|name| table.column(name))
        .collect();
    for source in gone {
        let mut leaks = leaks::of_target(table, source, form.objective);
        // The other columns of the rule are the author's choice: together they were looked at above.
        leaks.retain(|leak| !from.contains(leak.column.as_str()));
        if source.dates.is_some() {
            leaks.extend(recorded_at_the_end(table, source, &from, &leaks));
        }
        told(form, table, source, leaks, (dropped, kept), problems);
    }
}

/// Columns that by their names are recorded when something ends: a target that is made from a date which competitors must not
/// have is mostly about how long something took, and is known no earlier.
fn recorded_at_the_end(
    table: &Table<'_>,
    date: &ColumnProfile,
    from: &BTreeSet<&str>,
    known: &[Leak],
) -> Vec<Leak> {
    table
        .columns()
        .iter()
        .filter(|column| has_any(&tokens(&column.name), &ENDS))
        .filter(|column| !from.contains(column.name.as_str()))
        .filter(|column| !known.iter().any(|leak| leak.column == column.name))
        .map(|column| Leak {
            column: column.name.clone(),
            reason: format!(
                "is recorded at an end, by its name, and so known no earlier than `{}`",
                date.name
            ),
            evidence: Evidence::Name,
        })
        .collect()
}

/// Adds the leaks of a column that are kept. What only a name suggests, and a part of a formula that can't be computed without
/// what is left out, may be kept with a reason; what the values show may not.
fn told(
    form: &Formulation,
    table: &Table<'_>,
    secret: &ColumnProfile,
    leaks: Vec<Leak>,
    (dropped, kept): (&BTreeMap<String, String>, &BTreeMap<String, String>),
    problems: &mut Vec<Problem>,
) {
    let known = |name: &str| name == secret.name || !dropped.contains_key(name);
    let computable = table.formulas().any(|formula| {
        let mut members = formula.from.iter().map(String::as_str).chain([formula.to]);
        members.clone().any(|name| name == secret.name) && members.all(known)
    });
    for leak in leaks {
        let Leak {
            column,
            reason,
            evidence,
        } = leak;
        // No group of train is in test, so that its name gives nothing away.
        if dropped.contains_key(&column) || form.groups_by(&column) {
            continue;
        }
        let certain = match evidence {
            Evidence::Values => true,
            Evidence::Formula => computable,
            Evidence::Name => false,
        };
        if certain {
            problems.push(Problem::new(format!(
                "`{column}` gives the target away: it {reason}. Add it to `left_out`"
            )));
        } else if !kept.contains_key(&column) {
            problems.push(Problem::new(format!(
                "`{column}` may give the target away: it {reason}. Add it to `left_out`, or to `kept` with the reason why it does not"
            )));
        }
    }
}

/// Whether a column has more than one value.
fn tells_something(column: &ColumnProfile) -> bool {
    column.storage != Storage::Empty && column.distinct > 1
}
