//! Ids of tasks: lower case, `[a-z0-9-]`, the same for the same dataset, target and objective.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Objective;

/// Longest id. Ids become folder names; many file systems stop at 255 bytes, and tools add endings.
const MAX_LENGTH: usize = 120;

/// The id of a task, also the name of its folder.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct TaskId(String);

/// A text that is no task id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no task id: only a–z, 0–9 and single or double hyphens between them, at most {MAX_LENGTH} characters"
)]
pub struct TaskIdError(String);

impl TaskId {
    /// The id of the task that predicts `target` of `dataset`.
    pub fn new(dataset: &str, target: &str, objective: Objective) -> Self {
        let dataset = shorten(&slug(dataset), 50);
        let target = shorten(&slug(target), 50);
        Self(format!("{dataset}--{target}-{}", objective.as_str()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for TaskId {
    type Error = TaskIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        let edges = text.starts_with('-') || text.ends_with('-') || text.contains("---");
        if text.is_empty() || text.len() > MAX_LENGTH || !plain || edges {
            return Err(TaskIdError(text));
        }
        Ok(Self(text))
    }
}

impl From<TaskId> for String {
    fn from(id: TaskId) -> Self {
        id.0
    }
}

/// Lower-case `[a-z0-9-]` form of any text: other characters become single hyphens; never empty.
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            out.push(character.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let trimmed = out.trim_end_matches('-');
    if trimmed.is_empty() {
        "x".to_owned()
    } else {
        trimmed.to_owned()
    }
}

fn shorten(slug: &str, longest: usize) -> String {
    if slug.len() <= longest {
        return slug.to_owned();
    }
    let cut = slug[..longest].rfind('-').unwrap_or(longest);
    slug[..cut].to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_the_dataset_the_target_and_the_objective() {
        let id = TaskId::new("Life Expectancy", "Life expectancy ", Objective::Regression);
        assert_eq!(id.as_str(), "life-expectancy--life-expectancy-regression");
    }

    #[test]
    fn refuses_what_would_not_be_a_plain_folder_name() {
        for bad in ["", "..", "a/b", "A", "-a", "a-", "a---b", "ä"] {
            assert!(TaskId::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_names_give_a_valid_id(dataset in ".{0,80}", target in ".{0,80}") {
            let id = TaskId::new(&dataset, &target, Objective::Binary);
            prop_assert!(TaskId::try_from(id.as_str().to_owned()).is_ok(), "{}", id);
        }
    }
}
