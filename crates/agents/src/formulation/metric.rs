//! The metric of a formulation: one of the catalogue that fits what is predicted, or the task's own.

use schemars::{Schema, SchemaGenerator, json_schema};
use scoring::{Input, Metric, Parameters};
use task_format::{Objective, Prediction};

use super::problem::{self, Problem, meant};
use super::{CustomMetric, Formulation};
use crate::MetricPlan;
use crate::proposal::CUSTOM;
use crate::rules::brainstorm::select::predicted;
use crate::rules::brainstorm::table::Table;

/// The metrics of the catalogue that score one prediction per row of such a task and need no parameter, in its order.
pub fn metrics_for(objective: Objective) -> Vec<Metric> {
    Metric::ALL
        .into_iter()
        .filter(|metric| misfit(objective, *metric).is_none())
        .collect()
}

/// The metric and what a prediction cell holds; problems when they fit nothing.
pub(super) fn plan(
    form: &Formulation,
    table: &Table<'_>,
    problems: &mut Vec<Problem>,
) -> Option<(MetricPlan, Prediction)> {
    if form.metric == CUSTOM {
        let Some(custom) = &form.custom_metric else {
            problems.push(Problem::new(
                "`metric` is `custom`, and `custom_metric` is null",
            ));
            return None;
        };
        return own(form.objective, custom, problems);
    }
    let Some(metric) = Metric::from_name(&form.metric) else {
        let fitting: Vec<&str> = names_for(form.objective);
        problems.push(Problem::new(format!(
            "`metric` is `{}`, which is no metric of the catalogue{}; for `{}` there are {}, and `custom`",
            form.metric,
            meant(&form.metric, fitting.iter().copied()),
            form.objective.as_str(),
            fitting.join(", ")
        )));
        return None;
    };
    if let Some(reason) = misfit(form.objective, metric) {
        problems.push(Problem::new(format!(
            "`{metric}` does not fit a `{}` task: it {reason}. Those that do are {}",
            form.objective.as_str(),
            names_for(form.objective).join(", ")
        )));
        return None;
    }
    let numbers = table.column(&form.target).and_then(|column| column.numbers);
    if let (Objective::Regression, None, Some(numbers)) =
        (form.objective, &form.derivation, numbers)
        && let Some(outside) = [numbers.min, numbers.max]
            .into_iter()
            .find(|value| !metric.domain().contains(*value))
    {
        problems.push(Problem::new(format!(
            "`{metric}` has no meaning for {outside}, which is a value of `{}`",
            form.target
        )));
        return None;
    }
    predicted(metric).map(|prediction| (MetricPlan::Catalogue(metric), prediction))
}

/// A metric of the task's own.
fn own(
    objective: Objective,
    custom: &CustomMetric,
    problems: &mut Vec<Problem>,
) -> Option<(MetricPlan, Prediction)> {
    let before = problems.len();
    problem::text("custom_metric.title", &custom.title, Some(60), problems);
    problem::text(
        "custom_metric.formula",
        &custom.formula,
        Some(problem::PROSE),
        problems,
    );
    let fits = match custom.prediction {
        Prediction::Label => objective != Objective::Regression,
        Prediction::Probability => matches!(objective, Objective::Binary | Objective::Detection),
        Prediction::Number => objective == Objective::Regression,
        _ => false,
    };
    if !fits {
        problems.push(Problem::new(format!(
            "`custom_metric.prediction` does not fit a `{}` task: numbers are for `regression`, probabilities for `binary` \
             and `detection`, labels for all but `regression`",
            objective.as_str()
        )));
    }
    if !custom.optimum.is_finite() {
        problems.push(Problem::new("`custom_metric.optimum` is not finite"));
    }
    let worse = |worst: &f64| worst.is_finite() && custom.direction.better(custom.optimum, *worst);
    if let Some(worst) = custom.worst.filter(|worst| !worse(worst)) {
        problems.push(Problem::new(format!(
            "`custom_metric.worst` is {worst}, which is not worse than the optimum {}",
            custom.optimum
        )));
    }
    let plan = MetricPlan::Custom {
        title: problem::line(&custom.title),
        formula: problem::line(&custom.formula),
        direction: custom.direction,
        optimum: custom.optimum,
        worst: custom.worst,
    };
    (problems.len() == before).then_some((plan, custom.prediction))
}

/// Why the metric can't score such a task.
fn misfit(objective: Objective, metric: Metric) -> Option<&'static str> {
    let two = matches!(objective, Objective::Binary | Objective::Detection);
    if predicted(metric).is_none() {
        return Some("compares more than one label, probability or number per row");
    }
    if Parameters::default().check(metric).is_err() {
        return Some("needs a parameter, and a proposal gives none");
    }
    match (metric.input(), objective) {
        (Input::Numbers, Objective::Regression) => None,
        (Input::Numbers, _) => Some("compares numbers"),
        (_, Objective::Regression) => Some("compares classes"),
        (Input::Probability, _) if !two => Some("asks for the probability of one of two classes"),
        (Input::OrderedLabels, other) if other != Objective::Ordinal => {
            Some("compares ordered grades")
        }
        _ if metric.needs_positive_class() && !two => Some("looks at one of two classes"),
        _ => None,
    }
}

fn names_for(objective: Objective) -> Vec<&'static str> {
    metrics_for(objective)
        .into_iter()
        .map(Metric::name)
        .collect()
}

/// The names that `metric` can have.
pub(super) fn names(_: &mut SchemaGenerator) -> Schema {
    let usable = |metric: &Metric| {
        OBJECTIVES
            .iter()
            .any(|objective| misfit(*objective, *metric).is_none())
    };
    let names: Vec<&str> = Metric::ALL
        .into_iter()
        .filter(usable)
        .map(Metric::name)
        .chain([CUSTOM])
        .collect();
    json_schema!({ "type": "string", "enum": names })
}

/// What a prediction cell of a proposed task can hold.
pub(super) fn predictions(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "enum": [Prediction::Label, Prediction::Probability, Prediction::Number],
    })
}

const OBJECTIVES: [Objective; 5] = [
    Objective::Binary,
    Objective::Multiclass,
    Objective::Regression,
    Objective::Ordinal,
    Objective::Detection,
];
