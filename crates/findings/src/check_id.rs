//! Stable names of checks: a letter for the group and two digits, `A01`.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The id of a check. Ids are never reused: a check that is dropped leaves its number empty.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct CheckId {
    group: char,
    number: u8,
}

/// A text that is no check id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no check id: a capital letter and two digits")]
pub struct CheckIdError(String);

impl CheckId {
    /// The id of check `number` in `group`.
    ///
    /// # Panics
    ///
    /// When the group is no capital ASCII letter or the number has more than two digits.
    pub const fn new(group: char, number: u8) -> Self {
        assert!(
            group.is_ascii_uppercase() && number < 100,
            "an id is a capital letter and two digits"
        );
        Self { group, number }
    }

    /// The letter of its group.
    pub fn group(self) -> char {
        self.group
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:02}", self.group, self.number)
    }
}

impl FromStr for CheckId {
    type Err = CheckIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.as_bytes() {
            [group @ b'A'..=b'Z', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Ok(Self {
                group: char::from(*group),
                number: (tens - b'0') * 10 + (ones - b'0'),
            }),
            _ => Err(CheckIdError(text.to_owned())),
        }
    }
}

impl TryFrom<String> for CheckId {
    type Error = CheckIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CheckId> for String {
    fn from(id: CheckId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        let id = CheckId::new('D', 4);
        assert_eq!(id.to_string(), "D04");
        assert_eq!("D04".parse(), Ok(id));
        for bad in ["", "D4", "d04", "D004", "DD4", "Ä01"] {
            assert!(bad.parse::<CheckId>().is_err(), "{bad}");
        }
    }
}
