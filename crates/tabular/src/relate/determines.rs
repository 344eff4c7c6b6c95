//! Functional dependencies: knowing one column fixes another. Only those that could not have come about by chance.

use facts::{ColumnProfile, Relation, Role};

use crate::stats::Generator;
use crate::table::{Column, MISSING, Table};

/// Least share of rows for which a dependency holds.
const SHARE: f64 = 0.98;
/// Most visits of a row altogether; beyond, the first rows of each group's order are enough.
const VISITS: usize = 150_000_000;
/// Most dependencies that are listed, in column order.
const MOST: usize = 500;

/// Dependencies `from` → `to`.
///
/// `from` has at least two rows a value on average; rows whose value of `from` occurs once don't count. A dependency holds
/// for a row when its `to` is the most frequent one among rows with the same `from`. Beside the least share, the
/// rows for which it fails must be at most a tenth of those that always naming the most frequent `to` fails for, and at
/// most a quarter of those that fail after `to` was shuffled: otherwise skew or small groups explain it.
/// Pairs that are near copies of each other are not repeated here.
pub(crate) fn dependencies(
    table: &Table,
    profiles: &[ColumnProfile],
    copies: &[Relation],
) -> Vec<Relation> {
    let wide = table.columns.len() > 60;
    let sources: Vec<usize> = (0..table.columns.len())
        .filter(|&at| can_determine(table, &profiles[at], at, wide))
        .collect();
    let targets: Vec<usize> = (0..table.columns.len())
        .filter(|&at| profiles[at].role != Role::Constant && table.columns[at].distinct() >= 2)
        .collect();
    let visits = sources.len() * targets.len() * table.rows * 2;
    if visits == 0 {
        return Vec::new();
    }
    let rows = if visits > VISITS {
        (table.rows as f64 * VISITS as f64 / visits as f64) as usize
    } else {
        table.rows
    };

    let mut shuffled: Vec<u32> = (0..table.rows as u32).collect();
    Generator::new(0).shuffle(&mut shuffled);
    let mut found = Vec::new();
    for &from in &sources {
        let groups = Groups::new(&table.columns[from], rows);
        for &to in targets.iter().filter(|&&to| to != from) {
            if table.columns[to].distinct() > table.columns[from].distinct()
                || is_copy(table, copies, from, to)
            {
                continue;
            }
            if let Some(share) = holds(&groups, &table.columns[to], &shuffled) {
                found.push(Relation::Determines {
                    from: table.columns[from].name.clone(),
                    to: table.columns[to].name.clone(),
                    share,
                });
                if found.len() == MOST {
                    return found;
                }
            }
        }
    }
    found
}

fn can_determine(table: &Table, profile: &ColumnProfile, at: usize, wide: bool) -> bool {
    let column = &table.columns[at];
    let repeats = column.distinct() >= 2 && column.distinct() * 2 <= column.present();
    repeats
        && match profile.role {
            Role::Id | Role::Category | Role::Ordinal | Role::Text | Role::Date => true,
            // Bands of a number follow from the number; measured values that repeat by chance fix nothing.
            Role::Number | Role::Count => {
                !wide && column.distinct() <= 200 && column.distinct() * 10 <= column.present()
            }
            Role::Constant => false,
        }
}

fn is_copy(table: &Table, copies: &[Relation], from: usize, to: usize) -> bool {
    let (from, to) = (&table.columns[from].name, &table.columns[to].name);
    copies.iter().any(|copy| {
        matches!(copy, Relation::NearCopy { a, b, .. } if (a == from && b == to) || (a == to && b == from))
    })
}

/// Rows ordered by their value of a column, only values with at least two rows.
struct Groups {
    rows: Vec<u32>,
    ends: Vec<usize>,
}

impl Groups {
    /// Groups of about `most` rows altogether, whole groups from all over the dictionary.
    fn new(column: &Column, most: usize) -> Self {
        let mut starts = vec![0_usize; column.distinct() + 1];
        for &code in column.codes.iter().filter(|&&code| code != MISSING) {
            starts[code as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut sorted = vec![0_u32; column.present()];
        let mut next = starts.clone();
        for (row, &code) in column
            .codes
            .iter()
            .enumerate()
            .filter(|(_, code)| **code != MISSING)
        {
            sorted[next[code as usize]] = row as u32;
            next[code as usize] += 1;
        }
        let every = column.present().div_ceil(most.max(1)).max(1);
        let mut groups = Self {
            rows: Vec::new(),
            ends: Vec::new(),
        };
        for code in (0..column.distinct()).step_by(every) {
            let group = &sorted[starts[code]..starts[code + 1]];
            if group.len() >= 2 {
                groups.rows.extend_from_slice(group);
                groups.ends.push(groups.rows.len());
            }
        }
        groups
    }

    /// Rows of the most frequent code among all groups.
    fn mode(&self, counts: &mut [u32], codes: &[u32]) -> usize {
        counts.fill(0);
        for &row in &self.rows {
            if let Some(count) = counts.get_mut(codes[row as usize] as usize) {
                *count += 1;
            }
        }
        let most = counts.iter().copied().max().unwrap_or(0) as usize;
        counts.fill(0);
        most
    }

    /// Rows that have a value, and those among them whose value is not the most frequent of their group.
    fn failures(&self, counts: &mut [u32], code: impl Fn(u32) -> u32) -> (usize, usize) {
        let (mut all, mut failures) = (0_usize, 0_usize);
        let mut start = 0;
        for &end in &self.ends {
            let group = &self.rows[start..end];
            start = end;
            let (mut present, mut most) = (0_usize, 0);
            for code in group
                .iter()
                .map(|&row| code(row))
                .filter(|&code| code != MISSING)
            {
                counts[code as usize] += 1;
                most = most.max(counts[code as usize]);
                present += 1;
            }
            for code in group
                .iter()
                .map(|&row| code(row))
                .filter(|&code| code != MISSING)
            {
                counts[code as usize] = 0;
            }
            if present >= 2 {
                all += present;
                failures += present - most as usize;
            }
        }
        (all, failures)
    }
}

fn holds(groups: &Groups, to: &Column, shuffled: &[u32]) -> Option<f64> {
    let mut counts = vec![0_u32; to.distinct()];
    let (all, failures) = groups.failures(&mut counts, |row| to.codes[row as usize]);
    let share = 1.0 - failures as f64 / all.max(1) as f64;
    if all < 10 || all * 4 < to.present().min(groups.rows.len()) || share < SHARE {
        return None;
    }
    // Among these rows: where `from` is known, `to` may well be always the same (answers after a question of yes or no).
    let by_mode = all.saturating_sub(groups.mode(&mut counts, &to.codes));
    let (_, by_chance) =
        groups.failures(&mut counts, |row| to.codes[shuffled[row as usize] as usize]);
    let failures = failures as f64;
    (by_mode >= 10
        && failures * 10.0 <= by_mode as f64
        && failures * 4.0 <= by_chance as f64
        && by_chance >= 10)
        .then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::related;

    fn determines(columns: &[(&str, &[String])]) -> Vec<(String, String)> {
        related(columns)
            .relations
            .into_iter()
            .filter_map(|relation| match relation {
                Relation::Determines { from, to, .. } => Some((from, to)),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn dependencies_are_found_and_chance_is_not() {
        let city: Vec<String> = (0..240)
            .map(|n: usize| format!("city {}", n * n % 23 % 12))
            .collect();
        let land: Vec<String> = (0..240)
            .map(|n: usize| format!("land {}", n * n % 23 % 12 % 4))
            .collect();
        let rare: Vec<String> = (0..240)
            .map(|n: usize| if n == 17 { "yes" } else { "no" }.to_owned())
            .collect();
        let free: Vec<String> = (0..240).map(|n: usize| format!("{}", n * 7 % 5)).collect();
        let found = determines(&[
            ("city", &city),
            ("land", &land),
            ("rare", &rare),
            ("free_code", &free),
        ]);
        assert_eq!(found, [("city".to_owned(), "land".to_owned())]);
    }
}
