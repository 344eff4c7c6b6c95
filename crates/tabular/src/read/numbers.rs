//! Which texts are numbers, exactly as `pandas.read_csv` sees it. It doesn't decide what a column is.

/// Blanks that pandas' number parsers ignore around a number.
fn is_ascii_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

/// The whole number a text is, when it fits 64 bits with sign.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let text = text.trim_matches(is_ascii_blank);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// The finite number a text is: optional sign, digits with an optional point, optional exponent.
/// `inf`, `nan`, hexadecimal, underscores and separators of thousands are no numbers.
pub(crate) fn float(text: &str) -> Option<f64> {
    let text = text.trim_matches(is_ascii_blank);
    if !is_numeric_looking(text) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Whether pandas takes a text for a number, also one that is too large for a float and becomes infinite.
pub(crate) fn is_numeric_looking(text: &str) -> bool {
    let is_part =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-' | b'e' | b'E');
    let text = text.trim_matches(is_ascii_blank);
    text.bytes().all(is_part) && text.parse::<f64>().is_ok()
}

/// The number a text is when fractions are written with a comma.
pub(crate) fn float_with_comma(text: &str) -> Option<f64> {
    if text.contains('.') {
        None
    } else {
        float(&text.replace(',', "."))
    }
}

/// Digits behind the decimal point as written; an exponent shifts them.
pub(crate) fn decimals(text: &str) -> u32 {
    let text = text.trim();
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let written = mantissa
        .split_once(['.', ','])
        .map_or(0, |(_, fraction)| fraction.len() as i64);
    let exponent: i64 = exponent.parse().unwrap_or(0);
    written.saturating_sub(exponent).clamp(0, 400) as u32
}

/// The truth value a text is, in the spellings that pandas knows.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text {
        "True" | "TRUE" | "true" => Some(true),
        "False" | "FALSE" | "false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_pandas_takes_for_numbers() {
        for text in ["1", "+5", "-0", " 7 ", "0012"] {
            assert!(integer(text).is_some(), "{text}");
        }
        for text in ["", "+", "1.0", "1e3", "9223372036854775808", "1_0", "0x1"] {
            assert!(integer(text).is_none(), "{text}");
        }
        for text in [
            "1.",
            ".5",
            "-1e-5",
            "3.3736494e7",
            "-6.6155884121655362e-001",
            "1E+03",
        ] {
            assert!(float(text).is_some(), "{text}");
        }
        for text in [
            "", ".", "e5", "1e", "inf", "NaN", "1,5", "1.2.3", "--1", "1e999", "12a", "5\u{a0}",
        ] {
            assert!(float(text).is_none(), "{text}");
        }
    }

    #[test]
    fn decimals_follow_the_exponent() {
        let all: Vec<u32> = [
            "5",
            "1.50",
            "8.99987e-4",
            "3.3736494e7",
            "1e-3",
            "1e99999999999999999999",
        ]
        .map(decimals)
        .into();
        assert_eq!(all, [0, 2, 9, 0, 3, 0]);
    }
}
