//! `smith schema metrics`: the catalogue of metrics, as Markdown and as JSON. How they are computed is `scoring`'s.

use scoring::{DefaultValue, Direction, Input, Metric, Takes};
use serde::Serialize;

/// What `docs/metrics.md` opens with. The differences are proved by the tests of `tests/agreement`.
const OPENING: &str = "\
# Metrics

Names as they stand in `metric.name` of `task.toml`; parameters stand beside them in `[metric.parameters]`.
This file is made by `smith schema metrics`.

Where scikit-learn 1.9 or SciPy 1.17 defines a value, ours is the same to 1e-9. On purpose it differs here:

- Rows are aligned by id, never by position; NaN, infinities and text make a submission invalid and never reach a metric.
- No metric has a value without rows, or where arithmetic leaves the range of 64-bit floats.
- A metric that has no value on the answers (one class only for an AUC, no positive row for an average precision) says so, \
where scikit-learn gives NaN or 0.
- A perfect submission scores exactly the optimum: log losses clip from below only; two empty sets agree; labels that occur \
on neither side do not enter a macro mean.
- Rows of class probabilities are divided by their sum.
- Constant predictions have correlation 0; R² of constant truth is 1 or 0.
- The true class loses ties in `top_k_accuracy`; ties are shared in `normalized_gini`.
- Weighted kappas count places in the declared order of the grades, not their values.
- A prediction of 0 is allowed for `poisson_deviance`, and counts as 2.2e-16.
";

/// The forms of predictions, in the order of the documentation.
const FORMS: [(Input, &str); 11] = [
    (Input::Labels, "One label a row"),
    (Input::OrderedLabels, "One of several ordered labels a row"),
    (Input::Probability, "The probability of one label a row"),
    (
        Input::ClassProbabilities,
        "A probability of every label a row",
    ),
    (
        Input::MultiProbabilities,
        "Probabilities of several targets a row",
    ),
    (Input::Numbers, "One number a row"),
    (Input::MultiNumbers, "Several numbers a row"),
    (Input::LabelSets, "A set of labels a row"),
    (Input::Ranking, "A ranking of items a row"),
    (Input::Text, "A text a row"),
    (Input::Survival, "A risk a row, events may be censored"),
];

#[derive(Serialize)]
struct Line {
    name: &'static str,
    title: &'static str,
    input: Input,
    direction: Direction,
    optimum: f64,
    worst: Option<f64>,
    parameters: Vec<String>,
    formula: &'static str,
    edge_cases: &'static str,
    source: &'static str,
}

/// One object a metric.
pub(crate) fn json() -> impl Serialize {
    let lines: Vec<Line> = Metric::ALL.into_iter().map(line).collect();
    lines
}

pub(crate) fn markdown() -> String {
    let mut text = OPENING.to_owned();
    for (input, title) in FORMS {
        text.push_str(&format!(
            "\n## {title}\n\n| name | better | optimum | worst | parameters | formula | ties and edge cases | source |\n\
             |---|---|---:|---:|---|---|---|---|\n"
        ));
        for metric in Metric::ALL {
            let line = line(metric);
            if line.input != input {
                continue;
            }
            let better = match line.direction {
                Direction::Maximize => "higher",
                Direction::Minimize => "lower",
            };
            let worst = line
                .worst
                .map_or_else(String::new, |worst| worst.to_string());
            text.push_str(&format!(
                "| `{}` | {better} | {} | {worst} | {} | {} | {} | {} |\n",
                line.name,
                line.optimum,
                line.parameters.join(", "),
                line.formula.replace('|', "\\|"),
                line.edge_cases,
                line.source,
            ));
        }
    }
    text
}

fn line(metric: Metric) -> Line {
    Line {
        name: metric.name(),
        title: metric.title(),
        input: metric.input(),
        direction: metric.direction(),
        optimum: metric.optimum(),
        worst: metric.worst(),
        parameters: metric.parameters().iter().map(taken).collect(),
        formula: metric.formula(),
        edge_cases: metric.edge_cases(),
        source: metric.source(),
    }
}

fn taken(takes: &Takes) -> String {
    let (name, range) = (takes.parameter.name(), takes.parameter.range());
    match takes.default {
        DefaultValue::Number(value) => format!("`{name}` {range}, {value} if not given"),
        DefaultValue::Unlimited => format!("`{name}` {range}, all if not given"),
        DefaultValue::Required => format!("`{name}` {range}, required"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_stands_once_in_the_documentation() {
        let text = markdown();
        for metric in Metric::ALL {
            let rows = text.matches(&format!("| `{}` |", metric.name())).count();
            assert_eq!(rows, 1, "{metric}");
        }
    }

    #[test]
    fn the_committed_documentation_is_this_one() {
        assert!(
            markdown() == include_str!("../../../docs/metrics.md"),
            "write it anew with `cargo xtask schema metrics > docs/metrics.md`"
        );
    }
}
