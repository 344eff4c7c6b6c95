//! A manifest for the tests of this crate.

use task_format::Manifest;

/// A binary task with the columns `id` and `outcome`, scored by ROC AUC.
pub(crate) fn manifest() -> Manifest {
    Manifest::parse(TEXT).unwrap()
}

const TEXT: &str = r#"
schema_version = 1
id = "cells--outcome-binary"
title = "Cells"
digest = ""
canary = ""
provenance = { engine = "rules", smith_version = "0", policy_version = 1, attempts = {} }
milestones = { bronze = 0.8, silver = 0.85, gold = 0.9, derivation = "by hand" }
environment = { name = "tabular", nar_hash = "" }
limits = { wall_seconds = 60, memory_bytes = 1000000, disk_bytes = 1000000, output_bytes = 1000 }
ladder = {}
task = { modality = "tabular", objective = "binary", domain = "medicine", tags = [] }
metric = { name = "roc_auc", direction = "maximize", optimum = 1.0, worst = 0.0, digits = 4 }
split = { policy = "stratified", test_fraction = 0.2, seed = 1, reason = "rows are independent" }
dataset = { name = "cells", source = "made up", licence = "CC0-1.0", redistribution = "data", files = [] }

[data]
id_column = "id"
target_columns = ["outcome"]
feature_columns = ["x"]
train_rows = 4
test_rows = 4
dropped_rows = 0
files = []
dropped_columns = {}

[submission]
columns = ["id", "outcome"]
prediction = "probability"
labels = ["no", "yes"]
positive_label = "yes"
"#;
