//! Recognises dates by their pattern and reads them. It knows calendars, not time zones: a trailing `Z` is read as it stands.

/// Patterns that are tried, in order; the first that reads every value wins, so that day and month, where both orders
/// read everything, are taken in the American order.
const PATTERNS: [&str; 36] = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%fZ",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%m-%d-%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%y",
    "%d/%m/%y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%B %d %Y",
    "%b %Y",
    "%B %Y",
    "%Y-%m",
];
/// Patterns of digits only: a number is a date only when its column's name says so too.
const DIGIT_PATTERNS: [&str; 3] = ["%Y%m%d", "%m%d%Y", "%d%m%Y"];

/// A point in time to the second; fields order it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
}

impl Moment {
    /// `YYYY-MM-DD`, with the time of day when the pattern has one.
    pub(crate) fn text(self, pattern: &str) -> String {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = self;
        let date = format!("{year:04}-{month:02}-{day:02}");
        if pattern.contains("%H") || pattern.contains("%I") {
            format!("{date}T{hour:02}:{minute:02}:{second:02}")
        } else {
            date
        }
    }

    /// A number that grows with time: seconds of a calendar in which every month has 31 days.
    pub(crate) fn ordinal(self) -> f64 {
        let days =
            (f64::from(self.year) * 12.0 + f64::from(self.month)) * 31.0 + f64::from(self.day);
        ((days * 24.0 + f64::from(self.hour)) * 60.0 + f64::from(self.minute)) * 60.0
            + f64::from(self.second)
    }
}

/// The `strptime` pattern by which every text is a date. Texts of digits count only where `named_so`.
pub(crate) fn pattern<'w>(
    texts: impl Iterator<Item = &'w str>,
    named_so: bool,
) -> Option<&'static str> {
    let digits: &[&'static str] = if named_so { &DIGIT_PATTERNS } else { &[] };
    let mut candidates: Vec<&'static str> = PATTERNS.iter().chain(digits).copied().collect();
    let mut any = false;
    for text in texts {
        candidates.retain(|pattern| moment(text, pattern).is_some());
        any = true;
        if candidates.is_empty() {
            return None;
        }
    }
    candidates.first().copied().filter(|_| any)
}

/// Reads a text by a pattern, as `strptime` does (padding zeros optional, names of months in any case).
pub(crate) fn moment(text: &str, pattern: &str) -> Option<Moment> {
    // Digits without separators have to be padded, or they could be cut in several ways.
    let padded = DIGIT_PATTERNS.contains(&pattern);
    if padded && !(text.len() == 8 || (text.len() == 7 && !pattern.starts_with("%Y"))) {
        return None;
    }
    let whole = if text.len() == 7 && padded {
        format!("0{text}")
    } else {
        text.to_owned()
    };
    let mut rest = whole.as_str();
    let mut moment = Moment {
        year: 0,
        month: 1,
        day: 1,
        hour: 0,
        minute: 0,
        second: 0,
    };
    let mut afternoon = None;
    let mut directives = pattern.chars();
    while let Some(character) = directives.next() {
        if character != '%' {
            rest = rest.strip_prefix(character)?;
            continue;
        }
        match directives.next()? {
            'Y' => moment.year = number(&mut rest, 4, 4, 1000, 2999)?,
            'y' => {
                let short = number(&mut rest, 2, 2, 0, 99)?;
                moment.year = if short < 69 {
                    2000 + short
                } else {
                    1900 + short
                };
            }
            'm' => moment.month = number(&mut rest, 1, 2, 1, 12)? as u8,
            'd' => moment.day = number(&mut rest, 1, 2, 1, 31)? as u8,
            'H' => moment.hour = number(&mut rest, 1, 2, 0, 23)? as u8,
            'I' => moment.hour = number(&mut rest, 1, 2, 1, 12)? as u8 % 12,
            'M' => moment.minute = number(&mut rest, 1, 2, 0, 59)? as u8,
            'S' => moment.second = number(&mut rest, 1, 2, 0, 59)? as u8,
            'f' => {
                let end = rest
                    .find(|c: char| !c.is_ascii_digit())
                    .unwrap_or(rest.len());
                if end == 0 || end > 6 {
                    return None;
                }
                rest = &rest[end..];
            }
            'p' => {
                let (mark, after) = rest.split_at_checked(2)?;
                afternoon = Some(match mark.to_ascii_lowercase().as_str() {
                    "am" => false,
                    "pm" => true,
                    _ => return None,
                });
                rest = after;
            }
            'b' => moment.month = month(&mut rest, 3)?,
            'B' => moment.month = month(&mut rest, usize::MAX)?,
            _ => return None,
        }
    }
    if afternoon == Some(true) {
        moment.hour += 12;
    }
    (rest.is_empty() && moment.day <= days_in(moment.year, moment.month)).then_some(moment)
}

fn number(rest: &mut &str, least: usize, most: usize, low: u16, high: u16) -> Option<u16> {
    let end = rest
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    if end < least {
        return None;
    }
    let value = rest[..end]
        .parse()
        .ok()
        .filter(|value| (low..=high).contains(value))?;
    *rest = &rest[end..];
    Some(value)
}

/// Names of months in full.
pub(crate) const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn month(rest: &mut &str, length: usize) -> Option<u8> {
    let end = rest
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    let name = rest[..end].to_ascii_lowercase();
    let at = MONTHS
        .iter()
        .position(|month| name == month[..length.min(month.len())])?;
    *rest = &rest[end..];
    Some(at as u8 + 1)
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(texts: &[&str], expected: Option<&str>) {
        assert_eq!(pattern(texts.iter().copied(), true), expected, "{texts:?}");
    }

    #[test]
    fn patterns() {
        check(&["2019-03-23 20:21:09"], Some("%Y-%m-%d %H:%M:%S"));
        check(&["2013-04-01T20:15:04Z"], Some("%Y-%m-%dT%H:%M:%SZ"));
        check(&["1/2/2020", "12/31/2020"], Some("%m/%d/%Y"));
        check(&["1/2/2020", "31/12/2020"], Some("%d/%m/%Y"));
        check(&["Jun 12 1998", "May 1 2001"], Some("%b %d %Y"));
        check(&["19910108", "19900229"], None);
        check(&["10142018", "1062018"], Some("%m%d%Y"));
        check(&["877-76317"], None);
        check(&["2:3:1"], None);
        check(&["2024-02-29"], Some("%Y-%m-%d"));
        check(&["2023-02-29"], None);
        assert_eq!(pattern(["19910108"].into_iter(), false), None);
    }

    #[test]
    fn moments_are_ordered() {
        let at = |text| moment(text, "%m/%d/%Y %I:%M:%S %p").unwrap();
        assert!(at("1/2/2020 12:00:00 AM") < at("1/2/2020 01:00:00 PM"));
        assert_eq!(at("1/2/2020 01:00:00 PM").text("%H"), "2020-01-02T13:00:00");
        assert!(at("1/31/2020 01:00:00 AM").ordinal() < at("2/1/2020 01:00:00 AM").ordinal());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9a-zéJ/: .-]{0,24}") {
            let _ = pattern([text.as_str()].into_iter(), true);
        }
    }
}
