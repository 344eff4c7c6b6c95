//! Which columns give a target away: the target in other words, or what is known only after it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use facts::{ColumnProfile, Role};
use task_format::Objective;

use super::table::{Table, is_numeric};
use crate::naming::{has_any, same_stem, singular};

/// Words of final outcomes: known only when everything else is.
const OUTCOMES: [&str; 17] = [
    "outcome",
    "result",
    "survived",
    "survival",
    "dead",
    "died",
    "alive",
    "canceled",
    "cancelled",
    "cancellation",
    "churn",
    "churned",
    "defaulted",
    "target",
    "label",
    "event",
    "attrition",
];
/// Words for how badly something ended.
const HARM: [&str; 12] = [
    "dead",
    "died",
    "death",
    "alive",
    "survived",
    "survival",
    "fatal",
    "fatality",
    "mortality",
    "injury",
    "severity",
    "killed",
];
/// Words of the verdict on a row, under which alternative labels hide.
const VERDICTS: [&str; 7] = [
    "outcome", "result", "class", "label", "event", "target", "verdict",
];
/// Words that mark a value of an earlier occasion, which is fair to know.
const EARLIER: [&str; 8] = [
    "previous", "prev", "prior", "past", "earlier", "history", "before", "lag",
];
/// Words of time: `WeekofPurchase` says when, not what.
const WHEN: [&str; 9] = [
    "week", "weekof", "month", "day", "year", "date", "time", "hour", "quarter",
];
/// Words of amounts on one bill.
const MONEY: [&str; 12] = [
    "fare", "tip", "price", "cost", "amount", "charge", "fee", "toll", "gross", "payment", "sale",
    "revenue",
];
/// Words of summary statistics: beside one of them, the others nearly restate it.
const STATISTICS: [&str; 12] = [
    "median",
    "mean",
    "average",
    "avg",
    "min",
    "max",
    "p25th",
    "p75th",
    "p",
    "th",
    "percentile",
    "quartile",
];
/// Words of an end.
const ENDS: [&str; 6] = [
    "dropoff",
    "end",
    "finish",
    "finished",
    "completed",
    "closed",
];
/// Words for harm and what it costs: none without the other.
const AFTERMATH: [&str; 7] = [
    "damage",
    "cost",
    "repair",
    "loss",
    "compensation",
    "payout",
    "claim",
];

/// A target and the columns that tell it.
pub(crate) struct Leak {
    /// Name of the column.
    pub(crate) column: String,
    /// Why it is left out, for people.
    pub(crate) reason: String,
    /// What says so.
    pub(crate) evidence: Evidence,
}

/// What says that a column gives the target away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// Its values alone.
    Values,
    /// Its values together with those of other columns.
    Formula,
    /// Its name.
    Name,
}

/// Every column that gives the target away, in file order, each with its reason.
pub(crate) fn of_target(
    table: &Table<'_>,
    target: &ColumnProfile,
    objective: Objective,
) -> Vec<Leak> {
    let others = || {
        table
            .columns()
            .iter()
            .filter(|column| column.name != target.name)
    };
    let parts = parts_of_total(table, target);
    let tied = by_formula(table, &target.name);
    let mut leaks: Vec<Leak> = Vec::new();
    for column in others() {
        let values = by_relation(table, target, column).map(|reason| (reason, Evidence::Values));
        let found = values
            .or_else(|| {
                let reason = tied.get(column.name.as_str()).cloned().or_else(|| {
                    let part = parts.contains(&column.name.as_str());
                    part.then(|| format!("is one of the parts that `{}` adds up", target.name))
                })?;
                Some((reason, Evidence::Formula))
            })
            .or_else(|| Some((by_name(table, target, column, objective)?, Evidence::Name)));
        if let Some((reason, evidence)) = found {
            leaks.push(Leak {
                column: column.name.clone(),
                reason,
                evidence,
            });
        }
    }
    // What restates a column that gives the target away, gives it away too, however long the chain.
    // Names alone are too weak a link for that.
    while let Some(leak) = others().find_map(|column| {
        let known = leaks.iter().any(|leak| leak.column == column.name);
        if known {
            None
        } else {
            restates(table, &leaks, column)
        }
    }) {
        leaks.push(leak);
    }
    leaks.sort_by_key(|leak| {
        table
            .columns()
            .iter()
            .position(|column| column.name == leak.column)
    });
    leaks
}

/// The column as a leak, when it restates one that is known.
fn restates(table: &Table<'_>, leaks: &[Leak], column: &ColumnProfile) -> Option<Leak> {
    let source = leaks.iter().find(|leak| {
        (leak.evidence != Evidence::Name && table.near_copies(&leak.column, &column.name))
            || extends_name(table, &leak.column, &column.name)
    })?;
    Some(Leak {
        column: column.name.clone(),
        reason: format!("goes with `{}`, which is left out too", source.column),
        evidence: source.evidence,
    })
}

/// What was measured.
fn by_relation(
    table: &Table<'_>,
    target: &ColumnProfile,
    column: &ColumnProfile,
) -> Option<String> {
    let (goal, name) = (target.name.as_str(), column.name.as_str());
    if table.near_copies(goal, name) {
        return Some(format!("says nearly the same as `{goal}`"));
    }
    if table.determines(name, goal) {
        return Some(format!("fixes the value of `{goal}`"));
    }
    if table.determines(goal, name) {
        return Some(format!("follows from `{goal}`"));
    }
    None
}

/// Columns that formulas tie to the target, each with its reason: its parts, what is made of it, and whatever else
/// belongs to the same account, because several formulas together may still give it away.
fn by_formula<'a>(table: &Table<'a>, target: &str) -> BTreeMap<&'a str, String> {
    let mut tied: BTreeMap<&str, String> = BTreeMap::new();
    let mut open = vec![target];
    while let Some(column) = open.pop() {
        for formula in table.formulas() {
            let result = formula.to == column;
            if !result && !formula.from.iter().any(|part| part == column) {
                continue;
            }
            let members = formula.from.iter().map(String::as_str).chain([formula.to]);
            for member in members.filter(|member| *member != target) {
                let reason = match (column == target, result) {
                    (true, true) => format!("`{target}` is computed from it: {}", formula.text),
                    (true, false) if member == formula.to => {
                        format!("is computed from `{target}`: {}", formula.text)
                    }
                    (true, false) => format!(
                        "belongs to one sum with `{target}`: {} = {}",
                        formula.to, formula.text
                    ),
                    (false, _) => {
                        format!("is tied to `{column}`: {} = {}", formula.to, formula.text)
                    }
                };
                if let Entry::Vacant(entry) = tied.entry(member) {
                    entry.insert(reason);
                    open.push(member);
                }
            }
        }
    }
    tied
}

/// Columns side by side that look like the parts of a total: numbers of one size whose means add up to about its
/// mean. A sum with an unpublished part is no formula that could be measured, but is given away all the same.
fn parts_of_total<'a>(table: &Table<'a>, target: &ColumnProfile) -> Vec<&'a str> {
    const FEWEST: usize = 4;
    let Some(total) = target.numbers.map(|numbers| numbers.mean) else {
        return Vec::new();
    };
    if !has_any(
        table.tokens(&target.name),
        &["total", "overall", "sum", "final"],
    ) {
        return Vec::new();
    }
    let mean = |column: &ColumnProfile| {
        is_numeric(column)
            .then(|| column.numbers.map(|numbers| numbers.mean))
            .flatten()
            .filter(|mean| *mean > 0.0)
    };
    let mut run: Vec<(&str, f64)> = Vec::new();
    let mut best: Vec<&str> = Vec::new();
    for column in table.columns() {
        match (mean(column), run.first()) {
            (Some(size), Some((_, first))) if size <= 2.0 * first && size >= 0.5 * first => {
                run.push((&column.name, size));
            }
            (Some(size), _) => run = vec![(&column.name, size)],
            (None, _) => run.clear(),
        }
        let sum: f64 = run.iter().map(|(_, size)| size).sum();
        if run.len() >= FEWEST && run.len() > best.len() && (0.75..=1.25).contains(&(sum / total)) {
            best = run.iter().map(|(name, _)| *name).collect();
        }
    }
    best
}

/// What names suggest.
fn by_name(
    table: &Table<'_>,
    target: &ColumnProfile,
    column: &ColumnProfile,
    objective: Objective,
) -> Option<String> {
    let goal = table.tokens(&target.name);
    let words = table.tokens(&column.name);
    let earlier = has_any(words, &EARLIER);
    let numeric_goal = objective == Objective::Regression;

    if !earlier && has_any(goal, &HARM) && !numeric_goal && has_any(words, &HARM) {
        return Some("tells how badly it ended, known only afterwards".to_owned());
    }
    if has_any(goal, &VERDICTS) && !numeric_goal && has_any(words, &VERDICTS) {
        return Some(format!(
            "is another verdict on the same row as `{}`",
            target.name
        ));
    }
    if !earlier
        && has_any(words, &OUTCOMES)
        && !has_any(goal, &EARLIER)
        && !tells_when_or_earlier(table, target, column)
    {
        return Some("is an outcome, known only afterwards".to_owned());
    }
    if has_any(goal, &AFTERMATH) && has_any(words, &AFTERMATH) {
        return Some("is part of the same aftermath, known only afterwards".to_owned());
    }
    if let Some(reason) = other_wave(table, target, column) {
        return reason;
    }
    if has_any(words, &["rank", "ranking"]) && numeric_goal {
        return Some("is a rank, made from figures such as the one asked for".to_owned());
    }
    if numeric_goal && is_numeric(column) && all_in(goal, &STATISTICS) && all_in(words, &STATISTICS)
    {
        return Some(format!(
            "is another statistic of the same figures as `{}`",
            target.name
        ));
    }
    if numeric_goal && is_numeric(column) && has_any(goal, &MONEY) {
        if words == ["total"] && !has_any(goal, &["total"]) {
            return Some("is the whole bill, of which the target is a part".to_owned());
        }
        if has_any(words, &["tip", "gratuity"]) {
            return Some("is decided after everything else on the bill".to_owned());
        }
    }
    if numeric_goal && column.role == Role::Date && has_any(words, &ENDS) {
        return Some("is known only when it is over".to_owned());
    }
    if tells_when_or_earlier(table, target, column) {
        return None;
    }
    // Questions of a survey share words by nature.
    let sentences = goal.len().max(words.len()) > 6;
    let same_kind = is_numeric(target) == is_numeric(column) && !sentences;
    let shared = goal.iter().find(|word| {
        informative(table, word)
            && words
                .iter()
                .any(|other| informative(table, other) && same_stem(word, other))
    });
    if let Some(word) = shared.filter(|_| same_kind) {
        return Some(format!(
            "shares `{word}` with the target's name and may restate it"
        ));
    }
    contains_name(table, &target.name, &column.name)
        .then(|| "has the target's name in its own and may be made from it".to_owned())
}

/// For names that differ in one number only (`math2`, `math3`), waves of one measurement: `Some(None)` when the
/// column is an earlier one, which is fair to know, `Some(reason)` when it is a later one.
fn other_wave(
    table: &Table<'_>,
    target: &ColumnProfile,
    column: &ColumnProfile,
) -> Option<Option<String>> {
    /// More columns of one stem are a spectrum or an unnamed table, not waves.
    const MOST: usize = 5;
    let (stem, wave) = wave_of(&target.name)?;
    let (other_stem, other_wave) = wave_of(&column.name)?;
    let siblings = table
        .columns()
        .iter()
        .filter(|other| wave_of(&other.name).is_some_and(|(name, _)| name == stem));
    if stem != other_stem || siblings.count() > MOST {
        return None;
    }
    Some(
        (other_wave > wave).then(|| format!("is a later measurement of what `{}` is", target.name)),
    )
}

/// Whether the column only says when, or speaks of an earlier occasion.
fn tells_when_or_earlier(
    table: &Table<'_>,
    target: &ColumnProfile,
    column: &ColumnProfile,
) -> bool {
    let words = table.tokens(&column.name);
    if has_any(words, &EARLIER) {
        return true;
    }
    let goal_is_time = has_any(table.tokens(&target.name), &WHEN);
    !goal_is_time
        && words
            .first()
            .is_some_and(|first| WHEN.contains(&singular(first)) || WHEN.contains(&first.as_str()))
}

/// Words that can tie two names together: no numbers, no abbreviations, not shared by a fifth of all columns.
fn informative(table: &Table<'_>, word: &str) -> bool {
    const GENERAL: [&str; 24] = [
        "mean",
        "average",
        "total",
        "sum",
        "count",
        "number",
        "min",
        "max",
        "std",
        "error",
        "first",
        "last",
        "index",
        "percent",
        "percentage",
        "share",
        "rate",
        "ratio",
        "level",
        "value",
        "type",
        "size",
        "code",
        "other",
    ];
    word.chars().count() >= 3
        && word.chars().any(char::is_alphabetic)
        && !table.is_common(word)
        && !GENERAL.contains(&singular(word))
}

/// Whether one name contains the other whole (`price`, `log_price_band`).
fn contains_name(table: &Table<'_>, target: &str, other: &str) -> bool {
    let goal = table.tokens(target);
    if goal.iter().all(|word| table.is_common(word)) || goal.concat().len() < 4 {
        return false;
    }
    table
        .tokens(other)
        .windows(goal.len().max(1))
        .any(|window| window == goal)
}

/// Whether a name begins with all words of another: `reservation_status_date` with `reservation_status`.
fn extends_name(table: &Table<'_>, name: &str, longer: &str) -> bool {
    let (words, longer) = (table.tokens(name), table.tokens(longer));
    words.len() >= 2 && longer.len() > words.len() && longer.starts_with(words)
}

/// A name cut into what stands before a single digit at its end, and that digit.
pub(super) fn wave_of(name: &str) -> Option<(&str, u32)> {
    let digit = name.chars().last()?.to_digit(10)?;
    let stem = &name[..name.len() - 1];
    let plain = stem
        .chars()
        .last()
        .is_some_and(|last| !last.is_ascii_digit())
        && stem.chars().count() >= 3;
    plain.then_some((stem, digit))
}

fn all_in(words: &[String], list: &[&str]) -> bool {
    let mut letters = words
        .iter()
        .filter(|word| word.chars().any(char::is_alphabetic))
        .peekable();
    letters.peek().is_some() && letters.all(|word| list.contains(&word.as_str()))
}
