//! What a package states, as values to compare with: digests of files, scores, identity.

use std::collections::BTreeSet;

use facts::LadderFacts;
use serde_json::{Value, json};
use task_format::{
    EnvironmentTable, Identity, LadderRung, MANIFEST, Manifest, PUBLIC_DESCRIPTION, Package,
    Redistribution, Role,
};

use crate::compare::Values;

/// Where the ladder stands in full.
pub(crate) const LADDER: &str = "evidence/ladder.json";

/// Digests of the raw files.
pub(crate) fn raw_files(manifest: &Manifest) -> Values {
    let files = manifest.dataset.files.iter();
    files
        .map(|file| (file.path.clone(), json!(file.sha256)))
        .collect()
}

/// Digests of the files that stand in the package, if `present` are those that do.
///
/// Of a recipe, whole folders of data may be left out; of a folder that is there, no file may.
pub(crate) fn shipped_files(package: &Package, present: &BTreeSet<String>) -> Values {
    let entries = package.inventory.entries.iter();
    entries
        .filter(|entry| !(is_data(entry.role) && left_out(package, present, entry.role)))
        .map(|entry| (entry.path.clone(), json!(entry.sha256)))
        .collect()
}

/// Whether the package comes without some of its data.
pub(crate) fn is_bare(package: &Package, present: &BTreeSet<String>) -> bool {
    [Role::Public, Role::Private]
        .into_iter()
        .any(|role| left_out(package, present, role))
}

/// Whether the folder of `role` is left out of a recipe. The description in `public/` says nothing about that: it is no data.
fn left_out(package: &Package, present: &BTreeSet<String>, role: Role) -> bool {
    let mut files = package
        .inventory
        .entries
        .iter()
        .filter(|entry| entry.role == role && entry.path != PUBLIC_DESCRIPTION);
    package.manifest.dataset.redistribution == Redistribution::Recipe
        && !files.any(|entry| present.contains(&entry.path))
}

fn is_data(role: Role) -> bool {
    matches!(role, Role::Public | Role::Private)
}

/// Digests of the files that `prepare.py` makes.
pub(crate) fn prepared_files(package: &Package) -> Values {
    let entries = package.inventory.entries.iter();
    entries
        .filter(|entry| is_data(entry.role) && entry.path != PUBLIC_DESCRIPTION)
        .map(|entry| (entry.path.clone(), json!(entry.sha256)))
        .collect()
}

/// What the manifest says of the whole.
pub(crate) fn identity(manifest: &Manifest) -> Values {
    let identity = Identity {
        digest: manifest.digest.clone(),
        canary: manifest.canary.clone(),
    };
    identity_values(&identity, &manifest.environment)
}

/// An identity and an environment as values.
pub(crate) fn identity_values(identity: &Identity, environment: &EnvironmentTable) -> Values {
    let value = |name: &str, text: &str| (name.to_owned(), json!(text));
    Values::from([
        value("digest", &identity.digest),
        value("canary", &identity.canary),
        value("environment.name", &environment.name),
        value("environment.nar_hash", &environment.nar_hash),
    ])
}

/// The manifest's scores.
pub(crate) fn manifest_scores(manifest: &Manifest) -> Values {
    let rungs = manifest.ladder.iter();
    rungs
        .flat_map(|(name, rung)| rung_values(name, rung))
        .collect()
}

/// The same of facts: solvers without a score are left out, and the interval of a score without one is the score.
pub(crate) fn scores(ladder: &LadderFacts) -> Values {
    let rungs = ladder.rungs.iter();
    rungs
        .filter_map(|rung| {
            let score = rung.score?;
            let (low, high) = rung.interval.unwrap_or((score, score));
            let interval = [low, high];
            Some(rung_values(&rung.name, &LadderRung { score, interval }))
        })
        .flatten()
        .collect()
}

fn rung_values(name: &str, rung: &LadderRung) -> [(String, Value); 3] {
    let [low, high] = rung.interval;
    [("score", rung.score), ("low", low), ("high", high)]
        .map(|(what, value)| (format!("{MANIFEST} [ladder] {name} {what}"), json!(value)))
}

/// Everything that facts about a ladder hold, number by number.
pub(crate) fn ladder(facts: &LadderFacts) -> Values {
    let mut values = Values::new();
    let mut leaves =
        |about: &str, fact: Value| flatten(format!("{LADDER} {about}"), fact, &mut values);
    for rung in &facts.rungs {
        leaves(&rung.name, as_value(rung));
    }
    leaves("sample", as_value(&facts.sample));
    leaves("sample shuffled", as_value(&facts.sample_shuffled));
    leaves("sample interval", as_value(&facts.sample_interval));
    values
}

fn as_value(fact: &impl serde::Serialize) -> Value {
    serde_json::to_value(fact).expect("facts are structs with string keys")
}

/// Puts every leaf of `value` but nulls into `into`, named by the way to it.
fn flatten(name: String, value: Value, into: &mut Values) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                flatten(format!("{name} {field}"), value, into);
            }
        }
        Value::Array(ends) => {
            for (place, value) in ends.into_iter().enumerate() {
                flatten(format!("{name} {place}"), value, into);
            }
        }
        Value::Null => {}
        leaf => drop(into.insert(name, leaf)),
    }
}

#[cfg(test)]
mod tests {
    use facts::{GradeOutcome, Rung};
    use task_format::Manifest;

    use super::*;
    use crate::{
        compare::{Comparison, Part},
        testing::MadeUp,
    };

    /// Paths that must be on disk when all files but `gone` are.
    fn demanded(redistribution: Redistribution, gone: &[&str]) -> (Vec<String>, bool) {
        let made_up = MadeUp::with(|manifest| manifest.dataset.redistribution = redistribution);
        let paths = made_up
            .package
            .inventory
            .entries
            .iter()
            .map(|entry| entry.path.clone());
        let present: BTreeSet<String> = paths
            .filter(|path| !gone.contains(&path.as_str()))
            .collect();
        let demanded = shipped_files(&made_up.package, &present).into_keys();
        let data =
            demanded.filter(|path| path.starts_with("public/") || path.starts_with("private/"));
        (data.collect(), is_bare(&made_up.package, &present))
    }

    const DATA: [&str; 3] = [
        "private/test_answer.csv",
        "public/test.csv",
        "public/train.csv",
    ];

    #[test]
    fn a_recipe_may_leave_out_whole_folders() {
        let (demanded, bare) = demanded(Redistribution::Recipe, &DATA);
        assert!(demanded.is_empty() && bare, "{demanded:?}");
    }

    #[test]
    fn a_recipe_may_not_leave_out_single_files() {
        let (demanded, bare) = demanded(Redistribution::Recipe, &["public/train.csv"]);
        assert!(
            demanded.contains(&"public/train.csv".to_owned()) && !bare,
            "{demanded:?}"
        );
    }

    #[test]
    fn data_that_may_be_passed_on_must_be_there() {
        let (demanded, bare) = demanded(Redistribution::Data, &DATA);
        assert_eq!(demanded.len(), DATA.len() + 1);
        assert!(!bare);
    }

    #[test]
    fn prepare_makes_all_data_but_the_description() {
        let made_up = MadeUp::new();
        assert_eq!(
            prepared_files(&made_up.package)
                .into_keys()
                .collect::<Vec<_>>(),
            DATA
        );
    }

    fn facts() -> LadderFacts {
        let rung = |name: &str, score, interval| Rung {
            name: name.to_owned(),
            score,
            interval,
            gain_interval: None,
            failure: None,
            invalid: None,
        };
        LadderFacts {
            rungs: vec![
                rung("constant", Some(0.16), Some((0.1, 0.2))),
                rung("linear", Some(0.5), None),
                Rung {
                    invalid: Some("nothing in it".to_owned()),
                    ..rung("forest", None, None)
                },
            ],
            sample: GradeOutcome::Score { value: 0.1 },
            sample_shuffled: GradeOutcome::Score { value: 0.2 },
            sample_interval: Some((0.0, 0.25)),
            host_constants: Vec::new(),
            reference: "constant".to_owned(),
            constant_predictions: Some(1),
        }
    }

    fn manifest() -> Manifest {
        MadeUp::new().package.manifest
    }

    #[test]
    fn facts_are_published_without_solvers_that_failed() {
        assert_eq!(scores(&facts()), manifest_scores(&manifest()));
    }

    #[test]
    fn the_smallest_change_of_a_score_is_named() {
        let mut manifest = manifest();
        let score = &mut manifest.ladder["linear"].score;
        *score = score.next_up();
        let comparison =
            Comparison::of(Part::Ladder, &manifest_scores(&manifest), &scores(&facts()));
        let names: Vec<&str> = comparison
            .differences
            .iter()
            .map(|difference| difference.name.as_str())
            .collect();
        assert_eq!(names, ["task.toml [ladder] linear score"]);
        assert_eq!(comparison.compared, 6);
    }

    #[test]
    fn every_number_of_a_ladder_has_a_name() {
        let lines: Vec<String> = ladder(&facts())
            .iter()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        evidence/ladder.json constant interval 0 = 0.1
        evidence/ladder.json constant interval 1 = 0.2
        evidence/ladder.json constant name = "constant"
        evidence/ladder.json constant score = 0.16
        evidence/ladder.json forest invalid = "nothing in it"
        evidence/ladder.json forest name = "forest"
        evidence/ladder.json linear name = "linear"
        evidence/ladder.json linear score = 0.5
        evidence/ladder.json sample interval 0 = 0.0
        evidence/ladder.json sample interval 1 = 0.25
        evidence/ladder.json sample kind = "score"
        evidence/ladder.json sample shuffled kind = "score"
        evidence/ladder.json sample shuffled value = 0.2
        evidence/ladder.json sample value = 0.1
        "#);
    }
}
