//! Whatever the bytes are, grading ends with a score or a reason, never with an error or a panic.

use grading::{Grade, grade};
use proptest::prelude::*;

use crate::task::Task;

proptest! {
    #[test]
    fn any_bytes_have_an_outcome(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let task = Task::numbers();
        prop_assert!(matches!(task.grade(&bytes), Grade::Invalid(_)));
    }

    #[test]
    fn any_rows_below_the_right_header_have_an_outcome(rows in "([abcde\"]{0,2}[,\n]{1,2}[0-9.einfa,\" -]{0,4}\n){0,8}") {
        let task = Task::numbers();
        task.write("submission.csv", format!("id,y\n{rows}").as_bytes());
        let graded = grade(&task.path("submission.csv"), &task.path("answers.csv"), &task.manifest);
        prop_assert!(graded.is_ok());
    }

    #[test]
    fn the_order_of_rows_does_not_matter(mut values in prop::collection::vec(-1e6..1e6_f64, 4), turn in 0..4_usize) {
        let task = Task::numbers();
        let rows = |values: &[f64], turn: usize| {
            let mut lines: Vec<String> = ["a", "b", "c", "d"].iter().zip(values).map(|(id, y)| format!("{id},{y}\n")).collect();
            lines.rotate_left(turn);
            format!("id,y\n{}", lines.concat())
        };
        prop_assert_eq!(task.grade(rows(&values, 0)), task.grade(rows(&values, turn)));
        values[0] += 1.0;
        prop_assert!(matches!(task.grade(rows(&values, turn)), Grade::Score { .. }), "valid");
    }
}
