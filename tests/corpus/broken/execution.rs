//! Group B: what only running the code can show.

use task_format::{DESCRIPTION, METRIC, PREPARE};

use super::{Base, Mutation};
use crate::package::Package;

/// The native score as the good metric of [`Base::Labels`] computes it.
const ACCURACY: &str = "truth, predicted = align(y_true, y_pred, ID, TARGET)\nscore = float(accuracy_score(truth, predicted))\n";

pub(super) const MUTATIONS: &[Mutation] = &[
    Mutation::fails("prepare asks for a column that the raw data lack", Base::Labels, &["B01"], |package| {
        package.replace(PREPARE, "    data = read_raw(raw)", "    read_raw(raw)[\"altitude\"]\n    data = read_raw(raw)");
    })
    .with_raw(),
    Mutation::fails("prepare writes in the order of a set", Base::Labels, &["B02"], |package| {
        package.replace(
            PREPARE,
            "features = [column for column in data.columns if column != TARGET]",
            "features = list(set(data.columns) - {TARGET})",
        );
        package.prepare_again();
    })
    .with_raw(),
    Mutation::fails("prepare reads files in the order of the folder", Base::Labels, &["B02"], |package| {
        package.replace(
            PREPARE,
            "    data = read_raw(raw)",
            "    listed = [path.name for path in raw.iterdir()]\n    data = read_raw(raw)",
        );
        sentence_about_raw(package, "\" \".join(listed)");
        package.prepare_again();
    })
    .with_raw(),
    Mutation::fails("prepare takes the time from a file that it wrote", Base::Labels, &["B02"], |package| {
        sentence_about_raw(package, "str((public / \"train.csv\").stat().st_mtime_ns)");
        package.prepare_again();
    })
    .with_raw(),
    Mutation::fails("prepare writes times of the machine's zone", Base::Labels, &["B02"], |package| {
        package.replace(PREPARE, "from pathlib import Path", "import datetime\nfrom pathlib import Path");
        sentence_about_raw(package, "str(datetime.datetime.fromtimestamp(1700000000))");
        package.prepare_again();
    })
    .with_raw(),
    Mutation::fails("prepare writes where it ran", Base::Labels, &["B02"], |package| {
        sentence_about_raw(package, "str(public)");
        package.prepare_again();
    })
    .with_raw(),
    Mutation::fails("prepare cleans the raw data up", Base::Labels, &["B03"], |package| {
        package.replace(
            PREPARE,
            "    data = read_raw(raw)",
            "    (raw / \"herbarium.csv\").write_text((raw / \"herbarium.csv\").read_text().strip())\n    data = read_raw(raw)",
        );
    })
    .with_raw(),
    Mutation::fails("manifest counts rows that are not there", Base::Labels, &["B04"], |package| {
        package.manifest.data.train_rows += 3;
    })
    .on_paper(),
    Mutation::fails("manifest leaves out more rows than there are", Base::Labels, &["B04"], |package| {
        package.manifest.data.dropped_rows = 1_000_000_000;
        package.replace(DESCRIPTION, "## Scoring", "Rows of leaves that were torn are left out.\n\n## Scoring");
    })
    .with_raw(),
    Mutation::fails("manifest leaves out rows that nobody explains", Base::Labels, &["B04"], |package| {
        package.manifest.data.dropped_rows = 7;
    })
    .on_paper(),
    Mutation::fails("prepare drops rows and says nothing", Base::Labels, &["B04"], |package| {
        package.replace(
            PREPARE,
            "    # A new order and new ids",
            "    data = data[pd.to_numeric(data[\"teeth\"]) > 7]\n    # A new order and new ids",
        );
        package.replace(PREPARE, "assert len(train) + len(test) == 640", "assert len(train) + len(test) < 640");
        package.prepare_again();
    })
    .with_raw(),
    Mutation::fails("perfect answers miss the optimum", Base::Labels, &["B05"], |package| {
        package.metric_body("evaluate", &format!("{ACCURACY}return score * 0.999"));
    }),
    Mutation::fails("metric compares by place and ignores ids", Base::Labels, &["B06"], |package| {
        package.metric_body(
            "evaluate",
            "return float(accuracy_score(y_true[TARGET].to_numpy(), y_pred[TARGET].to_numpy()))",
        );
    }),
    Mutation::fails("metric takes the second column, whatever its name", Base::Labels, &["B06"], |package| {
        package.metric_body(
            "evaluate",
            "y_pred = pd.DataFrame({ID: y_pred[ID], TARGET: y_pred.iloc[:, 1]})\ntruth, predicted = align(y_true, y_pred, ID, TARGET)\nreturn float(accuracy_score(truth, predicted))",
        );
    }),
    Mutation::fails("metric is random", Base::Labels, &["B06"], |package| {
        package.replace(METRIC, "import pandas as pd", "import numpy as np\nimport pandas as pd");
        let drawn = "return score if score == 1 else score - np.random.default_rng(None).random() / 1000";
        package.metric_body("evaluate", &format!("{ACCURACY}{drawn}"));
    }),
    Mutation::fails("metric remembers how often it was asked", Base::Labels, &["B06"], |package| {
        package.replace(METRIC, "    higher_is_better = True", "    higher_is_better = True\n    asked = 0");
        let body = "type(self).asked += 1\nreturn score if score == 1 else score - self.asked / 10000";
        package.metric_body("evaluate", &format!("{ACCURACY}{body}"));
    }),
    Mutation::fails("metric rises when half is wrong", Base::Labels, &["B07"], |package| {
        package.metric_body("evaluate", &format!("{ACCURACY}return score if score in (0, 1) else 1 - score"));
    }),
    Mutation::fails("metric is flat below nine in ten", Base::Labels, &["B07"], |package| {
        package.metric_body("evaluate", &format!("{ACCURACY}return score if score > 0.96 else 0.5"));
    }),
    Mutation::fails("metric of its own reads two rows", Base::Labels, &["B07"], |package| {
        package.manifest.metric.name = "custom".to_owned();
        let body = "truth, predicted = align(y_true, y_pred, ID, TARGET)\n\
            return float(accuracy_score(truth.head(2), predicted.head(2)))";
        package.metric_body("evaluate", body);
    }),
    Mutation::fails("metric is off by a millionth", Base::Labels, &["B08"], |package| {
        package.metric_body("evaluate", &format!("{ACCURACY}return score if score == 1 else score - 1e-6"));
    }),
    Mutation::fails("metric averages over final rows only", Base::Labels, &["B08"], |package| {
        let body = "y_true = y_true[y_true[\"usage\"] == \"final\"]\n";
        package.metric_body("evaluate", &format!("{body}{ACCURACY}return score"));
    }),
    Mutation::fails("metric averages over matched rows only", Base::Labels, &["B09"], |package| {
        package.metric_body("validate_submission", "check_columns(submission, [ID, TARGET])");
        let body = "both = y_true.merge(y_pred, on=ID, suffixes=(\"_true\", \"_pred\"))\n\
            return float(accuracy_score(both[TARGET + \"_true\"], both[TARGET + \"_pred\"]))";
        package.metric_body("evaluate", body);
    }),
    Mutation::fails("metric skips NaN", Base::Numbers, &["B09"], |package| {
        let check = "check_columns(submission, [ID, TARGET])\ncheck_ids(submission, answers, ID)";
        package.metric_body("validate_submission", check);
        package.replace(
            METRIC,
            "error = predicted.astype(\"float64\") - truth.astype(\"float64\")",
            "error = pd.to_numeric(predicted, errors=\"coerce\") - truth.astype(\"float64\")",
        );
    }),
    // As `float()` reads them, `-nan` is a number that is no `nan`.
    Mutation::fails("metric lets NaN with a sign pass", Base::Numbers, &["B09"], |package| {
        let check = "check_columns(submission, [ID, TARGET])\ncheck_ids(submission, answers, ID)\n\
            signed = submission[TARGET].str.lower() == \"-nan\"\ncheck_numbers(submission[~signed], TARGET)";
        package.metric_body("validate_submission", check);
    }),
    Mutation::fails("metric checks nothing and falls over", Base::Numbers, &["B09"], |package| {
        package.metric_body("validate_submission", "return None");
    }),
    Mutation::fails("metric hides every error behind a score", Base::Labels, &["B09"], |package| {
        package.metric_body("validate_submission", "return None");
        let body = "try:\n    truth, predicted = align(y_true, y_pred, ID, TARGET)\n    \
            return float(accuracy_score(truth, predicted.fillna(\"\")))\nexcept Exception:\n    return 0.0";
        package.metric_body("evaluate", body);
    }),
    Mutation::fails("a baseline depends on where its table lies in memory", Base::Numbers, &["B10"], |package| {
        let target = package.target();
        for name in ["linear", "forest", "boosted"] {
            package.replace(
                &format!("baselines/{name}.py"),
                "submission.to_csv(",
                &format!("submission[\"{target}\"] += id(train) % 100_003 * 1e-9\nsubmission.to_csv("),
            );
        }
    }),
];

/// Has `prepare.py` write a column `origin` of train and test with the value of an expression of Python, which the
/// description explains.
fn sentence_about_raw(package: &mut Package, expression: &str) {
    let written = "    # The sample submission shows the format.";
    package.replace(
        PREPARE,
        written,
        &format!("    (public / \"origin.txt\").write_text({expression})\n{written}"),
    );
    package.add_public("origin.txt", "where the rows come from", "unknown\n");
}
