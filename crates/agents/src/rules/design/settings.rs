//! Settings of the ladder's solvers by the size of the training set: sound without a search, and done in seconds.

use serde::Serialize;

/// Settings; part of the templates' input.
#[derive(Serialize)]
pub(super) struct Settings {
    max_categories: u32,
    logistic_arguments: String,
    ridge_alpha: &'static str,
    forest_trees: u32,
    forest_leaf: u32,
    forest_features: &'static str,
    forest_samples: Option<&'static str>,
    boosted_rounds: u32,
    boosted_leaves: u32,
    boosted_leaf: u32,
    boosted_columns: &'static str,
}

impl Settings {
    /// Settings for `rows` of `width` columns and a target of `classes` (0 for a number).
    pub(super) fn new(rows: usize, width: usize, classes: usize, balanced: bool) -> Self {
        // Few rows per column need a firmer hand.
        let (c, alpha) = match rows / width.max(1) {
            0..2 => (Some("0.01"), "100.0"),
            2..20 => (Some("0.1"), "10.0"),
            _ => (None, "1.0"),
        };
        let mut logistic: Vec<String> = c.map(|c| format!("C={c}")).into_iter().collect();
        logistic.push("max_iter=1000".to_owned());
        if balanced {
            logistic.push("class_weight=\"balanced\"".to_owned());
        }
        Self {
            max_categories: if rows < 2_000 { 20 } else { 50 },
            logistic_arguments: logistic.join(", "),
            ridge_alpha: alpha,
            forest_trees: if rows <= 6_000 { 200 } else { 100 },
            forest_leaf: match rows {
                0..500 => 2,
                500..10_000 => 3,
                _ => 10,
            },
            forest_features: if width <= 4 { "1.0" } else { "0.4" },
            forest_samples: (rows > 20_000).then_some("0.3"),
            // A tree per class and round: many classes need fewer rounds to stay within seconds.
            boosted_rounds: match (classes, rows) {
                (11.., _) => 60,
                (3..=10, _) | (2, 0..3_000) | (_, 0..500) => 100,
                _ => 200,
            },
            boosted_leaves: match rows {
                0..500 => 7,
                500..3_000 => 15,
                _ => 31,
            },
            boosted_leaf: match rows {
                0..500 => 5,
                500..3_000 => 10,
                _ => 20,
            },
            boosted_columns: match width {
                0..=10 => "1.0",
                11..=50 => "0.7",
                _ => "0.3",
            },
        }
    }
}
