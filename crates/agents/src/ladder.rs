//! The ladder's solvers for any prepared task, whoever prepared it.
//!
//! They are written from the engine of rules' templates and never by a model: those who are judged do not write the
//! yardstick. A model that writes a weak baseline would make its task look harder, and a leaking one easier, than it is.

use std::collections::BTreeMap;

use facts::{ColumnProfile, Profile};
use task_format::{Objective, SplitPolicy};

use crate::rules::brainstorm::table::Table;
use crate::rules::brainstorm::{features, labels, targets};
use crate::rules::design::solvers;
use crate::{FeatureKind, FeaturePlan, Proposal, Target};

/// The four baselines of a prepared task, by path inside the package, and nothing else.
///
/// `train` is the profile of the prepared `public/train.csv`: its columns but for id and target are the features,
/// whatever the raw data had. Labels are the proposal's, or where it has none for a classification those of `train`.
pub fn ladder(train: &Profile, proposal: &Proposal) -> BTreeMap<String, String> {
    let mut prepared = proposal.clone();
    prepared.features = planned(train, proposal);
    complete_labels(&mut prepared.target, proposal.objective, train);
    solvers(&prepared, train.rows)
}

/// How the solvers use the columns of the training set.
fn planned(train: &Profile, proposal: &Proposal) -> Vec<FeaturePlan> {
    let table = Table::new(train);
    let group = proposal
        .split
        .column
        .as_deref()
        .filter(|_| proposal.split.policy == SplitPolicy::Group);
    let feature = |column: &&ColumnProfile| {
        column.name != proposal.id_column && column.name != proposal.target.column
    };
    let mut planned: Vec<FeaturePlan> = train
        .columns
        .iter()
        .filter(feature)
        .map(|column| {
            let mut plan = features::plan(&table, column, group);
            if plan.kind != FeatureKind::Group && features::useless(&table, column).is_some() {
                // Nothing to learn from, but it stands in the files and has to be named as unused.
                plan.kind = FeatureKind::Text;
            }
            plan
        })
        .collect();
    let used = |plan: &FeaturePlan| !matches!(plan.kind, FeatureKind::Text | FeatureKind::Group);
    if !planned.iter().any(used) {
        // A solver of nothing would fail; frequent texts as categories may tell something.
        for plan in planned
            .iter_mut()
            .filter(|plan| plan.kind == FeatureKind::Text)
        {
            plan.kind = FeatureKind::Category;
        }
    }
    planned
}

/// Takes labels, counts and the positive class from the training set where the proposal leaves them open.
pub(crate) fn complete_labels(target: &mut Target, objective: Objective, train: &Profile) {
    if objective == Objective::Regression || !target.labels.is_empty() {
        return;
    }
    let Some(column) = train.column(&target.column) else {
        return;
    };
    let mut classes: Vec<(String, usize)> = column
        .categories
        .iter()
        .map(|category| (category.value.clone(), category.count))
        .collect();
    classes.sort_by(|a, b| targets::natural(&a.0, &b.0));
    if let ([one, other], Objective::Binary | Objective::Detection) =
        (classes.as_slice(), objective)
    {
        let positive = target
            .positive
            .clone()
            .unwrap_or_else(|| labels::positive((&one.0, one.1), (&other.0, other.1)).to_owned());
        classes.sort_by_key(|(label, _)| *label == positive);
        target.positive = Some(positive);
    }
    target.labels = classes.into_iter().map(|(label, _)| label).collect();
}
