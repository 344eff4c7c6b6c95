//! A profile with what the rules look up again and again: words of names, shares, relations by column.

use std::collections::{BTreeMap, BTreeSet};

use facts::{ColumnProfile, Profile, Relation, Role, Storage, Trend};

use crate::naming;

/// A profile under examination.
pub(crate) struct Table<'a> {
    pub(crate) profile: &'a Profile,
    tokens: BTreeMap<&'a str, Vec<String>>,
    /// Words that stand in so many names that they say nothing about one of them (`mean radius`, `mean texture`, …).
    common: BTreeSet<String>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(profile: &'a Profile) -> Self {
        let tokens: BTreeMap<&str, Vec<String>> = profile
            .columns
            .iter()
            .map(|column| (column.name.as_str(), naming::tokens(&column.name)))
            .collect();
        let mut names_with: BTreeMap<&str, usize> = BTreeMap::new();
        for words in tokens.values() {
            for word in words.iter().collect::<BTreeSet<_>>() {
                *names_with.entry(word).or_default() += 1;
            }
        }
        let common = names_with
            .into_iter()
            .filter(|&(_, names)| names >= 5 && names * 5 >= profile.columns.len())
            .map(|(word, _)| word.to_owned())
            .collect();
        Self {
            profile,
            tokens,
            common,
        }
    }

    pub(crate) fn columns(&self) -> &'a [ColumnProfile] {
        &self.profile.columns
    }

    pub(crate) fn column(&self, name: &str) -> Option<&'a ColumnProfile> {
        self.profile.column(name)
    }

    /// The words of a column's name.
    pub(crate) fn tokens(&self, name: &str) -> &[String] {
        self.tokens.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a word stands in too many names to tell them apart.
    pub(crate) fn is_common(&self, word: &str) -> bool {
        self.common.contains(word)
    }

    /// Rows with a value.
    pub(crate) fn filled(&self, column: &ColumnProfile) -> usize {
        self.profile.rows.saturating_sub(column.missing)
    }

    /// Share of the most frequent value among rows with one, 0–1; 0 when unknown.
    pub(crate) fn majority(&self, column: &ColumnProfile) -> f64 {
        let filled = self.filled(column).max(1) as f64;
        match (column.categories.first(), column.numbers) {
            (Some(first), _) => first.count as f64 / filled,
            (None, Some(numbers)) => numbers.mode_share,
            (None, None) => 0.0,
        }
    }

    /// Whether a number of rows share each value on average.
    pub(crate) fn repeats(&self, column: &ColumnProfile) -> bool {
        column.distinct > 1 && column.distinct * 3 <= self.filled(column)
    }

    /// Whether the column numbers or names rows.
    pub(crate) fn names_rows(&self, column: &ColumnProfile) -> bool {
        let sequence = column
            .numbers
            .is_some_and(|numbers| numbers.trend == Trend::Sequence)
            && column.missing == 0;
        sequence || (column.role == Role::Id && !self.repeats(column))
    }

    /// Whether knowing `from` fixes `to` beyond what always guessing the most frequent value of `to` would.
    ///
    /// A measurement that hardly ever repeats fixes everything and means nothing; it does not count.
    pub(crate) fn determines(&self, from: &str, to: &str) -> bool {
        let measured = self.column(from).is_some_and(|column| {
            matches!(column.storage, Storage::Integer | Storage::Float)
                && column.distinct * 10 > self.filled(column)
        });
        if measured {
            return false;
        }
        let base = self.column(to).map_or(0.0, |column| self.majority(column));
        self.profile
            .relations
            .iter()
            .any(|relation| match relation {
                Relation::Determines {
                    from: a,
                    to: b,
                    share,
                } => {
                    // A constant guess of a lopsided column is right nearly always, and fixes nothing.
                    a == from && b == to && (share - base) >= 0.9 * (1.0 - base)
                }
                _ => false,
            })
    }

    /// Whether two columns carry the same information.
    pub(crate) fn near_copies(&self, one: &str, other: &str) -> bool {
        self.profile
            .relations
            .iter()
            .any(|relation| match relation {
                Relation::NearCopy { a, b, .. } => {
                    (a == one && b == other) || (a == other && b == one)
                }
                _ => false,
            })
    }

    /// The formulas that `result` is the result of, and those that it is a part of.
    pub(crate) fn formulas(&self) -> impl Iterator<Item = Formula<'a>> {
        self.profile
            .relations
            .iter()
            .filter_map(|relation| match relation {
                Relation::Arithmetic {
                    to, from, formula, ..
                } => Some(Formula {
                    to,
                    from,
                    text: formula,
                }),
                _ => None,
            })
    }
}

/// A number that follows from others.
#[derive(Clone, Copy)]
pub(crate) struct Formula<'a> {
    pub(crate) to: &'a str,
    pub(crate) from: &'a [String],
    pub(crate) text: &'a str,
}

/// Whether cells are numbers on a scale, not codes.
pub(crate) fn is_numeric(column: &ColumnProfile) -> bool {
    matches!(column.storage, Storage::Integer | Storage::Float)
        && matches!(column.role, Role::Number | Role::Count | Role::Ordinal)
}
