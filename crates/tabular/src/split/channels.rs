//! What order and ids say about the target, on either side of the split. Files of their own have a module of theirs.

use facts::{ChannelFacts, Side};

use crate::stats::{auc, pearson, ranks};
use crate::table::{Column, MISSING};

/// Rows that a channel is measured on at least.
pub(super) const LEAST_ROWS: usize = 8;

/// A target on one side of the split, against which channels are measured.
pub(super) struct Target<'t> {
    column: &'t Column,
    side: Side,
    /// Row of the joined table, where the target is known.
    rows: Vec<usize>,
    /// Joined row of the side's first.
    offset: usize,
    classification: bool,
}

impl<'t> Target<'t> {
    pub(super) fn new(
        column: &'t Column,
        train_rows: usize,
        side: Side,
        classification: bool,
    ) -> Self {
        let range = match side {
            Side::Train => 0..train_rows,
            Side::Test => train_rows..column.codes.len(),
        };
        Self {
            column,
            side,
            offset: range.start,
            rows: range.filter(|&row| column.codes[row] != MISSING).collect(),
            classification: classification || !column.is_numeric(),
        }
    }

    /// A channel with one number for each row of the side; rows of `NaN` are left out. `None` when it does not vary.
    ///
    /// For classes each one is tried against the others. The rank correlation with a class's indicator tests the same as
    /// the Mann–Whitney statistic, ties included.
    pub(super) fn measure(&self, channel: &str, values: &[f64]) -> Option<ChannelFacts> {
        let rows: Vec<usize> = self
            .rows
            .iter()
            .copied()
            .filter(|&row| !values[row - self.offset].is_nan())
            .collect();
        if rows.len() < LEAST_ROWS {
            return None;
        }
        let channel_ranks = ranks(
            &rows
                .iter()
                .map(|&row| values[row - self.offset])
                .collect::<Vec<_>>(),
        );
        let facts = |rho: f64, class: Option<(String, f64)>, contrasts: usize| ChannelFacts {
            channel: channel.to_owned(),
            side: self.side,
            rows: rows.len(),
            rho,
            class,
            contrasts,
        };
        if !self.classification {
            let truths = ranks(
                &rows
                    .iter()
                    .map(|&row| self.column.number(row))
                    .collect::<Vec<_>>(),
            );
            return pearson(&channel_ranks, &truths).map(|rho| facts(rho, None, 1));
        }
        let classes = self.classes(&rows);
        let mut strongest: Option<(f64, u32)> = None;
        for &class in &classes {
            let indicator: Vec<f64> = rows
                .iter()
                .map(|&row| f64::from(u8::from(self.column.codes[row] == class)))
                .collect();
            let rho = pearson(&channel_ranks, &indicator)?;
            if strongest.is_none_or(|(other, _)| rho.abs() > other.abs()) {
                strongest = Some((rho, class));
            }
        }
        let (rho, class) = strongest?;
        let positive: Vec<bool> = rows
            .iter()
            .map(|&row| self.column.codes[row] == class)
            .collect();
        let area = auc(&channel_ranks, &positive).unwrap_or(0.5);
        // Two classes are one contrast.
        let contrasts = if classes.len() == 2 { 1 } else { classes.len() };
        let name = self.column.words.get(class).to_owned();
        Some(facts(rho, Some((name, area)), contrasts))
    }

    /// The classes that are tried, in order of their codes: the most frequent of these rows.
    fn classes(&self, rows: &[usize]) -> Vec<u32> {
        let mut counts = std::collections::BTreeMap::<u32, usize>::new();
        for &row in rows {
            *counts.entry(self.column.codes[row]).or_default() += 1;
        }
        let mut classes: Vec<(u32, usize)> = counts.into_iter().collect();
        classes.sort_by_key(|&(class, rows)| (std::cmp::Reverse(rows), class));
        classes.truncate(super::features::CLASSES);
        let mut classes: Vec<u32> = classes.into_iter().map(|(class, _)| class).collect();
        classes.sort_unstable();
        classes
    }

    /// The rows' position in their file.
    pub(super) fn position(&self, file: &str) -> Option<ChannelFacts> {
        let count = self.rows.last().map_or(0, |last| last - self.offset + 1);
        let values: Vec<f64> = (0..count).map(|row| row as f64).collect();
        self.measure(&format!("position in {file}"), &values)
    }

    /// The ids, one for each row of the side: as numbers, or in the order of their texts.
    pub(super) fn ids(&self, ids: &Column) -> Option<ChannelFacts> {
        if ids.is_numeric() {
            let values: Vec<f64> = (0..ids.codes.len()).map(|row| ids.number(row)).collect();
            return self.measure(&format!("`{}` as a number", ids.name), &values);
        }
        let mut order: Vec<u32> = (0..ids.distinct() as u32).collect();
        order.sort_by_key(|&code| ids.words.get(code));
        let mut place = vec![0.0; order.len()];
        for (at, &code) in order.iter().enumerate() {
            place[code as usize] = at as f64;
        }
        let value = |&code: &u32| place.get(code as usize).copied().unwrap_or(f64::NAN);
        let values: Vec<f64> = ids.codes.iter().map(value).collect();
        self.measure(&format!("order of `{}` as text", ids.name), &values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::column;

    fn noise(n: usize) -> usize {
        (n * n * 31 + n * 17) % 997
    }

    fn target(cell: impl Fn(usize) -> String) -> Column {
        column("target", &(0..300).map(cell).collect::<Vec<_>>())
    }

    #[test]
    fn order_that_follows_the_target_is_seen() {
        let sorted = target(|n| (n / 100).to_string());
        let test = Target::new(&sorted, 100, Side::Test, true);
        let facts = test.position("test.csv").unwrap();
        assert_eq!(
            (facts.channel.as_str(), facts.rows),
            ("position in test.csv", 200)
        );
        assert!(facts.rho.abs() > 0.8 && facts.class.unwrap().1 == 0.0);
        let number = target(|n| format!("{}.5", n * n));
        let facts = Target::new(&number, 100, Side::Test, false)
            .position("test.csv")
            .unwrap();
        assert!(facts.rho > 0.999 && facts.class.is_none());
    }

    #[test]
    fn shuffled_rows_say_nothing() {
        for classification in [true, false] {
            let target = target(|n| (noise(n) % 3).to_string());
            let facts = Target::new(&target, 100, Side::Test, classification)
                .position("test.csv")
                .unwrap();
            assert!(facts.rho.abs() * 199_f64.sqrt() < 3.0, "{facts:?}");
            assert_eq!(facts.contrasts, if classification { 3 } else { 1 });
        }
    }

    #[test]
    fn ids_count_as_numbers_or_by_their_texts() {
        let target = target(|n| (n % 2).to_string());
        let side = Target::new(&target, 100, Side::Test, true);
        let numbers = column(
            "id",
            &(100..300)
                .map(|n| (n + 500 * (n % 2)).to_string())
                .collect::<Vec<_>>(),
        );
        assert!(side.ids(&numbers).unwrap().rho.abs() > 0.8);
        let texts = column(
            "id",
            &(100..300)
                .map(|n| format!("{}{n}", ["a", "b"][n % 2]))
                .collect::<Vec<_>>(),
        );
        let facts = side.ids(&texts).unwrap();
        assert_eq!(facts.channel, "order of `id` as text");
        assert!(facts.rho.abs() > 0.8);
        let constant = column("id", &vec!["7"; 200]);
        assert_eq!(side.ids(&constant), None);
    }
}
