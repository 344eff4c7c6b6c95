//! Task validity: the description asks for what the manifest grades, and the metric suits the target.

use facts::{Dimension, IssueSeverity, TargetNumbers};
use scoring::{Direction, Input, Metric};
use task_format::{DESCRIPTION, METRIC, Objective, Prediction};

use super::description::Description;
use super::sheet::{Flaw, Sheet, percent, short};
use super::statement::{Asked, Named, Stated, Statement};
use crate::subject::{ReviewSubject, quote_description};

/// Share of the commonest class from which accuracy rewards naming it always. Source: cleanlab calls a class of less than
/// a tenth of the rows imbalanced.
const IMBALANCED: f64 = 0.9;
/// Share of the commonest class from which accuracy begins to hide the others.
const UNEVEN: f64 = 0.8;
/// Share of positives below which a ranking over all rows hardly depends on them.
const RARE: f64 = 0.01;
/// Ratio of the 95 % to the 5 % quantile of a positive target from which it spans orders of magnitude.
const ORDERS: f64 = 100.0;
/// Skewness from which squared errors are decided by a few rows.
const SKEWED: f64 = 2.0;

pub(crate) fn judge(
    subject: &ReviewSubject<'_>,
    description: &Description<'_>,
    statement: &Statement<'_>,
) -> Sheet {
    let mut sheet = Sheet::new(Dimension::TaskValidity);
    sheet.cite(subject.manifest_line("target_columns"));
    target(&mut sheet, statement);
    metric(&mut sheet, subject, statement);
    direction(&mut sheet, subject, statement);
    if description.first_line().is_none() {
        sheet.cap(0.0, "there is no description to work from");
    }
    metric_fits(&mut sheet, subject);
    sheet.leave_open(
        "whether anybody would want this prediction, and whether every feature is known when it is wanted: that takes \
         knowledge of the field",
    );
    sheet
}

fn target(sheet: &mut Sheet, statement: &Statement<'_>) {
    match &statement.target {
        Asked::For(line) => {
            sheet.cite(quote_description(line));
            sheet.note("the description asks for the target by name");
        }
        Asked::Named => sheet.flaw(
            1.5,
            Flaw {
                severity: IssueSeverity::Major,
                place: DESCRIPTION,
                quote: None,
                message: "the target is named, but no sentence asks for it".to_owned(),
                fix: "Say in one sentence what is to be predicted for each row of test.csv."
                    .to_owned(),
            },
        ),
        Asked::Missing(targets) => {
            let named: Vec<String> = targets.iter().map(|target| format!("`{target}`")).collect();
            critical(
                sheet,
                None,
                format!(
                    "the description does not name the target {}",
                    named.join(", ")
                ),
                "Say in one sentence what is to be predicted, with the column's name.",
            );
        }
    }
}

fn metric(sheet: &mut Sheet, subject: &ReviewSubject<'_>, statement: &Statement<'_>) {
    let right = Metric::from_name(&subject.manifest.metric.name).map_or("", Metric::title);
    match statement.metric {
        Named::Unknown => {
            sheet.leave_open("whether the description defines the custom metric");
        }
        Named::Right(line) => {
            sheet.cite(quote_description(line));
            sheet.note(format!("the description names the metric, {right}"));
        }
        Named::Both(line, other) => sheet.flaw(
            2.0,
            Flaw {
                severity: IssueSeverity::Major,
                place: DESCRIPTION,
                quote: quote_description(line),
                message: format!(
                    "besides {right}, which is graded, the description speaks of {} in terms of scoring",
                    other.title()
                ),
                fix: format!("Speak of {right} alone where scoring is explained."),
            },
        ),
        Named::Wrong(line, other) => critical(
            sheet,
            quote_description(line),
            format!(
                "the description says that {} is graded; it is {right}",
                other.title()
            ),
            &format!("Name {right} and its formula."),
        ),
        Named::Missing => critical(
            sheet,
            None,
            format!("the description does not name the metric, {right}"),
            &format!("Name {right} and its formula."),
        ),
    }
}

fn direction(sheet: &mut Sheet, subject: &ReviewSubject<'_>, statement: &Statement<'_>) {
    let stated = &subject.manifest.metric;
    let words = match stated.direction {
        Direction::Maximize => "higher is better",
        Direction::Minimize => "lower is better",
    };
    match statement.direction {
        Stated::Right(line) => {
            sheet.cite(quote_description(line));
            sheet.note(format!("the description says that {words}"));
        }
        Stated::Both(line) => sheet.flaw(
            2.0,
            Flaw {
                severity: IssueSeverity::Major,
                place: DESCRIPTION,
                quote: quote_description(line),
                message: format!("the description says that {words}, and also the opposite"),
                fix: format!("Say only that {words}."),
            },
        ),
        Stated::Wrong(line) => critical(
            sheet,
            quote_description(line),
            format!("the description states the wrong direction: in truth, {words}"),
            &format!("Say that {words}."),
        ),
        Stated::Missing => sheet.flaw(
            1.0,
            Flaw {
                severity: IssueSeverity::Major,
                place: DESCRIPTION,
                quote: None,
                message: format!("the description does not say that {words}"),
                fix: format!("Say that {words}."),
            },
        ),
    }
    let catalogue = Metric::from_name(&stated.name).map(Metric::direction);
    if catalogue.is_some_and(|direction| direction != stated.direction) {
        critical(
            sheet,
            subject.manifest_line("direction"),
            format!("task.toml states the wrong direction of {}", stated.name),
            "Take the direction from the catalogue of metrics.",
        );
    }
    let contrary = match stated.direction {
        Direction::Maximize => "False",
        Direction::Minimize => "True",
    };
    let says_contrary = |line: &str| assigned(line, "higher_is_better") == Some(contrary);
    if let Some(line) = subject.script_line(METRIC, says_contrary) {
        critical(
            sheet,
            Some(line),
            format!("metric.py states the wrong direction: in truth, {words}"),
            "Give `higher_is_better` in metric.py the value that task.toml states.",
        );
    }
}

/// What a line of Python assigns to `name`, which may be annotated; a comment assigns nothing.
fn assigned<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (left, right) = line.split_once('=')?;
    let left = left.split(':').next()?.trim();
    let right = right.split('#').next()?.trim();
    (left == name).then_some(right)
}

/// Whether the metric suits objective, prediction and distribution of the target.
fn metric_fits(sheet: &mut Sheet, subject: &ReviewSubject<'_>) {
    let manifest = subject.manifest;
    let Some(metric) = Metric::from_name(&manifest.metric.name) else {
        sheet.leave_open("whether the custom metric suits the target");
        return;
    };
    let (objective, prediction) = (manifest.task.objective, manifest.submission.prediction);
    let can_not = matches!(
        (metric.input(), prediction),
        (
            Input::Labels | Input::OrderedLabels,
            Prediction::Number | Prediction::Probability
        ) | (Input::Probability, Prediction::Label | Prediction::Number)
            | (Input::Numbers, Prediction::Label | Prediction::Probability)
    );
    if can_not {
        critical(
            sheet,
            subject.manifest_line("prediction"),
            format!("{} can't grade what a submission holds", metric.title()),
            "Choose a metric for this kind of prediction.",
        );
        return;
    }
    if (objective == Objective::Regression) != (prediction == Prediction::Number) {
        critical(
            sheet,
            subject.manifest_line("objective"),
            format!(
                "the objective is {}, but a submission holds something else",
                objective.as_str()
            ),
            "Make objective and prediction agree.",
        );
    }
    if objective == Objective::Ordinal && metric.input() != Input::OrderedLabels {
        unsuited(
            sheet,
            subject,
            0.5,
            IssueSeverity::Minor,
            format!(
                "{} treats every mistake alike, though the labels are ordered",
                metric.title()
            ),
            "quadratic weighted kappa",
        );
    }
    balance(sheet, subject, metric);
    if let Some(target) = subject.target {
        spread(sheet, subject, metric, target);
    }
}

/// Accuracy where one class is most of the rows, or a ranking where positives are a handful in thousands.
fn balance(sheet: &mut Sheet, subject: &ReviewSubject<'_>, metric: Metric) {
    let Some(labels) = subject.split.map(|split| &split.labels) else {
        return;
    };
    let total: usize = labels.iter().map(|label| label.train).sum();
    let Some(commonest) = labels.iter().max_by_key(|label| label.train) else {
        return;
    };
    let share = commonest.train as f64 / total.max(1) as f64;
    if metric == Metric::Accuracy && share >= UNEVEN {
        let (points, severity) = if share >= IMBALANCED {
            (2.0, IssueSeverity::Major)
        } else {
            (0.5, IssueSeverity::Minor)
        };
        unsuited(
            sheet,
            subject,
            points,
            severity,
            format!(
                "{} of train is `{}`, so naming it always has that accuracy",
                percent(share),
                commonest.label
            ),
            "balanced accuracy, or ROC AUC for two classes",
        );
    } else if metric == Metric::RocAuc && share > 1.0 - RARE {
        unsuited(
            sheet,
            subject,
            0.5,
            IssueSeverity::Minor,
            format!(
                "only {} of train is not `{}`",
                percent(1.0 - share),
                commonest.label
            ),
            "average precision",
        );
    } else if !labels.is_empty() {
        sheet.note(format!(
            "the commonest class is {} of train, which {} bears",
            percent(share),
            metric.title()
        ));
    }
}

/// Squared errors of a target that spans orders of magnitude.
fn spread(sheet: &mut Sheet, subject: &ReviewSubject<'_>, metric: Metric, target: &TargetNumbers) {
    let wide = target.low > 0.0 && target.high / target.low >= ORDERS && target.skewness >= SKEWED;
    if wide && matches!(metric, Metric::Rmse | Metric::R2) {
        unsuited(
            sheet,
            subject,
            0.5,
            IssueSeverity::Minor,
            format!(
                "the target spans orders of magnitude (5 % below {}, 5 % above {}), so that a few rows decide {}",
                short(target.low),
                short(target.high),
                metric.title()
            ),
            "the root mean squared logarithmic error, or the mean absolute error",
        );
    } else {
        sheet.note(format!(
            "half of the target lies below {}, 95 % below {}, which {} bears",
            short(target.median),
            short(target.high),
            metric.title()
        ));
    }
    if metric == Metric::Mape && target.min <= 0.0 && target.max >= 0.0 {
        unsuited(
            sheet,
            subject,
            1.0,
            IssueSeverity::Major,
            "the target is zero or changes its sign, where a relative error has no meaning"
                .to_owned(),
            "the mean absolute error",
        );
    }
}

fn unsuited(
    sheet: &mut Sheet,
    subject: &ReviewSubject<'_>,
    points: f64,
    severity: IssueSeverity,
    message: String,
    better: &str,
) {
    let quote = subject.manifest_line("name");
    sheet.flaw(
        points,
        Flaw {
            severity,
            place: task_format::MANIFEST,
            quote,
            message,
            fix: format!("Consider {better}."),
        },
    );
}

/// A competitor would work on another task than the one that is graded.
fn critical(sheet: &mut Sheet, quote: Option<facts::Quote>, message: String, fix: &str) {
    let place = quote
        .as_ref()
        .map_or(DESCRIPTION, |quote| quote.file.as_str())
        .to_owned();
    sheet.flaw(
        5.0,
        Flaw {
            severity: IssueSeverity::Critical,
            place: &place,
            quote,
            message,
            fix: fix.to_owned(),
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_assignment_assigns() {
        for (line, value) in [
            ("    higher_is_better = False", Some("False")),
            ("higher_is_better: bool=True  # as AUC", Some("True")),
            ("    # higher_is_better = False", None),
            ("    is_higher_is_better = False", None),
            ("    if higher_is_better == False:", None),
        ] {
            assert_eq!(assigned(line, "higher_is_better"), value, "{line}");
        }
    }
}
