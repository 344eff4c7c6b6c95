//! Group E: data that work, and that somebody should have looked at.

use task_format::{DESCRIPTION, PUBLIC_TRAIN};

use super::solvability::distinct;
use super::{Base, Mutation};
use crate::good::Draw;
use crate::package::Package;

pub(super) const MUTATIONS: &[Mutation] = &[
    Mutation::warns(
        "a tenth of train stands there twice",
        Base::Labels,
        &["E01"],
        |package| {
            repeat_rows(package, 45, |label, _| label.to_owned());
        },
    )
    .on_paper(),
    Mutation::warns(
        "equal rows of train have different labels",
        Base::Labels,
        &["E02"],
        |package| {
            repeat_rows(package, 45, |label, labels| {
                let at = labels
                    .iter()
                    .position(|other| other == label)
                    .expect("every label is known");
                labels[(at + 1) % labels.len()].clone()
            });
        },
    )
    .on_paper(),
    Mutation::warns(
        "a feature has one value",
        Base::Labels,
        &["E03"],
        |package| {
            package.add_feature("herbarium", |_| "B".to_owned());
        },
    )
    .on_paper(),
    Mutation::warns(
        "a column of numbers holds words",
        Base::Labels,
        &["E04"],
        |package| {
            let mut draw = Draw::new(41);
            package.add_feature("height_m", |_| {
                if draw.chance(0.06) {
                    "about four".to_owned()
                } else {
                    format!("{:.1}", draw.between(2.0, 9.0))
                }
            });
        },
    )
    .on_paper(),
    Mutation::warns(
        "names were decoded twice",
        Base::Labels,
        &["E05"],
        |package| {
            let mut draw = Draw::new(42);
            package.add_feature("found_by", |_| {
                draw.pick(&[("JÃ³zef", 1.0), ("BjÃ¶rk", 1.0), ("Ann", 2.0)])
                    .to_owned()
            });
        },
    )
    .on_paper(),
    Mutation::warns(
        "a class is rare and nobody says so",
        Base::Labels,
        &["E06"],
        |package| {
            let (mut train, target) = (package.train(), package.target());
            let at = train.at(&target);
            let mut left = 8;
            train.rows.retain(|row| {
                let rare = row[at] == "Løn";
                left -= i32::from(rare && left > 0);
                !rare || left > 0
            });
            let (test, answers) = (package.test(), package.answers());
            package.divide(train, test, answers);
            let text = package.read(DESCRIPTION);
            let start = text
                .find(" The classes by share of rows")
                .expect("it tells the shares");
            let end = start + text[start..].find('\n').expect("a line ends");
            package.write(DESCRIPTION, format!("{}{}", &text[..start], &text[end..]));
        },
    )
    .on_paper(),
    Mutation::warns(
        "an eighth of the labels of train is wrong",
        Base::Apart,
        &["E07"],
        |package| {
            let mut draw = Draw::new(43);
            let (mut train, target) = (package.train(), package.target());
            let truth = train.column(&target);
            let labels = distinct(&truth);
            let noisy = truth.iter().map(|label| {
                if draw.chance(0.15) {
                    labels[draw.below(labels.len())].clone()
                } else {
                    label.clone()
                }
            });
            let noisy: Vec<String> = noisy.collect();
            train.set(&target, noisy);
            package.put(PUBLIC_TRAIN, &train);
        },
    ),
    Mutation::fails(
        "a column holds addresses of e-mail",
        Base::Labels,
        &["E08"],
        |package| {
            let mut number = 0;
            package.add_feature("sent_by", |_| {
                number += 1;
                format!("collector{number}@herbarium-friends.org")
            });
        },
    )
    .on_paper(),
    Mutation::fails(
        "a column holds numbers of payment cards",
        Base::Labels,
        &["E08"],
        |package| {
            let mut draw = Draw::new(44);
            package.add_feature("paid_with", |_| card(&mut draw));
        },
    )
    .on_paper(),
    Mutation::warns("gaps are not declared", Base::Labels, &["E09"], |package| {
        let text = package.read(DESCRIPTION);
        let cut = |line: &str| match line.split_once("; ") {
            Some((before, rest)) if rest.contains("% missing") => format!("{before} |\n"),
            _ => format!("{line}\n"),
        };
        package.write(DESCRIPTION, text.lines().map(cut).collect::<String>());
    })
    .on_paper(),
];

/// Appends copies of rows of train under new ids, with a label made from theirs.
fn repeat_rows(package: &mut Package, count: usize, relabel: fn(&str, &[String]) -> String) {
    let mut train = package.train();
    let (id, target) = (train.at(&package.id()), train.at(&package.target()));
    let labels = distinct(&train.column(&package.target()));
    for copy in 0..count {
        let mut row = train.rows[5 * copy].clone();
        row[id] = (90_000 + copy).to_string();
        row[target] = relabel(&row[target], &labels);
        train.rows.push(row);
    }
    let (test, answers) = (package.test(), package.answers());
    package.divide(train, test, answers);
}

/// The number of a card with the right check digit (Luhn).
fn card(draw: &mut Draw) -> String {
    let mut digits = vec![4];
    digits.extend((0..14).map(|_| draw.below(10)));
    let doubled = |place: usize, digit: usize| match place % 2 {
        0 => digit * 2 / 10 + digit * 2 % 10,
        _ => digit,
    };
    let sum: usize = digits
        .iter()
        .enumerate()
        .map(|(place, digit)| doubled(place, *digit))
        .sum();
    digits.push((10 - sum % 10) % 10);
    digits.iter().map(usize::to_string).collect()
}

#[test]
fn cards_have_the_right_check_digit() {
    let mut draw = Draw::new(1);
    for _ in 0..50 {
        let number = card(&mut draw);
        let digit = |(place, c): (usize, char)| {
            let digit = c.to_digit(10).unwrap();
            if place % 2 == 1 {
                digit * 2 / 10 + digit * 2 % 10
            } else {
                digit
            }
        };
        let sum: u32 = number.chars().rev().enumerate().map(digit).sum();
        assert_eq!((number.len(), sum % 10), (16, 0), "{number}");
    }
}
