//! What is read from sources, and that hostile ones end well.

use super::*;

fn names(calls: &[facts::Call]) -> Vec<String> {
    calls
        .iter()
        .map(|call| format!("{}:{}", call.line, call.name))
        .collect()
}

const SOURCE: &str = r#"
"""Documentation may name https://example.org and /tmp/x."""
import os.path
import numpy as np
import pandas as pd
from time import time as now
from sklearn.model_selection import train_test_split
from . import helper

SEED = 7
draw = np.random

def prepare(raw, public, private, extra=1, *, loud=False):
    frame = pd.read_csv(raw / "data.csv").sample(frac=1, random_state=SEED)
    train, test = train_test_split(frame, test_size=0.2)
    home = os.environ["HOME"].lower()
    draw.shuffle(frame)
    with open(f"/tmp/{home}") as file:
        print(now(), len(file.read()))

class Metric(helper.Base):
    """Scores."""
    def evaluate(self, y_true, y_pred):
        return eval("1") + (np.zeros(3) + 1).sum()
"#;

#[test]
fn reads_a_script() {
    let facts = parse("prepare.py", SOURCE);
    assert_eq!(facts.parse_error, None);
    assert_eq!(facts.path, "prepare.py");
    let imports: Vec<String> = facts
        .imports
        .iter()
        .map(|import| {
            format!(
                "{}:{} {}",
                import.line,
                import.module,
                import.names.join(",")
            )
        })
        .collect();
    assert_eq!(
        imports,
        [
            "3:os.path ",
            "4:numpy ",
            "5:pandas ",
            "6:time time",
            "7:sklearn.model_selection train_test_split",
            "8:. helper"
        ]
    );
    let prepare = &facts.functions[0];
    assert_eq!(prepare.parameters, ["raw", "public", "private", "extra"]);
    assert_eq!(
        (prepare.name.as_str(), prepare.defaults, prepare.line),
        ("prepare", 1, 13)
    );
    let class = &facts.classes[0];
    assert_eq!(
        (class.name.as_str(), class.bases.as_slice(), class.line),
        ("Metric", [".helper.Base".to_owned()].as_slice(), 21)
    );
    assert_eq!(class.methods[0].parameters, ["self", "y_true", "y_pred"]);
    assert_eq!(
        names(&facts.calls),
        [
            "14:pandas.read_csv().sample",
            "14:pandas.read_csv",
            "15:sklearn.model_selection.train_test_split",
            "16:os.environ[].lower",
            "17:numpy.random.shuffle",
            "18:open",
            "19:print",
            "19:time.time",
            "19:len",
            "19:file.read",
            "24:eval",
            "24:?.sum",
            "24:numpy.zeros",
        ]
    );
    assert_eq!(facts.calls[0].keywords, ["frac", "random_state"]);
    assert_eq!(
        (facts.calls[2].arguments, facts.calls[2].keywords.as_slice()),
        (1, ["test_size".to_owned()].as_slice())
    );
    assert_eq!(
        names(&facts.attributes),
        ["11:numpy.random", "16:os.environ", "21:.helper.Base"]
    );
    assert_eq!(facts.suspicious_strings, [(18, "/tmp/".to_owned())]);
}

#[test]
fn functions_that_are_passed_around_are_seen() {
    let facts = parse(
        "x.py",
        "from os import system\nrun = system\nrun('ls')\nmap(eval, ['1'])\n",
    );
    assert_eq!(names(&facts.calls), ["3:os.system", "4:map"]);
    assert_eq!(names(&facts.attributes), ["2:os.system", "4:eval"]);
}

#[test]
fn names_the_line_of_an_error() {
    let facts = parse("x.py", "a = 1\nb = (\n");
    assert_eq!(facts.parse_error.as_ref().map(|error| error.line), Some(3));
    assert!(facts.calls.is_empty());
    let newer = parse("x.py", "a = 1\ntype X = int\n");
    let error = newer.parse_error.unwrap();
    assert_eq!(error.line, 2);
    assert!(error.message.contains("3.11"), "{}", error.message);
}

#[test]
fn hostile_sources_end_well() {
    let deep = LONGEST_SOURCE - 10;
    for source in [
        format!("{}1", "-".repeat(deep)),
        format!("a{}", ".a".repeat(deep / 2)),
        format!("a{}", "()".repeat(deep / 2)),
        format!("{}1{}", "(".repeat(deep / 2), ")".repeat(deep / 2)),
        format!("{}{}", "[".repeat(deep / 2), "]".repeat(deep / 2)),
        format!("{}1", "not ".repeat(deep / 4)),
        format!("{}1", "lambda:".repeat(deep / 7)),
        format!("a{}", "+a".repeat(deep / 2)),
        format!("f'{}", "{".repeat(deep)),
        "\0\u{feff}\u{202e}".to_owned(),
        "x".repeat(LONGEST_SOURCE + 1),
    ] {
        let facts = parse("x.py", &source);
        assert_eq!(facts.path, "x.py");
    }
}

#[test]
fn a_literal_none_is_told_from_a_value() {
    let facts = parse("x.py", "f(None, 1, a=None, b=2)\ng(x, None)\n");
    let told = |at: usize| {
        (
            facts.calls[at].first_is_none,
            facts.calls[at].none_keywords.clone(),
        )
    };
    assert_eq!(told(0), (true, vec!["a".to_owned()]));
    assert_eq!(told(1), (false, Vec::new()));
}
