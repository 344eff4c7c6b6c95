//! How likely someone would want a column predicted: from its name, its place, and what the dataset says of itself.

use facts::ColumnProfile;
use task_format::Objective;

use super::table::Table;
use super::targets::Formulation;
use crate::naming::{self, has_any, percent};

/// Words that name what a study or a business is about.
const OUTCOMES: [&str; 67] = [
    "class",
    "target",
    "label",
    "outcome",
    "result",
    "diagnosis",
    "species",
    "survived",
    "survival",
    "price",
    "cost",
    "rating",
    "quality",
    "grade",
    "churn",
    "default",
    "stroke",
    "dead",
    "died",
    "death",
    "status",
    "type",
    "category",
    "fraud",
    "cancelled",
    "canceled",
    "purchase",
    "purchased",
    "spam",
    "score",
    "point",
    "yield",
    "output",
    "response",
    "tissue",
    "author",
    "utility",
    "disease",
    "attrition",
    "approved",
    "accepted",
    "failure",
    "risk",
    "severity",
    "damage",
    "visit",
    "claim",
    "sale",
    "gross",
    "revenue",
    "expectancy",
    "mpg",
    "salary",
    "wage",
    "income",
    "fare",
    "tip",
    "demand",
    "turnout",
    "worth",
    "duration",
    "delay",
    "binary",
    "cultivar",
    "fan",
    "protein",
    "fat",
];

/// Words of mere attributes: known beforehand, or where and when something was.
const ATTRIBUTES: [&str; 47] = [
    "sex",
    "gender",
    "race",
    "ethnicity",
    "year",
    "month",
    "day",
    "date",
    "week",
    "weekday",
    "hour",
    "minute",
    "time",
    "latitude",
    "longitude",
    "lat",
    "lon",
    "lng",
    "long",
    "coord",
    "xcoord",
    "ycoord",
    "x",
    "zip",
    "code",
    "id",
    "region",
    "district",
    "state",
    "county",
    "city",
    "country",
    "street",
    "address",
    "neighborhood",
    "name",
    "number",
    "index",
    "lot",
    "vendor",
    "store",
    "hectare",
    "shift",
    "inning",
    "location",
    "zone",
    "borough",
];

/// Prose that says a column is the one to predict.
const SAYS_SO: [&str; 7] = [
    "predict",
    "target",
    "outcome",
    "class label",
    "class attribute",
    "dependent",
    "to be classified",
];

/// Too general to tie a name to a title.
const STOP_WORDS: [&str; 22] = [
    "the", "of", "and", "in", "by", "a", "an", "to", "for", "on", "is", "was", "with", "data",
    "dataset", "list", "world", "new", "all", "at", "from", "or",
];

/// What speaks for a target.
pub(super) struct Appraisal {
    /// 0–1.
    pub(super) score: f64,
    /// Reasons for people, most telling first.
    pub(super) reasons: Vec<String>,
}

/// Plausibility × learnability of a formulation, as far as names and counts tell.
pub(super) fn appraise(
    table: &Table<'_>,
    formulation: &Formulation<'_>,
    features: usize,
) -> Appraisal {
    let column = formulation.column;
    let mut reasons = Vec::new();
    let plausibility = plausibility(table, column, &mut reasons);
    let learnability = learnability(table, formulation, features);
    Appraisal {
        score: (plausibility * learnability).clamp(0.0, 1.0),
        reasons,
    }
}

fn plausibility(table: &Table<'_>, column: &ColumnProfile, reasons: &mut Vec<String>) -> f64 {
    let words: Vec<String> = table.tokens(&column.name).to_vec();
    let mut score: f64 = 0.3;

    let attribute = has_any(&words, &ATTRIBUTES)
        || words.len() == 1 && words[0] == "y" && paired_coordinate(table);
    let outcome = has_any(&words, &OUTCOMES)
        || words.len() == 1 && words[0] == "y" && !paired_coordinate(table);
    if outcome {
        score += 0.3;
        reasons.push("its name is that of an outcome".to_owned());
    }
    let title = mentions(&table.profile.dataset.title, &words);
    if title {
        score += 0.3;
        reasons.push("the dataset's title speaks of it".to_owned());
    } else if table
        .profile
        .dataset
        .description
        .as_deref()
        .is_some_and(|text| mentions(text, &words))
    {
        score += 0.12;
        reasons.push("the dataset's description mentions it".to_owned());
    }
    if column.meaning.as_deref().is_some_and(|meaning| {
        let meaning = meaning.to_lowercase();
        SAYS_SO.iter().any(|phrase| meaning.contains(phrase))
    }) {
        score += 0.25;
        reasons.push("its documentation calls it the outcome".to_owned());
    }
    let last = table
        .columns()
        .iter()
        .rev()
        .find(|other| !table.names_rows(other));
    let first = table
        .columns()
        .iter()
        .find(|other| !table.names_rows(other));
    if last.is_some_and(|last| last.name == column.name) {
        score += 0.2;
        reasons.push("it is the last column, where targets usually stand".to_owned());
    } else if first.is_some_and(|first| first.name == column.name) {
        score += 0.12;
        reasons.push("it is the first column that says something about a row".to_owned());
    }
    if attribute {
        score *= if outcome || title { 0.6 } else { 0.4 };
    }
    let missing = column.missing as f64 / table.profile.rows.max(1) as f64;
    score *= 1.0 - 0.5 * missing;
    if reasons.is_empty() {
        reasons.push(if attribute {
            "it is an attribute that other columns may tell".to_owned()
        } else {
            "it varies enough to be worth predicting from the other columns".to_owned()
        });
    }
    score.min(1.0)
}

/// Whether a lone `y` is a coordinate, because a lone `x` stands beside it.
fn paired_coordinate(table: &Table<'_>) -> bool {
    table
        .columns()
        .iter()
        .any(|column| table.tokens(&column.name) == ["x"])
}

fn mentions(text: &str, words: &[String]) -> bool {
    let prose = naming::tokens(text);
    words.iter().any(|word| {
        word.chars().count() > 2
            && !STOP_WORDS.contains(&word.as_str())
            && prose.iter().any(|spoken| naming::speaks_of(spoken, word))
    })
}

fn learnability(table: &Table<'_>, formulation: &Formulation<'_>, features: usize) -> f64 {
    let mut factor: f64 = 1.0;
    if features < 3 {
        factor *= 0.6;
    }
    if formulation.rows < 200 {
        factor *= 0.9;
    }
    let counts = &formulation.target.counts;
    match formulation.objective {
        Objective::Detection => {
            let rarest = counts.iter().min().copied().unwrap_or(0);
            factor *= if rarest < 60 { 0.6 } else { 0.9 };
        }
        Objective::Multiclass if counts.len() > 15 => factor *= 0.85,
        Objective::Binary | Objective::Multiclass | Objective::Ordinal => {}
        Objective::Regression => {
            // A number has more to get right than a class, and a heavy spike is hard to beat.
            factor *= 0.95;
            if table.majority(formulation.column) > 0.3 {
                factor *= 0.75;
            }
        }
    }
    factor
}

/// How lopsided classes are, for people: `61 % of rows are …`.
pub(super) fn balance(formulation: &Formulation<'_>) -> Option<String> {
    let total: usize = formulation.target.counts.iter().sum();
    let (label, count) = formulation
        .target
        .labels
        .iter()
        .zip(&formulation.target.counts)
        .max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)))?;
    Some(format!(
        "{} of the rows are `{label}`",
        percent(*count as f64 / total.max(1) as f64)
    ))
}
