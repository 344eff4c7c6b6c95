//! Arrows between our own crates: only downwards, or as ARCHITECTURE.md names them. Does not look at
//! third-party crates.

use std::collections::BTreeMap;

use super::{
    Repository, Violation,
    table::{Row, rows},
};

/// From the bottom up; a crate may use every layer below its own.
const LAYERS: [&str; 5] = ["vocabulary", "capability", "step", "product", "tool"];

const RECORD: &str = "ARCHITECTURE.md";

/// One of our packages, as far as arrows go.
struct Crate {
    name: String,
    layer: Option<String>,
    /// Own crates that the crate or its build script uses.
    uses: Vec<String>,
    /// Own crates that only its tests use.
    tests_use: Vec<String>,
}

pub(super) fn check(repository: &Repository) -> Vec<Violation> {
    let Some(record) = repository.file(RECORD) else {
        return vec![Violation::new(RECORD, "is missing")];
    };
    let members = repository.metadata.members();
    let own = |names: &[String]| {
        let is_own = |name: &&String| members.iter().any(|it| it.name == **name);
        names.iter().filter(is_own).cloned().collect()
    };
    let crates: Vec<Crate> = members
        .iter()
        .map(|package| Crate {
            name: package.name.clone(),
            layer: package.layer.clone(),
            uses: own(&package.uses),
            tests_use: own(&package.tests_use),
        })
        .collect();
    judge(&crates, &rows(&record.text))
}

fn judge(crates: &[Crate], record: &[Row]) -> Vec<Violation> {
    let layer_of: BTreeMap<&str, &str> = crates
        .iter()
        .filter_map(|it| Some((it.name.as_str(), it.layer.as_deref()?)))
        .collect();
    let rank = |name: &str| {
        layer_of
            .get(name)
            .and_then(|layer| LAYERS.iter().position(|it| it == layer))
    };
    let is_step = |name: &str| layer_of.get(name) == Some(&"step");
    let mut broken = Vec::new();
    for one in crates {
        let mut complain = |message: String| broken.push(Violation::new(&one.name, message));
        let Some(own_rank) = rank(&one.name) else {
            complain(format!(
                "declares no `layer` of {LAYERS:?} under `[package.metadata.smith]`"
            ));
            continue;
        };
        let Some(row) = record.iter().find(|row| row.name == one.name) else {
            complain(format!("has no row in {RECORD}"));
            continue;
        };
        if Some(row.layer.as_str()) != one.layer.as_deref() {
            complain(format!(
                "is of layer `{}` in {RECORD}, of another in its manifest",
                row.layer
            ));
        }
        for used in &one.uses {
            if is_step(&one.name) && is_step(used) {
                complain(format!("uses `{used}`, but steps never depend on steps"));
            } else if rank(used).is_some_and(|rank| rank > own_rank) {
                complain(format!("uses `{used}`, which is of a higher layer"));
            } else if !row.uses.contains(used) {
                complain(format!(
                    "uses `{used}`, which its row in {RECORD} does not name"
                ));
            }
        }
        for named in row.uses.iter().filter(|named| !one.uses.contains(named)) {
            complain(format!(
                "does not use `{named}`, though its row in {RECORD} names it"
            ));
        }
        for used in one
            .tests_use
            .iter()
            .filter(|used| rank(used).is_some_and(|it| it > own_rank && it < LAYERS.len() - 1))
        {
            complain(format!(
                "tests itself with `{used}`, which is of a higher layer"
            ));
        }
    }
    for row in record
        .iter()
        .filter(|row| !crates.iter().any(|it| it.name == row.name))
    {
        broken.push(Violation::new(
            RECORD,
            format!("has a row for `{}`, which is no package", row.name),
        ));
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD_TEXT: &str = "\
| layer | crate | duty | uses |
|---|---|---|---|
| 0 vocabulary | `low` | d | – |
| 2 step | `left` | d | `low` |
| | `right` | d | `low` |
| 3 product | `top` | d | `left`, `right` |
";

    fn check(name: &str, layer: Option<&str>, uses: &[&str], expected: &str) {
        let one = |name: &str, layer: Option<&str>, uses: &[&str]| Crate {
            name: name.into(),
            layer: layer.map(Into::into),
            uses: uses.iter().map(|&it| it.into()).collect(),
            tests_use: Vec::new(),
        };
        let mut crates = vec![
            one("low", Some("vocabulary"), &[]),
            one("left", Some("step"), &["low"]),
            one("right", Some("step"), &["low"]),
            one("top", Some("product"), &["left", "right"]),
        ];
        crates.retain(|it| it.name != name);
        crates.push(one(name, layer, uses));
        let found: Vec<String> = judge(&crates, &rows(RECORD_TEXT))
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found.is_empty(), expected.is_empty(), "{found:?}");
        assert!(
            found.iter().any(|it| it.contains(expected)) || expected.is_empty(),
            "{found:?}"
        );
    }

    #[test]
    fn arrows_point_down_and_as_recorded() {
        check("left", Some("step"), &["low"], "");
        check(
            "left",
            Some("step"),
            &["low", "right"],
            "left: uses `right`, but steps never depend on steps",
        );
        check(
            "low",
            Some("vocabulary"),
            &["left"],
            "low: uses `left`, which is of a higher layer",
        );
        check(
            "top",
            Some("product"),
            &["left", "right", "low"],
            "`low`, which its row in ARCHITECTURE.md does not name",
        );
        check(
            "top",
            Some("product"),
            &["left"],
            "top: does not use `right`, though",
        );
        check(
            "top",
            Some("step"),
            &["low"],
            "is of layer `product` in ARCHITECTURE.md",
        );
        check("top", None, &[], "top: declares no `layer`");
        check("new", Some("tool"), &[], "new: has no row");
    }

    #[test]
    fn a_row_without_a_package_is_found() {
        let found = judge(&[], &rows(RECORD_TEXT));
        assert_eq!(found.len(), 4, "{found:?}");
    }
}
