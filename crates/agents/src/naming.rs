//! Words in column names: how names are cut into tokens, and when two of them speak of the same thing.

/// The lower-case words of a name: cut at blanks, punctuation, between letters and digits, and at camel case.
pub(crate) fn tokens(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut current = String::new();
    let characters: Vec<char> = name.chars().collect();
    for (index, &character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).map(|at| characters[at]);
        let after = characters.get(index + 1).copied();
        let camel = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || (before.is_uppercase() && after.is_some_and(char::is_lowercase))
            });
        let digit_edge = before.is_some_and(|before| {
            before.is_alphanumeric()
                && character.is_alphanumeric()
                && before.is_numeric() != character.is_numeric()
        });
        if (camel || digit_edge || !character.is_alphanumeric()) && !current.is_empty() {
            out.push(std::mem::take(&mut current));
        }
        if character.is_alphanumeric() {
            current.extend(character.to_lowercase());
        }
    }
    if !current.is_empty() {
        out.push(current);
    }
    out
}

/// A word without its plural ending.
pub(crate) fn singular(word: &str) -> &str {
    match word.strip_suffix("ies") {
        Some(stem) if stem.len() >= 3 => stem,
        _ if word.len() > 3
            && word.ends_with('s')
            && !word.ends_with("ss")
            && !word.ends_with("us") =>
        {
            &word[..word.len() - 1]
        }
        _ => word,
    }
}

/// Whether two words are the same but for a plural ending, or share a beginning or an end of at least five
/// letters that makes up most of the longer one (`domgross`, `intgross`).
pub(crate) fn same_stem(a: &str, b: &str) -> bool {
    let (a, b) = (singular(a), singular(b));
    if a == b {
        return true;
    }
    let longer = a.chars().count().max(b.chars().count());
    let shared = common_prefix(a, b).max(common_suffix(a, b));
    shared >= 5 && shared * 10 >= longer * 6
}

/// Whether a word of prose speaks of a word of a name: `cancellations` of `canceled`, `prices` of `price`.
pub(crate) fn speaks_of(prose: &str, word: &str) -> bool {
    let (prose, word) = (singular(prose), singular(word));
    if prose == word {
        return true;
    }
    let shorter = prose.chars().count().min(word.chars().count());
    let shared = common_prefix(prose, word);
    shared >= 5 && shared * 10 >= shorter * 7
}

fn common_prefix(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

fn common_suffix(a: &str, b: &str) -> usize {
    a.chars()
        .rev()
        .zip(b.chars().rev())
        .take_while(|(a, b)| a == b)
        .count()
}

/// Whether any token of the name is in the list.
pub(crate) fn has_any(tokens: &[String], words: &[&str]) -> bool {
    tokens
        .iter()
        .any(|token| words.contains(&singular(token)) || words.contains(&token.as_str()))
}

/// A number for people: thousands grouped, at most three significant digits after rounding small ones.
pub(crate) fn human(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor();
    if !(-4.0..5.0).contains(&magnitude) {
        // Three significant digits; large amounts in full, so that no exponent is needed.
        if magnitude < -4.0 {
            return format!("{value:.2e}");
        }
        let scale = 10f64.powf(magnitude - 2.0);
        return grouped(((value / scale).round() * scale) as i64);
    }
    let decimals = (2.0 - magnitude).clamp(0.0, 6.0) as usize;
    let text = format!("{value:.decimals$}");
    if decimals == 0 {
        return grouped(value.round() as i64);
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A whole number with thousands grouped by commas from five digits on: four may be a year.
pub(crate) fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    if digits.len() <= 4 {
        return value.to_string();
    }
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if value < 0 { format!("-{out}") } else { out }
}

/// A count with its noun: `1 row`, `1,070 rows`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", grouped(count as i64))
}

/// A share for people: `61 %`, `4.9 %`, `0.3 %`.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 9.95 || percent == 0.0 {
        format!("{percent:.0} %")
    } else {
        format!("{percent:.1} %")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &[&str]) {
        assert_eq!(tokens(name), expected, "{name}");
    }

    #[test]
    fn names_are_cut_into_words() {
        check("SalePriceMM", &["sale", "price", "mm"]);
        check("IMDB Rating", &["imdb", "rating"]);
        check("domgross_2013$", &["domgross", "2013"]);
        check(
            "wealth_worth in billions",
            &["wealth", "worth", "in", "billions"],
        );
        check("x.MAML1", &["x", "maml", "1"]);
        check("under-five deaths ", &["under", "five", "deaths"]);
        check("", &[]);
    }

    #[test]
    fn stems() {
        assert!(same_stem("domgross", "intgross"));
        assert!(same_stem("rating", "ratings"));
        assert!(!same_stem("latitude", "longitude"));
        assert!(!same_stem("expenditure", "expectancy"));
        assert!(speaks_of("cancellations", "canceled"));
        assert!(speaks_of("prices", "price"));
        assert!(!speaks_of("class", "clay"));
    }

    #[test]
    fn numbers_for_people() {
        assert_eq!(human(1234.5), "1235");
        assert_eq!(human(23_456.0), "23,456");
        assert_eq!(human(2.35711), "2.36");
        assert_eq!(human(0.0123), "0.0123");
        assert_eq!(human(2_781_505_847.0), "2,780,000,000");
        assert_eq!(human(-41.0), "-41");
        assert_eq!(human(15.0), "15");
        assert_eq!(counted(1, "row"), "1 row");
        assert_eq!(counted(64_548, "row"), "64,548 rows");
        assert_eq!(percent(0.049), "4.9 %");
        assert_eq!(percent(0.61), "61 %");
    }
}
