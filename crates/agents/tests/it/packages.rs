//! Whole drafts of two small tables, as a person would read them.

use std::fmt::Write as _;

use agents::rules::{brainstorm, design, refactor};
use agents::{Prepared, Proposal};
use facts::{Profile, RefusalReason, Role, Storage};

use crate::tables;

/// What a run of `prepare.py` would have given.
fn prepared(proposal: &Proposal, rows: u64) -> Prepared {
    let test_rows = (rows as f64 * proposal.split.test_fraction) as u64;
    let mut test_columns = vec![proposal.id_column.clone()];
    test_columns.extend(
        proposal
            .features
            .iter()
            .map(|feature| feature.column.clone()),
    );
    let first = proposal
        .target
        .labels
        .first()
        .cloned()
        .unwrap_or_else(|| "0.5".to_owned());
    Prepared {
        train_rows: rows - test_rows,
        test_rows,
        test_columns,
        sample_head: vec![
            vec![proposal.id_column.clone(), proposal.target.column.clone()],
            vec!["2".to_owned(), first.clone()],
            vec!["5".to_owned(), first],
        ],
    }
}

fn overview(proposals: &[Proposal]) -> String {
    let mut out = String::new();
    for proposal in proposals {
        let features: Vec<&str> = proposal
            .features
            .iter()
            .map(|feature| feature.column.as_str())
            .collect();
        writeln!(
            out,
            "{}\n  {}\n  {} by {:?}, {}\n  from {}\n  without {:?}\n  {}",
            proposal.id,
            proposal.title,
            proposal.metric.name(),
            proposal.split.policy,
            proposal.split.reason,
            features.join(", "),
            proposal.dropped,
            proposal.rationale,
        )
        .unwrap();
    }
    out
}

/// The best proposal's package as one text.
fn package(profile: &Profile, proposal: &Proposal) -> String {
    let draft = design(profile, proposal);
    let rows = (profile.rows - proposal.dropped_row_count()) as u64;
    let candidate = refactor(profile, proposal, &draft, &prepared(proposal, rows));
    let mut out = String::new();
    for (path, text) in &candidate.files {
        write!(out, "=== {path}\n{text}").unwrap();
    }
    write!(out, "=== task.toml\n{}", candidate.manifest.render()).unwrap();
    out
}

#[test]
fn proposals_of_garden_orders() {
    let proposals = brainstorm(&tables::garden_orders()).unwrap();
    insta::assert_snapshot!("garden_orders_proposals", overview(&proposals));
}

#[test]
fn package_of_garden_orders() {
    let profile = tables::garden_orders();
    let proposals = brainstorm(&profile).unwrap();
    insta::assert_snapshot!("garden_orders", package(&profile, &proposals[0]));
}

#[test]
fn proposals_of_wells() {
    let proposals = brainstorm(&tables::wells()).unwrap();
    insta::assert_snapshot!("wells_proposals", overview(&proposals));
}

#[test]
fn package_of_wells() {
    let profile = tables::wells();
    let proposals = brainstorm(&profile).unwrap();
    insta::assert_snapshot!("wells", package(&profile, &proposals[0]));
}

#[test]
fn what_is_no_task_is_refused_with_its_reason() {
    let table = |rows, columns| {
        let facts = tables::dataset("t", "T", "t.csv", facts::FileKind::Delimited);
        tables::profile(facts, tables::csv("t.csv"), rows, columns)
    };
    let check =
        |profile: &Profile, reason| assert_eq!(brainstorm(profile).unwrap_err().reason, reason);
    let class = || {
        tables::classes(
            "class",
            Role::Category,
            Storage::Text,
            &[("a", 6), ("b", 6)],
        )
    };
    let size = || tables::number("size", Role::Number, 0.0, 1.0, 3, 12);
    check(
        &table(12, vec![size(), class()]),
        RefusalReason::NotEnoughRows,
    );

    let code = |name| tables::column(name, Role::Id, Storage::Text, 249);
    check(
        &table(249, vec![code("iso2c"), code("name")]),
        RefusalReason::IdentifiersOnly,
    );
    check(
        &table(249, vec![code("name"), size()]),
        RefusalReason::NoTarget,
    );
    // Both classes are too rare.
    check(&table(249, vec![class(), class()]), RefusalReason::NoTarget);
}
