//! Guesses what a column is. A person who sees a few hundred rows would agree; where names and values disagree, values win.

use facts::{NumberSummary, Role, Storage, TextSummary, Trend};

use super::naming::NameWords;
use crate::table::Column;

/// Everything the guess is made from.
pub(crate) struct Evidence<'a> {
    pub(crate) column: &'a Column,
    pub(crate) position: usize,
    pub(crate) numbers: Option<&'a NumberSummary>,
    pub(crate) text: Option<&'a TextSummary>,
    pub(crate) is_date: bool,
    pub(crate) has_order: bool,
    pub(crate) meaning: Option<&'a str>,
}

/// Share of distinct values above which a text names its row.
const NEARLY_UNIQUE: f64 = 0.9;
/// Distinct values up to which numbers may label groups.
const FEW: usize = 20;
/// Distinct values up to which a column labels groups when there are as many rows for each.
const MANY: usize = 100;
/// Words from which on a text is prose rather than a name.
const PROSE_WORDS: f64 = 5.0;

/// The role of a column.
pub(crate) fn role(evidence: &Evidence<'_>) -> Role {
    let column = evidence.column;
    let distinct = column.distinct();
    if distinct == 0 || (distinct == 1 && column.missing() == 0) {
        return Role::Constant;
    }
    if evidence.is_date {
        return Role::Date;
    }
    let name = NameWords::new(&column.name);
    match column.storage {
        Storage::Empty => Role::Constant,
        Storage::Boolean => Role::Category,
        Storage::Text => text_role(evidence, &name),
        Storage::Integer | Storage::Float => number_role(evidence, &name),
    }
}

fn unique_share(column: &Column) -> f64 {
    column.distinct() as f64 / column.present().max(1) as f64
}

/// Few enough values, with enough rows each, that a model can learn something about every one.
fn labels_groups(column: &Column) -> bool {
    let (distinct, present) = (column.distinct(), column.present());
    (distinct <= FEW && present >= distinct * 5) || (distinct <= MANY && present >= distinct * MANY)
}

/// The first words of a meaning, which say what a column is before any details.
fn headline(meaning: Option<&str>) -> NameWords {
    let meaning = meaning.unwrap_or_default();
    let end = [" - ", ":", ";", "(", ","]
        .iter()
        .filter_map(|stop| meaning.find(stop))
        .min()
        .unwrap_or(meaning.len());
    NameWords::new(&meaning[..end])
}

fn text_role(evidence: &Evidence<'_>, name: &NameWords) -> Role {
    let column = evidence.column;
    let distinct = column.distinct();
    let Some(text) = evidence.text else {
        return Role::Category;
    };
    if evidence.has_order {
        return Role::Ordinal;
    }
    if distinct == 2 {
        return Role::Category;
    }
    let prose = text.mean_words >= PROSE_WORDS || text.mean_characters >= 40.0;
    let names_rows =
        name.is_key() || name.is_row_name() || name.is_assigned_number() || name.is_place_code();
    let many_codes = name.is_code() && unique_share(column) > 0.5;
    if (names_rows && !labels_groups(column)) || many_codes {
        return Role::Id;
    }
    if unique_share(column) > NEARLY_UNIQUE && column.present() > FEW {
        return if prose { Role::Text } else { Role::Id };
    }
    if prose && unique_share(column) > 0.3 && distinct > 50 {
        return Role::Text;
    }
    Role::Category
}

fn number_role(evidence: &Evidence<'_>, name: &NameWords) -> Role {
    let column = evidence.column;
    let Some(numbers) = evidence.numbers else {
        return Role::Constant;
    };
    let distinct = column.distinct();
    let whole = column.numbers.iter().all(|number| number.fract() == 0.0);
    let all_differ = column.missing() == 0 && distinct == column.codes.len();
    if whole && all_differ && column.codes.len() > 10 {
        let counts_rows = numbers.trend == Trend::Sequence;
        let labels_rows = evidence.position == 0
            && (numbers.trend == Trend::Rising)
            && column.storage == Storage::Integer;
        if counts_rows
            || name.is_row_name()
            || (labels_rows && !name.is_year() && evidence.meaning.is_none())
        {
            return Role::Id;
        }
    }
    if whole && (name.is_key() || name.is_place_code()) {
        return if labels_groups(column) {
            Role::Category
        } else {
            Role::Id
        };
    }
    let headline = headline(evidence.meaning);
    if whole
        && (name.is_assigned_number() || headline.is_assigned_number() || headline.is_key())
        && !name.is_count()
    {
        return if labels_groups(column) {
            Role::Category
        } else {
            Role::Id
        };
    }
    if whole && name.is_bare_thing() {
        return Role::Category;
    }
    if whole && name.is_code() {
        return if unique_share(column) > 0.5 {
            Role::Id
        } else {
            Role::Category
        };
    }
    if distinct == 2 && whole {
        return Role::Category;
    }
    if whole && name.is_year() {
        return Role::Number;
    }
    if evidence.meaning.is_some_and(lists_codes) && distinct <= FEW && whole {
        return Role::Category;
    }
    let counted = whole && numbers.min >= 0.0 && name.is_count();
    if distinct <= FEW
        && (name.is_graded() || headline.is_graded())
        && column.present() >= distinct * 3
    {
        return Role::Ordinal;
    }
    if whole && distinct <= FEW && name.is_label() && !counted {
        return Role::Category;
    }
    if whole && numbers.min >= 0.0 {
        let small =
            numbers.max <= 50.0 && (numbers.zeros > 0.0 || numbers.min == 1.0) && distinct <= 51;
        let measured = super::naming::unit(&column.name).is_some() || name.any(&MEASURES);
        if counted || (small && !measured) {
            return Role::Count;
        }
    }
    Role::Number
}

/// Names of quantities that are measured even when written in whole numbers.
const MEASURES: [&str; 22] = [
    "age",
    "price",
    "cost",
    "fee",
    "income",
    "salary",
    "weight",
    "height",
    "length",
    "width",
    "temperature",
    "temp",
    "distance",
    "speed",
    "duration",
    "time",
    "hour",
    "day",
    "month",
    "week",
    "percent",
    "rate",
];

/// Whether documentation explains single numbers: `1 = Yes; 2 = No`.
fn lists_codes(meaning: &str) -> bool {
    let mut explained = 0;
    for (at, _) in meaning.match_indices('=') {
        let before = meaning[..at].trim_end();
        let after = meaning[at + 1..].trim_start();
        let number = before
            .chars()
            .next_back()
            .is_some_and(|c| c.is_ascii_digit());
        explained += usize::from(
            number
                && after
                    .chars()
                    .next()
                    .is_some_and(|c| c.is_alphabetic() || "<>".contains(c)),
        );
    }
    explained >= 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::describe;
    use crate::testing::column;

    #[track_caller]
    fn check(name: &str, cells: &[String], expected: Role) {
        assert_eq!(
            describe(&column(name, cells), 3, None, None).role,
            expected,
            "{name}: {:?}",
            &cells[..cells.len().min(8)]
        );
    }

    fn repeat(values: &[&str], rows: usize) -> Vec<String> {
        // A walk that is neither sorted nor periodic.
        (0..rows)
            .map(|row| values[(row * row * 7 + row * 3) % 101 % values.len()].to_owned())
            .collect()
    }

    fn spread(rows: usize, value: impl Fn(usize) -> String) -> Vec<String> {
        (0..rows).map(|row| value(row * 7919 % 1009)).collect()
    }

    #[test]
    fn identifiers() {
        check(
            "rownames",
            &(1..200).map(|n| n.to_string()).collect::<Vec<_>>(),
            Role::Id,
        );
        check(
            "RespondentID",
            &spread(200, |n| (3_292_879_000_u64 + n as u64 * 13).to_string()),
            Role::Id,
        );
        check("name", &spread(200, |n| format!("Person {n}")), Role::Id);
        check(
            "zip_code",
            &spread(400, |n| (60_601 + n % 60).to_string()),
            Role::Id,
        );
        check(
            "StoreID",
            &repeat(&["1", "2", "3", "4", "7"], 300),
            Role::Category,
        );
        check(
            "job_number",
            &spread(200, |n| (20_000 + n % 150).to_string()),
            Role::Id,
        );
    }

    #[test]
    fn categories_and_orders() {
        check("dead", &repeat(&["alive", "dead"], 100), Role::Category);
        check("smokes", &repeat(&["0", "1"], 100), Role::Category);
        check(
            "cluster",
            &repeat(&["1", "2", "3", "4"], 100),
            Role::Category,
        );
        check(
            "injSeverity",
            &repeat(&["0", "1", "2", "3", "4", "5"], 100),
            Role::Ordinal,
        );
        check(
            "safety",
            &repeat(&["low", "med", "high"], 100),
            Role::Ordinal,
        );
        check(
            "dvcat",
            &repeat(&["1-9km/h", "10-24", "25-39", "40-54", "55+"], 100),
            Role::Ordinal,
        );
        check(
            "dvcat",
            &repeat(&["10-24", "25-39", "40-54", "55+"], 100),
            Role::Ordinal,
        );
        check("hybrid", &repeat(&["True", "False"], 100), Role::Category);
    }

    #[test]
    fn numbers_counts_and_dates() {
        check(
            "bedrooms",
            &repeat(&["1", "2", "3", "4", "5"], 100),
            Role::Count,
        );
        check(
            "reviews",
            &spread(300, |n| (n % 160).to_string()),
            Role::Count,
        );
        check(
            "price",
            &spread(300, |n| (n * 3 + 17).to_string()),
            Role::Number,
        );
        check(
            "year",
            &repeat(&["1996", "2001", "2014"], 100),
            Role::Number,
        );
        check(
            "Release Date",
            &spread(60, |n| format!("Jun {} 1998", n % 30 + 1)),
            Role::Date,
        );
        check(
            "width",
            &spread(300, |n| format!("{}.{}", n / 10, n % 10)),
            Role::Number,
        );
        check("nothing", &repeat(&["7"], 50), Role::Constant);
    }

    #[test]
    fn prose() {
        check(
            "comment",
            &spread(200, |n| format!("this is what person number {n} wrote")),
            Role::Text,
        );
    }

    #[test]
    fn codes_explained_in_documentation() {
        assert!(lists_codes("pain: 1 = alert; 2 = depressed"));
        assert!(!lists_codes("total = a + b, about 2 = two"));
    }
}
