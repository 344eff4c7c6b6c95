//! Describes one column on its own: storage, role, distribution. How columns relate is `relate`'s matter.

pub(crate) mod dates;
pub(crate) mod naming;
mod orders;
mod role;
mod summary;

use facts::{ColumnProfile, DateSummary, Storage};

use crate::table::Column;
use naming::NameWords;

/// Distinct values up to which an order of texts is looked for.
const MOST_ORDERED: usize = 60;

/// The profile of a column at that position (from 0) of its table.
pub(crate) fn describe(
    column: &Column,
    position: usize,
    meaning: Option<String>,
    unit: Option<String>,
) -> ColumnProfile {
    let numbers = summary::numbers(column);
    let text = summary::texts(column);
    let dates = date_summary(column);
    let order = order(column);
    let role = role::role(&role::Evidence {
        column,
        position,
        numbers: numbers.as_ref(),
        text: text.as_ref(),
        is_date: dates.is_some(),
        has_order: order.is_some(),
        meaning: meaning.as_deref(),
    });
    ColumnProfile {
        name: column.name.clone(),
        storage: column.storage,
        role,
        missing: column.missing(),
        distinct: column.distinct(),
        unit: unit.or_else(|| naming::unit(&column.name)),
        meaning,
        numbers,
        categories: summary::categories(column),
        categories_complete: column.distinct() <= summary::MOST_CATEGORIES,
        text,
        dates,
        examples: summary::examples(column),
        order: order.filter(|_| role == facts::Role::Ordinal),
    }
}

/// The `strptime` pattern of a column of dates.
pub(crate) fn date_pattern(column: &Column) -> Option<&'static str> {
    let name = NameWords::new(&column.name);
    match column.storage {
        Storage::Text => dates::pattern(column.words.iter(), name.is_date()),
        Storage::Integer if name.is_date() => dates::pattern(column.words.iter(), true),
        _ => None,
    }
}

fn date_summary(column: &Column) -> Option<DateSummary> {
    let pattern = date_pattern(column)?;
    let mut first = None;
    let mut last = None;
    for moment in column
        .words
        .iter()
        .filter_map(|word| dates::moment(word, pattern))
    {
        first = Some(first.map_or(moment, |first: dates::Moment| first.min(moment)));
        last = Some(last.map_or(moment, |last: dates::Moment| last.max(moment)));
    }
    let (first, last) = first.zip(last)?;
    Some(DateSummary {
        first: first.text(pattern),
        last: last.text(pattern),
        pattern: pattern.to_owned(),
    })
}

fn order(column: &Column) -> Option<Vec<String>> {
    if column.storage != Storage::Text || column.distinct() > MOST_ORDERED {
        return None;
    }
    let values: Vec<&str> = column.words.iter().collect();
    orders::order(&values, NameWords::new(&column.name).is_graded())
}
