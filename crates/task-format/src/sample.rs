//! A manifest for the tests of this crate.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use scoring::Direction;

use crate::*;

/// A small, complete manifest.
pub(crate) fn manifest() -> Manifest {
    Manifest {
        schema_version: SCHEMA_VERSION,
        id: TaskId::new("irises", "species", Objective::Multiclass),
        title: "Which iris is it?".to_owned(),
        digest: String::new(),
        canary: String::new(),
        task: TaskTable {
            modality: Modality::Tabular,
            objective: Objective::Multiclass,
            domain: "botany".to_owned(),
            tags: vec!["tabular".to_owned()],
        },
        data: DataTable {
            id_column: "id".to_owned(),
            target_columns: vec!["species".to_owned()],
            feature_columns: vec!["petal \"length\"".to_owned()],
            train_rows: 100,
            test_rows: 50,
            dropped_rows: 0,
            dropped_columns: BTreeMap::from([("row".to_owned(), "a row number".to_owned())]),
            files: vec![DataFile {
                path: PUBLIC_TRAIN.to_owned(),
                meaning: "labelled rows".to_owned(),
            }],
        },
        submission: SubmissionTable {
            columns: vec!["id".to_owned(), "species".to_owned()],
            prediction: Prediction::Label,
            labels: vec!["setosa".to_owned(), "virginica".to_owned()],
            positive_label: None,
        },
        split: SplitTable {
            policy: SplitPolicy::Stratified,
            test_fraction: 0.3,
            seed: 7,
            column: None,
            reason: "classes stay balanced".to_owned(),
        },
        metric: MetricTable {
            name: "macro_f1".to_owned(),
            direction: Direction::Maximize,
            optimum: 1.0,
            worst: Some(0.0),
            digits: 5,
            parameters: scoring::Parameters::default(),
        },
        dataset: DatasetTable {
            name: "irises".to_owned(),
            source: "sklearn:iris".to_owned(),
            licence: "unstated".to_owned(),
            redistribution: Redistribution::Recipe,
            table: None,
            files: vec![SourceFile {
                path: "iris.csv".to_owned(),
                sha256: "0".repeat(64),
                bytes: 1,
            }],
        },
        limits: LimitsTable {
            wall_seconds: 600,
            memory_bytes: 1 << 32,
            disk_bytes: 1 << 30,
            output_bytes: 1 << 20,
        },
        environment: EnvironmentTable {
            name: "tabular".to_owned(),
            nar_hash: "sha256-x".to_owned(),
        },
        ladder: IndexMap::from([(
            "constant".to_owned(),
            LadderRung {
                score: 0.16,
                interval: [0.1, 0.2],
            },
        )]),
        milestones: Milestones {
            bronze: 0.9,
            silver: 0.93,
            gold: 0.96,
            derivation: "ladder".to_owned(),
        },
        provenance: ProvenanceTable {
            engine: "rules".to_owned(),
            smith_version: "0.1.0".to_owned(),
            policy_version: 1,
            attempts: BTreeMap::from([("design".to_owned(), 1)]),
            cost_usd: Some(0.0),
            prompts: None,
            models: BTreeMap::new(),
        },
    }
}
