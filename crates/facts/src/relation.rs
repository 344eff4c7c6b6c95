//! How columns of a table relate to each other.

use serde::{Deserialize, Serialize};

/// A relation between columns, measured on all rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Relation {
    /// Two columns carry the same information: equal, one-to-one, or |Spearman rho| > 0.99.
    NearCopy {
        /// One column.
        a: String,
        /// The other.
        b: String,
        /// |rho| for numbers, share of rows that agree under the best one-to-one map for categories; 0–1.
        strength: f64,
    },
    /// Knowing `from` fixes `to`, where `from` repeats (so that it is no row id).
    Determines {
        /// The column that is known.
        from: String,
        /// The column that follows.
        to: String,
        /// Share of rows for which it holds, ≥ 0.98.
        share: f64,
    },
    /// A number is the sum of other columns (or product, difference, ratio of two), within rounding.
    Arithmetic {
        /// The result.
        to: String,
        /// Its parts.
        from: Vec<String>,
        /// The formula, e.g. `fare + tip + tolls`.
        formula: String,
        /// Share of rows for which it holds, ≥ 0.9.
        share: f64,
    },
}

/// A column that names an entity with several rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntityColumn {
    /// Name of the column.
    pub column: String,
    /// Number of entities.
    pub entities: usize,
    /// Mean rows per entity.
    pub rows_per_entity: f64,
    /// Why it is believed to be one.
    pub reason: String,
}

/// A column that says when a row happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeColumn {
    /// Name of the column.
    pub column: String,
    /// Distinct times.
    pub distinct: usize,
    /// Whether rows stand in order of time in the file.
    pub sorted: bool,
    /// Why it is believed to be one.
    pub reason: String,
}
