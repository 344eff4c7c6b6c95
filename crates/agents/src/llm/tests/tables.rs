//! Conversations about a dataset of several tables, and that those about one are offered nothing of it.

use facts::{ColumnProfile, Combine, OtherTable, Profile, RawFile, Reading, Role};

use super::*;

/// The plants of [`profile`], and beside them 120 beds of which some were flooded.
fn plants_and_beds() -> Profile {
    let mut profile = profile();
    let classes = |name: &str, role, values: &[(&str, usize)]| ColumnProfile {
        name: name.to_owned(),
        role,
        distinct: values.len(),
        categories: values
            .iter()
            .map(|(value, count)| facts::CategoryCount {
                value: (*value).to_owned(),
                count: *count,
            })
            .collect(),
        ..profile.columns[2].clone()
    };
    let beds = OtherTable {
        readings: vec![Reading {
            path: "beds.csv".to_owned(),
            ..profile.readings[0].clone()
        }],
        combine: Combine::Single,
        left_out: Vec::new(),
        rows: 120,
        duplicate_rows: 0,
        columns: vec![
            classes("soil", Role::Category, &[("clay", 50), ("sand", 70)]),
            classes("flooded", Role::Category, &[("no", 80), ("yes", 40)]),
        ],
        relations: Vec::new(),
        entities: Vec::new(),
        times: Vec::new(),
    };
    profile.dataset.files.push(RawFile {
        path: "beds.csv".to_owned(),
        ..profile.dataset.files[0].clone()
    });
    profile.left_out = vec![(
        "beds.csv".to_owned(),
        "another table: 120 rows of 2 columns".to_owned(),
    )];
    profile.others = vec![beds];
    profile
}

fn flooded(table: &str) -> Value {
    let mut form = formulation("flooded");
    form["table"] = json!(table);
    form["sources"] = json!([{
        "table": "plants.csv",
        "features": "plants of the same `bed`, counted; 0 where there is none"
    }]);
    form
}

/// Names of the tools that were offered first, and the schema of one of them.
fn offered(chat: &Scripted, name: &str) -> (Vec<String>, Value) {
    let tools = chat.requests().remove(0).tools;
    let names = tools.iter().map(|tool| tool.name.clone()).collect();
    let tool = tools.iter().find(|tool| tool.name == name).unwrap();
    (names, tool.parameters.clone())
}

#[tokio::test]
async fn every_table_is_told_and_any_can_hold_the_rows() {
    let chat = Scripted::new(vec![
        call("list_files", json!({})),
        call("profile_table", json!({ "table": "beds.csv" })),
        call(
            "profile_column",
            json!({ "column": "soil", "table": "raw/beds.csv" }),
        ),
        // Its imperfections: a table that is none, a column of another table, twice.
        call("profile_table", json!({ "table": "bed.csv" })),
        call("profile_column", json!({ "column": "soil" })),
        call(
            "submit_proposals",
            json!({ "proposals": [flooded("bed.csv"), formulation("flooded")] }),
        ),
        call(
            "submit_proposals",
            json!({ "proposals": [flooded("beds.csv")] }),
        ),
    ]);
    let (policy, python) = (Policy::embedded(), python());
    let conversed = brainstorm(
        &agent(&chat, &policy, &python, 20),
        &plants_and_beds(),
        &Bench::default(),
        &Feedback::default(),
    )
    .await
    .unwrap();
    let Outcome::Handed(Brainstormed::Proposals(proposals)) = conversed.outcome else {
        panic!("{:?}", conversed.outcome)
    };
    assert_eq!(proposals[0].table.as_deref(), Some("beds.csv"));
    assert_eq!(proposals[0].target.counts, [80, 40]);
    assert!(chat.requests()[0].system.contains("\n## Several tables\n"));
    let results: Vec<String> = chat
        .results()
        .into_iter()
        .map(|(name, text)| format!("== {name}\n{text}"))
        .collect();
    insta::assert_snapshot!("several_tables_results", results.join("\n"));
    insta::assert_snapshot!("several_tables_first_message", first_message(&chat));
}

#[tokio::test]
async fn who_makes_the_task_is_told_its_own_table_first() {
    let chat = Scripted::new(Vec::new());
    let form: Formulation = serde_json::from_value(flooded("beds.csv")).unwrap();
    let profile = plants_and_beds();
    let proposal = form.propose(&profile).unwrap();
    let (policy, python) = (Policy::embedded(), python());
    let _nothing = design(
        &agent(&chat, &policy, &python, 1),
        &profile,
        &proposal,
        &Bench::default(),
        &Feedback::default(),
    )
    .await
    .unwrap();
    let told = first_message(&chat);
    assert!(told.contains("\ntable: beds.csv\n"), "{told}");
    assert!(
        told.contains("\n== another table: plants.csv ==\n"),
        "{told}"
    );
    assert!(chat.requests()[0].system.contains("\n## Several tables\n"));
}

#[tokio::test]
async fn of_one_table_nothing_of_several_is_offered() {
    let chat = Scripted::new(vec![submit("mildew")]);
    brainstorm_with(&chat, 5).await;
    let (names, schema) = offered(&chat, "submit_proposals");
    assert!(!names.contains(&"profile_table".to_owned()), "{names:?}");
    let properties = &schema["properties"]["proposals"]["items"]["properties"];
    assert!(properties["target"].is_object());
    assert!(properties["table"].is_null() && properties["sources"].is_null());
    let (_, schema) = offered(&chat, "profile_column");
    assert!(schema["properties"]["table"].is_null());
    assert!(!chat.requests()[0].system.contains("Several tables"));
}
