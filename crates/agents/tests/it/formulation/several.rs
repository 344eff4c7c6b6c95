//! Formulations for a dataset of several tables: the garden shop's orders, and its customers.

use agents::{Formulation, Prepared, Source, SourcePlan, candidate, rules};
use facts::{Combine, OtherTable, Profile, Role};
use proptest::prelude::*;
use task_format::{Objective, SplitPolicy};

use super::{note, returned};
use crate::tables;

/// Orders, and beside them 150 customers of whom some left.
fn shop() -> Profile {
    let mut profile = tables::garden_orders();
    let reading = facts::Reading {
        path: "customers.csv".to_owned(),
        ..profile.readings[0].clone()
    };
    profile.left_out = vec![(
        "customers.csv".to_owned(),
        "another table: 150 rows of 4 columns".to_owned(),
    )];
    profile.others = vec![OtherTable {
        readings: vec![reading],
        combine: Combine::Single,
        left_out: Vec::new(),
        rows: 150,
        duplicate_rows: 0,
        columns: vec![
            tables::number("customer", Role::Id, 1.0, 150.0, 0, 150),
            tables::number("years", Role::Number, 0.0, 20.0, 1, 60),
            tables::classes(
                "region",
                Role::Category,
                facts::Storage::Text,
                &[("east", 70), ("west", 80)],
            ),
            tables::classes(
                "left",
                Role::Category,
                facts::Storage::Text,
                &[("no", 100), ("yes", 50)],
            ),
        ],
        relations: Vec::new(),
        entities: Vec::new(),
        times: Vec::new(),
    }];
    profile
}

/// Whether a customer left, from what they ordered.
fn left() -> Formulation {
    Formulation {
        table: Some("customers.csv".to_owned()),
        sources: vec![source("orders.csv")],
        target: "left".to_owned(),
        positive_label: Some("yes".to_owned()),
        left_out: Vec::new(),
        ..returned()
    }
}

fn source(table: &str) -> Source {
    Source {
        table: table.to_owned(),
        features: "orders of the same `customer`, counted\nand summed up; 0 where there is none"
            .to_owned(),
    }
}

fn problems(form: &Formulation) -> Vec<String> {
    match form.propose(&shop()) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn a_task_has_the_rows_columns_and_counts_of_the_table_that_was_chosen() {
    let profile = shop();
    let proposal = left().propose(&profile).unwrap();
    assert_eq!(proposal.table.as_deref(), Some("customers.csv"));
    assert_eq!(
        proposal.sources,
        [SourcePlan {
            table: "orders.csv".to_owned(),
            features: "orders of the same `customer`, counted and summed up; 0 where there is none"
                .to_owned(),
        }]
    );
    assert_eq!(proposal.target.labels, ["no", "yes"]);
    assert_eq!(proposal.target.counts, [100, 50]);
    let features: Vec<&str> = proposal
        .features
        .iter()
        .map(|feature| feature.column.as_str())
        .collect();
    assert_eq!(features, ["years", "region"]);
    assert_eq!(proposal.dropped.keys().collect::<Vec<_>>(), ["customer"]);
    let seen = proposal.seen_in(&profile);
    assert_eq!((seen.path(), seen.rows), ("customers.csv", 150));
    assert_eq!(seen.others[0].path(), "orders.csv");
}

#[test]
fn the_main_table_is_named_too_where_there_is_a_choice() {
    let proposal = returned().propose(&shop()).unwrap();
    assert_eq!(proposal.table.as_deref(), Some("orders.csv"));
    let alone = returned().propose(&tables::garden_orders()).unwrap();
    assert_eq!((&alone.table, alone.sources.len()), (&None, 0));
    let json = serde_json::to_string(&alone).unwrap();
    assert!(
        !json.contains("\"table\"") && !json.contains("\"sources\""),
        "{json}"
    );
}

#[test]
fn a_column_of_another_table_is_no_column_of_this_one() {
    let mut form = left();
    form.target = "returned".to_owned();
    form.left_out = vec![note("goods_value", "is of another table")];
    let told = problems(&form).join("\n");
    assert!(
        told.contains(
            "`target` names `returned`, which is no column of the table, but one of `orders.csv`"
        ),
        "{told}"
    );
    assert!(told.contains("`left_out` names `goods_value`"), "{told}");
}

#[test]
fn tables_that_there_are_not_are_told() {
    let of = |table: &str, sources: &[&str]| {
        problems(&Formulation {
            table: Some(table.to_owned()),
            sources: sources.iter().map(|table| source(table)).collect(),
            ..left()
        })
    };
    assert_eq!(
        of("customer.csv", &[]),
        [
            "`table` names `customer.csv`, which is no table of the dataset (`customers.csv`, `orders.csv`); is it `customers.csv`?"
        ]
    );
    assert_eq!(of("raw/customers.csv", &["raw/orders.csv"]), [""; 0]);
    assert_eq!(
        of(
            "customers.csv",
            &["notes.txt", "orders.csv", "orders.csv", "customers.csv"]
        ),
        [
            "`sources` names `notes.txt`, which is no table of the dataset (`customers.csv`, `orders.csv`)",
            "`sources` has `orders.csv` twice",
            "`sources` names `customers.csv`, whose rows are those of the task: its columns are features without being listed",
        ]
    );
    let mut form = left();
    form.sources[0].features = " ".to_owned();
    assert_eq!(problems(&form), ["`sources.features` is empty"]);
}

#[test]
fn a_table_of_keys_and_answers_can_be_predicted_from_sources_alone() {
    let mut profile = shop();
    profile.others[0]
        .columns
        .retain(|column| ["customer", "left"].contains(&column.name.as_str()));
    assert!(left().propose(&profile).is_ok());
    let alone = Formulation {
        sources: Vec::new(),
        ..left()
    };
    let problems = alone.propose(&profile).unwrap_err();
    assert_eq!(
        problems[0].as_str(),
        "no column is left to predict the target from"
    );
}

#[test]
fn the_id_is_no_column_of_any_table() {
    let mut profile = shop();
    profile.columns[0].name = "ID".to_owned();
    let proposal = left().propose(&profile).unwrap();
    assert_eq!(proposal.id_column, "row_id");
}

#[test]
fn rules_know_the_main_table_alone() {
    let (one, several) = (tables::garden_orders(), shop());
    assert_eq!(rules::brainstorm(&one), rules::brainstorm(&several));
}

proptest! {
    /// What is left out is reckoned against the task's own table, however large the others are.
    #[test]
    fn rows_left_out_are_rows_of_the_tasks_table(train in 0..150_u64, test in 0..150_u64, other in 1..100_000_usize) {
        let mut profile = shop();
        profile.rows = other;
        let proposal = left().propose(&profile).unwrap();
        let prepared = Prepared {
            train_rows: train,
            test_rows: test,
            test_columns: vec!["id".to_owned(), "years".to_owned(), "orders".to_owned()],
            sample_head: Vec::new(),
        };
        let prepared_train = tables::garden_orders();
        let made = candidate(&profile, &proposal, &prepared, &prepared_train, &Default::default(), "llm");
        prop_assert_eq!(made.manifest.data.dropped_rows, 150_u64.saturating_sub(train + test));
        prop_assert_eq!(made.manifest.dataset.table.as_deref(), Some("customers.csv"));
        prop_assert_eq!(made.manifest.dataset.files.len(), profile.dataset.files.len());
        prop_assert_eq!(made.manifest.task.objective, Objective::Binary);
        prop_assert_eq!(made.manifest.split.policy, SplitPolicy::Stratified);
    }
}

#[test]
fn the_same_target_of_two_tables_makes_two_tasks() {
    let mut shop = shop();
    let of_customers = shop.others[0].columns[3].clone();
    shop.columns.push(of_customers);
    let customers = left().propose(&shop).unwrap();
    assert_eq!(
        customers.id.as_str(),
        "garden-orders--customers-left-binary"
    );
    let orders = Formulation {
        table: None,
        sources: Vec::new(),
        ..left()
    };
    let orders = orders.propose(&shop).unwrap();
    assert_eq!(orders.id.as_str(), "garden-orders--left-binary");
    let merged = agents::merge(vec![customers, orders.clone(), orders]);
    assert_eq!(merged.len(), 2);
}

#[test]
fn a_table_in_a_folder_called_raw_can_be_named_either_way() {
    let mut shop = shop();
    shop.others[0].readings[0].path = "raw/customers.csv".to_owned();
    for path in ["raw/customers.csv", "raw/raw/customers.csv"] {
        let table = Some(path.to_owned());
        let proposal = Formulation { table, ..left() }.propose(&shop).unwrap();
        assert_eq!(proposal.table.as_deref(), Some("raw/customers.csv"));
    }
}
