//! What a column's name says about the column. Hints only: values decide where they contradict.

/// A name's words in lower case, split at anything but letters and digits, and where case changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameWords(Vec<String>);

impl NameWords {
    /// Splits a name: `arrival_date_year`, `StoreID`, `Model Year`, `nchronic`.
    pub(crate) fn new(name: &str) -> Self {
        let mut words = Vec::new();
        let mut word = String::new();
        let characters: Vec<char> = name.chars().collect();
        for (at, &character) in characters.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| characters[at]);
            let after = characters.get(at + 1).copied();
            let starts = character.is_uppercase()
                && (before.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit())
                    || (before.is_some_and(char::is_uppercase)
                        && after.is_some_and(char::is_lowercase)));
            if (starts || !character.is_alphanumeric()) && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if character.is_alphanumeric() {
                word.extend(character.to_lowercase());
            }
        }
        if !word.is_empty() {
            words.push(word);
        }
        Self(words)
    }

    /// Whether any word is one of these.
    pub(crate) fn any(&self, list: &[&str]) -> bool {
        self.0.iter().any(|word| list.contains(&word.as_str()))
    }

    /// Whether the last word is one of these.
    pub(crate) fn last_is(&self, list: &[&str]) -> bool {
        self.0
            .last()
            .is_some_and(|word| list.contains(&word.as_str()))
    }

    /// Whether the first word is one of these.
    pub(crate) fn first_is(&self, list: &[&str]) -> bool {
        self.0
            .first()
            .is_some_and(|word| list.contains(&word.as_str()))
    }

    /// All words with one blank between.
    pub(crate) fn joined(&self) -> String {
        self.0.join(" ")
    }

    /// Names a row of the table: row numbers, labels of rows.
    pub(crate) fn is_row_name(&self) -> bool {
        let joined = self.0.concat();
        matches!(
            joined.as_str(),
            "rownames"
                | "rowname"
                | "rowid"
                | "rownumber"
                | "rownum"
                | "row"
                | "index"
                | "idx"
                | "unnamed1"
                | "obs"
                | "instancename"
                | "sno"
                | "srno"
                | "serialno"
                | "recordid"
        )
    }

    /// Names a key: `id`, `patient_id`, `PID`, `caseid`.
    pub(crate) fn is_key(&self) -> bool {
        const KEYS: [&str; 15] = [
            "id",
            "ids",
            "uid",
            "uuid",
            "guid",
            "pid",
            "key",
            "hash",
            "barcode",
            "isbn",
            "ssn",
            "imdb",
            "url",
            "email",
            "permalink",
        ];
        self.any(&KEYS)
            || self.0.last().is_some_and(|word| {
                word.len() > 3
                    && (word.ends_with("id") && KEY_OWNERS.contains(&&word[..word.len() - 2]))
            })
    }

    /// Names a running or assigned number: `job_number`, `BandNumber`, `PMCno`; not `number of doors`.
    pub(crate) fn is_assigned_number(&self) -> bool {
        self.last_is(&["number", "no", "nr", "num", "serial"]) && self.0.len() > 1
            || matches!(self.0.as_slice(), [only] if only == "number" || only == "serial")
            || self
                .0
                .iter()
                .any(|word| word.len() > 3 && word.ends_with("cno"))
    }

    /// Names a postal or administrative code.
    pub(crate) fn is_place_code(&self) -> bool {
        self.any(&["zip", "zipcode", "postcode", "postal", "fips", "geoid"])
    }

    /// Names a code of any kind.
    pub(crate) fn is_code(&self) -> bool {
        self.last_is(&["code", "codes"])
    }

    /// Names what numbers only label: types, groups, places.
    pub(crate) fn is_label(&self) -> bool {
        self.any(&[
            "type",
            "class",
            "code",
            "category",
            "cat",
            "group",
            "zone",
            "region",
            "status",
            "cluster",
            "label",
            "species",
            "store",
            "sex",
            "gender",
            "race",
            "marital",
            "occupation",
            "job",
            "model",
            "brand",
            "method",
            "mode",
            "target",
            "kind",
            "clinic",
            "site",
            "batch",
            "team",
            "party",
            "color",
            "colour",
            "location",
            "district",
            "side",
            "variety",
            "channel",
        ])
    }

    /// Names what has an order: grades, stages, ratings.
    pub(crate) fn is_graded(&self) -> bool {
        self.any(&[
            "grade",
            "level",
            "stage",
            "rating",
            "quality",
            "severity",
            "satisfaction",
            "likert",
            "tier",
            "priority",
            "degree",
            "stars",
            "score",
            "health",
            "education",
            "condition",
            "vig",
            "vigour",
            "vigor",
            "inning",
            "rank",
            "nasty",
            "injury",
        ]) || self.0.iter().any(|word| word.ends_with("severity"))
    }

    /// Names how many.
    pub(crate) fn is_count(&self) -> bool {
        self.first_is(&["n", "num", "count", "number", "nb", "no"]) && self.0.len() > 1
            || self.last_is(&["count", "counts", "cnt"])
            || self.any(&[
                "visits",
                "children",
                "adults",
                "babies",
                "bedrooms",
                "bathrooms",
                "rooms",
                "reviews",
                "votes",
                "passengers",
                "nights",
                "cancellations",
                "bookings",
                "changes",
                "requests",
                "spaces",
                "fireplaces",
                "deaths",
                "births",
                "polls",
                "bags",
                "accommodates",
                "defects",
                "claims",
                "accidents",
                "iterations",
                "employed",
                "unemployed",
            ])
            || self.joined().contains("# of")
    }

    /// Names a year.
    pub(crate) fn is_year(&self) -> bool {
        self.any(&["year", "yr", "years"])
            || self
                .0
                .iter()
                .any(|word| word.starts_with("year") && word.len() <= 7)
    }

    /// Names a date or time.
    pub(crate) fn is_date(&self) -> bool {
        self.any(&["date", "time", "timestamp", "datetime", "day", "when"])
    }

    /// Names someone or something that is met repeatedly.
    pub(crate) fn is_entity(&self) -> bool {
        self.any(&[
            "patient",
            "user",
            "customer",
            "player",
            "batter",
            "pitcher",
            "subject",
            "person",
            "participant",
            "student",
            "teacher",
            "school",
            "hospital",
            "driver",
            "employee",
            "author",
            "client",
            "member",
            "household",
            "family",
            "case",
            "respondent",
            "pollster",
            "name",
            "station",
            "machine",
            "device",
            "vessel",
            "flight",
        ]) || self.is_key()
    }

    /// Names a place or unit that is observed again at every time of a panel.
    pub(crate) fn is_panel_unit(&self) -> bool {
        self.any(&[
            "country", "county", "state", "city", "region", "airport", "store", "company", "firm",
            "stock", "ticker", "symbol",
        ])
    }
}

/// What stands before `id` in keys written as one word: `caseid`, `userid`.
const KEY_OWNERS: [&str; 18] = [
    "case",
    "user",
    "item",
    "order",
    "customer",
    "patient",
    "product",
    "store",
    "subject",
    "student",
    "trip",
    "row",
    "record",
    "respondent",
    "person",
    "client",
    "member",
    "movie",
];

/// The unit that a name states in brackets or as its last word.
pub(crate) fn unit(name: &str) -> Option<String> {
    if let Some((open, close)) = name.rfind(['(', '[']).zip(name.rfind([')', ']']))
        && open + 1 < close
    {
        let inner = name[open + 1..close].trim();
        let known = LAST_WORDS
            .iter()
            .any(|(word, _)| inner.eq_ignore_ascii_case(word));
        let shaped =
            inner.contains(['/', '%', '°']) && inner.chars().count() <= 12 && !inner.contains(' ');
        if known || shaped {
            return Some(inner.to_owned());
        }
    }
    let words = NameWords::new(name);
    let word = words
        .0
        .last()
        .filter(|_| words.0.len() > 1 || name.trim() == "mpg")?;
    let unit = LAST_WORDS
        .iter()
        .find(|(known, _)| known == word)
        .map(|(_, unit)| (*unit).to_owned());
    // One letter is a unit only where it is set off by an underscore: `weight_g`, but not `Group G`.
    unit.filter(|_| word.len() > 1 || name.ends_with(&format!("_{word}")))
        .or_else(|| name.trim_end().ends_with('$').then(|| "$".to_owned()))
        .or_else(|| (words.0.len() > 2).then(|| unit_in_words(&words)).flatten())
}

/// `in knots`, `in cm`.
fn unit_in_words(words: &NameWords) -> Option<String> {
    let [.., before, last] = words.0.as_slice() else {
        return None;
    };
    LAST_WORDS
        .iter()
        .find(|(known, _)| before == "in" && known == last)
        .map(|(_, unit)| (*unit).to_owned())
}

/// Last words of names, and the unit each means.
const LAST_WORDS: [(&str, &str); 56] = [
    ("cm", "cm"),
    ("mm", "mm"),
    ("m", "m"),
    ("km", "km"),
    ("meters", "m"),
    ("metres", "m"),
    ("ft", "ft"),
    ("feet", "ft"),
    ("inch", "in"),
    ("inches", "in"),
    ("miles", "mi"),
    ("mi", "mi"),
    ("kg", "kg"),
    ("g", "g"),
    ("mg", "mg"),
    ("lb", "lb"),
    ("lbs", "lb"),
    ("oz", "oz"),
    ("ml", "ml"),
    ("l", "l"),
    ("pct", "%"),
    ("percent", "%"),
    ("percentage", "%"),
    ("usd", "USD"),
    ("eur", "EUR"),
    ("gbp", "GBP"),
    ("dollars", "USD"),
    ("billions", "billions"),
    ("millions", "millions"),
    ("years", "years"),
    ("yrs", "years"),
    ("months", "months"),
    ("weeks", "weeks"),
    ("days", "days"),
    ("hours", "h"),
    ("hrs", "h"),
    ("minutes", "min"),
    ("mins", "min"),
    ("min", "min"),
    ("seconds", "s"),
    ("secs", "s"),
    ("sec", "s"),
    ("ms", "ms"),
    ("mph", "mph"),
    ("kmh", "km/h"),
    ("mpg", "mpg"),
    ("knots", "kn"),
    ("celsius", "°C"),
    ("fahrenheit", "°F"),
    ("kelvin", "K"),
    ("hz", "Hz"),
    ("khz", "kHz"),
    ("mhz", "MHz"),
    ("kw", "kW"),
    ("hp", "hp"),
    ("sqft", "sqft"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        let joined = |name: &str| NameWords::new(name).joined();
        assert_eq!(joined("StoreID"), "store id");
        assert_eq!(joined("arrival_date_year"), "arrival date year");
        assert_eq!(joined("HTTPServer2Name"), "http server2 name");
        assert_eq!(joined("Life expectancy "), "life expectancy");
        assert_eq!(joined("ageOFocc"), "age o focc");
    }

    #[test]
    fn hints() {
        for name in [
            "RespondentID",
            "pat_id",
            "caseid",
            "PID",
            "Unique Squirrel ID",
        ] {
            assert!(NameWords::new(name).is_key(), "{name}");
        }
        for name in ["paid", "humid", "covid", "solid", "overdraft"] {
            assert!(!NameWords::new(name).is_key(), "{name}");
        }
        assert!(NameWords::new("BandNumber").is_assigned_number());
        assert!(!NameWords::new("Number of Forward Gears").is_assigned_number());
        assert!(NameWords::new("Number of Forward Gears").is_count());
    }

    #[test]
    fn units() {
        let known = [
            ("altitude_low_meters", Some("m")),
            ("Weight (kg)", Some("kg")),
            ("Speed IAS in knots", Some("kn")),
            ("City mpg", Some("mpg")),
            ("Running Time min", Some("min")),
            ("Cost Total $", Some("$")),
            ("weight_g", Some("g")),
            ("speed [km/h]", Some("km/h")),
            ("Group G", None),
            ("g", None),
            ("x (old)", None),
        ];
        for (name, expected) in known {
            assert_eq!(unit(name).as_deref(), expected, "{name}");
        }
    }
}
