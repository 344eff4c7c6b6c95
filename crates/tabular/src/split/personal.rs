//! Personal data by their form: addresses, telephone and account numbers with check digits. Names of persons have no form
//! and are not found; whether what is found is too much is not decided here.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use facts::{PersonalData, PersonalKind};
use regex::Regex;

use super::near::drawn;
use super::package::{TEST, TRAIN};
use crate::table::{Column, Table};

/// Distinct cells of a column that are looked at; more are drawn from.
const CELLS: usize = 20_000;
/// Characters of a cell that are looked at.
const CHARACTERS: usize = 2_000;
/// Share of a column's cells that are national telephone numbers under such a name: single ones have that form by chance.
const MOST_CELLS: f64 = 0.5;
/// Words of a column's name that make its digits telephone numbers.
const PHONE_NAMES: [&str; 7] = [
    "phone",
    "telephone",
    "mobile",
    "fax",
    "tel",
    "telefon",
    "phonenumber",
];

static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}"));
static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:^|[^\w+])\+[1-9]\d{0,2}(?:[ ./-]?\(?\d{1,5}\)?){2,6}(?:$|[^\w.]|\.(?:$|\D))")
});
static IBAN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"));
static CARD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:\d{4}[ -]?){3}\d{1,7}\b|\b3[47]\d{2}[ -]?\d{6}[ -]?\d{5}\b"));
static SOCIAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\d{3})-(\d{2})-(\d{4})\b"));
static NATIONAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[0(]?[\d ()./-]{5,20}\d(?:\.0)?$"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns of this file are tested")
}

/// Columns of either table with personal data; a column that has them in train is not told again for test.
pub(super) fn find(train: &Table, test: &Table) -> Vec<PersonalData> {
    let mut found: Vec<PersonalData> = train
        .columns
        .iter()
        .flat_map(|column| of_column(TRAIN, column))
        .collect();
    for data in test
        .columns
        .iter()
        .flat_map(|column| of_column(TEST, column))
    {
        if !found
            .iter()
            .any(|other| (&other.column, other.kind) == (&data.column, data.kind))
        {
            found.push(data);
        }
    }
    found
}

fn of_column(path: &str, column: &Column) -> Vec<PersonalData> {
    let all: Vec<usize> = (0..column.distinct()).collect();
    let looked_at = drawn(&all, CELLS);
    let named_phone = is_phone_name(&column.name);
    let mut values = std::collections::BTreeMap::<PersonalKind, usize>::new();
    let mut national = 0;
    for &code in &looked_at {
        let text = column.words.get(code as u32);
        let end = text
            .char_indices()
            .nth(CHARACTERS)
            .map_or(text.len(), |(at, _)| at);
        let text = &text[..end];
        let found = kinds(text);
        national +=
            usize::from(named_phone && !found.contains(&PersonalKind::Phone) && is_national(text));
        for kind in found {
            *values.entry(kind).or_default() += 1;
        }
    }
    if national > 0 && national as f64 >= MOST_CELLS * looked_at.len() as f64 {
        *values.entry(PersonalKind::Phone).or_default() += national;
    }
    values
        .into_iter()
        .map(|(kind, values)| PersonalData {
            path: path.to_owned(),
            column: column.name.clone(),
            kind,
            values,
            share: values as f64 / looked_at.len().max(1) as f64,
        })
        .collect()
}

fn is_phone_name(name: &str) -> bool {
    let name = name.to_lowercase();
    name.split(|character: char| !character.is_alphanumeric())
        .any(|word| PHONE_NAMES.contains(&word))
}

/// What a cell holds. The patterns run only on cells that have the characters without which they can't match.
fn kinds(text: &str) -> BTreeSet<PersonalKind> {
    let mut found = BTreeSet::new();
    if text.contains('@') && EMAIL.is_match(text) {
        found.insert(PersonalKind::Email);
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits < 7 {
        return found;
    }
    let international = || {
        text.contains('+')
            && PHONE
                .find_iter(text)
                .any(|found| (8..=15).contains(&digits_of(found.as_str()).len()))
    };
    if international() {
        found.insert(PersonalKind::Phone);
    }
    if digits >= 8
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
        && IBAN.find_iter(text).any(|found| is_iban(found.as_str()))
    {
        found.insert(PersonalKind::BankAccount);
    }
    if digits >= 13
        && CARD
            .find_iter(text)
            // Behind a point they are the decimals of a number.
            .any(|found| {
                !text[..found.start()].ends_with('.') && is_card(&digits_of(found.as_str()))
            })
    {
        found.insert(PersonalKind::PaymentCard);
    }
    if digits >= 9
        && text.contains('-')
        && SOCIAL
            .captures_iter(text)
            .any(|parts| is_issued(&parts[1], &parts[2], &parts[3]))
    {
        found.insert(PersonalKind::SocialSecurity);
    }
    found
}

/// Whether a cell has the form of a telephone number without a country's code, which many other numbers have too.
fn is_national(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (7..=16).contains(&digits) && NATIONAL.is_match(text)
}

fn digits_of(text: &str) -> Vec<u32> {
    text.chars()
        .filter_map(|character| character.to_digit(10))
        .collect()
}

/// ISO 13616: the first four characters moved to the end, letters as 10 to 35, the number modulo 97 is 1.
fn is_iban(text: &str) -> bool {
    let characters: Vec<char> = text.chars().filter(|character| *character != ' ').collect();
    if !(15..=34).contains(&characters.len()) {
        return false;
    }
    let moved = characters[4..].iter().chain(&characters[..4]);
    let remainder = moved
        .filter_map(|character| character.to_digit(36))
        .fold(0, |remainder, value| {
            (remainder * if value < 10 { 10 } else { 100 } + value) % 97
        });
    remainder == 1
}

/// A prefix that card issuers use (ISO/IEC 7812), and the check digit of Luhn.
fn is_card(digits: &[u32]) -> bool {
    if !(13..=19).contains(&digits.len()) {
        return false;
    }
    let prefix = digits[..4]
        .iter()
        .fold(0, |number, digit| number * 10 + digit);
    let issued = matches!(prefix, 4000..=4999 | 5100..=5599 | 2221..=2720 | 3400..=3499 | 3700..=3799 | 6011 | 6500..=6599 | 3528..=3589);
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, &digit)| match (at % 2, digit * 2) {
            (0, _) => digit,
            (_, double) => double / 10 + double % 10,
        })
        .sum();
    issued && sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != digits[0])
}

/// Areas, groups and serials that the Social Security Administration gives out.
fn is_issued(area: &str, group: &str, serial: &str) -> bool {
    !(area == "000" || area == "666" || area.starts_with('9') || group == "00" || serial == "0000")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::column;

    fn one(text: &str) -> Vec<PersonalKind> {
        kinds(text).into_iter().collect()
    }

    #[test]
    fn forms_are_recognised() {
        for (text, kind) in [
            (
                "write to jo.doe+x@mail.example.org today",
                PersonalKind::Email,
            ),
            ("+41 44 668 18 00", PersonalKind::Phone),
            ("call +1 (212) 555-0123.", PersonalKind::Phone),
            ("DE89 3704 0044 0532 0130 00", PersonalKind::BankAccount),
            ("GB82WEST12345698765432", PersonalKind::BankAccount),
            ("4111 1111 1111 1111", PersonalKind::PaymentCard),
            ("378282246310005", PersonalKind::PaymentCard),
            ("078-05-1120", PersonalKind::SocialSecurity),
        ] {
            assert_eq!(one(text), [kind], "{text}");
        }
    }

    #[test]
    fn numbers_of_other_kinds_are_not() {
        for text in [
            "@handle",
            "a@b",
            "+12.5",
            "1e+12345678",
            "+1234567",
            "20210405123456",
            "4111 1111 1111 1112",
            "000-12-3456",
            "DE89 3704 0044 0532 0130 01",
            "2021-01-02 03:04:05+00:00",
            "(6.5+12345678)",
            "978-3-16-148410-0",
            "40.7127837",
            "0000000000000000",
            "3.14159265358979",
            "0.4111111111111111",
            "-73.98765432109876",
        ] {
            assert_eq!(one(text), [], "{text}");
        }
    }

    #[test]
    fn columns_need_more_than_chance() {
        let mails: Vec<String> = (0..50).map(|n| format!("person{n}@example.org")).collect();
        let found = of_column("p", &column("contact", &mails));
        assert_eq!(
            (found[0].kind, found[0].values, found[0].share),
            (PersonalKind::Email, 50, 1.0)
        );
        let numbers: Vec<String> = (0..200)
            .map(|n| (4_000_000_000_000_000_u64 + n * 7919).to_string())
            .collect();
        // One in ten has the check digit: what is too many is not decided here.
        let cards = &of_column("p", &column("tag", &numbers))[0];
        assert!(
            cards.kind == PersonalKind::PaymentCard && cards.share < 0.2,
            "{cards:?}"
        );
        let few: Vec<String> = (0..50)
            .map(|n| match n % 5 {
                0 => format!("+49 30 1234{n:04}"),
                _ => format!("ask {n}"),
            })
            .collect();
        let phones = &of_column("p", &column("phone", &few))[0];
        assert_eq!((phones.kind, phones.values), (PersonalKind::Phone, 10));
        let national: Vec<String> = (0..50)
            .map(|n| format!("669-792-16{:02}", n + 10))
            .collect();
        assert_eq!(
            of_column("p", &column("phone-number", &national))[0].kind,
            PersonalKind::Phone
        );
        assert!(of_column("p", &column("part", &national)).is_empty());
    }
}
