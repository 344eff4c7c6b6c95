//! The values on either side of the column by which rows were divided. Whether they are as the task says is not decided here.

use std::collections::BTreeSet;

use facts::SplitColumnFacts;

use super::dates_as_numbers;
use crate::read::retyped;
use crate::table::{MISSING, Table};

/// Compares the column's cells of train with those of test; missing ones are left out.
pub(super) fn measure(train: &Table, test: &Table, column: &str) -> SplitColumnFacts {
    let mut facts = SplitColumnFacts {
        column: column.to_owned(),
        ..SplitColumnFacts::default()
    };
    let (Some(in_train), Some(in_test)) = (train.column(column), test.column(column)) else {
        return facts;
    };
    let joined = dates_as_numbers(retyped([in_train, in_test].into_iter()));
    let present = |range: std::ops::Range<usize>| {
        range
            .filter(|&row| joined.codes[row] != MISSING)
            .collect::<Vec<_>>()
    };
    let (first, second) = (
        present(0..train.rows),
        present(train.rows..train.rows + test.rows),
    );
    let known: BTreeSet<u32> = first.iter().map(|&row| joined.codes[row]).collect();
    facts.on_both_sides = true;
    facts.values = joined.distinct();
    facts.rows = first.len() + second.len();
    facts.test_rows = second.len();
    facts.crossing = second
        .iter()
        .filter(|&&row| known.contains(&joined.codes[row]))
        .count();
    let last = first
        .iter()
        .map(|&row| joined.number(row))
        .fold(f64::NEG_INFINITY, f64::max);
    facts.later = (joined.is_numeric() && last.is_finite()).then(|| {
        second
            .iter()
            .filter(|&&row| joined.number(row) > last)
            .count()
    });
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::column;

    fn table(cells: &[&str]) -> Table {
        Table {
            columns: vec![column("at", cells)],
            rows: cells.len(),
        }
    }

    #[test]
    fn groups_and_times_are_compared() {
        let groups = measure(&table(&["a", "a", "b", ""]), &table(&["b", "c", ""]), "at");
        assert_eq!((groups.rows, groups.test_rows, groups.crossing), (5, 2, 1));
        assert_eq!((groups.values, groups.later), (3, None));
        let days = |from: usize, to: usize| -> Vec<String> {
            (from..to).map(|day| format!("2021-03-{day:02}")).collect()
        };
        let of = |days: Vec<String>| table(&days.iter().map(String::as_str).collect::<Vec<_>>());
        let times = measure(&of(days(1, 20)), &of(days(18, 29)), "at");
        assert_eq!((times.later, times.crossing), (Some(9), 2));
        assert!(!measure(&table(&["a"]), &table(&["a"]), "nowhere").on_both_sides);
    }
}
