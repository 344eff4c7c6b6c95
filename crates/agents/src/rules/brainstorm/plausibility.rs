//! How likely someone would want a column predicted: from its name, its place, and what the dataset says of itself.

use facts::{ColumnProfile, Role};
use task_format::Objective;

use super::leaks;
use super::table::Table;
use super::targets::Formulation;
use crate::Derivation;
use crate::naming::{self, has_any, percent};

/// Words that call a column the answer.
const VERDICTS: [&str; 9] = [
    "class",
    "target",
    "label",
    "outcome",
    "diagnosis",
    "survived",
    "churn",
    "default",
    "y",
];

/// Words that name what a study or a business is about.
const OUTCOMES: [&str; 47] = [
    "result",
    "species",
    "survival",
    "price",
    "cost",
    "rating",
    "quality",
    "grade",
    "stroke",
    "dead",
    "died",
    "death",
    "fraud",
    "cancelled",
    "canceled",
    "purchase",
    "purchased",
    "spam",
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
    "claim",
    "gross",
    "revenue",
    "expectancy",
    "mpg",
    "salary",
    "wage",
    "fare",
    "tip",
    "turnout",
    "worth",
    "cultivar",
    "band",
    "median",
    "fan",
];

/// Words that outcomes and mere attributes share.
const HINTS: [&str; 20] = [
    "status", "type", "category", "score", "point", "visit", "sale", "income", "demand",
    "duration", "delay", "binary", "median", "rate", "adr", "math", "read", "reading", "test",
    "exam",
];

/// Words of mere attributes: known beforehand, or where and when something was.
const ATTRIBUTES: [&str; 62] = [
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
    "trend",
    "abbrev",
    "locality",
    "map",
    "ref",
    "birth",
    "clinic",
    "group",
    "black",
    "nat",
    "white",
    "asian",
    "hisp",
    "hispanic",
    "nationality",
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
    let mut reasons = Vec::new();
    let plausibility = plausibility(table, formulation, &mut reasons);
    let learnability = learnability(table, formulation, features);
    Appraisal {
        score: (plausibility * learnability).clamp(0.0, 1.0),
        reasons,
    }
}

fn plausibility(
    table: &Table<'_>,
    formulation: &Formulation<'_>,
    reasons: &mut Vec<String>,
) -> f64 {
    let column = formulation.column;
    let words: Vec<String> = table.tokens(&column.name).to_vec();
    let mut score: f64 = 0.3;

    let attribute = has_any(&words, &ATTRIBUTES)
        || words
            .iter()
            .any(|word| word.len() > 4 && word.ends_with("id"))
        || (words == ["y"] && paired_coordinate(table));
    let verdict = has_any(&words, &VERDICTS) && !(words == ["y"] && paired_coordinate(table));
    // `domgross` ends with `gross`; short words end too many others.
    let compound = |word: &String| {
        OUTCOMES
            .iter()
            .any(|outcome| outcome.len() >= 5 && word.ends_with(outcome))
    };
    let outcome = verdict || has_any(&words, &OUTCOMES) || words.iter().any(compound);
    if verdict {
        score += 0.4;
        reasons.push("its name calls it the answer".to_owned());
    } else if outcome {
        score += 0.3;
        reasons.push("its name is that of an outcome".to_owned());
    } else if words
        .iter()
        .rev()
        .find(|word| word.chars().any(char::is_alphabetic))
        .is_some_and(|head| has_any(std::slice::from_ref(head), &HINTS))
    {
        score += 0.15;
        reasons.push("its name may be that of an outcome".to_owned());
    }
    let in_title = mentions(&table.profile.dataset.title, &words);
    let title = in_title > 0;
    let about = table
        .profile
        .dataset
        .description
        .as_deref()
        .unwrap_or_default();
    if title {
        score += 0.25 + 0.05 * in_title as f64;
        reasons.push("the dataset's title speaks of it".to_owned());
    }
    let asked = asks_whether(about, &words);
    if asked {
        score += 0.2;
        reasons.push("the dataset's description asks whether it is so".to_owned());
    } else if names_labels(about, formulation) {
        score += 0.2;
        reasons.push("the dataset's description names its classes".to_owned());
    } else if !title && mentions(about, &words) > 0 {
        score += if mentions(about, &words) > 1 {
            0.2
        } else {
            0.12
        };
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
    let number = formulation.objective == Objective::Regression;
    if is_one_of_a_family(table, column) {
        // `walk_score, transit_score, bike_score`: the last of a row of siblings is no more special than the first.
    } else if last.is_some_and(|last| last.name == column.name) {
        score += if number { 0.15 } else { 0.25 };
        reasons.push("it is the last column, where targets usually stand".to_owned());
    } else if first.is_some_and(|first| first.name == column.name) {
        score += 0.12;
        reasons.push("it is the first column that says something about a row".to_owned());
    }
    if attribute {
        score *= if outcome || title || asked { 0.6 } else { 0.4 };
    }
    let question = matches!(
        formulation.target.derivation,
        Some(Derivation::Positive { .. })
    );
    let mostly_nothing = column.numbers.is_some_and(|numbers| numbers.zeros >= 0.8);
    if question && column.role != Role::Count && !outcome && !mostly_nothing {
        // "Is the measurement above zero?" is rarely what anyone asks.
        score *= 0.5;
    }
    let labels = &formulation.target.labels;
    if !outcome && labels.len() > 3 && labels.iter().all(|label| label.parse::<f64>().is_ok()) {
        // Many numbers as names of classes are rather a coarse measurement.
        score *= 0.6;
    }
    if table
        .formulas()
        .any(|formula| formula.to == column.name || formula.from.contains(&column.name))
    {
        // Figures of one account: what is left of it nearly always gives the missing one away.
        score *= 0.7;
    }
    if words
        .iter()
        .filter(|word| word.chars().any(char::is_alphabetic))
        .all(|word| table.is_common(word))
    {
        // One of many of its kind, such as a channel of a spectrum.
        score *= 0.6;
    }
    if let Some((_, wave)) = leaks::wave_of(&column.name) {
        // Of several waves the last has the longest history to be predicted from.
        score += 0.01 * f64::from(wave);
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

/// How many of a name's telling words a text speaks of.
fn mentions(text: &str, words: &[String]) -> usize {
    let prose = naming::tokens(text);
    let telling = words
        .iter()
        .filter(|word| word.chars().count() > 2 && !STOP_WORDS.contains(&word.as_str()));
    telling
        .filter(|word| prose.iter().any(|spoken| naming::speaks_of(spoken, word)))
        .count()
}

/// Whether a text asks for it: "whether the booking was cancelled" of `is_canceled`.
fn asks_whether(text: &str, words: &[String]) -> bool {
    const REACH: usize = 7;
    let prose = naming::tokens(text);
    let asked = prose
        .iter()
        .enumerate()
        .filter(|(_, word)| *word == "whether");
    asked
        .map(|(at, _)| &prose[at..prose.len().min(at + REACH)])
        .any(|question| {
            words.iter().any(|word| {
                word.chars().count() > 2
                    && !STOP_WORDS.contains(&word.as_str())
                    && question
                        .iter()
                        .any(|spoken| naming::speaks_of(spoken, word))
            })
        })
}

/// Whether a text names at least two of the classes in words.
fn names_labels(text: &str, formulation: &Formulation<'_>) -> bool {
    let prose = naming::tokens(text);
    let named = formulation.target.labels.iter().filter(|label| {
        let words = naming::tokens(label);
        words.first().is_some_and(|first| {
            first.chars().count() > 2
                && !matches!(first.as_str(), "yes" | "true" | "false" | "none")
                && prose.windows(words.len()).any(|window| window == words)
        })
    });
    named.count() >= 2
}

/// Whether at least two other names share a telling word.
fn is_one_of_a_family(table: &Table<'_>, column: &ColumnProfile) -> bool {
    let words = table.tokens(&column.name);
    words
        .iter()
        .filter(|word| word.chars().count() > 2)
        .any(|word| {
            let siblings = table.columns().iter().filter(|other| {
                other.name != column.name && table.tokens(&other.name).contains(word)
            });
            siblings.count() >= 2
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
