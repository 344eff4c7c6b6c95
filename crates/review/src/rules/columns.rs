//! How much a description says of each column.

use std::collections::BTreeMap;

use super::description::{Description, Kind, cells, has_word};

/// Numbered columns of which at least this many exist may be named as a range, `pixel_0` … `pixel_63`.
const FAMILY: usize = 5;
/// Words that tell values but no meaning.
const STATISTICS: [&str; 34] = [
    "number",
    "category",
    "one",
    "of",
    "two",
    "ordered",
    "text",
    "date",
    "median",
    "missing",
    "to",
    "and",
    "or",
    "more",
    "values",
    "value",
    "most",
    "often",
    "from",
    "in",
    "order",
    "between",
    "characters",
    "words",
    "mean",
    "group",
    "id",
    "target",
    "every",
    "row",
    "rows",
    "different",
    "distinct",
    "about",
];

/// How many of some columns the description names, describes and explains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Coverage {
    pub(crate) columns: usize,
    /// Not named at all.
    pub(crate) unnamed: Vec<String>,
    /// Of those named: with anything said beyond the name, values for example.
    pub(crate) described: usize,
    /// Of those described: with words that tell what the values mean.
    pub(crate) explained: usize,
    /// A line that says most of a column.
    pub(crate) example: Option<String>,
}

impl Coverage {
    pub(crate) fn of(description: &Description<'_>, columns: &[String]) -> Self {
        let families = families(columns);
        let rows = rows(description);
        let mut coverage = Self {
            columns: columns.len(),
            ..Self::default()
        };
        for column in columns {
            let text = rows.get(column.as_str());
            let member = || in_named_family(description, column, &families);
            if text.is_none() && !description.mentions(column) && !member() {
                coverage.unnamed.push(column.clone());
                continue;
            }
            let Some((line, rest)) = text else { continue };
            coverage.described += usize::from(!rest.is_empty());
            if explains(column, rest) {
                coverage.explained += 1;
                coverage.example.get_or_insert_with(|| (*line).to_owned());
            }
        }
        coverage
    }

    /// A share of the columns, 0–1; 1 when there are none.
    pub(crate) fn share(&self, count: usize) -> f64 {
        if self.columns == 0 {
            1.0
        } else {
            count as f64 / self.columns as f64
        }
    }

    pub(crate) fn named(&self) -> usize {
        self.columns - self.unnamed.len()
    }
}

/// What is said of a name: the first line that begins with it, in a table or list, without the name.
fn rows<'a>(description: &Description<'a>) -> BTreeMap<String, (&'a str, String)> {
    let mut rows = BTreeMap::new();
    for line in description.lines() {
        let (name, rest) = match line.kind {
            Kind::Row => {
                let mut cells = cells(line.source).into_iter();
                let name = cells.next().unwrap_or_default();
                (name, cells.collect::<Vec<_>>().join(" "))
            }
            Kind::Item | Kind::Prose => {
                let text = line.source.trim().trim_start_matches(['-', '*', '+', ' ']);
                let Some((name, rest)) = text.split_once(':').or_else(|| text.split_once(" – "))
                else {
                    continue;
                };
                (
                    name.trim_matches(['`', '*', ' ']).to_owned(),
                    rest.trim().to_owned(),
                )
            }
            Kind::Heading | Kind::Code | Kind::Blank => continue,
        };
        rows.entry(name).or_insert((line.source, rest));
    }
    rows
}

/// Whether a text has two words that are neither statistics nor the column's own name.
fn explains(column: &str, text: &str) -> bool {
    let name = column.to_lowercase();
    let is_new = |word: &&str| {
        let lower = word.to_lowercase();
        word.chars().count() >= 3 && !STATISTICS.contains(&lower.as_str()) && !name.contains(&lower)
    };
    text.split(|c: char| !c.is_alphabetic())
        .filter(is_new)
        .count()
        >= 2
}

/// Columns whose names differ in digits only.
fn families(columns: &[String]) -> BTreeMap<String, Vec<&String>> {
    let mut families: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for column in columns {
        families.entry(pattern(column)).or_default().push(column);
    }
    families.retain(|pattern, members| pattern.contains('#') && members.len() >= FAMILY);
    families
}

/// A name with every run of digits as one `#`.
fn pattern(name: &str) -> String {
    let mut out = String::new();
    for character in name.chars() {
        if !character.is_ascii_digit() {
            out.push(character);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    out
}

/// Whether the column is one of a numbered family of which two are named, or one with `*` for its numbers.
fn in_named_family(
    description: &Description<'_>,
    column: &str,
    families: &BTreeMap<String, Vec<&String>>,
) -> bool {
    let pattern = pattern(column);
    let Some(members) = families.get(&pattern) else {
        return false;
    };
    let starred = pattern.replace('#', "*");
    description
        .named()
        .any(|name| has_word(name, &starred) || name == starred)
        || members
            .iter()
            .filter(|member| description.mentions(member))
            .take(2)
            .count()
            == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coverage(text: &str, columns: &[&str]) -> Coverage {
        let columns: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
        Coverage::of(&Description::new(text), &columns)
    }

    #[test]
    fn named_described_explained() {
        let text = "| column | kind | what |\n|---|---|---|\n| `age` | number | Years since birth; 1 to 90, median 40 |\n\
                    | `dose` | number | 1 to 90, median 40; 2 % missing |\n\nAlso `bare`.\n\n- `site`: where the sample was taken\n";
        let coverage = coverage(text, &["age", "dose", "bare", "site", "lost"]);
        assert_eq!(coverage.unnamed, ["lost"]);
        assert_eq!((coverage.described, coverage.explained), (3, 2));
        assert!(
            coverage
                .example
                .is_some_and(|line| line.starts_with("| `age`"))
        );
    }

    #[test]
    fn numbered_columns_may_be_a_range() {
        let columns = ["p0", "p1", "p2", "p3", "p4"];
        assert!(coverage("`p0` … `p4`", &columns).unnamed.is_empty());
        assert!(coverage("all of `p*`", &columns).unnamed.is_empty());
        assert_eq!(coverage("only `p0`", &columns).unnamed.len(), 4);
    }
}
