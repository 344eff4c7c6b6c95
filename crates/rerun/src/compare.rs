//! Compares what was published with what came out, value by value; it reads no file and runs nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

/// Values by name: digests by path, scores by solver.
pub(crate) type Values = BTreeMap<String, Value>;

/// What is compared of a task, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    /// The raw files with those that the manifest names.
    Raw,
    /// The package's files with `MANIFEST`.
    Package,
    /// What the manifest says of the whole: digest, canary, environment.
    Identity,
    /// The files that `prepare.py` makes with `MANIFEST`.
    Prepare,
    /// The scores on these files with the published ones.
    Ladder,
}

/// The outcome for one part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Comparison {
    /// The part.
    pub(crate) part: Part,
    /// How many values were compared.
    pub(crate) compared: usize,
    /// Why the part, or the rest of it, could not be compared. Then something differs elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not_compared: Option<String>,
    /// What differs, sorted by name where it was compared at once.
    pub(crate) differences: Vec<Difference>,
}

/// A value that came out differently.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Difference {
    /// Path of a file, or name of a value.
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) kind: Kind,
}

/// How a value differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Another value.
    Changed {
        /// As published.
        expected: Value,
        /// As it came out.
        found: Value,
    },
    /// Published, but not there any more.
    Missing {
        /// As published.
        expected: Value,
    },
    /// There, but not published.
    Unexpected {
        /// As it came out.
        found: Value,
    },
    /// It could not even be made.
    Failed {
        /// What happened.
        reason: String,
    },
}

impl Comparison {
    /// Compares two sets of values.
    pub(crate) fn of(part: Part, expected: &Values, found: &Values) -> Self {
        let names: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
        let differences = names
            .iter()
            .filter_map(|&name| {
                let kind = kind(expected.get(name), found.get(name))?;
                Some(Difference {
                    name: name.clone(),
                    kind,
                })
            })
            .collect();
        Self {
            part,
            compared: names.len(),
            not_compared: None,
            differences,
        }
    }

    /// Two comparisons for the same part, the more important first.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.compared += other.compared;
        self.not_compared = self.not_compared.or(other.not_compared);
        self.differences.extend(other.differences);
        self
    }

    /// A part that could not be made, and so differs.
    pub(crate) fn failed(part: Part, name: &str, reason: String) -> Self {
        let failed = Difference {
            name: name.to_owned(),
            kind: Kind::Failed { reason },
        };
        Self {
            part,
            compared: 0,
            not_compared: None,
            differences: vec![failed],
        }
    }

    /// A part that something else kept from being compared.
    pub(crate) fn skipped(part: Part, reason: &str) -> Self {
        Self {
            part,
            compared: 0,
            not_compared: Some(reason.to_owned()),
            differences: Vec::new(),
        }
    }

    /// Whether all was compared and nothing differs.
    pub(crate) fn identical(&self) -> bool {
        self.differences.is_empty() && self.not_compared.is_none()
    }
}

fn kind(expected: Option<&Value>, found: Option<&Value>) -> Option<Kind> {
    match (expected.cloned(), found.cloned()) {
        (Some(expected), Some(found)) => {
            (!same(&expected, &found)).then_some(Kind::Changed { expected, found })
        }
        (Some(expected), None) => Some(Kind::Missing { expected }),
        (None, Some(found)) => Some(Kind::Unexpected { found }),
        (None, None) => None,
    }
}

/// Equality to the last bit. `1` and `1.0` are one number, because TOML and JSON may write either; `0.0` and `-0.0` are two.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a.to_bits() == b.to_bits(),
            _ => a == b,
        },
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values(pairs: &[(&str, Value)]) -> Values {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    }

    #[test]
    fn every_difference_is_found_and_sorted() {
        let expected = values(&[
            ("same", json!("a")),
            ("gone", json!("b")),
            ("other", json!("c")),
        ]);
        let found = values(&[
            ("same", json!("a")),
            ("other", json!("d")),
            ("new", json!("e")),
        ]);
        let comparison = Comparison::of(Part::Package, &expected, &found);
        assert_eq!(comparison.compared, 4);
        assert!(!comparison.identical());
        insta::assert_json_snapshot!(comparison.differences, @r#"
        [
          {
            "name": "gone",
            "kind": "missing",
            "expected": "b"
          },
          {
            "name": "new",
            "kind": "unexpected",
            "found": "e"
          },
          {
            "name": "other",
            "kind": "changed",
            "expected": "c",
            "found": "d"
          }
        ]
        "#);
    }

    #[test]
    fn numbers_are_equal_to_the_last_bit_or_not_at_all() {
        let next = f64::from_bits(0.1_f64.to_bits() + 1);
        assert!(same(&json!(0.1), &json!(0.1)));
        assert!(!same(&json!(0.1), &json!(next)));
        assert!(!same(&json!(0.0), &json!(-0.0)));
        assert!(same(&json!(1), &json!(1.0)));
        assert!(!same(&json!(1), &json!("1")));
        assert!(!same(&json!(1), &Value::Null));
    }

    #[test]
    fn what_was_not_compared_is_not_identical() {
        assert!(Comparison::of(Part::Raw, &Values::new(), &Values::new()).identical());
        assert!(!Comparison::skipped(Part::Ladder, "why").identical());
        assert!(!Comparison::failed(Part::Ladder, "x", "why".to_owned()).identical());
    }
}
