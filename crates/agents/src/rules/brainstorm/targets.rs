//! Which columns could be predicted, and as what: the catalogue of formulations for tables.

use facts::{ColumnProfile, Role, Storage};
use task_format::Objective;

use super::table::Table;
use super::{labels, split};
use crate::naming::{counted, percent};
use crate::{Derivation, DroppedRows, Target};

/// Fewest labelled rows of a task. With 40 % of them in test, 32 rows remain to measure with.
pub(crate) const MIN_LABELLED: usize = 80;
/// Fewest test rows of a class: below, one lucky row moves a score by a fifth.
pub(crate) const MIN_TEST_ROWS_PER_CLASS: f64 = 5.0;
/// Most classes. Beyond, naming things turns into retrieval, and the ladder's solvers take minutes.
pub(crate) const MAX_CLASSES: usize = 40;
/// Most grades of an ordinal target; more make a scale.
const MAX_GRADES: usize = 12;
/// Share of labelled rows that may be left out because their class is rare.
const MAX_RARE_SHARE: f64 = 0.15;
/// Rarer positives are looked for ("detection"), not told apart.
pub(crate) const DETECTION_BELOW: f64 = 0.1;
/// Rarer positives are too few to learn from at the sizes at hand.
pub(crate) const DETECTION_ABOVE: f64 = 0.008;
/// Fewest distinct numbers of a scale.
const MIN_DISTINCT_NUMBERS: usize = 15;
/// Fewest distinct counts that are predicted as numbers.
pub(crate) const MIN_DISTINCT_COUNTS: usize = 8;
/// A scale on which one value makes up more than this is a question in disguise.
const MAX_MODE_SHARE: f64 = 0.5;

/// A column and the way to predict it.
pub(super) struct Formulation<'a> {
    pub(super) column: &'a ColumnProfile,
    pub(super) objective: Objective,
    pub(super) target: Target,
    pub(super) dropped_rows: Vec<DroppedRows>,
    /// Rows that the task uses.
    pub(super) rows: usize,
}

/// Every formulation that the table's columns allow, in file order.
pub(super) fn candidates<'a>(table: &Table<'a>) -> Vec<Formulation<'a>> {
    let mut out = Vec::new();
    for column in table.columns() {
        let excluded = matches!(
            column.role,
            Role::Constant | Role::Id | Role::Date | Role::Text
        ) || table.names_rows(column)
            || table.filled(column) < MIN_LABELLED;
        if excluded {
            continue;
        }
        out.extend(as_classes(table, column));
        out.extend(as_number(table, column));
        out.extend(as_question(table, column));
    }
    out
}

/// One of several classes or grades.
fn as_classes<'a>(table: &Table<'a>, column: &'a ColumnProfile) -> Option<Formulation<'a>> {
    let class_like =
        matches!(column.role, Role::Category | Role::Ordinal) || column.storage == Storage::Boolean;
    if !class_like || !column.categories_complete || column.categories.len() < 2 {
        return None;
    }
    let filled = table.filled(column);
    let least = (MIN_TEST_ROWS_PER_CLASS / split::test_fraction(filled)).ceil() as usize;

    let (mut kept, rare): (Vec<_>, Vec<_>) = classes(column)
        .into_iter()
        .partition(|(_, count, _)| *count >= least);
    let rare_rows: usize = rare.iter().map(|(_, count, _)| count).sum();
    if kept.len() < 2
        || kept.len() > MAX_CLASSES
        || rare_rows as f64 > MAX_RARE_SHARE * filled as f64
    {
        return None;
    }
    let rows = filled - rare_rows;
    let largest = kept.iter().map(|(_, count, _)| *count).max()?;
    let minority = 1.0 - largest as f64 / rows as f64;

    let ordered = order_of(column, &kept);
    let (objective, positive) = if kept.len() == 2 {
        if minority < DETECTION_ABOVE {
            return None;
        }
        let (a, b) = (&kept[0], &kept[1]);
        if minority < DETECTION_BELOW {
            let rarer = if a.1 < b.1 { a } else { b };
            (Objective::Detection, Some(rarer.0.clone()))
        } else {
            let positive = labels::positive((&a.0, a.1), (&b.0, b.1));
            (Objective::Binary, Some(positive.to_owned()))
        }
    } else {
        // Nine in ten rows of one class leave a dozen rows for all the others.
        if minority < DETECTION_BELOW {
            return None;
        }
        let grades = ordered.is_some() && kept.len() <= MAX_GRADES;
        (
            if grades {
                Objective::Ordinal
            } else {
                Objective::Multiclass
            },
            None,
        )
    };
    match (&positive, &ordered) {
        (Some(positive), _) => kept.sort_by_key(|(label, ..)| label == positive),
        (None, Some(order)) if objective == Objective::Ordinal => {
            kept.sort_by_key(|(label, ..)| order.iter().position(|grade| grade == label));
        }
        _ => kept.sort_by(|a, b| natural(&a.0, &b.0)),
    }

    let derivation = renaming(&kept);
    let mut dropped_rows = unlabelled(table, column);
    if !rare.is_empty() {
        let mut rare_labels: Vec<String> = rare.into_iter().flat_map(|(_, _, raw)| raw).collect();
        rare_labels.sort_by(|a, b| natural(a, b));
        let reason = if let [only] = rare_labels.as_slice() {
            format!(
                "{} of class `{only}`: fewer than {least} are too rare to learn and to score",
                counted(rare_rows, "row")
            )
        } else {
            format!(
                "{} of {} classes with fewer than {least} each: too rare to learn and to score",
                counted(rare_rows, "row"),
                rare_labels.len()
            )
        };
        dropped_rows.push(DroppedRows {
            rows: rare_rows,
            reason,
            labels: rare_labels,
        });
    }
    let target = Target {
        column: column.name.clone(),
        derivation,
        labels: kept.iter().map(|(label, ..)| label.clone()).collect(),
        counts: kept.iter().map(|(_, count, _)| *count).collect(),
        positive,
    };
    Some(Formulation {
        column,
        objective,
        target,
        dropped_rows,
        rows,
    })
}

/// A class: as it is published, its rows, and how it is spelled in the raw data.
pub(crate) type Class = (String, usize, Vec<String>);

/// The classes of a column, in the order of its categories.
pub(crate) fn classes(column: &ColumnProfile) -> Vec<Class> {
    let spelling = labels::published(&column.categories);
    // Several raw spellings of one number are one class.
    let mut classes: Vec<Class> = Vec::new();
    for category in &column.categories {
        let label = spelling
            .get(&category.value)
            .expect("every category has a spelling");
        match classes.iter_mut().find(|(known, ..)| known == label) {
            Some((_, count, raw)) => {
                *count += category.count;
                raw.push(category.value.clone());
            }
            None => classes.push((label.clone(), category.count, vec![category.value.clone()])),
        }
    }
    classes
}

/// How raw spellings become published ones, where any differs.
pub(crate) fn renaming(kept: &[Class]) -> Option<Derivation> {
    let renamed = kept
        .iter()
        .any(|(label, _, raw)| raw.len() > 1 || raw.first() != Some(label));
    renamed.then(|| Derivation::Renamed {
        labels: kept
            .iter()
            .flat_map(|(label, _, raw)| raw.iter().map(move |raw| (raw.clone(), label.clone())))
            .collect(),
    })
}

/// The published grades from low to high, when the column is ordered.
pub(crate) fn order_of(column: &ColumnProfile, kept: &[Class]) -> Option<Vec<String>> {
    if column.role != Role::Ordinal {
        return None;
    }
    if let Some(order) = &column.order {
        let grades: Option<Vec<String>> = kept
            .iter()
            .map(|(_, _, raw)| order.iter().position(|grade| raw.contains(grade)))
            .zip(kept)
            .map(|(position, (label, ..))| position.map(|position| (position, label.clone())))
            .collect::<Option<Vec<_>>>()
            .map(|mut grades| {
                grades.sort();
                grades.into_iter().map(|(_, label)| label).collect()
            });
        return grades;
    }
    let mut numbers: Vec<(f64, String)> = kept
        .iter()
        .map(|(label, ..)| {
            label
                .parse()
                .ok()
                .map(|number: f64| (number, label.clone()))
        })
        .collect::<Option<_>>()?;
    numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
    Some(numbers.into_iter().map(|(_, label)| label).collect())
}

/// A number.
fn as_number<'a>(table: &Table<'a>, column: &'a ColumnProfile) -> Option<Formulation<'a>> {
    let numbers = column.numbers?;
    let least = match column.role {
        Role::Number => MIN_DISTINCT_NUMBERS,
        Role::Count => MIN_DISTINCT_COUNTS,
        _ => return None,
    };
    let zero_inflated = numbers.zeros > MAX_MODE_SHARE && column.role == Role::Count;
    if column.distinct < least
        || (numbers.mode_share > MAX_MODE_SHARE && !zero_inflated)
        || numbers.zeros > 0.85
    {
        return None;
    }
    let target = Target {
        column: column.name.clone(),
        derivation: None,
        labels: Vec::new(),
        counts: Vec::new(),
        positive: None,
    };
    Some(Formulation {
        column,
        objective: Objective::Regression,
        target,
        dropped_rows: unlabelled(table, column),
        rows: table.filled(column),
    })
}

/// Whether a count or an amount that is mostly zero is more than that.
fn as_question<'a>(table: &Table<'a>, column: &'a ColumnProfile) -> Option<Formulation<'a>> {
    let numbers = column.numbers?;
    if !matches!(column.role, Role::Number | Role::Count)
        || column.distinct < 3
        || numbers.min < 0.0
        || numbers.zeros < MAX_MODE_SHARE
    {
        return None;
    }
    let filled = table.filled(column);
    let share = 1.0 - numbers.zeros;
    let yes_rows = (share * filled as f64).round() as usize;
    let least = (MIN_TEST_ROWS_PER_CLASS / split::test_fraction(filled)).ceil() as usize;
    if share < DETECTION_ABOVE || yes_rows < least {
        return None;
    }
    let objective = if share < DETECTION_BELOW {
        Objective::Detection
    } else {
        Objective::Binary
    };
    let target = Target {
        column: column.name.clone(),
        derivation: Some(Derivation::Positive {
            yes: "yes".to_owned(),
            no: "no".to_owned(),
        }),
        labels: vec!["no".to_owned(), "yes".to_owned()],
        counts: vec![filled - yes_rows, yes_rows],
        positive: Some("yes".to_owned()),
    };
    Some(Formulation {
        column,
        objective,
        target,
        dropped_rows: unlabelled(table, column),
        rows: filled,
    })
}

/// Rows without a value of the column, which a task that predicts it leaves out.
pub(crate) fn unlabelled(table: &Table<'_>, column: &ColumnProfile) -> Vec<DroppedRows> {
    if column.missing == 0 {
        return Vec::new();
    }
    vec![DroppedRows {
        rows: column.missing,
        reason: format!(
            "{} ({}) without a value in `{}`: nothing to learn from or to score",
            counted(column.missing, "row"),
            percent(column.missing as f64 / table.profile.rows.max(1) as f64),
            column.name
        ),
        labels: Vec::new(),
    }]
}

/// Numbers by value, everything else by text.
pub(crate) fn natural(a: &str, b: &str) -> std::cmp::Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(x), Ok(y)) => x.total_cmp(&y),
        _ => a.cmp(b),
    }
}
