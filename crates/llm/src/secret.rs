//! Keys: a text that never shows itself, and the sweep that takes it out of whatever leaves the crate.

use std::fmt;
use std::sync::{Arc, RwLock};

/// What stands in the place of a key.
const REDACTED: &str = "[redacted]";

/// Shorter ones are no secrets but placeholders (`x`, `none`, `dummy`), which servers of one's own are
/// given; to take them out of replies would change replies.
const SHORTEST: usize = 8;

/// A text that neither `Debug` nor an error shows.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the header of a request and nothing else.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// All secrets of a process. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    known: Arc<RwLock<Vec<String>>>,
}

impl Redactor {
    /// Learns a secret, in its own form and as JSON writes it.
    pub(crate) fn learn(&self, secret: &Secret) {
        let text = secret.expose();
        if text.len() < SHORTEST {
            return;
        }
        let quoted = serde_json::Value::from(text).to_string();
        let escaped = quoted.trim_matches('"').to_owned();
        let mut known = self
            .known
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for form in [text.to_owned(), escaped] {
            if !known.contains(&form) {
                known.push(form);
            }
        }
        // The longest first: one secret may be the beginning of another.
        known.sort_by_key(|form| std::cmp::Reverse(form.len()));
    }

    /// The text without any secret.
    pub(crate) fn clean(&self, text: String) -> String {
        let known = self
            .known
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        known.iter().fold(text, |text, secret| {
            if text.contains(secret.as_str()) {
                text.replace(secret.as_str(), REDACTED)
            } else {
                text
            }
        })
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_taken_out_in_both_forms() {
        let redactor = Redactor::default();
        redactor.learn(&Secret::new("sk-planted\"quote"));
        redactor.learn(&Secret::new("sk-planted\"quote-longer"));
        assert_eq!(
            redactor.clean(r#"a sk-planted"quote b sk-planted\"quote-longer c"#.to_owned()),
            "a [redacted] b [redacted] c"
        );
        assert_eq!(format!("{:?}", Secret::new("sk-planted")), REDACTED);
    }

    #[test]
    fn placeholders_are_no_secrets() {
        let redactor = Redactor::default();
        redactor.learn(&Secret::new("none"));
        assert_eq!(redactor.clean("none of it".to_owned()), "none of it");
    }
}
