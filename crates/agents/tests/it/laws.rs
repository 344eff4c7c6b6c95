//! Laws that hold for any profile, however odd its names.

use std::collections::BTreeSet;

use agents::rules::{brainstorm, design, refactor};
use agents::{Prepared, Proposal};
use facts::{ColumnProfile, FileKind, Profile, Relation, Role, Storage};
use proptest::prelude::*;
use task_format::TaskId;

use crate::tables;

/// Names that break careless templates, and plain ones.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}(_[a-z0-9]{1,4})?",
        "[ -~]{1,20}",
        "\\PC{1,12}",
        Just("class".to_owned()),
        Just("lambda".to_owned()),
        Just("usage".to_owned()),
        Just("id".to_owned()),
        Just("a\"b'c\\d".to_owned()),
        Just("\"\"\"".to_owned()),
        Just("line\nbreak\r\ttab".to_owned()),
        Just("{{ x }} {% y %} {# z #}".to_owned()),
        Just("`tick` | pipe".to_owned()),
        Just("\u{202e}evil\u{2028}".to_owned()),
    ]
}

fn column(rows: usize) -> impl Strategy<Value = ColumnProfile> {
    let classes = proptest::collection::vec(name(), 2..6);
    let role = prop_oneof![Just(Role::Category), Just(Role::Ordinal)];
    prop_oneof![
        (name(), role, classes, 0..30usize).prop_map(move |(name, role, values, missing)| {
            let unique: Vec<String> = values
                .into_iter()
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect();
            let share = (rows - missing) / unique.len();
            let counted: Vec<(&str, usize)> =
                unique.iter().map(|value| (value.as_str(), share)).collect();
            let mut column = tables::classes(&name, role, Storage::Text, &counted);
            column.missing = missing;
            if role == Role::Ordinal {
                column.order = Some(unique.clone());
            }
            column
        }),
        (name(), 0..3u32, 2..200usize, -5.0..50.0f64).prop_map(
            |(name, decimals, distinct, low)| {
                tables::number(&name, Role::Number, low, low + 90.0, decimals, distinct)
            }
        ),
        name().prop_map(|name| tables::column(&name, Role::Id, Storage::Text, 5)),
        name().prop_map(|name| tables::column(&name, Role::Constant, Storage::Text, 1)),
    ]
}

fn profile() -> impl Strategy<Value = Profile> {
    let rows = 60..3000usize;
    rows.prop_flat_map(|rows| {
        (
            Just(rows),
            proptest::collection::vec(column(rows), 1..9),
            (name(), name(), name()),
        )
    })
    .prop_map(|(rows, mut columns, (title, path, description))| {
        let mut seen = BTreeSet::new();
        columns.retain(|column| seen.insert(column.name.clone()));
        let mut facts = tables::dataset("odd", &title, &path, FileKind::Delimited);
        facts.description = Some(description);
        let mut profile = tables::profile(facts, tables::csv(&path), rows, columns);
        if let [a, b, ..] = profile.columns.as_slice() {
            profile.relations = vec![Relation::Determines {
                from: a.name.clone(),
                to: b.name.clone(),
                share: 1.0,
            }];
        }
        profile
    })
}

fn prepared(proposal: &Proposal) -> Prepared {
    Prepared {
        train_rows: 70,
        test_rows: 30,
        test_columns: proposal
            .features
            .iter()
            .map(|feature| feature.column.clone())
            .collect(),
        sample_head: vec![vec![
            proposal.id_column.clone(),
            proposal.target.column.clone(),
        ]],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn proposals_are_few_distinct_and_free_of_the_target(profile in profile()) {
        let Ok(proposals) = brainstorm(&profile) else { return Ok(()) };
        prop_assert!((1..=3).contains(&proposals.len()));
        let ids: BTreeSet<&str> = proposals.iter().map(|proposal| proposal.id.as_str()).collect();
        prop_assert_eq!(ids.len(), proposals.len());
        for proposal in &proposals {
            prop_assert!(TaskId::try_from(proposal.id.as_str().to_owned()).is_ok());
            prop_assert!(!proposal.features.is_empty());
            let target = &proposal.target.column;
            prop_assert!(proposal.features.iter().all(|feature| feature.column != *target));
            prop_assert!(!proposal.dropped.contains_key(target));
            // Every raw column is the target, a feature, or left out with a reason.
            prop_assert_eq!(profile.columns.len(), 1 + proposal.features.len() + proposal.dropped.len());
            prop_assert!(profile.column(&proposal.id_column).is_none());
            prop_assert!((0.0..=1.0).contains(&proposal.score));
            let text = serde_json::to_string(proposal).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Proposal>(&text).unwrap(), proposal);
        }
        prop_assert_eq!(brainstorm(&profile).unwrap(), proposals);
    }

    #[test]
    fn any_name_gives_python_that_parses(profile in profile()) {
        let Ok(proposals) = brainstorm(&profile) else { return Ok(()) };
        for proposal in &proposals {
            let draft = design(&profile, proposal);
            for (path, text) in &draft.files {
                let facts = pysource::parse(path, text);
                prop_assert!(facts.parse_error.is_none(), "{}: {:?}\n{}", path, facts.parse_error, text);
                prop_assert!(text.ends_with('\n') && !text.contains("\n\n\n\n"), "{}\n{}", path, text);
            }
            let candidate = refactor(&profile, proposal, &draft, &prepared(proposal));
            prop_assert_eq!(candidate.files.len(), draft.files.len() + 1);
            task_format::Manifest::parse(&candidate.manifest.render()).unwrap();
        }
    }
}
