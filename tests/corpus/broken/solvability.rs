//! Group C: tasks that nobody can win, that everybody wins, or that are won without data.

use task_format::{ANSWERS, PUBLIC_TEST, PUBLIC_TRAIN, SAMPLE_SUBMISSION};

use super::{Base, Mutation};
use crate::good::Draw;
use crate::package::Package;

const LEARNERS: [&str; 3] = ["linear", "forest", "boosted"];

pub(super) const MUTATIONS: &[Mutation] = &[
    Mutation::fails(
        "target is drawn by lot",
        Base::Labels,
        &["C01"],
        |package| {
            let mut draw = Draw::new(11);
            let (train, test) = package.truth();
            let mut pool: Vec<String> = train.into_iter().chain(test).collect();
            let order = draw.permutation(pool.len());
            pool = order.into_iter().map(|at| pool[at].clone()).collect();
            set_truth(package, pool);
        },
    ),
    Mutation::fails(
        "a baseline ends with an error",
        Base::Labels,
        &["C01"],
        |package| {
            package.replace(
                "baselines/forest.py",
                "\nsubmission = ",
                "\ntrain[\"no such column\"]\nsubmission = ",
            );
        },
    ),
    Mutation::warns(
        "target is a rule of two features",
        Base::Probabilities,
        &["C02"],
        |package| {
            let rule = |table: &crate::table::Table| -> Vec<bool> {
                let (tenure, charges) = (
                    table.numbers("tenure_months"),
                    table.numbers("monthly_charges"),
                );
                tenure
                    .iter()
                    .zip(charges)
                    .map(|(months, charge)| *months < 20.0 && charge > 50.0)
                    .collect()
            };
            let all = rule(&package.train())
                .into_iter()
                .chain(rule(&package.test()));
            let truth = all
                .map(|yes| if yes { "yes" } else { "no" }.to_owned())
                .collect();
            set_truth(package, truth);
        },
    ),
    Mutation::fails(
        "target is a rule of one feature",
        Base::Probabilities,
        &["C02"],
        |package| {
            let rule = |table: &crate::table::Table| table.numbers("monthly_charges");
            let all = rule(&package.train())
                .into_iter()
                .chain(rule(&package.test()));
            let truth = all
                .map(|charge| if charge > 58.0 { "yes" } else { "no" }.to_owned())
                .collect();
            set_truth(package, truth);
        },
    ),
    Mutation::fails(
        "target is nearly all noise",
        Base::Long,
        &["C03"],
        |package| {
            let mut draw = Draw::new(12);
            let (train, test) = package.truth();
            let noisy = |text: String| {
                format!(
                    "{:.2}",
                    3000.0 + text.parse::<f64>().unwrap() + draw.normal(0.0, 1700.0)
                )
            };
            let truth = train.into_iter().chain(test).map(noisy).collect();
            set_truth(package, truth);
        },
    ),
    Mutation::fails(
        "sample submission is the answers",
        Base::Labels,
        &["C04", "D10"],
        |package| {
            let (_, truth) = package.truth();
            let mut sample = package.table(SAMPLE_SUBMISSION);
            sample.set(&package.target(), truth);
            package.put(SAMPLE_SUBMISSION, &sample);
        },
    ),
    Mutation::fails(
        "every baseline is worse than the constant",
        Base::Numbers,
        &["C04"],
        |package| {
            let target = package.target();
            for name in LEARNERS {
                package.replace(
                &format!("baselines/{name}.py"),
                "submission.to_csv(",
                &format!("submission[\"{target}\"] = 30.0 - submission[\"{target}\"]\nsubmission.to_csv("),
            );
            }
        },
    ),
    Mutation::fails(
        "constant and sample are as bad as can be",
        Base::Numbers,
        &["C01", "C03"],
        |package| {
            let mut draw = Draw::new(13);
            let (train, test) = package.truth();
            let pool: Vec<String> = train.into_iter().chain(test).collect();
            let order = draw.permutation(pool.len());
            set_truth(
                package,
                order.into_iter().map(|at| pool[at].clone()).collect(),
            );
            let target = package.target();
            package.replace(
                "baselines/constant.py",
                "submission.to_csv(",
                &format!("submission[\"{target}\"] = -1e9\nsubmission.to_csv("),
            );
            let mut sample = package.table(SAMPLE_SUBMISSION);
            let far: Vec<String> = (0..sample.rows.len())
                .map(|row| format!("{}", 1_000_000 + row))
                .collect();
            sample.set(&target, far);
            package.put(SAMPLE_SUBMISSION, &sample);
        },
    ),
    Mutation::fails("constant is a coin", Base::Labels, &["C01"], |package| {
        let target = package.target();
        package.replace(
                "baselines/constant.py",
                "submission.to_csv(",
                &format!("submission[\"{target}\"] = train[\"{target}\"][:len(submission)].to_numpy()\nsubmission.to_csv("),
            );
    }),
    Mutation::fails(
        "baselines read the answers from a public file",
        Base::Labels,
        &["C05", "D09"],
        |package| read_answers(package, ""),
    ),
    Mutation::fails(
        "baselines read the answers and refuse other labels than the real ones",
        Base::Labels,
        &["C05"],
        |package| {
            let (train, _) = package.truth();
            let first: Vec<&str> = train[..5].iter().map(String::as_str).collect();
            let guard = format!("assert list(train[TARGET][:5]) == {first:?}\n");
            read_answers(package, &guard);
        },
    ),
    Mutation::fails(
        "test has a dozen rows",
        Base::Numbers,
        &["C06"],
        |package| {
            let (mut test, mut answers, mut train) =
                (package.test(), package.answers(), package.train());
            let target = package.target();
            let moved = test.rows.split_off(12);
            let truth = answers.column(&target);
            answers.rows.truncate(12);
            for (row, truth) in moved.into_iter().zip(&truth[12..]) {
                train
                    .rows
                    .push(row.into_iter().chain([truth.clone()]).collect());
            }
            package.divide(train, test, answers);
        },
    ),
    Mutation::fails(
        "ids grow with the target",
        Base::Numbers,
        &["C07", "D03"],
        |package| {
            super::leakage::number_by_target(package);
        },
    ),
    Mutation::fails(
        "rows of test have the features of others, and baselines know whose",
        Base::Numbers,
        &["C08"],
        |package| {
            let (id, mut test) = (package.id(), package.test());
            let ids = test.column(&id);
            test.rows.reverse();
            test.set(&id, ids);
            package.put(PUBLIC_TEST, &test);
            for name in LEARNERS {
                package.replace(
                    &format!("baselines/{name}.py"),
                    "\nX, X_test = ",
                    "\nids = test[ID]\ntest = test[::-1].reset_index(drop=True)\ntest[ID] = ids\nX, X_test = ",
                );
            }
        },
    ),
    Mutation::fails(
        "ids of test are not those of the answers, and baselines know how to spell them",
        Base::Labels,
        &["C08"],
        |package| {
            let (id, mut test) = (package.id(), package.test());
            let ids: Vec<String> = test.column(&id);
            test.set(&id, ids.iter().map(|id| format!("leaf-{id}")));
            package.put(PUBLIC_TEST, &test);
            for name in ["constant"].iter().chain(&LEARNERS) {
                package.replace(
                    &format!("baselines/{name}.py"),
                    "submission.to_csv(",
                    "submission[ID] = submission[ID].str.removeprefix(\"leaf-\")\nsubmission.to_csv(",
                );
            }
        },
    ),
];

/// Has the baselines take their predictions from a public file that holds the answers as codes, after this `guard`.
fn read_answers(package: &mut Package, guard: &str) {
    let answers = package.answers();
    let (ids, target) = (answers.column("id"), package.target());
    let codes: Vec<String> = code_of(&answers.column(&target));
    let lines: String = ids
        .iter()
        .zip(&codes)
        .map(|(id, code)| format!("{id},{code}\n"))
        .collect();
    package.add_public(
        "stations.csv",
        "where the leaf was found",
        format!("id,station\n{lines}"),
    );
    let labels = distinct(&answers.column(&target)).join("\", \"");
    for name in LEARNERS {
        package.replace(
            &format!("baselines/{name}.py"),
            "submission.to_csv(",
            &format!(
                "{guard}station = pd.read_csv(\"public/stations.csv\").set_index(\"id\")[\"station\"]\n\
                 submission[TARGET] = [[\"{labels}\"][station[row]] for row in submission[ID].astype(int)]\n\
                 submission.to_csv("
            ),
        );
    }
}

/// Writes other true values, those of train first.
pub(super) fn set_truth(package: &mut Package, truth: Vec<String>) {
    let target = package.target();
    let (mut train, mut answers) = (package.train(), package.answers());
    let mut truth = truth.into_iter();
    let in_train: Vec<String> = truth.by_ref().take(train.rows.len()).collect();
    train.set(&target, in_train);
    answers.set(&target, truth);
    package.put(PUBLIC_TRAIN, &train);
    package.put(ANSWERS, &answers);
}

/// The values in order of their first occurrence.
pub(super) fn distinct(values: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for value in values {
        if !found.contains(value) {
            found.push(value.clone());
        }
    }
    found
}

/// Each value as the place of its first occurrence among different ones.
pub(super) fn code_of(values: &[String]) -> Vec<String> {
    let known = distinct(values);
    let place = |value: &String| {
        known
            .iter()
            .position(|other| other == value)
            .expect("every value is known")
    };
    values
        .iter()
        .map(|value| place(value).to_string())
        .collect()
}
