//! Titles and rationales of proposals.

use task_format::Objective;

use super::plausibility::{Appraisal, balance};
use super::targets::Formulation;
use crate::naming::counted;
use crate::{Derivation, Target};

/// Longest column name in a title, in characters.
const MAX_NAME: usize = 48;

/// The title of a task.
pub(super) fn title(dataset: &str, target: &Target, objective: Objective) -> String {
    let name = short(&target.column);
    let what = match (&target.derivation, objective) {
        (Some(Derivation::Positive { .. }), _) => format!("is {name} more than zero?"),
        (_, Objective::Detection) => match target.positive.as_deref() {
            Some("1" | "yes" | "Yes" | "True" | "y" | "Y") | None => format!("detect {name}"),
            Some(positive) => format!("detect {name} = {positive}"),
        },
        (_, Objective::Ordinal) => format!("grade {name}"),
        (_, Objective::Binary | Objective::Multiclass | Objective::Regression) => {
            format!("predict {name}")
        }
    };
    format!("{dataset}: {what}")
}

/// Why the task is worth making.
pub(super) fn rationale(
    formulation: &Formulation<'_>,
    appraisal: &Appraisal,
    features: usize,
) -> String {
    let kind = match formulation.objective {
        Objective::Binary => "a question of two answers",
        Objective::Multiclass => "a choice between classes",
        Objective::Regression => "a number",
        Objective::Ordinal => "a grade on an ordered scale",
        Objective::Detection => "a rare case to be found",
    };
    let mut text = format!(
        "`{}` is {kind}: {}. {} with {} to predict it from",
        formulation.column.name,
        appraisal.reasons.join("; "),
        counted(formulation.rows, "labelled row"),
        counted(features, "column"),
    );
    if let Some(balance) = balance(formulation) {
        text.push_str(&format!("; {balance}"));
    }
    text.push('.');
    text
}

/// A column's name on one line, cut at a word.
fn short(name: &str) -> String {
    let line = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_NAME {
        return line;
    }
    let cut: String = line.chars().take(MAX_NAME).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", &cut[..end])
}
