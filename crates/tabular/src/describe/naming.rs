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

    /// Names a key: `id`, `patient_id`, `PID`, `caseid`, `schoolid3`.
    pub(crate) fn is_key(&self) -> bool {
        let one_word = |word: &String| {
            KEY_OWNERS.iter().any(|owner| {
                word.strip_prefix(owner)
                    .and_then(|rest| rest.strip_prefix("id"))
                    .is_some_and(|rest| rest.len() <= 1)
            })
        };
        self.any(&["id", "ids", "uid", "uuid", "guid", "pid"])
            || self.last_is(&[
                "key",
                "hash",
                "barcode",
                "isbn",
                "ssn",
                "imdb",
                "url",
                "email",
                "permalink",
            ])
            || self.0.iter().any(one_word)
    }

    /// Names a running or assigned number: `job_number`, `BandNumber`; not `number of doors`, not `week_number`.
    pub(crate) fn is_assigned_number(&self) -> bool {
        let last = self.last_is(&["number", "no", "nr", "num", "serial"]) && self.0.len() > 1;
        let only = matches!(self.0.as_slice(), [only] if only == "number" || only == "serial");
        (last || only)
            && !self.any(&[
                "week", "month", "day", "year", "hour", "season", "quarter", "yes",
            ])
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
        const OWNERS: [&str; 26] = [
            "owner",
            "speaker",
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
            "passenger",
        ];
        // `Airport Name` names a place, `name` alone most often a person.
        self.any(&OWNERS)
            || self.is_key()
            || matches!(self.joined().as_str(), "name" | "full name" | "fullname")
    }

    /// Is nothing but the word for a thing, so that a number below it is that thing's code: `agent`, `company`.
    pub(crate) fn is_bare_thing(&self) -> bool {
        self.0.len() == 1
            && self.any(&[
                "agent",
                "company",
                "customer",
                "user",
                "store",
                "shop",
                "school",
                "hospital",
                "driver",
                "station",
                "author",
                "teacher",
                "student",
                "patient",
                "player",
                "subject",
                "product",
                "item",
                "department",
                "county",
                "state",
            ])
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
const KEY_OWNERS: [&str; 20] = [
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
    "school",
    "teacher",
];

/// The unit that a name states in brackets or as its last word.
pub(crate) fn unit(name: &str) -> Option<String> {
    let name = name.trim();
    if let Some((open, close)) = name.rfind(['(', '[']).zip(name.rfind([')', ']']))
        && open + 1 < close
    {
        let inner = name[open + 1..close].trim();
        let known = LAST_WORDS
            .iter()
            .any(|(word, _)| inner.eq_ignore_ascii_case(word));
        let shaped =
            inner.contains(['/', '%', '°']) && inner.chars().count() <= 12 && !inner.contains(' ');
        // `ln(VOTES/POP)` is a formula: units stand apart from the name.
        let apart = name[..open].ends_with([' ', '_']) || known;
        if (known || shaped) && apart {
            return Some(inner.to_owned());
        }
    }
    if name.ends_with('$') {
        return Some("$".to_owned());
    }
    // Set off by more than a change of case: `weight_mm`, but not `PriceMM`.
    let (before, last) = name
        .rsplit_once(|c: char| !c.is_alphanumeric())
        .unwrap_or(("", name));
    let unit = LAST_WORDS
        .iter()
        .find(|(known, _)| last.to_lowercase() == *known)
        .map(|(_, unit)| (*unit).to_owned())?;
    let is_range = before.ends_with(|c: char| c.is_ascii_digit());
    let one_letter = last.len() == 1 && !name.ends_with(&format!("_{last}"));
    let alone = before.is_empty() && last != "mpg";
    (!is_range && !one_letter && !alone).then_some(unit)
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
            "schoolid3",
            "imdb",
        ] {
            assert!(NameWords::new(name).is_key(), "{name}");
        }
        for name in ["paid", "humid", "covid", "solid", "IMDB Votes"] {
            assert!(!NameWords::new(name).is_key(), "{name}");
        }
        assert!(NameWords::new("BandNumber").is_assigned_number());
        for name in ["Number of Forward Gears", "arrival_date_week_number"] {
            assert!(!NameWords::new(name).is_assigned_number(), "{name}");
        }
        assert!(NameWords::new("Number of Forward Gears").is_count());
        for (name, is_entity) in [("name", true), ("Airport Name", false), ("owner", true)] {
            assert_eq!(NameWords::new(name).is_entity(), is_entity, "{name}");
        }
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
            ("PriceMM", None),
            ("ln(VOTES/POP)", None),
            ("thinness 5-9 years", None),
        ];
        for (name, expected) in known {
            assert_eq!(unit(name).as_deref(), expected, "{name}");
        }
    }
}
