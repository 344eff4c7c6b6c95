//! The target of a formulation: a column or what is made of some, its classes, and the rows that have none.

use facts::{ColumnProfile, Storage};
use task_format::Objective;

use super::problem::{self, Problem, listed, meant};
use super::{DerivedFrom, Formulation};
use crate::naming::{counted, percent};
use crate::rules::brainstorm::table::Table;
use crate::rules::brainstorm::targets::{self, Class};
use crate::rules::brainstorm::{features, labels};
use crate::{Derivation, DroppedRows, Target};

/// Longest name of a new column, in characters.
const MAX_NAME: usize = 64;
/// Share of labelled rows that a choice of classes may leave out; beyond, most of the data would be thrown away.
const MAX_LEFT_OUT: f64 = 0.5;

/// A target that can be made.
pub(super) struct Planned {
    pub(super) target: Target,
    pub(super) dropped_rows: Vec<DroppedRows>,
}

/// The target; problems when there is none.
pub(super) fn plan(
    form: &Formulation,
    table: &Table<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Planned> {
    let (planned, found) = match &form.derivation {
        Some(derived) => derive(form, derived, table),
        None => match problem::column(table, "target", &form.target) {
            Ok(column) => as_it_stands(form, table, column),
            Err(problem) => (None, vec![problem]),
        },
    };
    let sound = found.is_empty();
    problems.extend(found);
    planned.filter(|_| sound)
}

/// A new column.
fn derive(
    form: &Formulation,
    derived: &DerivedFrom,
    table: &Table<'_>,
) -> (Option<Planned>, Vec<Problem>) {
    let mut problems = Vec::new();
    let name = form.target.as_str();
    problem::text("target", name, Some(MAX_NAME), &mut problems);
    if name.trim() != name || name.chars().any(char::is_control) {
        problems.push(Problem::new(
            "`target` begins or ends with a blank, or is more than one line",
        ));
    }
    let taken = |column: &&ColumnProfile| column.name.eq_ignore_ascii_case(name);
    if let Some(column) = table.columns().iter().find(taken) {
        problems.push(Problem::new(format!(
            "`target` is a new column, but the table has `{}`: give it another name, or leave `derivation` null",
            column.name
        )));
    }
    problem::text(
        "derivation.rule",
        &derived.rule,
        Some(problem::PROSE),
        &mut problems,
    );
    if derived.from.is_empty() {
        problems.push(Problem::new(
            "`derivation.from` is empty: name the columns that the target is made from",
        ));
    }
    for source in &derived.from {
        match problem::column(table, "derivation.from", source) {
            Ok(column) => enough_rows(table, column, &mut problems),
            Err(problem) => problems.push(problem),
        }
    }
    let mut labels = Vec::new();
    let mut positive = None;
    if form.objective != Objective::Regression {
        labels.clone_from(&form.labels);
        if labels.is_empty() {
            problems.push(Problem::new(
                "`labels` is empty: name the classes that `derivation.rule` makes",
            ));
        } else {
            distinct(&labels, &mut problems);
            number_of_classes(form.objective, labels.len(), &mut problems);
        }
        positive = positive_of(form, &labels, &[], &mut problems);
        arrange(form.objective, &mut labels, positive.as_deref());
    }
    let planned = Planned {
        target: Target {
            column: name.to_owned(),
            derivation: Some(Derivation::Rule {
                from: derived.from.clone(),
                rule: problem::line(&derived.rule),
            }),
            labels,
            counts: Vec::new(),
            positive,
        },
        dropped_rows: Vec::new(),
    };
    (Some(planned), problems)
}

/// A column of the table.
fn as_it_stands(
    form: &Formulation,
    table: &Table<'_>,
    column: &ColumnProfile,
) -> (Option<Planned>, Vec<Problem>) {
    let mut problems = Vec::new();
    let name = &column.name;
    if let Some(reason) = features::useless(table, column) {
        problems.push(Problem::new(format!(
            "`target` is `{name}`, which {reason}: there is nothing to learn"
        )));
        return (None, problems);
    }
    enough_rows(table, column, &mut problems);
    let mut planned = Planned {
        target: Target {
            column: name.clone(),
            derivation: None,
            labels: Vec::new(),
            counts: Vec::new(),
            positive: None,
        },
        dropped_rows: targets::unlabelled(table, column),
    };
    if form.objective == Objective::Regression {
        number(column, &mut problems);
        return (Some(planned), problems);
    }
    let Some((mut kept, omitted)) = classes(form, table, column, &mut problems) else {
        return (None, problems);
    };
    number_of_classes(form.objective, kept.len(), &mut problems);
    let mut labels: Vec<String> = kept.iter().map(|(label, ..)| label.clone()).collect();
    let positive = positive_of(form, &labels, &kept, &mut problems);
    if form.objective == Objective::Ordinal && form.labels.is_empty() {
        match targets::order_of(column, &kept) {
            Some(order) => labels = order,
            None => problems.push(Problem::new(
                "`labels` is empty, and the data do not tell the order of the grades: list them from low to high",
            )),
        }
    }
    arrange(form.objective, &mut labels, positive.as_deref());
    kept.sort_by_key(|(label, ..)| labels.iter().position(|other| other == label));
    shares(form.objective, &kept, positive.as_deref(), &mut problems);
    planned.target.derivation = targets::renaming(&kept);
    planned.target.counts = kept.iter().map(|(_, rows, _)| *rows).collect();
    planned.target.labels = labels;
    planned.target.positive = positive;
    planned.dropped_rows.extend(without(omitted));
    (Some(planned), problems)
}

fn enough_rows(table: &Table<'_>, column: &ColumnProfile, problems: &mut Vec<Problem>) {
    let filled = table.filled(column);
    if filled < targets::MIN_LABELLED {
        problems.push(Problem::new(format!(
            "`{}` has a value in {}, and a task needs {}",
            column.name,
            counted(filled, "row"),
            targets::MIN_LABELLED
        )));
    }
}

/// Requires a column of numbers.
fn number(column: &ColumnProfile, problems: &mut Vec<Problem>) {
    let name = &column.name;
    if !matches!(column.storage, Storage::Integer | Storage::Float) || column.numbers.is_none() {
        problems.push(Problem::new(format!(
            "`{name}` holds no numbers: a `regression` can't predict it as it stands"
        )));
    } else if column.distinct < targets::MIN_DISTINCT_COUNTS {
        problems.push(Problem::new(format!(
            "`{name}` has only {}: predict them as classes or grades",
            counted(column.distinct, "distinct number")
        )));
    }
}

/// The classes of the task and those that it leaves out; `None` when the column has no classes.
fn classes(
    form: &Formulation,
    table: &Table<'_>,
    column: &ColumnProfile,
    problems: &mut Vec<Problem>,
) -> Option<(Vec<Class>, Vec<Class>)> {
    let name = &column.name;
    if !column.categories_complete || column.categories.is_empty() {
        problems.push(Problem::new(format!(
            "`{name}` has {}, too many for classes: predict it as a number, or derive a few classes from it",
            counted(column.distinct, "distinct value")
        )));
        return None;
    }
    let known = targets::classes(column);
    let fraction = form.split.test_fraction.clamp(0.1, 0.5);
    let least = (targets::MIN_TEST_ROWS_PER_CLASS / fraction).ceil() as usize;
    if form.labels.is_empty() {
        return Some(known.into_iter().partition(|(_, rows, _)| *rows >= least));
    }
    let spelled =
        |class: &Class, label: &str| class.0 == label || class.2.iter().any(|raw| raw == label);
    let mut wanted: Vec<&Class> = Vec::new();
    for label in &form.labels {
        match known.iter().find(|class| spelled(class, label)) {
            None => problems.push(Problem::new(format!(
                "`labels` names `{label}`, which is no value of `{name}` ({}){}",
                listed(known.iter().map(|(label, ..)| label.as_str())),
                meant(label, known.iter().map(|(label, ..)| label.as_str()))
            ))),
            Some(class) if wanted.contains(&class) => problems.push(Problem::new(format!(
                "`labels` names the class `{}` twice",
                class.0
            ))),
            Some(class) => {
                if class.1 < least {
                    problems.push(Problem::new(format!(
                        "class `{}` has {}, and with {} of them in test it needs {least}: leave it out of `labels`",
                        class.0,
                        counted(class.1, "row"),
                        percent(fraction)
                    )));
                }
                wanted.push(class);
            }
        }
    }
    if wanted.len() < form.labels.len() {
        // What follows from a wrong name would only repeat it.
        return None;
    }
    let kept: Vec<Class> = wanted.into_iter().cloned().collect();
    let omitted: Vec<Class> = known
        .into_iter()
        .filter(|class| !kept.contains(class))
        .collect();
    let rows: usize = omitted.iter().map(|(_, rows, _)| rows).sum();
    if kept.len() > 1 && rows as f64 > MAX_LEFT_OUT * table.filled(column) as f64 {
        problems.push(Problem::new(format!(
            "`labels` leaves out {} of the rows with a value in `{name}`, more than {}: take more classes",
            percent(rows as f64 / table.filled(column).max(1) as f64),
            percent(MAX_LEFT_OUT)
        )));
    }
    Some((kept, omitted))
}

fn distinct(labels: &[String], problems: &mut Vec<Problem>) {
    for (at, label) in labels.iter().enumerate() {
        if label.trim().is_empty() {
            problems.push(Problem::new("`labels` has an empty class"));
        } else if labels[..at].contains(label) {
            problems.push(Problem::new(format!(
                "`labels` names the class `{label}` twice"
            )));
        }
    }
}

fn number_of_classes(objective: Objective, classes: usize, problems: &mut Vec<Problem>) {
    let allowed = match objective {
        Objective::Binary | Objective::Detection => 2..=2,
        Objective::Multiclass | Objective::Ordinal => 3..=targets::MAX_CLASSES,
        Objective::Regression => return,
    };
    if allowed.contains(&classes) {
        return;
    }
    let wanted = if allowed.start() == allowed.end() {
        format!("exactly {}", allowed.start())
    } else {
        format!("{} to {}", allowed.start(), allowed.end())
    };
    problems.push(Problem::new(format!(
        "a `{}` task has {wanted} classes with enough rows each, not {classes}",
        objective.as_str()
    )));
}

/// The class that is asked about, where there are two.
fn positive_of(
    form: &Formulation,
    labels: &[String],
    classes: &[Class],
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let [one, other] = labels else { return None };
    if !matches!(form.objective, Objective::Binary | Objective::Detection) {
        return None;
    }
    let rows = |label: &str| {
        let class = classes.iter().find(|class| class.0 == label);
        class.map_or(0, |class| class.1)
    };
    let Some(given) = &form.positive_label else {
        let (ours, theirs) = ((one.as_str(), rows(one)), (other.as_str(), rows(other)));
        let rarer = form.objective == Objective::Detection && ours.1 != theirs.1;
        let chosen = if rarer {
            if ours.1 < theirs.1 { ours.0 } else { theirs.0 }
        } else {
            labels::positive(ours, theirs)
        };
        return Some(chosen.to_owned());
    };
    let raw = classes.iter().find(|class| class.2.contains(given));
    let label = raw.map_or(given, |class| &class.0);
    if labels.contains(label) {
        return Some(label.clone());
    }
    problems.push(Problem::new(format!(
        "`positive_label` is `{given}`, which is neither `{one}` nor `{other}`"
    )));
    None
}

/// Grades as they are, of two classes the positive one last, others sorted.
fn arrange(objective: Objective, labels: &mut [String], positive: Option<&str>) {
    match (objective, positive) {
        (Objective::Ordinal, _) => {}
        (_, Some(positive)) => labels.sort_by_key(|label| label == positive),
        (_, None) => labels.sort_by(|a, b| targets::natural(a, b)),
    }
}

/// Whether two classes are as rare as the objective says.
fn shares(
    objective: Objective,
    kept: &[Class],
    positive: Option<&str>,
    problems: &mut Vec<Problem>,
) {
    let ([one, other], Some(positive)) = (kept, positive) else {
        return;
    };
    let asked = if one.0 == positive { one.1 } else { other.1 };
    let all = (one.1 + other.1).max(1) as f64;
    let (share, rarest) = (asked as f64 / all, one.1.min(other.1) as f64 / all);
    if rarest < targets::DETECTION_ABOVE {
        problems.push(Problem::new(format!(
            "the rarer class has {} of the rows, and less than {} can't be learned from",
            percent(rarest),
            percent(targets::DETECTION_ABOVE)
        )));
    }
    if objective == Objective::Detection && share >= targets::DETECTION_BELOW {
        problems.push(Problem::new(format!(
            "`detection` is for rare positives, and `{positive}` has {} of the rows, not less than {}: call it `binary`",
            percent(share),
            percent(targets::DETECTION_BELOW)
        )));
    }
}

/// The rows of classes that the task does not have.
fn without(omitted: Vec<Class>) -> Option<DroppedRows> {
    let rows: usize = omitted.iter().map(|(_, rows, _)| rows).sum();
    if rows == 0 {
        return None;
    }
    let mut labels: Vec<String> = omitted.into_iter().flat_map(|(_, _, raw)| raw).collect();
    labels.sort_by(|a, b| targets::natural(a, b));
    let of = match labels.as_slice() {
        [only] => format!("class `{only}`"),
        _ => format!("{} classes", labels.len()),
    };
    Some(DroppedRows {
        rows,
        reason: format!(
            "{} of {of} that the task does not ask about",
            counted(rows, "row")
        ),
        labels,
    })
}
