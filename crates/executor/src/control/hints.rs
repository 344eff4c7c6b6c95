//! What a row's id and its place in the file say before any feature is read.

use std::collections::BTreeMap;

/// Ids as texts, in file order.
pub(super) struct Ids<'a> {
    texts: &'a [String],
    /// The number that each id ends with, where every id ends with one.
    numbers: Option<Vec<f64>>,
}

impl<'a> Ids<'a> {
    pub(super) fn new(texts: &'a [String]) -> Self {
        let numbers = texts.iter().map(|id| last_number(id)).collect();
        Self { texts, numbers }
    }

    /// The rows in order of their ids: by number where all have one, else as texts.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.texts.len()).collect();
        match &self.numbers {
            Some(numbers) => order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b])),
            None => order.sort_by(|&a, &b| self.texts[a].cmp(&self.texts[b])),
        }
        order
    }

    pub(super) fn numbers(&self) -> Option<&[f64]> {
        self.numbers.as_deref()
    }
}

/// A hint that puts ids into few groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grouping {
    Length,
    FirstCharacter,
    LastCharacter,
    Modulo(u32),
}

impl Grouping {
    pub(super) fn name(self) -> String {
        match self {
            Self::Length => "id length".to_owned(),
            Self::FirstCharacter => "first character of the id".to_owned(),
            Self::LastCharacter => "last character of the id".to_owned(),
            Self::Modulo(divisor) => format!("id modulo {divisor}"),
        }
    }

    /// The group of an id; `None` for a number's remainder when the id has no number.
    pub(super) fn of(self, id: &str) -> Option<String> {
        match self {
            Self::Length => Some(id.len().to_string()),
            Self::FirstCharacter => id.chars().next().map(String::from),
            Self::LastCharacter => id.chars().next_back().map(String::from),
            Self::Modulo(divisor) => Some((last_number(id)? % f64::from(divisor)).to_string()),
        }
    }
}

/// Rows of train by group.
pub(super) fn members(grouping: Grouping, ids: &[String]) -> BTreeMap<String, Vec<usize>> {
    let mut members: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (row, id) in ids.iter().enumerate() {
        if let Some(group) = grouping.of(id) {
            members.entry(group).or_default().push(row);
        }
    }
    members
}

/// The digits that an id ends with, as a number: `patient_17` is 17.
fn last_number(id: &str) -> Option<f64> {
    let digits = id.trim_end_matches(".0");
    let start = digits.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| {
        at + digits[at..].chars().next().map_or(1, char::len_utf8)
    });
    digits[start..].parse().ok()
}

/// For each of `places`, the rows of the `window` nearest among `known`, which is sorted by place.
pub(super) fn nearest(
    places: &[f64],
    known: &[(f64, usize)],
    window: usize,
) -> Vec<std::ops::Range<usize>> {
    let window = window.min(known.len());
    places
        .iter()
        .map(|&place| {
            let above = known.partition_point(|&(other, _)| other < place);
            let (mut low, mut high) = (above, above);
            while high - low < window {
                let down = low.checked_sub(1).map(|at| place - known[at].0);
                let up = known.get(high).map(|&(other, _)| other - place);
                match (down, up) {
                    (Some(down), Some(up)) if down <= up => low -= 1,
                    (_, Some(_)) => high += 1,
                    (Some(_), None) => low -= 1,
                    (None, None) => break,
                }
            }
            low..high
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_end_with_numbers_or_not() {
        for (id, expected) in [
            ("17", Some(17.0)),
            ("17.0", Some(17.0)),
            ("patient_017", Some(17.0)),
            ("ä7", Some(7.0)),
            ("seven", None),
            ("7b", None),
            ("", None),
        ] {
            assert_eq!(last_number(id), expected, "{id}");
        }
        let texts = ["p10", "p9", "p1"].map(str::to_owned);
        assert_eq!(Ids::new(&texts).order(), [2, 1, 0]);
        let texts = ["b", "a", "c7"].map(str::to_owned);
        assert_eq!(Ids::new(&texts).order(), [1, 0, 2]);
    }

    #[test]
    fn the_nearest_are_on_both_sides() {
        let known: Vec<(f64, usize)> = [1.0, 2.0, 3.0, 10.0]
            .into_iter()
            .enumerate()
            .map(|(row, place)| (place, row))
            .collect();
        assert_eq!(nearest(&[0.0, 2.4, 100.0], &known, 2), [0..2, 1..3, 2..4]);
        assert_eq!(nearest(&[5.0], &known, 9).first(), Some(&(0..4)));
    }
}
