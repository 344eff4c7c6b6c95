//! Group D: ways in which the answers reach competitors.
//!
//! This file is long because each way is written out.

use std::time::{Duration, SystemTime};

use task_format::{ANSWERS, PUBLIC_TEST, PUBLIC_TRAIN, SAMPLE_SUBMISSION, SplitPolicy};

use super::solvability::{code_of, distinct, set_truth};
use super::{Base, Mutation};
use crate::good::Draw;
use crate::package::Package;
use crate::table::Table;

pub(super) const MUTATIONS: &[Mutation] = &[
    Mutation::fails(
        "rows of train stand in test",
        Base::Labels,
        &["D01"],
        |package| {
            copy_into_test(package, 12, |_| ());
        },
    )
    .on_paper(),
    Mutation::fails(
        "rows of train stand in test with one digit changed",
        Base::Labels,
        &["D02"],
        |package| {
            copy_into_test(package, 12, |row| {
                // The width: it is never missing.
                let cell: f64 = row[3].parse().unwrap();
                row[3] = format!("{:.1}", cell + 0.1);
            });
        },
    )
    .on_paper(),
    Mutation::fails(
        "every specimen is recorded twice, with one digit changed, before a random split",
        Base::Labels,
        &["D02"],
        record_twice,
    )
    .on_paper(),
    Mutation::fails(
        "rows of test stand in the order of their labels",
        Base::Labels,
        &["D03"],
        |package| {
            let (mut test, mut answers) = (package.test(), package.answers());
            let target = package.target();
            let order = order_by(&answers.column(&target));
            test.rows = order.iter().map(|&at| test.rows[at].clone()).collect();
            answers.rows = order.iter().map(|&at| answers.rows[at].clone()).collect();
            package.put(PUBLIC_TEST, &test);
            package.put(ANSWERS, &answers);
        },
    )
    .on_paper(),
    Mutation::warns(
        "rows of train stand in the order of the target",
        Base::Numbers,
        &["D03"],
        |package| {
            let mut train = package.train();
            let order = order_by(&train.column(&package.target()));
            train.rows = order.iter().map(|&at| train.rows[at].clone()).collect();
            package.put(PUBLIC_TRAIN, &train);
        },
    )
    .on_paper(),
    Mutation::fails(
        "ids of test are dealt out by label",
        Base::Labels,
        &["D03"],
        number_by_target,
    )
    .on_paper(),
    Mutation::fails(
        "sizes of public files tell the class",
        Base::Labels,
        &["D03"],
        |package| {
            each_row(package, |package, id, code| {
                package.write(
                    &format!("public/images/{id}.bin"),
                    vec![b'x'; 400 + 20 * code + id % 37],
                );
            });
        },
    )
    .on_paper(),
    Mutation::fails(
        "times of public files tell the class",
        Base::Labels,
        &["D03"],
        |package| {
            each_row(package, |package, id, code| {
                let file = format!("public/images/{id}.bin");
                package.write(&file, format!("{id:05}"));
                let changed = SystemTime::UNIX_EPOCH
                    + Duration::from_secs((1_700_000_000 + 1000 * code + id % 600) as u64);
                let open = fs_err::OpenOptions::new()
                    .write(true)
                    .open(package.path(&file))
                    .unwrap();
                open.file().set_modified(changed).unwrap();
            });
        },
    )
    .on_paper(),
    Mutation::fails(
        "sizes of public images tell the class",
        Base::Labels,
        &["D03"],
        |package| {
            each_row(package, |package, id, code| {
                package.write(
                    &format!("public/images/{id}.png"),
                    png_header(64 + code, 48 + id % 5),
                );
            });
        },
    )
    .on_paper(),
    Mutation::fails(
        "names of public images carry the label",
        Base::Labels,
        &["D03"],
        |package| {
            each_row(package, |package, id, code| {
                let file = format!("public/images/{id}_{}_x{}.png", LEAVES[code], id * 31 % 97);
                package.write(&file, png_header(64 + id % 3, 48 + id % 5));
            });
        },
    )
    .on_paper(),
    Mutation::fails(
        "names of public images carry a number that goes with the label, and a column holds them",
        Base::Labels,
        &["D03"],
        |package| {
            let name = |id: usize, code: usize| {
                format!(
                    "{:x}_0.{}.png",
                    id * 7_919 % 10_007,
                    100 + 150 * code + id % 149
                )
            };
            each_row(package, |package, id, code| {
                let file = format!("public/images/{}", name(id, code));
                package.write(&file, png_header(64 + id % 3, 48 + id % 5));
            });
            let (in_train, in_test) = package.truth();
            let labels = classes(&in_train, &in_test);
            let names = |table: Table, truth: &[String]| -> Vec<String> {
                let rows = table.column("id").into_iter().zip(truth);
                rows.map(|(id, truth)| {
                    name(
                        id.parse().unwrap(),
                        labels.iter().position(|label| label == truth).unwrap(),
                    )
                })
                .collect()
            };
            let in_train = names(package.train(), &in_train);
            let in_test = names(package.test(), &in_test);
            package.add_column("picture", in_train, in_test);
        },
    )
    .on_paper(),
    Mutation::fails(
        "a feature is the number to predict with 2 % noise",
        Base::Numbers,
        &["D04", "D05"],
        |package| {
            let mut draw = Draw::new(21);
            package.add_feature("watch_hours", |truth| {
                format!(
                    "{:.2}",
                    truth.parse::<f64>().unwrap() * draw.between(0.98, 1.02)
                )
            });
        },
    ),
    Mutation::fails(
        "a feature is the class in all but 2 % of the rows",
        Base::Labels,
        &["D04"],
        |package| {
            let mut draw = Draw::new(22);
            let (train, _) = package.truth();
            let labels = distinct(&train);
            package.add_feature("drawer", |truth| {
                let at = labels
                    .iter()
                    .position(|label| label == truth)
                    .expect("every class is in train");
                let told = if draw.chance(0.02) {
                    draw.below(labels.len())
                } else {
                    at
                };
                format!("K{}", 7 * told)
            });
        },
    ),
    Mutation::fails(
        "a feature is the answer in all but 2 % of few rows",
        Base::Probabilities,
        &["D04"],
        |package| {
            let mut draw = Draw::new(22);
            package.add_feature("desk_note", |truth| {
                let told = if draw.chance(0.02) {
                    truth != "yes"
                } else {
                    truth == "yes"
                };
                if told { "closed" } else { "open" }.to_owned()
            });
        },
    ),
    Mutation::fails(
        "a feature is a code of the class",
        Base::Labels,
        &["D05"],
        |package| {
            let (train, _) = package.truth();
            let labels = distinct(&train);
            package.add_feature("drawer", |truth| {
                format!(
                    "K{}",
                    7 * labels
                        .iter()
                        .position(|label| label == truth)
                        .expect("every class is in train")
                )
            });
        },
    )
    .on_paper(),
    Mutation::fails(
        "a feature is the number in another unit",
        Base::Numbers,
        &["D05"],
        |package| {
            package.add_feature("duration_minutes", |truth| {
                format!("{:.0}", 60.0 * truth.parse::<f64>().unwrap())
            });
        },
    )
    .on_paper(),
    Mutation::fails(
        "the split says that it keeps visits of a patient together, and does not",
        Base::Labels,
        &["D06"],
        |package| {
            let mut draw = Draw::new(27);
            let (train, test) = package.truth();
            let mut sheets = |rows: usize| -> Vec<String> {
                (0..rows)
                    .map(|_| format!("P{:03}", draw.below(150)))
                    .collect()
            };
            let (in_train, in_test) = (sheets(train.len()), sheets(test.len()));
            package.add_column("patient_id", in_train, in_test);
            package.manifest.split.policy = SplitPolicy::Group;
            package.manifest.split.column = Some("patient_id".to_owned());
        },
    ),
    Mutation::fails(
        "the split says that it is by a time that nobody has",
        Base::Labels,
        &["A02", "D07"],
        |package| {
            package.manifest.split.policy = SplitPolicy::Time;
            package.manifest.split.column = Some("nowhere".to_owned());
        },
    )
    .on_paper(),
    Mutation::fails(
        "test is the long hikes, as the publisher is said to have parted them",
        Base::Numbers,
        &["D08"],
        |package| {
            part_by_length(package);
            package.manifest.split.policy = SplitPolicy::Official;
        },
    ),
    Mutation::fails(
        "rows of one guide stand on both sides",
        Base::Numbers,
        &["D06"],
        |package| {
            let mut draw = Draw::new(23);
            // Sixty guides, each with a pace of their own that an address tells to whoever has seen the guide before.
            let guides: Vec<(String, f64)> = (0..60)
                .map(|guide| (format!("G{:03}", 100 + 7 * guide), draw.normal(0.0, 2.5)))
                .collect();
            let (train, test) = package.truth();
            let dealt: Vec<usize> = (0..train.len() + test.len())
                .map(|_| draw.below(guides.len()))
                .collect();
            let truth = train.iter().chain(&test).zip(&dealt);
            let slower = truth.map(|(hours, &guide)| {
                format!(
                    "{:.1}",
                    hours.parse::<f64>().unwrap() + 8.0 + guides[guide].1
                )
            });
            set_truth(package, slower.collect());
            let column =
                |dealt: &[usize]| dealt.iter().map(|&guide| guides[guide].0.clone()).collect();
            package.add_column(
                "guide_id",
                column(&dealt[..train.len()]),
                column(&dealt[train.len()..]),
            );
            let height = |dealt: &[usize]| {
                dealt
                    .iter()
                    .map(|guide| (300 + 17 * guide).to_string())
                    .collect()
            };
            package.add_column(
                "home_altitude_m",
                height(&dealt[..train.len()]),
                height(&dealt[train.len()..]),
            );
        },
    ),
    Mutation::warns(
        "a series is divided at random",
        Base::Numbers,
        &["D07"],
        |package| {
            let mut draw = Draw::new(24);
            let (train, test) = package.truth();
            let days: Vec<usize> = (0..train.len() + test.len())
                .map(|_| draw.below(700))
                .collect();
            let walk: Vec<f64> = (0..700)
                .scan(0.0, |height: &mut f64, _| {
                    *height = 0.97 * *height + draw.normal(0.0, 1.2);
                    Some(*height)
                })
                .collect();
            let truth = train.iter().chain(&test).zip(&days);
            let drifting = truth.map(|(hours, &day)| {
                format!("{:.1}", hours.parse::<f64>().unwrap() + 20.0 + walk[day])
            });
            set_truth(package, drifting.collect());
            let date = |day: &usize| {
                format!(
                    "{}-{:02}-{:02}",
                    2020 + day / 336,
                    1 + day % 336 / 28,
                    1 + day % 28
                )
            };
            let column = |days: &[usize]| days.iter().map(date).collect();
            package.add_column(
                "walked_on",
                column(&days[..train.len()]),
                column(&days[train.len()..]),
            );
        },
    ),
    Mutation::fails(
        "train goes on after test has begun",
        Base::Series,
        &["D07"],
        |package| {
            let (mut train, mut test, mut answers) =
                (package.train(), package.test(), package.answers());
            let (truth_in_train, truth) =
                (train.at(&package.target()), answers.at(&package.target()));
            for place in 0..20 {
                let (earlier, later) = (&mut train.rows[9 * place], &mut test.rows[9 * place]);
                for cell in 1..later.len() {
                    std::mem::swap(&mut earlier[cell], &mut later[cell]);
                }
                std::mem::swap(
                    &mut earlier[truth_in_train],
                    &mut answers.rows[9 * place][truth],
                );
            }
            package.put(PUBLIC_TRAIN, &train);
            package.put(PUBLIC_TEST, &test);
            package.put(ANSWERS, &answers);
        },
    ),
    Mutation::fails(
        "test is the long hikes, though the split claims chance",
        Base::Numbers,
        &["D08"],
        |package| {
            part_by_length(package);
            package.manifest.split.policy = SplitPolicy::Random;
        },
    ),
    Mutation::fails(
        "the answers stand in another public file",
        Base::Numbers,
        &["D09"],
        |package| {
            let answers = package.answers();
            let (ids, truth) = (
                answers.column(&package.id()),
                answers.column(&package.target()),
            );
            let lines: Vec<String> = ids
                .iter()
                .zip(&truth)
                .rev()
                .map(|(id, truth)| format!("{id};{truth}"))
                .collect();
            package.add_public(
                "weather.csv",
                "weather of the day",
                format!("row;rain\n{}\n", lines.join("\n")),
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "a code of the answers stands in another public file",
        Base::Labels,
        &["D09"],
        |package| {
            let codes = code_of(&package.answers().column(&package.target()));
            package.add_public(
                "drawers.csv",
                "drawers of the cabinet",
                format!("drawer\n{}\n", codes.join("\n")),
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "a public file stands in no list",
        Base::Numbers,
        &["A02"],
        |package| package.write("public/notes.txt", "Bring water.\n"),
    )
    .on_paper(),
    Mutation::fails(
        "a public file is of a kind that can't be searched",
        Base::Labels,
        &["D09"],
        |package| {
            package.add_public(
                "model.pkl",
                "a model to begin with",
                b"\x80\x04\x95\0\0\0answers",
            );
        },
    )
    .on_paper(),
    Mutation::fails(
        "the sample submission correlates 0.2 with the answers",
        Base::Long,
        &["D10"],
        |package| {
            let mut draw = Draw::new(26);
            let (_, truth) = package.truth();
            let truth: Vec<f64> = truth.iter().map(|cell| cell.parse().unwrap()).collect();
            let mean = truth.iter().sum::<f64>() / truth.len() as f64;
            let variance = truth
                .iter()
                .map(|value| (value - mean) * (value - mean))
                .sum::<f64>()
                / truth.len() as f64;
            let mut sample = package.table(SAMPLE_SUBMISSION);
            let (weight, rest) = (0.2, (1.0_f64 - 0.04).sqrt());
            let drawn = truth
                .iter()
                .map(|value| weight * (value - mean) + rest * draw.normal(0.0, variance.sqrt()));
            let cells: Vec<String> = drawn
                .map(|value| format!("{:.2}", (mean + value).max(1.0)))
                .collect();
            sample.set(&package.target(), cells);
            package.put(SAMPLE_SUBMISSION, &sample);
        },
    )
    .on_paper(),
    Mutation::fails(
        "a class of test is unknown in train",
        Base::Labels,
        &["D11"],
        |package| {
            let (mut train, target) = (package.train(), package.target());
            let at = train.at(&target);
            train.rows.retain(|row| row[at] != "Løn");
            let (test, answers) = (package.test(), package.answers());
            package.divide(train, test, answers);
            package.manifest.data.dropped_rows += 90;
        },
    )
    .on_paper(),
];

/// Takes the longest hikes as test.
fn part_by_length(package: &mut Package) {
    let (mut train, mut test, mut answers) = (package.train(), package.test(), package.answers());
    let (id, target) = (package.id(), package.target());
    let truth = answers.column(&target);
    let usage = answers.column("usage");
    let kept = test.rows.len();
    let mut all: Vec<Vec<String>> = train.rows.clone();
    all.extend(
        test.rows
            .iter()
            .zip(truth)
            .map(|(row, truth)| row.iter().cloned().chain([truth]).collect()),
    );
    let length = train.at("route_length_km");
    all.sort_by(|a, b| {
        a[length]
            .parse::<f64>()
            .unwrap()
            .total_cmp(&b[length].parse().unwrap())
    });
    let long = all.split_off(all.len() - kept);
    let mut draw = Draw::new(25);
    let shuffled = |rows: &[Vec<String>], draw: &mut Draw| -> Vec<Vec<String>> {
        draw.permutation(rows.len())
            .into_iter()
            .map(|at| rows[at].clone())
            .collect()
    };
    train.rows = shuffled(&all, &mut draw);
    let long = shuffled(&long, &mut draw);
    let (id_at, end) = (train.at(&id), train.at(&target));
    answers.rows = long
        .iter()
        .zip(usage)
        .map(|(row, usage)| vec![row[id_at].clone(), row[end].clone(), usage])
        .collect();
    test.rows = long.into_iter().map(|row| row[..end].to_vec()).collect();
    package.divide(train, test, answers);
}

/// Records every specimen of train and of test twice, the second time with another width, and deals the sheets out anew.
fn record_twice(package: &mut Package) {
    let (mut train, mut test, mut answers) = (package.train(), package.test(), package.answers());
    let target = package.target();
    let usage = answers.column("usage");
    let kept = test.rows.len();
    let mut all = train.rows.clone();
    let truth = answers.column(&target);
    all.extend(
        test.rows
            .iter()
            .zip(truth)
            .map(|(row, truth)| row.iter().cloned().chain([truth]).collect()),
    );
    all.truncate(all.len() / 2);
    let width = train.at("blade_width_mm");
    let again: Vec<Vec<String>> = all
        .iter()
        .map(|row| {
            let mut row = row.clone();
            row[width] = format!("{:.1}", row[width].parse::<f64>().unwrap() + 0.1);
            row
        })
        .collect();
    all.extend(again);
    let order = Draw::new(28).permutation(all.len());
    let mut rows: Vec<Vec<String>> = order.into_iter().map(|at| all[at].clone()).collect();
    for (at, row) in rows.iter_mut().enumerate() {
        row[0] = (at + 1).to_string();
    }
    let end = train.at(&target);
    let drawn = rows.split_off(rows.len() - kept);
    train.rows = rows;
    answers.rows = drawn
        .iter()
        .zip(usage)
        .map(|(row, usage)| vec![row[0].clone(), row[end].clone(), usage])
        .collect();
    test.rows = drawn.into_iter().map(|row| row[..end].to_vec()).collect();
    package.divide(train, test, answers);
}

/// A word for each class of the herbarium.
const LEAVES: [&str; 5] = ["ivy", "maple", "acer", "birch", "ginkgo"];

/// Gives test rows the features and the answers of train rows.
fn copy_into_test(package: &mut Package, rows: usize, change: fn(&mut Vec<String>)) {
    let (train, mut test, mut answers) = (package.train(), package.test(), package.answers());
    let (at, end) = (answers.at(&package.target()), train.at(&package.target()));
    for place in 0..rows {
        let source = &train.rows[3 * place];
        let mut row = source[..end].to_vec();
        row[0] = test.rows[place][0].clone();
        change(&mut row);
        test.rows[place] = row;
        answers.rows[place][at] = source[end].clone();
    }
    package.put(PUBLIC_TEST, &test);
    package.put(ANSWERS, &answers);
}

/// Numbers the rows of test by their true values; the order of the file says nothing.
pub(super) fn number_by_target(package: &mut Package) {
    let (mut test, mut answers) = (package.test(), package.answers());
    let mut sample = package.table(SAMPLE_SUBMISSION);
    let mut ids: Vec<u64> = test
        .column(&package.id())
        .iter()
        .map(|id| id.parse().unwrap())
        .collect();
    ids.sort_unstable();
    for (id, place) in ids
        .into_iter()
        .zip(order_by(&answers.column(&package.target())))
    {
        for table in [&mut test, &mut answers, &mut sample] {
            table.rows[place][0] = id.to_string();
        }
    }
    package.put(PUBLIC_TEST, &test);
    package.put(ANSWERS, &answers);
    package.put(SAMPLE_SUBMISSION, &sample);
}

/// Places of the values from low to high, numbers by value.
fn order_by(values: &[String]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(
        |&a, &b| match (values[a].parse::<f64>(), values[b].parse::<f64>()) {
            (Ok(a), Ok(b)) => a.total_cmp(&b),
            _ => values[a].cmp(&values[b]),
        },
    );
    order
}

/// Does something for every row of train and test, given its id and a code of its class; and names the folder in the
/// description.
fn each_row(package: &mut Package, mut make: impl FnMut(&Package, usize, usize)) {
    let rows = |table: Table, truth: Vec<String>| -> Vec<(String, String)> {
        table.column("id").into_iter().zip(truth).collect()
    };
    let (in_train, in_test) = package.truth();
    let labels = classes(&in_train, &in_test);
    let mut all = rows(package.train(), in_train);
    all.extend(rows(package.test(), in_test));
    for (id, truth) in &all {
        let code = labels
            .iter()
            .position(|label| label == truth)
            .expect("every class is known");
        make(package, id.parse().unwrap(), code);
    }
    package.manifest.data.files.push(task_format::DataFile {
        path: "public/images/".to_owned(),
        meaning: "a picture of each row".to_owned(),
    });
    package.replace(
        task_format::DESCRIPTION,
        "- `description.md`",
        "- `images/`: a picture of each row, named by its `id`\n- `description.md`",
    );
}

/// The classes of both sides.
fn classes(in_train: &[String], in_test: &[String]) -> Vec<String> {
    distinct(&[in_train, in_test].concat())
}

/// The first bytes of a PNG, up to its size.
fn png_header(width: usize, height: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend((width as u32).to_be_bytes());
    bytes.extend((height as u32).to_be_bytes());
    bytes.extend(b"\x08\x02\0\0\0\0\0\0\0");
    bytes
}
