//! A proposal's features sorted by the use that the ladder's solvers make of them.

use serde::Serialize;
use task_format::SplitPolicy;

use super::python::{identifier, literal};
use crate::{FeatureKind, Proposal};

/// More numbers than this are not listed: they are "all numeric columns".
const LISTED_NUMBERS: usize = 30;

/// Features by use; part of the templates' input.
#[derive(Default, Serialize)]
pub(super) struct Columns<'a> {
    numbers: Vec<&'a str>,
    /// Whether the numbers are all numeric columns, too many to be listed.
    numbers_rest: bool,
    skewed: Vec<&'a str>,
    categories: Vec<&'a str>,
    categories_missing: bool,
    grades: Vec<(&'a str, &'a [String])>,
    dates: Vec<DateCode<'a>>,
    unused: Vec<&'a str>,
    unused_note: &'static str,
    /// Whether every feature is a number.
    plain: bool,
    #[serde(skip)]
    numbers_missing: bool,
}

/// A date and its parts.
#[derive(Serialize)]
struct DateCode<'a> {
    column: &'a str,
    variable: String,
    pattern: &'a str,
    parts: Vec<DatePart>,
}

/// One part of a date: the feature's name and the attribute of pandas that gives it.
#[derive(Serialize)]
struct DatePart {
    name: String,
    accessor: &'static str,
}

impl<'a> Columns<'a> {
    /// Sorts the features of a proposal.
    pub(super) fn new(proposal: &'a Proposal) -> Self {
        let mut columns = Self::default();
        let (mut names, mut groups) = (false, false);
        let future = proposal.split.policy == SplitPolicy::Time;
        for feature in &proposal.features {
            let name = feature.column.as_str();
            match &feature.kind {
                FeatureKind::Number { skewed } => {
                    columns.numbers.push(name);
                    columns.numbers_missing |= feature.missing;
                    if *skewed {
                        columns.skewed.push(name);
                    }
                }
                FeatureKind::Category => {
                    columns.categories.push(name);
                    columns.categories_missing |= feature.missing;
                }
                FeatureKind::Grade { order } => {
                    columns.grades.push((name, order));
                    columns.numbers_missing |= feature.missing;
                }
                FeatureKind::Date { pattern, parts } => {
                    // Of a later year than all of train nothing could be learnt.
                    let parts: Vec<DatePart> = parts
                        .iter()
                        .filter(|part| !(future && *part == "year"))
                        .map(|part| date_part(name, part))
                        .collect();
                    if parts.is_empty() {
                        names = true;
                        columns.unused.push(name);
                        continue;
                    }
                    columns.numbers_missing |= feature.missing;
                    let number = columns.dates.len() + 1;
                    let variable = identifier(name, "date");
                    let variable = if number == 1 {
                        variable
                    } else {
                        format!("{variable}_{number}")
                    };
                    columns.dates.push(DateCode {
                        column: name,
                        variable,
                        pattern,
                        parts,
                    });
                }
                FeatureKind::Text => {
                    names = true;
                    columns.unused.push(name);
                }
                FeatureKind::Group => {
                    groups = true;
                    columns.unused.push(name);
                }
            }
        }
        columns.plain = columns.categories.is_empty()
            && columns.grades.is_empty()
            && columns.dates.is_empty()
            && columns.unused.is_empty();
        columns.numbers_rest = !columns.plain && columns.numbers.len() > LISTED_NUMBERS;
        columns.unused_note = match (names, groups) {
            (true, true) => {
                "Free text, names with few rows each, and groups that are new in test: left to better solvers."
            }
            (true, false) => "Free text, or names with few rows each: left to better solvers.",
            (false, _) => "Every value of it in test is new, so it says nothing to this solver.",
        };
        columns
    }

    /// How much there is to learn from: columns, weighed by how many a solver makes of them.
    pub(super) fn width(&self) -> usize {
        self.numbers.len() + self.grades.len() + self.dates.len() * 2 + self.categories.len() * 3
    }

    /// Whether any feature becomes a number.
    pub(super) fn any_number(&self) -> bool {
        !self.numbers.is_empty() || !self.grades.is_empty() || !self.dates.is_empty()
    }

    /// Whether any feature stays a category.
    pub(super) fn any_category(&self) -> bool {
        !self.categories.is_empty()
    }

    /// Whether any feature is seen as a logarithm.
    pub(super) fn any_skewed(&self) -> bool {
        !self.skewed.is_empty()
    }

    /// Whether any number is missing somewhere.
    pub(super) fn numbers_missing(&self) -> bool {
        self.numbers_missing
    }

    /// What the linear solver's features are, as a sentence.
    pub(super) fn sentence(&self) -> String {
        let parts = [
            (
                !self.numbers.is_empty() && self.skewed.is_empty(),
                "numbers",
            ),
            (
                !self.skewed.is_empty(),
                "numbers (skewed ones as logarithms)",
            ),
            (!self.grades.is_empty(), "ordered values by rank"),
            (!self.dates.is_empty(), "parts of dates"),
            (!self.categories.is_empty(), "categories as text"),
        ];
        let parts: Vec<&str> = parts
            .into_iter()
            .filter(|(there, _)| *there)
            .map(|(_, part)| part)
            .collect();
        let text = parts.join(", ");
        let mut characters = text.chars();
        let first = characters
            .next()
            .map(char::to_uppercase)
            .into_iter()
            .flatten();
        format!("{}.", first.chain(characters).collect::<String>())
    }

    /// The expression that tells pandas which cells are codes, labels, dates or prose; `None` when all are numbers.
    pub(super) fn text_types(&self, target_is_label: bool) -> Option<String> {
        let mut items: Vec<String> = Vec::new();
        let listed = [
            (!self.categories.is_empty(), "*CATEGORIES"),
            (!self.grades.is_empty(), "*GRADES"),
            (!self.unused.is_empty(), "*UNUSED"),
        ];
        items.extend(
            listed
                .into_iter()
                .filter(|(there, _)| *there)
                .map(|(_, name)| name.to_owned()),
        );
        items.extend(self.dates.iter().map(|date| literal(date.column)));
        if target_is_label {
            items.push("TARGET".to_owned());
        }
        Some(match items.as_slice() {
            [] => return None,
            [only] => match only.strip_prefix('*') {
                Some(names) => format!("dict.fromkeys({names}, \"str\")"),
                None => format!("{{{only}: \"str\"}}"),
            },
            _ => format!("dict.fromkeys([{}], \"str\")", items.join(", ")),
        })
    }
}

fn date_part(column: &str, part: &str) -> DatePart {
    let (word, accessor) = match part {
        "year" => ("year", "year"),
        "month" => ("month", "month"),
        "hour" => ("hour", "hour"),
        _ => ("day of week", "day_of_week"),
    };
    DatePart {
        name: format!("{column}: {word}"),
        accessor,
    }
}
