//! Whatever the bytes are, grading ends with a score or a reason, never with an error or a panic; and what does not matter
//! does not change the score.

use grading::{Grade, grade};
use proptest::prelude::*;

use crate::task::Task;

/// A task of every form, with cells that a good submission to it may have, and one that it may not.
fn forms() -> Vec<(Task, Vec<&'static str>, Option<&'static str>)> {
    let words = vec!["i1", "i2 i1", "", "i3 i9"];
    vec![
        (
            Task::numbers(),
            vec!["1", "-2.5", " 3e2 ", "0"],
            Some("NaN"),
        ),
        (Task::labels(), vec!["no", "yes"], Some("maybe")),
        (
            Task::class_probabilities(),
            vec!["0.25", "1", "0.5"],
            Some("1.01"),
        ),
        (
            Task::multi_probabilities(),
            vec!["0", "1", "0.5"],
            Some("-inf"),
        ),
        (Task::multi_numbers(), vec!["1", "-2.5", "1e3"], Some("one")),
        (
            Task::label_sets(),
            vec!["p", "", "r q", "p q r"],
            Some("p s"),
        ),
        (Task::ranking(), words.clone(), None),
        (
            Task::texts(),
            vec!["kitten", "", "nan", "\"a,\n\"\"b\""],
            None,
        ),
        (Task::survival(), vec!["1", "2", "-3"], Some("")),
    ]
}

/// The rows of a submission to a task, of cells drawn by `draws`, the id first.
fn rows(task: &Task, cells: &[&str], draws: &[usize]) -> Vec<Vec<String>> {
    let structure = grading::Structure::read(&task.path("answers.csv"), &task.manifest).unwrap();
    let width = task.manifest.submission.columns.len() - 1;
    let mut draws = draws.iter().cycle();
    let mut cell = || cells[draws.next().unwrap() % cells.len()].to_owned();
    let row = |id: &str| {
        std::iter::once(id.to_owned())
            .chain((0..width).map(|_| cell()))
            .collect()
    };
    structure.ids().map(row).collect()
}

/// The text of a submission with these columns and rows.
fn render(columns: &[String], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("{}\n", cells.join(","));
    let rows = rows.iter().map(|row| line(row));
    std::iter::once(line(columns)).chain(rows).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_have_an_outcome(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for (task, _, _) in forms() {
            prop_assert!(matches!(task.grade(&bytes), Grade::Invalid(_)));
        }
    }

    #[test]
    fn any_rows_below_the_right_header_have_an_outcome(rows in "([abcde\"]{0,2}([,\n]{1,2}[0-9.einfapq,\" -]{0,4}){1,3}\n){0,8}") {
        for (task, _, _) in forms() {
            let header = task.manifest.submission.columns.join(",");
            task.write("submission.csv", format!("{header}\n{rows}").as_bytes());
            let graded = grade(&task.path("submission.csv"), &task.path("answers.csv"), &task.manifest);
            prop_assert!(graded.is_ok());
        }
    }

    #[test]
    fn the_order_of_rows_and_columns_does_not_matter(
        draws in prop::collection::vec(any::<usize>(), 12),
        turn in 0..4_usize,
        swap in 0..4_usize,
    ) {
        for (task, cells, _) in forms() {
            let mut columns = task.manifest.submission.columns.clone();
            let mut rows = rows(&task, &cells, &draws);
            let straight = task.grade(render(&columns, &rows));
            let turn = turn % rows.len();
            rows.rotate_left(turn);
            let (last, other) = (rows.len() - 1, swap % rows.len());
            rows.swap(last, other);
            let by = swap % columns.len();
            columns.rotate_left(by);
            rows.iter_mut().for_each(|row| row.rotate_left(by));
            prop_assert!(matches!(straight, Grade::Score { .. }), "{:?}", straight);
            prop_assert_eq!(straight, task.grade(render(&columns, &rows)));
        }
    }

    #[test]
    fn a_single_defect_has_its_reason(draws in prop::collection::vec(any::<usize>(), 12), row in 0..4_usize, column in 1..4_usize) {
        for (task, cells, bad) in forms() {
            let columns = &task.manifest.submission.columns;
            let good = rows(&task, &cells, &draws);
            let (row, column) = (row % good.len(), 1 + column % (columns.len() - 1));
            let code = |change: &dyn Fn(&mut Vec<Vec<String>>)| {
                let mut rows = good.clone();
                change(&mut rows);
                match task.grade(render(columns, &rows)) {
                    Grade::Invalid(invalid) => invalid.code().to_owned(),
                    Grade::Score { value, .. } => format!("score {value}"),
                }
            };
            prop_assert_eq!(code(&|rows| drop(rows.remove(row))), "missing_ids");
            prop_assert_eq!(code(&|rows| rows.push(rows[row].clone())), "duplicate_ids");
            prop_assert_eq!(code(&|rows| rows[row][0] = "nobody".to_owned()), "unknown_ids");
            prop_assert_eq!(code(&|rows| rows[row].push("1".to_owned())), "ragged");
            if let Some(bad) = bad {
                let expected = match bad {
                    "NaN" | "" => "missing_value",
                    "-inf" => "infinite",
                    "one" => "not_a_number",
                    "1.01" => "out_of_range",
                    _ => "unknown_label",
                };
                prop_assert_eq!(code(&|rows| rows[row][column] = bad.to_owned()), expected);
            }
            let mut other = columns.clone();
            other[column] = "else".to_owned();
            let Grade::Invalid(invalid) = task.grade(render(&other, &good)) else {
                panic!("the header is wrong")
            };
            prop_assert_eq!(invalid.code(), "missing_columns");
        }
    }
}
