//! How classes are spelled in the published files: so that reading and writing them again changes nothing.

use std::collections::BTreeMap;

use facts::CategoryCount;

/// What pandas takes for a missing cell by default; a class of that name would be lost in every competitor's
/// first line of code.
const READ_AS_MISSING: [&str; 18] = [
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
    "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// The published spelling of every raw class.
///
/// Numbers are spelled as a program that takes them for numbers writes them (`5` beside `4.5` is `5.0`), truth
/// values as Python does, and names that mean "missing" to readers in a way that does not.
pub(crate) fn published(categories: &[CategoryCount]) -> BTreeMap<String, String> {
    let values = || categories.iter().map(|category| category.value.as_str());
    let numbers: Option<Vec<f64>> = values()
        .map(|value| {
            value
                .trim()
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite())
        })
        .collect();
    let spelled: Vec<String> = if let Some(numbers) = numbers {
        let whole = numbers
            .iter()
            .all(|number| number.fract() == 0.0 && number.abs() < 1e15);
        numbers
            .iter()
            .map(|number| {
                if whole {
                    format!("{number:.0}")
                } else {
                    format!("{number:?}")
                }
            })
            .map(|text| if text == "-0" { "0".to_owned() } else { text })
            .collect()
    } else if values().all(|value| matches!(value.to_ascii_lowercase().as_str(), "true" | "false"))
    {
        values()
            .map(|value| {
                if value.eq_ignore_ascii_case("true") {
                    "True"
                } else {
                    "False"
                }
                .to_owned()
            })
            .collect()
    } else {
        let taken: Vec<&str> = values().collect();
        values().map(|value| readable(value, &taken)).collect()
    };
    values().map(str::to_owned).zip(spelled).collect()
}

fn readable(value: &str, taken: &[&str]) -> String {
    if !READ_AS_MISSING.contains(&value) {
        return value.to_owned();
    }
    let lower = value.to_ascii_lowercase();
    if !READ_AS_MISSING.contains(&lower.as_str()) && !taken.contains(&lower.as_str()) {
        return lower;
    }
    format!("is {value}")
}

/// Words for the class that a yes-or-no question is about.
const YES: [&str; 36] = [
    "yes",
    "y",
    "true",
    "t",
    "1",
    "positive",
    "pos",
    "present",
    "pass",
    "passed",
    "dead",
    "died",
    "bad",
    "malignant",
    "canceled",
    "cancelled",
    "default",
    "churn",
    "fraud",
    "spam",
    "ill",
    "sick",
    "disease",
    "abnormal",
    "failure",
    "win",
    "won",
    "survived",
    "accept",
    "accepted",
    "approved",
    "high",
    "band",
    "lived",
    "success",
    "2",
];

/// The positive one of two classes given with their counts: the one that answers "yes" when one does, the greater
/// number, else the rarer.
pub(crate) fn positive<'a>(one: (&'a str, usize), other: (&'a str, usize)) -> &'a str {
    let numbers = (one.0.parse::<f64>(), other.0.parse::<f64>());
    if let (Ok(a), Ok(b)) = numbers {
        return if a > b { one.0 } else { other.0 };
    }
    let says_yes = |label: &str| YES.contains(&label.to_lowercase().as_str());
    match (says_yes(one.0), says_yes(other.0)) {
        (true, false) => one.0,
        (false, true) => other.0,
        _ => match one.1.cmp(&other.1) {
            std::cmp::Ordering::Less => one.0,
            std::cmp::Ordering::Greater => other.0,
            std::cmp::Ordering::Equal => one.0.max(other.0),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &[&str], expected: &[&str]) {
        let categories: Vec<CategoryCount> = raw
            .iter()
            .map(|value| CategoryCount {
                value: (*value).to_owned(),
                count: 1,
            })
            .collect();
        let published = published(&categories);
        let spelled: Vec<&str> = raw.iter().map(|value| published[*value].as_str()).collect();
        assert_eq!(spelled, expected);
    }

    #[test]
    fn spelling_survives_a_reader_that_guesses_types() {
        check(&["1", "2"], &["1", "2"]);
        check(&["1.0", "2.0"], &["1", "2"]);
        check(&["5", "4.5"], &["5.0", "4.5"]);
        check(&["007", "8"], &["7", "8"]);
        check(&["true", "false"], &["True", "False"]);
        check(&["None", "Minor"], &["none", "Minor"]);
        check(&["NULL", "null"], &["is NULL", "is null"]);
        check(&["2", "5more"], &["2", "5more"]);
    }

    #[test]
    fn the_positive_class_answers_the_question() {
        assert_eq!(positive(("no", 5), ("yes", 90)), "yes");
        assert_eq!(positive(("0", 5), ("1", 90)), "1");
        assert_eq!(positive(("CH", 653), ("MM", 417)), "MM");
        assert_eq!(positive(("good", 900), ("bad", 50)), "bad");
    }
}
