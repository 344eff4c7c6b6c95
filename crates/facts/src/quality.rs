//! What was measured of the quality of the prepared data: repetitions, constants, damaged texts, personal data.

use serde::{Deserialize, Serialize};

/// Quality of the public tables. Ids are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QualityFacts {
    /// Labelled train rows.
    pub train_rows: usize,
    /// Train rows that equal an earlier one in features and target.
    pub duplicate_rows: usize,
    /// Train rows that share all features with a row of another target, rows of the commonest target among equals left out.
    pub conflicting_rows: usize,
    /// Columns of train with one value, or none.
    pub constant_columns: Vec<String>,
    /// Columns that hold numbers and other texts.
    pub mixed_columns: Vec<MixedColumn>,
    /// Cells and names with traces of a wrong encoding.
    pub damaged_texts: Vec<DamagedText>,
    /// Columns with personal data.
    pub personal: Vec<PersonalData>,
    /// Columns of train with missing cells, with their share of rows, 0–1.
    pub missing: Vec<(String, f64)>,
}

/// A column of numbers and other texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MixedColumn {
    /// The column.
    pub column: String,
    /// Share of its cells that are numbers, 0–1; missing ones are not counted.
    pub numbers: f64,
    /// A cell of the rarer kind.
    pub example: String,
}

/// Cells whose text was decoded with the wrong encoding, or is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DamagedText {
    /// The file.
    pub path: String,
    /// The column.
    pub column: String,
    /// What is wrong.
    pub damage: Damage,
    /// Cells.
    pub cells: usize,
    /// One of them, shortened to 60 characters.
    pub example: String,
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Damage {
    /// UTF-8 that was read as Windows-1252 (`Ã©` for `é`).
    Mojibake,
    /// The replacement character U+FFFD.
    Replacement,
    /// Control characters other than tab and line ends.
    Control,
}

/// A column in which personal data were recognised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonalData {
    /// The file.
    pub path: String,
    /// The column.
    pub column: String,
    /// What they are.
    pub kind: PersonalKind,
    /// Different cells with at least one.
    pub values: usize,
    /// Share of the different cells looked at, 0–1.
    pub share: f64,
}

/// What is recognised as personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalKind {
    /// An e-mail address.
    Email,
    /// A telephone number in international form, or in a national one under a name that says so.
    Phone,
    /// An international bank account number with the right check digits.
    BankAccount,
    /// The number of a payment card with the right check digit. One in ten numbers of that many digits has it by chance.
    PaymentCard,
    /// A social security number of the United States, of a range that is issued.
    SocialSecurity,
}
