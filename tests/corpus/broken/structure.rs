//! Group A: what is wrong on paper.

use scoring::Direction;
use task_format::{
    ANSWERS, DESCRIPTION, METRIC, PREPARE, PUBLIC_TEST, PUBLIC_TRAIN, Redistribution,
    SAMPLE_SUBMISSION,
};

use super::{Base, Mutation};
use crate::package::Package;

const LINEAR: &str = "baselines/linear.py";

pub(super) const MUTATIONS: &[Mutation] = &[
    Mutation::fails("no sample submission", Base::Labels, &["A01"], |package| {
        fs_err::remove_file(package.path(SAMPLE_SUBMISSION)).unwrap();
    })
    .on_paper(),
    Mutation::fails(
        "a public file is a link to the answers",
        Base::Labels,
        &["A01"],
        |package| {
            fs_err::os::unix::fs::symlink(
                "../private/test_answer.csv",
                package.path("public/more.csv"),
            )
            .unwrap();
            package.leave_unsealed();
        },
    )
    .on_paper(),
    Mutation::fails(
        "a file that the format has no place for",
        Base::Labels,
        &["A01"],
        |package| {
            package.write("notes.txt", "to do\n");
            package.leave_unsealed();
        },
    )
    .on_paper(),
    Mutation::fails(
        "manifest turns the metric around",
        Base::Labels,
        &["A02"],
        |package| {
            package.manifest.metric.direction = Direction::Minimize;
            package.replace(DESCRIPTION, "Higher is better", "Lower is better");
        },
    )
    .on_paper(),
    Mutation::fails(
        "manifest asks for limits without end",
        Base::Labels,
        &["A02"],
        |package| package.manifest.limits.wall_seconds = i64::MAX as u64,
    )
    .on_paper(),
    Mutation::fails(
        "manifest misspells a field",
        Base::Labels,
        &["A02"],
        |package| {
            package.replace("task.toml", "train_rows", "trian_rows");
            package.leave_unsealed();
        },
    )
    .on_paper(),
    Mutation::fails(
        "target is listed as a feature",
        Base::Labels,
        &["A02"],
        |package| {
            let target = package.target();
            package.manifest.data.feature_columns.push(target);
        },
    )
    .on_paper(),
    Mutation::fails(
        "prepare takes two folders",
        Base::Labels,
        &["A03"],
        |package| {
            package.replace(
                PREPARE,
                "raw: Path, public: Path, private: Path",
                "raw: Path, public: Path",
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "metric has no evaluate",
        Base::Labels,
        &["A03"],
        |package| {
            package.replace(METRIC, "def evaluate(", "def score(");
        },
    )
    .on_paper(),
    Mutation::fails(
        "a baseline does not parse",
        Base::Labels,
        &["A03"],
        |package| {
            package.replace(LINEAR, "submission = ", "submission = = ");
        },
    )
    .on_paper(),
    Mutation::fails(
        "metric imports what the environment lacks",
        Base::Labels,
        &["A04"],
        |package| {
            package.replace(
                METRIC,
                "import pandas as pd",
                "import pandas as pd\nimport torchmetrics",
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "prepare imports the network",
        Base::Labels,
        &["A05"],
        |package| {
            package.replace(
                PREPARE,
                "from pathlib import Path",
                "import urllib.request\nfrom pathlib import Path",
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "a baseline downloads with requests",
        Base::Labels,
        &["A04", "A05"],
        |package| {
            package.replace(
                LINEAR,
                "import pandas as pd",
                "import pandas as pd\nimport requests",
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "metric evaluates cells",
        Base::Labels,
        &["A05"],
        |package| {
            package.metric_body(
                "evaluate",
                "return float(y_pred[TARGET].map(lambda cell: eval(cell)).mean())",
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "prepare reads an absolute path",
        Base::Labels,
        &["A05"],
        |package| {
            package.replace(
                PREPARE,
                "raw / \"herbarium.csv\"",
                "\"/data/herbarium.csv\"",
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "prepare is seeded by the clock",
        Base::Labels,
        &["A05"],
        |package| {
            package.replace(
                PREPARE,
                "from pathlib import Path",
                "import time\nfrom pathlib import Path",
            );
            package.replace(
                PREPARE,
                "np.random.default_rng(SEED)",
                "np.random.default_rng(int(time.time()))",
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "prepare draws without a seed",
        Base::Labels,
        &["A05"],
        |package| {
            package.replace(
                PREPARE,
                "np.random.default_rng(SEED)",
                "np.random.default_rng()",
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "a baseline starts a process",
        Base::Labels,
        &["A05"],
        |package| {
            package.replace(
                LINEAR,
                "import pandas as pd",
                "import os\n\nimport pandas as pd\n\nos.system(\"id\")",
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "a baseline has no seed but None",
        Base::Labels,
        &["A05"],
        |package| {
            package.replace("baselines/forest.py", "random_state=0", "random_state=None");
        },
    )
    .on_paper(),
    Mutation::fails(
        "description names the wrong direction",
        Base::Labels,
        &["A06"],
        |package| {
            package.replace(DESCRIPTION, "Higher is better", "Lower is better");
        },
    )
    .on_paper(),
    Mutation::fails(
        "description says both directions",
        Base::Numbers,
        &["A06"],
        |package| {
            package.replace(
                DESCRIPTION,
                "Lower is better",
                "The higher the score, the better; lower is better",
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "description says the wrong direction of the score and the right one of a floor",
        Base::Numbers,
        &["A06"],
        |package| {
            package.replace(DESCRIPTION, "Lower is better", "Higher is better");
            let text = package.read(DESCRIPTION);
            let more =
                "The climb is told from the lower floor of the hut: lower is better for the knees.";
            package.write(DESCRIPTION, format!("{text}\n{more}\n"));
        },
    )
    .on_paper(),
    Mutation::fails(
        "description names another metric",
        Base::Numbers,
        &["A06"],
        name_another_metric,
    )
    .on_paper(),
    Mutation::fails(
        "description leaves out a column",
        Base::Labels,
        &["A06"],
        |package| {
            let text = package.read(DESCRIPTION);
            let kept: Vec<&str> = text
                .lines()
                .filter(|line| !line.starts_with("| `lobe_depth`"))
                .collect();
            package.write(DESCRIPTION, kept.join("\n") + "\n");
        },
    )
    .on_paper(),
    Mutation::fails(
        "description names a file that is not there",
        Base::Labels,
        &["A06"],
        |package| {
            package.replace(
                DESCRIPTION,
                "- `description.md`",
                "- `extra_labels.csv`: more rows\n- `description.md`",
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "description tells the seed",
        Base::Labels,
        &["A07"],
        |package| {
            let seed = package.manifest.split.seed;
            package.replace(
                DESCRIPTION,
                "## Scoring",
                &format!("The rows were divided with seed {seed}.\n\n## Scoring"),
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "description tells the recipe of the split",
        Base::Labels,
        &["A07"],
        |package| {
            let told =
                "The test rows come from `train_test_split(data, test_size=0.3)`.\n\n## Scoring";
            package.replace(DESCRIPTION, "## Scoring", told);
        },
    )
    .on_paper(),
    Mutation::fails(
        "description tells answers",
        Base::Long,
        &["A07"],
        |package| {
            let (_, answers) = package.truth();
            let told = format!(
                "Among the test rows are {}.\n\n## Scoring",
                answers[..8].join(" and ")
            );
            package.replace(DESCRIPTION, "## Scoring", &told);
        },
    )
    .on_paper(),
    Mutation::fails(
        "description tells the label of every test row",
        Base::Labels,
        &["A07"],
        |package| {
            let (ids, (_, truth)) = (package.answers().column("id"), package.truth());
            let rows = ids.iter().zip(&truth);
            let table: String = rows
                .map(|(id, label)| format!("| {id} | {label} |\n"))
                .collect();
            let told = format!("| leaf | seen as |\n| --- | --- |\n{table}\n## Scoring");
            package.replace(DESCRIPTION, "## Scoring", &told);
        },
    )
    .on_paper(),
    Mutation::fails(
        "a public text lists the rows of each class",
        Base::Probabilities,
        &["A07"],
        |package| {
            let (ids, (_, truth)) = (package.answers().column("id"), package.truth());
            let of = |class: &str| {
                let rows = ids.iter().zip(&truth).filter(|(_, label)| *label == class);
                rows.map(|(id, _)| id.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            let text = format!("yes: {}\nno: {}\n", of("yes"), of("no"));
            package.add_public("notes.txt", "what was written down", text);
        },
    )
    .on_paper(),
    Mutation::fails(
        "a line of train is too long",
        Base::Labels,
        &["A08"],
        |package| {
            let mut train = package.train();
            train.rows[7].push("stray".to_owned());
            package.put(PUBLIC_TRAIN, &train);
        },
    )
    .on_paper(),
    Mutation::fails("a header repeats", Base::Labels, &["A08"], |package| {
        let mut test = package.test();
        let teeth = test.column("teeth");
        test.insert(3, "teeth", teeth);
        package.put(PUBLIC_TEST, &test);
    })
    .on_paper(),
    Mutation::fails("test lacks a feature", Base::Labels, &["A08"], |package| {
        let mut test = package.test();
        let at = test.at("teeth");
        for row in test.rows.iter_mut().chain([&mut test.header]) {
            row.remove(at);
        }
        package.put(PUBLIC_TEST, &test);
    })
    .on_paper(),
    Mutation::fails(
        "an id of test stands twice",
        Base::Labels,
        &["A09"],
        |package| {
            let mut test = package.test();
            test.rows[3][0] = test.rows[4][0].clone();
            package.put(PUBLIC_TEST, &test);
        },
    )
    .on_paper(),
    Mutation::fails(
        "sample submission has other ids",
        Base::Labels,
        &["A09"],
        |package| {
            let mut sample = package.table(SAMPLE_SUBMISSION);
            sample.rows[0][0] = "99999".to_owned();
            package.put(SAMPLE_SUBMISSION, &sample);
        },
    )
    .on_paper(),
    Mutation::fails("answers lack an id", Base::Labels, &["A09"], |package| {
        let mut answers = package.answers();
        answers.rows[5][0] = "99999".to_owned();
        package.put(ANSWERS, &answers);
    })
    .on_paper(),
    Mutation::fails(
        "target is left in test",
        Base::Labels,
        &["A10"],
        |package| {
            let (_, truth) = package.truth();
            let mut test = package.test();
            let (end, target) = (test.header.len(), package.target());
            test.insert(end, &target, truth);
            package.put(PUBLIC_TEST, &test);
        },
    )
    .on_paper(),
    Mutation::fails(
        "licence forbids changed copies",
        Base::Labels,
        &["A11"],
        |package| {
            licence(package, "CC BY-NC-ND 4.0");
        },
    )
    .on_paper(),
    Mutation::fails(
        "licence is unknown, data travel all the same",
        Base::Labels,
        &["A11"],
        |package| {
            licence(package, "unknown");
        },
    )
    .on_paper(),
    Mutation::fails(
        "train was changed after sealing",
        Base::Labels,
        &["A12"],
        |package| {
            let mut train = package.train();
            train.rows.swap(0, 1);
            package.put(PUBLIC_TRAIN, &train);
            package.leave_unsealed();
        },
    )
    .on_paper(),
];

fn licence(package: &mut Package, licence: &str) {
    package.manifest.dataset.licence = licence.to_owned();
    package.manifest.dataset.redistribution = Redistribution::Data;
}

/// Has the description score by the mean absolute error, where the manifest scores by the root mean squared one.
pub(super) fn name_another_metric(package: &mut Package) {
    let text = package.read(DESCRIPTION);
    let named = "**root mean squared error (RMSE)**";
    let start = text.find(named).expect("it names the metric");
    let end = start + text[start..].find('.').expect("a sentence ends");
    let told = "**mean absolute error (MAE)**: the mean of |prediction − truth|";
    package.write(
        DESCRIPTION,
        format!("{}{told}{}", &text[..start], &text[end..]),
    );
}
