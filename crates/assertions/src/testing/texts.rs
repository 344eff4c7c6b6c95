//! The files of the good task, as text.

pub(super) const PREPARE: &str = r#"
"""Prepares the cells."""
from pathlib import Path

import numpy as np
import pandas as pd


def prepare(raw: Path, public: Path, private: Path) -> None:
    frame = pd.read_csv(raw / "cells.data.csv")
    order = np.random.default_rng(1729).permutation(len(frame))
    frame.iloc[order].to_csv(public / "train.csv", index=False)
"#;

pub(super) const METRIC: &str = r#"
from sklearn.metrics import roc_auc_score
from taskkit import CompetitionMetrics


class CellMetric(CompetitionMetrics):
    def validate_submission(self, submission, answers):
        pass

    def evaluate(self, y_true, y_pred):
        return float(roc_auc_score(y_true, y_pred))
"#;

pub(super) const DESCRIPTION: &str = r#"# Cells

Predict `outcome` of each cell.

## Files

- `train.csv`: 400 rows
- `test.csv`: 100 rows
- `sample_submission.csv`: a valid submission

## Columns

| column | meaning |
|---|---|
| `id` | numbers the row |
| `radius` | in mm |
| texture | rough or not |
| x | not known |

Two rows without an outcome are left out.

## Submission

```csv
id,outcome
1,0.5
```

Scored by ROC AUC. Higher is better. Give your program a fixed seed.
"#;

pub(super) const MANIFEST: &str = r#"
schema_version = 1
id = "cells--outcome-binary"
title = "Cells"
digest = ""
canary = ""

[task]
modality = "tabular"
objective = "binary"
domain = "medicine"
tags = []

[data]
id_column = "id"
target_columns = ["outcome"]
feature_columns = ["radius", "texture", "x"]
train_rows = 400
test_rows = 100
dropped_rows = 2

[[data.files]]
path = "public/train.csv"
meaning = "labelled rows"

[[data.files]]
path = "public/test.csv"
meaning = "rows to predict"

[[data.files]]
path = "public/sample_submission.csv"
meaning = "a valid submission"

[[data.files]]
path = "public/description.md"
meaning = "the task in words"

[data.dropped_columns]
number = "numbers the rows"

[submission]
columns = ["id", "outcome"]
prediction = "probability"
labels = ["no", "yes"]
positive_label = "yes"

[split]
policy = "stratified"
test_fraction = 0.2
seed = 1729
reason = "rows are independent"

[metric]
name = "roc_auc"
direction = "maximize"
optimum = 1.0
worst = 0.0
digits = 4

[dataset]
name = "cells"
source = "made up"
licence = "CC0-1.0"
redistribution = "data"

[[dataset.files]]
path = "raw/cells.data.csv"
sha256 = "0"
bytes = 1

[limits]
wall_seconds = 60
memory_bytes = 1000000000
disk_bytes = 1000000000
output_bytes = 100000

[environment]
name = "tabular"
nar_hash = "sha256-"

[ladder]

[milestones]
bronze = 0.8
silver = 0.85
gold = 0.9
derivation = "by hand"

[provenance]
engine = "rules"
smith_version = "0.1.0"
policy_version = 1

[provenance.attempts]
"#;
