//! Tests of the search for answers, on small packages with one further public file.

use facts::{AnswerCopy, AnswerSearch, SplitQuestion};

use super::super::split_facts;
use crate::testing::Folder;

/// 60 train rows and 40 test rows, ids 100 to 139, a feature `x`, a feature `y` and a class or a number as target.
fn package(target: &dyn Fn(usize) -> String, extra: &[(&str, String)]) -> AnswerSearch {
    let mut train = "id,x,y,target\n".to_owned();
    let mut test = "id,x,y\n".to_owned();
    let (mut sample, mut answers) = ("id,target\n".to_owned(), "id,target,usage\n".to_owned());
    for n in 0..60 {
        train.push_str(&format!(
            "{n},{},{},{}\n",
            noise(n, 3),
            noise(n, 5),
            target(n)
        ));
    }
    for n in 100..140 {
        test.push_str(&format!("{n},{},{}\n", noise(n, 3), noise(n, 5)));
        sample.push_str(&format!("{n},{}\n", target(60 + n % 7)));
    }
    // The answers stand in another order than test.
    for n in (100..140).rev() {
        answers.push_str(&format!("{n},{},final\n", target(n)));
    }
    let folder = Folder::new(&[]);
    for name in ["public", "private"] {
        fs_err::create_dir(folder.join(name)).unwrap();
    }
    let files = [
        ("public/train.csv", train),
        ("public/test.csv", test),
        ("public/sample_submission.csv", sample),
        ("private/test_answer.csv", answers),
    ];
    for (path, text) in files
        .iter()
        .map(|(path, text)| (*path, text))
        .chain(extra.iter().map(|(path, text)| (*path, text)))
    {
        fs_err::write(folder.join(path), text).unwrap();
    }
    let question = SplitQuestion {
        id_column: "id".to_owned(),
        targets: vec!["target".to_owned()],
        classification: target(0).parse::<f64>().is_err(),
        predictions: Vec::new(),
        split_column: None,
    };
    let facts = split_facts(&folder.join("public"), &folder.join("private"), &question).unwrap();
    assert_eq!(facts.incomplete, None);
    facts.answer_search
}

fn noise(n: usize, salt: usize) -> usize {
    (n * n * 31 + n * 17 * salt + salt * salt * 101) % 997
}

fn class(n: usize) -> String {
    ["red", "green", "blue"][noise(n, 1) % 3].to_owned()
}

fn number(n: usize) -> String {
    format!("{}.{}", noise(n, 1), noise(n, 2))
}

/// Where, by which rows and in which way the answers were found.
fn found(search: &AnswerSearch) -> Vec<(&str, &str, &str, &str)> {
    let told = |copy: &'_ AnswerCopy| {
        assert_eq!((copy.rows, copy.share), (40, 1.0), "{copy:?}");
    };
    search.found.iter().for_each(told);
    search
        .found
        .iter()
        .map(|copy| {
            (
                copy.path.as_str(),
                copy.column.as_str(),
                copy.aligned_by.as_str(),
                copy.same_as.as_str(),
            )
        })
        .collect()
}

fn lines(rows: impl Iterator<Item = usize>, line: impl Fn(usize) -> String) -> String {
    rows.map(|n| line(n) + "\n").collect()
}

#[test]
fn a_clean_package_has_none() {
    for target in [class, number] {
        let unrelated = lines(100..140, |n| {
            format!("{n}\t{}\t{}", noise(n, 8) % 3, noise(n, 9))
        });
        let search = package(
            &target,
            &[("public/more.tsv", format!("id\tu\tv\n{unrelated}"))],
        );
        assert_eq!(search.found, [], "{:?}", search.found);
        assert!(search.columns >= 4, "{}", search.columns);
        assert_eq!(search.not_searched, []);
    }
}

#[test]
fn copies_under_other_names_and_codes() {
    let by_id = format!(
        "key,k\n{}",
        lines((100..140).rev(), |n| format!("{n},{}", class(n)))
    );
    assert_eq!(
        found(&package(&class, &[("public/notes.bak", by_id)])),
        [("public/notes.bak", "k", "id", "text")]
    );
    let code = |n: usize| {
        ["r", "g", "b"]
            .iter()
            .position(|c| class(n).starts_with(c))
            .unwrap()
    };
    let map: Vec<String> = (100..140)
        .map(|n| format!("\"{n}\": {}", code(n)))
        .collect();
    assert_eq!(
        found(&package(
            &class,
            &[("public/map.json", format!("{{{}}}", map.join(", ")))]
        )),
        [("public/map.json", "value", "id", "code")]
    );
    let raw = format!(
        "y,z,x\n{}",
        lines(0..140, |n| format!(
            "{},{},{}",
            noise(n, 5),
            class(n),
            noise(n, 3)
        ))
    );
    assert!(
        found(&package(&class, &[("public/raw.txt", raw)])).contains(&(
            "public/raw.txt",
            "z",
            "features",
            "text"
        ))
    );
}

#[test]
fn what_was_not_searched_is_said() {
    let search = package(
        &class,
        &[
            ("public/model.pkl", "\u{80}\0\0".to_owned()),
            ("public/0.bmp", "BM".to_owned() + &"\0".repeat(60)),
            ("public/late.bin", format!("{}\0", "a".repeat(600))),
        ],
    );
    let paths: Vec<&str> = search
        .not_searched
        .iter()
        .map(|(path, _)| path.as_str())
        .collect();
    assert_eq!(paths, ["public/late.bin", "public/model.pkl"]);
}

#[test]
fn copies_by_order() {
    let plain = lines(100..140, number);
    let search = package(&number, &[("public/plain", plain)]);
    assert!(
        found(&search).contains(&("public/plain", "line", "row order", "text")),
        "{search:?}"
    );
    let scaled = format!(
        "s;t\n{}",
        lines((100..140).rev(), |n| format!(
            "{:.6};{n}x",
            number(n).parse::<f64>().unwrap() * -2.0 + 7.0
        ))
    );
    let search = package(&number, &[("public/scaled.csv", scaled)]);
    assert!(
        found(&search).contains(&("public/scaled.csv", "s", "order of the answers", "line")),
        "{search:?}"
    );
}
