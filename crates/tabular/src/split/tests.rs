//! Tests of split facts on small packages with known leaks.

use facts::{PredictionColumn, SampleFacts};

use super::*;
use crate::testing::Folder;

/// A package of 120 train and 40 test rows; `columns` give the cell of a row number, the target in train and answers.
fn package(
    columns: &[(&str, &dyn Fn(usize) -> String)],
    target: &dyn Fn(usize) -> String,
    guess: &dyn Fn(usize) -> String,
) -> Folder {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let row = |n: usize| {
        columns
            .iter()
            .map(|(_, cell)| cell(n))
            .collect::<Vec<_>>()
            .join(",")
    };
    let mut train = format!("{},target\n", names.join(","));
    let mut test = format!("id,{}\n", names.join(","));
    let (mut sample, mut answers) = ("id,target\n".to_owned(), "id,target,usage\n".to_owned());
    for n in 0..120 {
        train.push_str(&format!("{},{}\n", row(n), target(n)));
    }
    for n in 120..160 {
        test.push_str(&format!("{n},{}\n", row(n)));
        sample.push_str(&format!("{n},{}\n", guess(n)));
        answers.push_str(&format!("{n},{},final\n", target(n)));
    }
    let files = [
        ("train.csv", train.as_bytes()),
        ("test.csv", test.as_bytes()),
        ("sample_submission.csv", sample.as_bytes()),
    ];
    let folder = Folder::new(&files);
    fs_err::create_dir(folder.join("private")).unwrap();
    fs_err::write(folder.join("private/test_answer.csv"), answers).unwrap();
    folder
}

fn question(classification: bool) -> SplitQuestion {
    SplitQuestion {
        id_column: "id".to_owned(),
        targets: vec!["target".to_owned()],
        classification,
        predictions: vec![PredictionColumn {
            column: "target".to_owned(),
            target: "target".to_owned(),
            class: None,
        }],
        split_column: None,
    }
}

fn facts(folder: &Folder, question: &SplitQuestion) -> SplitFacts {
    split_facts(folder.path(), &folder.join("private"), question).unwrap()
}

/// A number that looks drawn at random, 0 to 996.
fn noise(n: usize, salt: usize) -> usize {
    (n * n * 31 + n * 17 * salt + salt * salt * 101) % 997
}

#[test]
fn leaks_of_a_class() {
    let target = |n: usize| {
        if noise(n, 1).is_multiple_of(2) {
            "yes"
        } else {
            "no"
        }
        .to_owned()
    };
    let folder = package(
        &[
            ("noise", &|n| noise(n, 7).to_string()),
            ("code", &|n| {
                if noise(n, 1).is_multiple_of(2) {
                    "1"
                } else {
                    "2"
                }
                .to_owned()
            }),
            ("gaps", &|n| {
                if noise(n, 1).is_multiple_of(2) {
                    String::new()
                } else {
                    noise(n, 3).to_string()
                }
            }),
            ("copy", &target),
        ],
        &target,
        &|n| {
            if noise(n, 5).is_multiple_of(2) {
                "yes"
            } else {
                "no"
            }
            .to_owned()
        },
    );
    let facts = facts(&folder, &question(true));
    assert_eq!(facts.incomplete, None);
    let feature = |name: &str| {
        facts
            .features
            .iter()
            .find(|feature| feature.column == name)
            .unwrap()
    };
    assert!(
        (0.3..0.72).contains(&feature("noise").power),
        "{:?}",
        feature("noise")
    );
    for leak in ["code", "gaps", "copy"] {
        assert_eq!(
            (feature(leak).power, feature(leak).score),
            (1.0, 1.0),
            "{leak}"
        );
    }
    assert_eq!(feature("code").determines, 1.0);
    assert_eq!((feature("copy").equal, feature("code").equal), (1.0, 0.0));
    assert!(
        facts.sample.association <= facts.sample.permutation_high,
        "{:?}",
        facts.sample
    );
    assert_eq!(facts.sample.rows, 40);
    let rows: Vec<usize> = facts
        .labels
        .iter()
        .map(|label| label.train + label.test)
        .collect();
    assert_eq!(rows.iter().sum::<usize>(), 160);
    assert_eq!(facts.duplicates.test_rows_in_train, 0);
}

#[test]
fn leaks_of_a_number() {
    let target = |n: usize| format!("{}.{:03}", noise(n, 1).pow(2), noise(n, 2));
    let folder = package(
        &[
            ("noise", &|n| noise(n, 7).to_string()),
            ("root", &|n| noise(n, 1).to_string()),
            ("scaled", &|n| {
                format!("{:.3}", noise(n, 1).pow(2) as f64 * 2.2)
            }),
        ],
        &target,
        &target,
    );
    let facts = facts(&folder, &question(false));
    let feature = |name: &str| {
        facts
            .features
            .iter()
            .find(|feature| feature.column == name)
            .unwrap()
    };
    assert!(
        feature("noise").power < 0.3 && feature("noise").rho.unwrap() < 0.3,
        "{:?}",
        feature("noise")
    );
    assert!(
        feature("root").power > 0.95 && feature("root").rho.unwrap() > 0.99,
        "{:?}",
        feature("root")
    );
    assert!(feature("scaled").power > 0.999, "{:?}", feature("scaled"));
    assert!(
        facts.sample.association > 0.99 && facts.sample.permutation_high < 0.6,
        "{:?}",
        facts.sample
    );
    assert!(facts.telltale_values.len() > 20);
    assert!(facts.labels.is_empty());
}

#[test]
fn duplicates_by_copying_and_by_chance() {
    let target = |n: usize| (noise(n, 3) % 3).to_string();
    let fine =
        |n: usize| noise(if n == 150 { 7 } else { n }, 11) as f64 * 1.001 + n.min(149) as f64 * 0.0;
    let folder = package(
        &[
            ("x", &|n| format!("{:.4}", fine(n))),
            ("y", &|n| noise(if n == 150 { 7 } else { n }, 5).to_string()),
        ],
        &target,
        &target,
    );
    let facts_fine = facts(&folder, &question(true));
    assert_eq!(facts_fine.duplicates.test_rows_in_train, 1);
    assert!(!facts_fine.duplicates.expected_by_chance);
    let coarse = package(
        &[
            ("a", &|n| (noise(n, 2) % 2).to_string()),
            ("b", &|n| (noise(n, 9) % 3).to_string()),
        ],
        &target,
        &target,
    );
    let duplicates = facts(&coarse, &question(true)).duplicates;
    assert_eq!(
        (duplicates.test_rows_in_train, duplicates.test_rows),
        (40, 40)
    );
    assert!(duplicates.expected_by_chance);
}

#[test]
fn ids_and_defects() {
    let folder = Folder::new(&[
        ("train.csv", b"id,a,a,,target\n1,2,3,4,x\n2,2\n".as_slice()),
        ("test.csv", b"id,a,target\n1,2,x\n1,3,y\n5,3,y\n"),
        ("sample_submission.csv", b"id,target\n1,x\n9,x\n"),
        ("extra.csv", b"\xff\xfe"),
    ]);
    fs_err::create_dir(folder.join("private")).unwrap();
    fs_err::write(
        folder.join("private/test_answer.csv"),
        "id,target\n1,x\n5,y\n",
    )
    .unwrap();
    let facts = facts(&folder, &question(true));
    let train = &facts.csvs["public/train.csv"];
    assert_eq!((train.empty_headers, train.rows), (1, 2));
    assert_eq!(train.duplicate_headers, ["a"]);
    assert_eq!(train.ragged, [(3, 2)]);
    assert_eq!(
        facts.csvs["public/extra.csv"].error.as_deref(),
        Some("byte 0 is not UTF-8")
    );
    assert_eq!(facts.targets_in_test, ["target"]);
    assert_eq!(facts.ids.repeated_in_test, 1);
    assert_eq!((facts.ids.sample_differs, facts.ids.answers_differ), (2, 0));
    assert_eq!(facts.ids.in_train_and_test, Some(1));
}

#[test]
fn what_is_missing_is_said() {
    let folder = Folder::new(&[("train.csv", b"a,target\n1,x\n")]);
    let all = facts(&folder, &question(true));
    assert_eq!(
        all.incomplete.as_deref(),
        Some("`public/test.csv` is missing or no table")
    );
    assert_eq!(all.csvs.len(), 1);
}

#[test]
fn probabilities_are_compared_with_the_positive_class() {
    let target = |n: usize| {
        if noise(n, 1).is_multiple_of(2) {
            "yes"
        } else {
            "no"
        }
        .to_owned()
    };
    let folder = package(&[("noise", &|n| noise(n, 7).to_string())], &target, &|n| {
        if noise(n, 1).is_multiple_of(2) {
            format!("0.{}", 60 + n % 30)
        } else {
            format!("0.{}", 10 + n % 30)
        }
    });
    let mut asked = question(true);
    asked.predictions[0].class = Some("yes".to_owned());
    let sample = facts(&folder, &asked).sample;
    assert!(
        sample.association > 0.8 && sample.permutation_high < 0.6,
        "{sample:?}"
    );
}

/// A column for each class, and none that is named like the target.
#[test]
fn a_sample_of_class_probabilities_is_compared_by_class() {
    let target = |n: usize| ["ash", "elm", "oak"][noise(n, 1) % 3].to_owned();
    for (told, leaks) in [(1_usize, true), (5, false)] {
        let folder = package(&[("noise", &|n| noise(n, 7).to_string())], &target, &target);
        let mut sample = "id,ash,elm,oak\n".to_owned();
        for n in 120..160 {
            let cell = |class: usize| {
                if noise(n, told) % 3 == class {
                    "0.8"
                } else {
                    "0.1"
                }
            };
            sample.push_str(&format!("{n},{},{},{}\n", cell(0), cell(1), cell(2)));
        }
        fs_err::write(folder.join("sample_submission.csv"), sample).unwrap();
        let mut asked = question(true);
        asked.predictions = ["ash", "elm", "oak"]
            .map(|class| PredictionColumn {
                column: class.to_owned(),
                target: "target".to_owned(),
                class: Some(class.to_owned()),
            })
            .into();
        let facts = facts(&folder, &asked);
        assert_eq!(facts.incomplete, None);
        let SampleFacts {
            association,
            permutation_high,
            rows,
        } = facts.sample;
        assert_eq!(
            (association > permutation_high, rows),
            (leaks, 40),
            "{association} {permutation_high}"
        );
    }
}

#[test]
fn every_target_is_measured() {
    let target = |n: usize| noise(n, 1).to_string();
    let folder = package(
        &[
            ("height", &|n| noise(n, 2).to_string()),
            ("copy", &|n| (noise(n, 2) * 3).to_string()),
        ],
        &target,
        &target,
    );
    let answers: String = (120..160)
        .map(|n| format!("{n},{},{}\n", target(n), noise(n, 2)))
        .collect();
    fs_err::write(
        folder.join("private/test_answer.csv"),
        format!("id,target,height\n{answers}"),
    )
    .unwrap();
    let asked = SplitQuestion {
        targets: vec!["target".to_owned(), "height".to_owned()],
        ..question(false)
    };
    let further = facts(&folder, &asked).further_targets;
    assert_eq!((further.len(), further[0].target.as_str()), (1, "height"));
    assert_eq!(further[0].features[0].column, "copy");
    assert!(further[0].features[0].rho.unwrap() > 0.999, "{further:?}");
}

#[test]
fn hostile_headers_cost_little() {
    let folder = Folder::new(&[
        (
            "wide.csv",
            format!("{}\n1\n", "a,".repeat(100_000)).as_bytes(),
        ),
        (
            "short.csv",
            format!("{}\n{}", "a,".repeat(20_000), "1\n".repeat(200_000)).as_bytes(),
        ),
    ]);
    fs_err::create_dir(folder.join("private")).unwrap();
    let csvs = facts(&folder, &question(true)).csvs;
    let error = |name: &str| csvs[name].error.clone().unwrap_or_default();
    assert_eq!(error("public/wide.csv"), "it has more than 30000 columns");
    assert_eq!(
        error("public/short.csv"),
        "its lines have far fewer cells than its header"
    );
}

#[test]
fn significant_digits_are_counted() {
    let counts: Vec<usize> = ["50000", "12345", "0.0012345", "1.2345e6", "-1.50", "0"]
        .map(significant_digits)
        .into();
    assert_eq!(counts, [1, 5, 5, 5, 2, 0]);
}
