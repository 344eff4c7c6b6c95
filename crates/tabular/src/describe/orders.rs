//! Orders of values that are known from their words: grades, sizes, months, ranges of numbers.
//! An order is known for all values of a column or not at all.

use super::dates::MONTHS;

/// Ladders from low to high; values of one rung mean the same place. Compared in lower case, `_` and `-` as blanks.
const LADDERS: &[&[&[&str]]] = &[
    &[
        &["very low", "vlow", "verylow"],
        &["low", "l"],
        &["medium", "med", "moderate", "average", "mid", "m", "normal"],
        &["high", "h"],
        &["very high", "vhigh", "veryhigh"],
    ],
    &[
        &["none", "no"],
        &["slight", "minimal", "trace"],
        &["mild", "minor"],
        &["moderate", "medium"],
        &["severe", "serious", "major", "substantial"],
        &["critical", "fatal", "extreme"],
    ],
    &[
        &["very poor", "vpoor"],
        &["poor", "bad"],
        &["fair", "below average"],
        &["average", "ok", "acceptable"],
        &["good", "above average"],
        &["very good", "vgood"],
        &["excellent", "best", "outstanding"],
    ],
    &[
        &["unacc", "unacceptable"],
        &["acc", "acceptable"],
        &["good"],
        &["vgood", "very good"],
    ],
    &[&["none"], &["low"], &["average"], &["good"], &["best"]],
    &[
        &["tiny", "xs"],
        &["small", "s"],
        &["medium", "med", "m", "mid"],
        &["big", "large", "l"],
        &["very large", "huge", "xl", "extra large"],
        &["xxl"],
    ],
    &[
        &["never"],
        &["rarely", "seldom", "hardly ever"],
        &["sometimes", "occasionally"],
        &["often", "frequently", "usually"],
        &["always"],
    ],
    &[
        &["strongly disagree"],
        &["disagree", "somewhat disagree"],
        &["neutral", "neither agree nor disagree", "undecided"],
        &["agree", "somewhat agree"],
        &["strongly agree"],
    ],
    &[
        &["very unfavorably", "very unfavourably"],
        &["somewhat unfavorably", "somewhat unfavourably"],
        &["neither favorably nor unfavorably (neutral)", "neutral"],
        &["somewhat favorably", "somewhat favourably"],
        &["very favorably", "very favourably"],
    ],
    &[
        &["very dissatisfied"],
        &["dissatisfied"],
        &["neutral"],
        &["satisfied"],
        &["very satisfied"],
    ],
    &[
        &["less than high school degree", "less than high school"],
        &["high school degree", "high school"],
        &["some college or associate degree", "some college"],
        &["associate", "associate degree"],
        &["bachelor degree", "bachelor", "bachelors"],
        &["graduate degree", "master", "masters"],
        &["phd", "doctorate", "doctoral"],
    ],
    &[
        &["bachelor"],
        &["master"],
        &["master+"],
        &["specialist"],
        &["phd"],
    ],
    &[&["primary"], &["secondary"], &["tertiary"]],
    &[&["freshman"], &["sophomore"], &["junior"], &["senior"]],
    &[
        &["beginner", "novice"],
        &["intermediate"],
        &["advanced"],
        &["expert"],
    ],
    &[
        &["daily"],
        &["weekly"],
        &["monthly"],
        &["quarterly"],
        &["yearly", "annually"],
    ],
    &[
        &["first", "1st"],
        &["second", "2nd"],
        &["third", "3rd"],
        &["fourth", "4th"],
        &["fifth", "5th"],
    ],
    &[
        &["jan"],
        &["feb"],
        &["mar"],
        &["apr"],
        &["may"],
        &["jun"],
        &["jul"],
        &["aug"],
        &["sep", "sept"],
        &["oct"],
        &["nov"],
        &["dec"],
    ],
    &[
        &["monday", "mon"],
        &["tuesday", "tue", "tues"],
        &["wednesday", "wed"],
        &["thursday", "thu", "thurs"],
        &["friday", "fri"],
        &["saturday", "sat"],
        &["sunday", "sun"],
    ],
    &[
        &["infant", "baby"],
        &["child", "juvenile"],
        &["teen", "adolescent", "youth"],
        &["young adult"],
        &["adult"],
        &["senior", "elderly"],
    ],
    &[
        &["vf", "very fast"],
        &["f", "fast"],
        &["m", "moderate"],
        &["l", "long", "slow"],
        &["vl", "very long"],
    ],
    &[&["cold"], &["cool"], &["mild"], &["warm"], &["hot"]],
];

/// Values from low to high, when their order is known. `graded` says that the column's name promises grades, without
/// which single letters and letter-digit codes are no order.
pub(crate) fn order(values: &[&str], graded: bool) -> Option<Vec<String>> {
    if values.len() < 3 {
        return None;
    }
    let ranks = by_ladder(values)
        .or_else(|| by_months(values))
        .or_else(|| by_leading_digit(values))
        .or_else(|| by_quarters(values))
        .or_else(|| by_ranges(values))
        .or_else(|| if graded { by_grades(values) } else { None })?;
    let mut ranked: Vec<(f64, &str)> = ranks.into_iter().zip(values.iter().copied()).collect();
    ranked.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    if ranked.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return None;
    }
    Some(
        ranked
            .into_iter()
            .map(|(_, value)| value.to_owned())
            .collect(),
    )
}

type Ranks = Vec<f64>;

fn plain(value: &str) -> String {
    value.trim().to_lowercase().replace(['_', '-'], " ")
}

fn by_ladder(values: &[&str]) -> Option<Ranks> {
    let values: Vec<String> = values.iter().map(|value| plain(value)).collect();
    LADDERS.iter().find_map(|ladder| {
        values
            .iter()
            .map(|value| {
                ladder
                    .iter()
                    .position(|rung| rung.contains(&value.as_str()))
                    .map(|at| at as f64)
            })
            .collect()
    })
}

fn by_months(values: &[&str]) -> Option<Ranks> {
    let position = |value: &&str| {
        MONTHS
            .iter()
            .position(|month| *month == value.trim().to_lowercase())
    };
    values
        .iter()
        .map(|value| position(value).map(|at| at as f64))
        .collect()
}

/// `0_no`, `1_mild`, `2_moderate`; also `1. never`, `2) often`.
fn by_leading_digit(values: &[&str]) -> Option<Ranks> {
    values
        .iter()
        .map(|value| {
            let digits = value
                .find(|c: char| !c.is_ascii_digit())
                .filter(|&at| (1..=2).contains(&at))?;
            let rest = value[digits..].trim_start_matches(['_', '.', ')', ':', '-', ' ']);
            let separated = rest.len() < value.len() - digits;
            let worded =
                rest.chars().next().is_some_and(char::is_alphabetic) && rest.chars().count() > 1;
            // `8-12 yrs` is a range, and a number of years is a number.
            (separated && worded && !value.contains("yr"))
                .then(|| value[..digits].parse().ok())
                .flatten()
        })
        .collect()
}

/// `1979 Q3`, `2020Q1`.
fn by_quarters(values: &[&str]) -> Option<Ranks> {
    values
        .iter()
        .map(|value| {
            let (year, quarter) = value.split_once(['Q', 'q'])?;
            let year: f64 = year
                .trim()
                .trim_end_matches('-')
                .parse()
                .ok()
                .filter(|year| (1000.0..3000.0).contains(year))?;
            let quarter: f64 = quarter
                .trim()
                .parse()
                .ok()
                .filter(|quarter| (1.0..=4.0).contains(quarter))?;
            Some(year + quarter / 10.0)
        })
        .collect()
}

/// `10-24`, `25-39`, `55+`; `< 20`, `emp_lt_1`, `emp_1`, `emp_ge_10`; `2`, `4`, `more`; `LT 8 yrs`, `8-12 yrs`, `MT 12 yrs`.
fn by_ranges(values: &[&str]) -> Option<Ranks> {
    let parsed: Vec<Range> = values
        .iter()
        .map(|value| range(value))
        .collect::<Option<_>>()?;
    let bounded = parsed.iter().filter(|range| range.is_range).count();
    // Words around the numbers must be the same for all values; a unit may be left out where every value is a range.
    let frames: std::collections::BTreeSet<&str> = parsed
        .iter()
        .filter(|range| range.rank.is_finite())
        .map(|range| range.frame.as_str())
        .collect();
    let worded = frames.iter().filter(|frame| !frame.is_empty()).count();
    let framed = frames.len() <= 1 || (worded == 1 && bounded == parsed.len());
    (bounded > 0 && framed).then(|| parsed.iter().map(|range| range.rank).collect())
}

struct Range {
    rank: f64,
    /// It has two ends, or an open one.
    is_range: bool,
    /// The text without numbers and comparisons, equal for all values of an ordered column.
    frame: String,
}

fn range(value: &str) -> Option<Range> {
    let text = plain_range(value);
    let mut numbers: Vec<f64> = Vec::new();
    let mut frame = String::new();
    let (mut below, mut above, mut dash) = (false, false, false);
    for token in tokens(&text) {
        match token {
            "<" | "<=" | "lt" | "le" | "under" | "below" | "less" | "fewer" => below = true,
            ">" | ">=" | "gt" | "ge" | "mt" | "over" | "above" | "more" | "+" | "plus"
            | "older" | "greater" => above = true,
            "-" | "to" | "–" => dash = true,
            "than" | "and" | "or" | "$" | "[" | "]" | "(" | ")" | "=" => {}
            other => match other.parse::<f64>() {
                Ok(number) if number.is_finite() => numbers.push(number),
                _ => {
                    frame.push_str(other);
                    frame.push(' ');
                }
            },
        }
    }
    match (numbers.as_slice(), below, above) {
        ([], false, true) if frame.is_empty() => Some(Range {
            rank: f64::INFINITY,
            is_range: true,
            frame,
        }),
        ([low], _, _) => {
            let shift = f64::from(u8::from(above)) - f64::from(u8::from(below));
            Some(Range {
                rank: low + shift * 1e-6 * low.abs().max(1.0),
                is_range: below || above,
                frame,
            })
        }
        ([low, high], false, false) if dash && low < high => Some(Range {
            rank: *low,
            is_range: true,
            frame,
        }),
        _ => None,
    }
}

/// Lower case without separators of thousands, so that `$25,000 - $49,999` has two numbers.
fn plain_range(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let characters: Vec<char> = value.trim().to_lowercase().chars().collect();
    for (at, &character) in characters.iter().enumerate() {
        let digit = |at: Option<usize>| {
            at.and_then(|at| characters.get(at))
                .is_some_and(char::is_ascii_digit)
        };
        match character {
            ',' if digit(at.checked_sub(1)) && digit(Some(at + 1)) => {}
            '_' => text.push(' '),
            other => text.push(other),
        }
    }
    text
}

/// Numbers, words and single marks.
fn tokens(text: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        '0'..='9' | '.' => 0,
        '<' | '>' | '=' => 1,
        c if c.is_alphabetic() => 2,
        c if c.is_whitespace() => 3,
        _ => 4,
    };
    let mut tokens = Vec::new();
    let mut start = 0;
    let mut previous: Option<u8> = None;
    for (at, character) in text.char_indices() {
        let this = kind(character);
        if previous.is_some_and(|kind| kind != this || this == 4) {
            tokens.push(&text[start..at]);
            start = at;
        }
        previous = Some(this);
    }
    tokens.push(&text[start..]);
    tokens
        .into_iter()
        .map(str::trim)
        .filter(|token| !token.is_empty())
        .collect()
}

/// School grades `A+`, `A`, `A-`, … (A is best, so highest) and credit grades `A1` … `G5` (A1 first, so lowest).
fn by_grades(values: &[&str]) -> Option<Ranks> {
    let school = |value: &&str| -> Option<f64> {
        let mut characters = value.trim().chars();
        let letter = characters.next().filter(|c| ('A'..='F').contains(c))?;
        let shift = match characters.as_str() {
            "+" => 0.3,
            "" => 0.0,
            "-" => -0.3,
            _ => return None,
        };
        Some(-f64::from(u32::from(letter)) + shift)
    };
    let credit = |value: &&str| -> Option<f64> {
        let mut characters = value.trim().chars();
        let letter = characters.next().filter(char::is_ascii_uppercase)?;
        let digit: f64 = characters
            .as_str()
            .parse()
            .ok()
            .filter(|digit| (0.0..10.0).contains(digit))?;
        Some(f64::from(u32::from(letter)) * 10.0 + digit)
    };
    values
        .iter()
        .map(school)
        .collect::<Option<Ranks>>()
        .or_else(|| values.iter().map(credit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[&str], expected: Option<&[&str]>) {
        let found = order(values, true);
        assert_eq!(
            found,
            expected.map(|list| list.iter().map(|value| (*value).to_owned()).collect()),
            "{values:?}"
        );
    }

    #[test]
    fn ladders() {
        check(
            &["high", "low", "med", "vhigh"],
            Some(&["low", "med", "high", "vhigh"]),
        );
        check(
            &["best", "good", "none", "low", "average"],
            Some(&["none", "low", "average", "good", "best"]),
        );
        check(
            &["Large", "Small", "Medium"],
            Some(&["Small", "Medium", "Large"]),
        );
        check(
            &["unacc", "vgood", "acc", "good"],
            Some(&["unacc", "acc", "good", "vgood"]),
        );
        check(
            &["September", "March", "July"],
            Some(&["March", "July", "September"]),
        );
        check(
            &["2_moderate", "0_no", "1_mild"],
            Some(&["0_no", "1_mild", "2_moderate"]),
        );
        check(&["VF", "F", "L", "M"], Some(&["VF", "F", "M", "L"]));
        check(&["low", "blue", "high"], None);
        check(&["med", "medium", "low"], None);
    }

    #[test]
    fn ranges() {
        check(
            &["25-39", "10-24", "55+", "40-54"],
            Some(&["10-24", "25-39", "40-54", "55+"]),
        );
        check(
            &["emp_5", "emp_lt_1", "emp_1", "emp_ge_10"],
            Some(&["emp_lt_1", "emp_1", "emp_5", "emp_ge_10"]),
        );
        check(
            &["8-12 yrs", "LT 8 yrs", "MT 12 yrs"],
            Some(&["LT 8 yrs", "8-12 yrs", "MT 12 yrs"]),
        );
        check(
            &["1-9km/h", "25-39", "10-24", "55+"],
            Some(&["1-9km/h", "10-24", "25-39", "55+"]),
        );
        check(&["2", "more", "4"], Some(&["2", "4", "more"]));
        check(&["3", "2", "5more", "4"], Some(&["2", "3", "4", "5more"]));
        check(
            &["$0 - $24,999", "$150,000+", "$25,000 - $49,999"],
            Some(&["$0 - $24,999", "$25,000 - $49,999", "$150,000+"]),
        );
        check(
            &["> 60", "18-29", "30-44", "45-60"],
            Some(&["18-29", "30-44", "45-60", "> 60"]),
        );
        check(&["0-0", "3-2", "1-1"], None);
        check(&["term_36", "term_60", "term_12"], None);
        check(&["9-inch", "a-b", "c"], None);
    }

    #[test]
    fn grades() {
        check(&["B", "A+", "A", "C-"], Some(&["C-", "B", "A", "A+"]));
        check(&["C4", "A1", "C1"], Some(&["A1", "C1", "C4"]));
        assert_eq!(order(&["A", "B", "C"], false), None);
        check(
            &["1979 Q3", "1980 Q1", "1979 Q4"],
            Some(&["1979 Q3", "1979 Q4", "1980 Q1"]),
        );
    }
}
