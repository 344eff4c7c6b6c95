//! Numbers that are sums, products or ratios of other numbers, within the rounding they are written with.
//! Each set of columns is reported once, solved for the column that reads like the result.

use facts::{ColumnProfile, Relation, Role};

use super::super::describe::naming::NameWords;
use crate::stats::spread_rows;
use crate::table::{Column, Table};

/// Rows that every candidate is tried on; it must hold on nearly all of them before all rows are counted.
const PROBES: usize = 48;
/// Rows that are counted.
const ROWS: usize = 20_000;
/// Least share of rows for which an identity holds.
const SHARE: f64 = 0.9;
/// Least rows in which every part matters.
const MATTERS: usize = 20;
/// Numeric columns up to which parts are searched in twos, threes and fours.
const WIDEST: [usize; 3] = [100, 40, 22];

/// Identities among the numeric columns.
pub(crate) fn identities(table: &Table, profiles: &[ColumnProfile]) -> Vec<Relation> {
    let numeric: Vec<usize> = (0..table.columns.len())
        .filter(|&at| {
            let column = &table.columns[at];
            column.is_numeric()
                && !matches!(profiles[at].role, Role::Id | Role::Constant | Role::Date)
                && column.distinct() > 2
                && column.present() * 2 >= table.rows
        })
        .collect();
    let search = Search::new(table, &numeric);
    let mut found: Vec<Identity> = Vec::new();
    search.sums(2, &mut found);
    search.ratios(&mut found);
    search.sums(3, &mut found);
    search.sums(4, &mut found);
    found
        .into_iter()
        .map(|identity| search.relation(&identity))
        .collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `to = a + b + …`
    Sum,
    /// `to = a / b`
    Ratio,
    /// `to = a * b`
    Product,
    /// `to = a / (a + b)`
    Share,
}

#[derive(Clone, Debug)]
struct Identity {
    form: Form,
    to: usize,
    from: Vec<usize>,
    share: f64,
}

struct Search<'t> {
    columns: Vec<&'t Column>,
    /// For each column, rows in which it is not 0, few enough to try every candidate on.
    probes: Vec<Vec<usize>>,
    /// The error that each column's rounding allows.
    rounding: Vec<f64>,
    rows: Vec<usize>,
}

impl<'t> Search<'t> {
    fn new(table: &'t Table, numeric: &[usize]) -> Self {
        let columns: Vec<&Column> = numeric.iter().map(|&at| &table.columns[at]).collect();
        let rows = spread_rows(table.rows, ROWS);
        let telling = |column: &&Column| {
            let nonzero: Vec<usize> = rows
                .iter()
                .copied()
                .filter(|&row| column.number(row).abs() > 0.0)
                .collect();
            spread_rows(nonzero.len(), PROBES)
                .into_iter()
                .map(|at| nonzero[at])
                .collect()
        };
        let probes = columns.iter().map(telling).collect();
        let rounding = columns
            .iter()
            .map(|column| {
                let decimals = column
                    .words
                    .iter()
                    .map(crate::read::numbers::decimals)
                    .max()
                    .unwrap_or(0)
                    .min(12);
                0.5 * 10_f64.powi(-(decimals as i32))
            })
            .collect();
        Self {
            columns,
            probes,
            rounding,
            rows,
        }
    }

    /// Sums of `parts` columns. A difference is the same identity solved for another column.
    fn sums(&self, parts: usize, found: &mut Vec<Identity>) {
        if self.columns.len() > WIDEST[parts - 2] {
            return;
        }
        let mut from = Vec::with_capacity(parts);
        for to in 0..self.columns.len() {
            self.extend_sum(to, parts, 0, &mut from, found);
        }
    }

    fn extend_sum(
        &self,
        to: usize,
        parts: usize,
        next: usize,
        from: &mut Vec<usize>,
        found: &mut Vec<Identity>,
    ) {
        if from.len() == parts {
            self.consider(Form::Sum, to, from, found);
            return;
        }
        for part in (next..self.columns.len()).filter(|&part| part != to) {
            from.push(part);
            self.extend_sum(to, parts, part + 1, from, found);
            from.pop();
        }
    }

    fn ratios(&self, found: &mut Vec<Identity>) {
        let count = self.columns.len();
        if count > WIDEST[0] {
            return;
        }
        // One relation between three columns reads three ways; digits tell which was computed: a product has at least the
        // digits of its factors, a ratio more than its parts.
        for form in [Form::Product, Form::Ratio, Form::Share] {
            for to in 0..count {
                for a in (0..count).filter(|&a| a != to) {
                    for b in (0..count).filter(|&b| b != to && b != a) {
                        let finest = self.rounding[a].min(self.rounding[b]);
                        let credible = match form {
                            Form::Product => a < b && self.rounding[to] <= finest,
                            _ => self.rounding[to] < finest,
                        };
                        let known_ratio = |known: &Identity| {
                            form == Form::Share
                                && known.form == Form::Ratio
                                && known.to == to
                                && known.from[0] == a
                        };
                        if credible && !found.iter().any(known_ratio) {
                            self.consider(form, to, &[a, b], found);
                        }
                    }
                }
            }
        }
    }

    fn consider(&self, form: Form, to: usize, from: &[usize], found: &mut Vec<Identity>) {
        let (mut tried, mut failed) = (0, 0);
        for &row in &self.probes[to] {
            match self.fits(form, to, from, |at| self.columns[at].number(row)) {
                None => {}
                Some(true) => tried += 1,
                Some(false) => {
                    tried += 1;
                    failed += 1;
                    // A tenth may fail, with some room for the luck of the draw.
                    if failed > PROBES / 6 {
                        return;
                    }
                }
            }
        }
        if tried < 12 || failed * 6 > tried {
            return;
        }
        let repeats = |known: &Identity| {
            let columns = |to: usize, from: &[usize]| {
                let mut all: Vec<usize> = from.iter().copied().chain([to]).collect();
                all.sort_unstable();
                all
            };
            let (known, new) = (columns(known.to, &known.from), columns(to, from));
            known.iter().all(|column| new.contains(column))
        };
        // Sums of sums follow from the shorter ones.
        let follows = |known: &Identity| {
            let shared = from
                .iter()
                .chain([&to])
                .filter(|&&at| at == known.to || known.from.contains(&at))
                .count();
            from.len() > 2 && known.form == Form::Sum && shared >= 2
        };
        if found.iter().any(|known| repeats(known) || follows(known)) {
            return;
        }
        if let Some(share) = self.share(form, to, from) {
            found.push(Identity {
                form,
                to,
                from: from.to_vec(),
                share,
            });
        }
    }

    /// Whether the identity holds in a row; `None` where a value is missing or a divisor is 0.
    fn fits(
        &self,
        form: Form,
        to: usize,
        from: &[usize],
        value: impl Fn(usize) -> f64,
    ) -> Option<bool> {
        let result = value(to);
        let (a, b) = (value(from[0]), value(from[1]));
        let (expected, rounding) = match form {
            Form::Sum => {
                let sum: f64 = from.iter().map(|&part| value(part)).sum();
                // Values written with fewer digits than they had add their rounding; whole numbers are exact.
                let parts: f64 = from
                    .iter()
                    .chain([&to])
                    .map(|&part| self.rounding[part])
                    .filter(|&error| error < 0.5)
                    .sum();
                (sum, parts)
            }
            Form::Product => (a * b, self.rounding[to]),
            Form::Ratio => (a / b, self.rounding[to]),
            Form::Share => (a / (a + b), self.rounding[to]),
        };
        if result.is_nan() || expected.is_nan() {
            return None;
        }
        let allowed = rounding * 1.001 + 1e-6 * expected.abs();
        if result.abs() <= allowed && expected.abs() <= allowed {
            // 0 = 0 + 0 and 0.0 = 0.03 / 7 tell nothing.
            return None;
        }
        Some(expected.is_finite() && (result - expected).abs() <= allowed)
    }

    /// The share of telling rows for which it holds, when it holds too for the rows in which each part matters.
    fn share(&self, form: Form, to: usize, from: &[usize]) -> Option<f64> {
        let (mut all, mut held) = (0_usize, 0_usize);
        let mut matters = vec![(0_usize, 0_usize); from.len()];
        // Adding 0 and multiplying by 1 change nothing.
        let neutral = if matches!(form, Form::Sum | Form::Share) {
            0.0
        } else {
            1.0
        };
        for &row in &self.rows {
            let value = |at: usize| self.columns[at].number(row);
            let Some(fits) = self.fits(form, to, from, value) else {
                continue;
            };
            all += 1;
            held += usize::from(fits);
            for ((count, held), &part) in matters.iter_mut().zip(from) {
                let counts = value(part) != neutral;
                *count += usize::from(counts);
                *held += usize::from(counts && fits);
            }
        }
        let enough = |held: usize, all: usize| all >= MATTERS && held as f64 >= SHARE * all as f64;
        let holds = enough(held, all) && matters.iter().all(|&(count, held)| enough(held, count));
        holds.then(|| held as f64 / all as f64)
    }

    /// Solves a sum for the column that reads like the result: by its name, else where a part goes below 0.
    fn relation(&self, identity: &Identity) -> Relation {
        let name = |at: usize| self.columns[at].name.clone();
        let Identity {
            form,
            to,
            from,
            share,
        } = identity;
        let minimum = |at: usize| {
            self.columns[at]
                .numbers
                .iter()
                .copied()
                .fold(f64::INFINITY, f64::min)
        };
        let difference = |part: usize| {
            NameWords::new(&self.columns[part].name).any(&[
                "diff",
                "difference",
                "net",
                "change",
                "delta",
                "margin",
                "profit",
            ]) || (self.columns[part].name.to_lowercase().ends_with("diff") || minimum(part) < 0.0)
        };
        if *form == Form::Sum
            && from.len() == 2
            && minimum(*to) >= 0.0
            && let Some(position) = from.iter().position(|&part| difference(part))
        {
            let (result, other) = (from[position], from[1 - position]);
            return Relation::Arithmetic {
                to: name(result),
                from: vec![name(*to), name(other)],
                formula: format!("{} - {}", name(*to), name(other)),
                share: *share,
            };
        }
        let parts: Vec<String> = from.iter().map(|&part| name(part)).collect();
        let formula = match form {
            Form::Sum => parts.join(" + "),
            Form::Ratio => parts.join(" / "),
            Form::Product => parts.join(" * "),
            Form::Share => format!("{} / ({} + {})", parts[0], parts[0], parts[1]),
        };
        Relation::Arithmetic {
            to: name(*to),
            from: parts,
            formula,
            share: *share,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::related;

    fn formulas(columns: &[(&str, Vec<f64>, usize)]) -> Vec<String> {
        let written: Vec<(&str, Vec<String>)> = columns
            .iter()
            .map(|(name, values, decimals)| {
                (
                    *name,
                    values
                        .iter()
                        .map(|value| format!("{value:.decimals$}"))
                        .collect(),
                )
            })
            .collect();
        let columns: Vec<(&str, &[String])> = written
            .iter()
            .map(|(name, cells)| (*name, cells.as_slice()))
            .collect();
        related(&columns)
            .relations
            .into_iter()
            .filter_map(|relation| match relation {
                Relation::Arithmetic { to, formula, .. } => Some(format!("{to} = {formula}")),
                _ => None,
            })
            .collect()
    }

    fn numbers(factor: u32, modulus: u32) -> Vec<f64> {
        (1..=120).map(|n| f64::from(n * factor % modulus)).collect()
    }

    fn both(a: &[f64], b: &[f64], combine: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        a.iter().zip(b).map(|(&a, &b)| combine(a, b)).collect()
    }

    #[test]
    fn sums_differences_ratios_and_products() {
        let (men, women) = (numbers(37, 211), numbers(53, 197));
        let total = both(&men, &women, |a, b| a + b);
        let share = both(&women, &total, |a, b| a / b);
        let found = formulas(&[
            ("total", total.clone(), 0),
            ("men", men.clone(), 0),
            ("women", women.clone(), 0),
            ("share", share, 6),
        ]);
        assert_eq!(found, ["total = men + women", "share = women / total"]);

        let diff = both(&men, &women, |a, b| a - b);
        assert_eq!(
            formulas(&[
                ("a", men.clone(), 0),
                ("b", women.clone(), 0),
                ("diff", diff, 0)
            ]),
            ["diff = a - b"]
        );

        let product = both(&men, &women, |a, b| a * b);
        let found = formulas(&[
            ("width", men.clone(), 0),
            ("depth", women.clone(), 0),
            ("area", product, 0),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            formulas(&[("a", men, 0), ("b", women, 0), ("c", numbers(71, 223), 0)]),
            [""; 0]
        );
    }

    #[test]
    fn sums_of_four_and_rounding() {
        let parts = [
            numbers(37, 211),
            numbers(53, 197),
            numbers(71, 223),
            numbers(29, 89),
        ]
        .map(|part| part.iter().map(|x| x / 7.0).collect::<Vec<_>>());
        let total: Vec<f64> = (0..120)
            .map(|row| parts.iter().map(|part| part[row]).sum())
            .collect();
        let [a, b, c, d] = parts;
        let found = formulas(&[
            ("a", a, 2),
            ("b", b, 2),
            ("c", c, 2),
            ("d", d, 2),
            ("sum", total, 2),
        ]);
        assert_eq!(found, ["sum = a + b + c + d"]);
    }

    #[test]
    fn zeros_prove_nothing() {
        let zero_mostly: Vec<f64> = (0..120).map(|n| if n == 5 { 3.0 } else { 0.0 }).collect();
        let (a, b) = (numbers(37, 211), numbers(53, 197));
        let copy = a.clone();
        assert_eq!(
            formulas(&[
                ("a", a, 0),
                ("extra", zero_mostly, 0),
                ("copy", copy, 0),
                ("b", b, 0)
            ]),
            [""; 0]
        );
    }
}
