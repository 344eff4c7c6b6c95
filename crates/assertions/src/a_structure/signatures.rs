//! A03: the functions that others call.

use facts::{ClassDef, FunctionDef, SourceFacts};

use crate::context::{Context, Judgement};
use crate::format::{counted, joined};

/// Base class of every metric, whatever it was imported as.
const METRIC_BASE: &str = "CompetitionMetrics";
/// Methods of a metric.
const METRIC_METHODS: [&str; 2] = ["evaluate", "validate_submission"];

/// A03: every Python file parses, `prepare.py` has its function and `metric.py` its one class.
pub(crate) fn signatures(cx: Context<'_>) -> Judgement {
    let sources = cx.subject.sources();
    if sources.is_empty() {
        return Err(cx.skip("no Python file has been read yet"));
    }
    let mut problems = Vec::new();
    let mut evidence = Vec::new();
    for source in &sources {
        if let Some(error) = &source.parse_error {
            problems.push(format!(
                "`{}` does not parse: line {}: {}",
                source.path, error.line, error.message
            ));
            evidence.push(format!("{}:{}", source.path, error.line));
        }
    }
    let parsed =
        |source: Option<&'_ SourceFacts>| source.is_some_and(|source| source.parse_error.is_none());
    if let Some(source) = cx.subject.prepare.filter(|_| parsed(cx.subject.prepare)) {
        problems.extend(prepare(
            source,
            cx.threshold("prepare_parameters") as usize,
            &mut evidence,
        ));
    }
    if let Some(source) = cx.subject.metric.filter(|_| parsed(cx.subject.metric)) {
        problems.extend(metric(
            source,
            cx.threshold("method_parameters") as usize,
            &mut evidence,
        ));
    }
    Ok(match problems.is_empty() {
        true => cx.rule.pass(counted(sources.len(), "Python file")),
        false => cx
            .rule
            .fail(counted(problems.len(), "problem"), joined(&problems))
            .seen_in_all(evidence),
    })
}

fn prepare(source: &SourceFacts, parameters: usize, evidence: &mut Vec<String>) -> Vec<String> {
    let Some(function) = source
        .functions
        .iter()
        .find(|function| function.name == "prepare")
    else {
        evidence.push(source.path.clone());
        return vec![format!("`{}` has no function `prepare`", source.path)];
    };
    wrong_parameters(&source.path, function, parameters, evidence)
        .into_iter()
        .collect()
}

fn metric(source: &SourceFacts, parameters: usize, evidence: &mut Vec<String>) -> Vec<String> {
    let is_metric = |class: &&ClassDef| {
        class
            .bases
            .iter()
            .any(|base| base.rsplit('.').next() == Some(METRIC_BASE))
    };
    let metrics: Vec<&ClassDef> = source.classes.iter().filter(is_metric).collect();
    let [class] = metrics.as_slice() else {
        evidence.push(source.path.clone());
        evidence.extend(
            metrics
                .iter()
                .map(|class| format!("{}:{}", source.path, class.line)),
        );
        return vec![format!(
            "`{}` has {} that derive from `{METRIC_BASE}`",
            source.path,
            counted(metrics.len(), "class")
        )];
    };
    let mut problems = Vec::new();
    for name in METRIC_METHODS {
        match class.methods.iter().find(|method| method.name == name) {
            Some(method) => {
                problems.extend(wrong_parameters(&source.path, method, parameters, evidence))
            }
            None => {
                problems.push(format!("class `{}` has no method `{name}`", class.name));
                evidence.push(format!("{}:{}", source.path, class.line));
            }
        }
    }
    problems
}

/// Further parameters are fine when they have defaults.
fn wrong_parameters(
    path: &str,
    function: &FunctionDef,
    expected: usize,
    evidence: &mut Vec<String>,
) -> Option<String> {
    let most = function.parameters.len();
    let least = most - function.defaults;
    if (least..=most).contains(&expected) {
        return None;
    }
    evidence.push(format!("{path}:{}", function.line));
    let names = function.parameters.join(", ");
    Some(format!(
        "`{}({names})` can't be called with {expected} arguments",
        function.name
    ))
}

#[cfg(test)]
mod tests {
    use findings::Status;

    use crate::testing::{Good, parse};

    fn check(prepare: &str, metric: &str, expected: &str) {
        let mut good = Good::new();
        good.prepare = parse("prepare.py", prepare);
        good.metric = parse("metric.py", metric);
        let finding = good.judge("A03");
        if expected.is_empty() {
            assert_eq!(finding.status, Status::Pass, "{}", finding.message);
        } else {
            assert_eq!(finding.status, Status::Fail);
            assert!(
                finding.message.contains(expected),
                "{expected}: {}",
                finding.message
            );
            assert!(!finding.evidence.is_empty());
        }
    }

    const PREPARE: &str = "def prepare(raw, public, private): pass\n";
    const METRIC: &str = "import taskkit as t\nclass M(t.CompetitionMetrics):\n    def evaluate(self, y_true, y_pred): pass\n    \
                          def validate_submission(self, submission, answers, strict=True): pass\n";

    #[test]
    fn what_passes() {
        check(PREPARE, METRIC, "");
    }

    #[test]
    fn what_fails() {
        check("x = (\n", METRIC, "`prepare.py` does not parse: line 2");
        check(
            "def main(): pass\n",
            METRIC,
            "`prepare.py` has no function `prepare`",
        );
        check(
            "def prepare(raw, out): pass\n",
            METRIC,
            "`prepare(raw, out)` can't be called with 3 arguments",
        );
        check(
            PREPARE,
            "class M: pass\n",
            "`metric.py` has 0 classes that derive",
        );
        check(
            PREPARE,
            &format!("{METRIC}{}", METRIC.replace("class M", "class N")),
            "has 2 classes",
        );
        check(
            PREPARE,
            &METRIC.replace("def evaluate", "def score"),
            "class `M` has no method `evaluate`",
        );
        check(
            PREPARE,
            &METRIC.replace("y_true, y_pred", "y"),
            "`evaluate(self, y)` can't be called",
        );
    }
}
