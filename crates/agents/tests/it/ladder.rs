//! The ladder's solvers for tables that someone else prepared.

use agents::{Derivation, FeatureKind, MetricPlan, Prepared, Proposal, candidate, ladder, rules};
use facts::{Profile, Role, Storage, Trend};
use scoring::Direction;

use crate::tables;

/// What is left of a raw table once it is prepared by a proposal, all of it as train.
fn train(profile: &Profile, proposal: &Proposal) -> Profile {
    let mut train = profile.clone();
    train
        .columns
        .retain(|column| !proposal.dropped.contains_key(&column.name));
    let mut id = tables::number(
        &proposal.id_column,
        Role::Id,
        1.0,
        profile.rows as f64,
        0,
        profile.rows,
    );
    id.numbers.as_mut().unwrap().trend = Trend::None;
    train.columns.insert(0, id);
    // What a profile of the prepared table alone could not know.
    train.entities.clear();
    train.times.clear();
    train.relations.clear();
    train
}

#[test]
fn a_table_that_is_prepared_as_rules_would_has_the_ladder_of_the_rules() {
    for profile in [tables::garden_orders(), tables::wells()] {
        for mut proposal in rules::brainstorm(&profile).unwrap() {
            // All rows are kept and are train, so that the size is the same on both ways.
            proposal.split.test_fraction = 0.0;
            proposal.dropped_rows.clear();
            let mut draft = rules::design(&profile, &proposal).files;
            draft.retain(|path, _| path.starts_with("baselines/"));
            assert_eq!(draft.len(), 4);
            assert_eq!(ladder(&train(&profile, &proposal), &proposal), draft);
        }
    }
}

#[test]
fn any_columns_have_a_ladder_and_solvers_use_those_that_are_there() {
    let profile = tables::garden_orders();
    let mut proposal = rules::brainstorm(&profile).unwrap().remove(0);
    proposal.target.column = "came_back".to_owned();
    proposal.target.derivation = Some(Derivation::Rule {
        from: vec!["returned".to_owned()],
        rule: "as it stands".to_owned(),
    });
    proposal.target.labels.clear();
    proposal.metric = MetricPlan::Custom {
        title: "Cost".to_owned(),
        formula: "The cost.".to_owned(),
        direction: Direction::Minimize,
        optimum: 0.0,
        worst: None,
    };
    let facts = profile.dataset.clone();
    let table = |columns| tables::profile(facts.clone(), tables::csv("train.csv"), 400, columns);
    let target = || {
        tables::classes(
            "came_back",
            Role::Category,
            Storage::Text,
            &[("no", 300), ("yes", 100)],
        )
    };
    let engineered = table(vec![
        target(),
        tables::number("weight_per_item", Role::Number, 0.1, 9.0, 2, 300),
        tables::column("nothing", Role::Constant, Storage::Empty, 0),
    ]);
    let files = ladder(&engineered, &proposal);
    for (path, text) in &files {
        let facts = pysource::parse(path, text);
        assert!(facts.parse_error.is_none(), "{path}\n{text}");
        assert!(!text.contains("goods_value"), "{path}\n{text}");
    }
    assert!(files["baselines/linear.py"].contains("\"weight_per_item\""));
    assert!(files["baselines/linear.py"].contains("UNUSED = [\"nothing\"]"));

    // Text alone is better than nothing.
    let text = table(vec![
        target(),
        tables::column("remark", Role::Text, Storage::Text, 390),
    ]);
    assert!(ladder(&text, &proposal)["baselines/linear.py"].contains("CATEGORIES = [\"remark\"]"));
}

#[test]
fn a_candidate_has_what_was_written_and_the_ladder_and_nothing_else() {
    let mut profile = tables::garden_orders();
    // A file beside the table, which only somebody else's scripts read.
    let beside = facts::RawFile {
        path: "customers.csv".to_owned(),
        ..profile.dataset.files[0].clone()
    };
    profile.dataset.files.push(beside);
    let mut proposal = rules::brainstorm(&profile).unwrap().remove(0);
    let train = train(&profile, &proposal);
    let column = proposal.target.column.clone();
    let labels = std::mem::take(&mut proposal.target.labels);
    // Prepared data spell classes as they are published.
    let mut train = train;
    let raw = train
        .columns
        .iter_mut()
        .find(|other| other.name == column)
        .unwrap();
    raw.categories.clear();
    raw.categories
        .extend(labels.iter().map(|label| facts::CategoryCount {
            value: label.clone(),
            count: 200,
        }));
    let prepared = Prepared {
        train_rows: 400,
        test_rows: 150,
        test_columns: vec![proposal.id_column.clone(), "channel".to_owned()],
        sample_head: Vec::new(),
    };
    let files = [
        "prepare.py",
        "metric.py",
        "description.md",
        "baselines/constant.py",
        "../../escape.py",
        "task.toml",
        "public/train.csv",
    ]
    .map(|path| (path.to_owned(), format!("# written for {path}\n")))
    .into();
    let candidate = candidate(&profile, &proposal, &prepared, &train, &files, "llm");
    let paths: Vec<&str> = candidate.files.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "baselines/boosted.py",
            "baselines/constant.py",
            "baselines/forest.py",
            "baselines/linear.py",
            "description.md",
            "metric.py",
            "prepare.py",
        ]
    );
    assert!(!candidate.files["baselines/constant.py"].contains("written for"));
    let manifest = &candidate.manifest;
    assert_eq!(manifest.provenance.engine, "llm");
    assert_eq!(manifest.data.dropped_rows, 50);
    assert_eq!(manifest.data.feature_columns, ["channel"]);
    let raw: Vec<&str> = manifest
        .dataset
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(raw.last(), Some(&"customers.csv"), "{raw:?}");
    assert_eq!(raw.len(), profile.dataset.files.len());
    assert_eq!(manifest.submission.labels.len(), labels.len());
    task_format::Manifest::parse(&manifest.render()).unwrap();
    assert!(matches!(
        proposal.features[0].kind,
        FeatureKind::Category | FeatureKind::Number { .. }
    ));
}
