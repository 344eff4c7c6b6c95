//! Keys: a text that never shows itself, and the sweep that takes it out of whatever leaves the crate.

use std::fmt;
use std::sync::{Arc, RwLock};

use serde_json::Value;

/// What stands in the place of a key.
const REDACTED: &str = "[redacted]";

/// Shorter ones are no secrets but placeholders (`x`, `none`, `dummy`), which servers of one's own are
/// given.
const SHORTEST: usize = 8;

/// Shorter ones may be words (`password`, `localhost`): to take them out of replies would change replies. The keys
/// of providers have 30 bytes and more.
const SHORTEST_IN_REPLIES: usize = 16;

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

    /// The text without any secret: for errors, logs, and answers that are no replies.
    pub(crate) fn clean(&self, text: String) -> String {
        self.without(text, SHORTEST)
    }

    /// The body of a reply without the secrets that can't be words. JSON stays JSON: only its texts are searched.
    pub(crate) fn clean_reply(&self, body: String) -> String {
        match serde_json::from_str::<Value>(&body) {
            Ok(value) => {
                let cleaned = self.clean_value(value.clone());
                if cleaned == value {
                    body
                } else {
                    cleaned.to_string()
                }
            }
            Err(_) => self.without(body, SHORTEST_IN_REPLIES),
        }
    }

    /// As [`Redactor::clean_reply`], of JSON that was read.
    pub(crate) fn clean_value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.without(text, SHORTEST_IN_REPLIES)),
            Value::Array(items) => items
                .into_iter()
                .map(|item| self.clean_value(item))
                .collect(),
            Value::Object(members) => members
                .into_iter()
                .map(|(name, value)| {
                    let name = self.without(name, SHORTEST_IN_REPLIES);
                    (name, self.clean_value(value))
                })
                .collect(),
            other => other,
        }
    }

    fn without(&self, text: String, shortest: usize) -> String {
        let known = self
            .known
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let known = known.iter().filter(|secret| secret.len() >= shortest);
        known.fold(text, |text, secret| {
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

    #[test]
    fn replies_lose_keys_and_no_words() {
        let redactor = Redactor::default();
        redactor.learn(&Secret::new("localhost"));
        redactor.learn(&Secret::new("1712345678901234567"));
        let reply = r#"{"created": 1712345678901234567, "text": "localhost"}"#;
        assert_eq!(redactor.clean_reply(reply.to_owned()), reply);
        assert_eq!(redactor.clean("at localhost".to_owned()), "at [redacted]");
        assert_eq!(
            redactor.clean_reply(r#"{"text":"key \u0031712345678901234567"}"#.to_owned()),
            r#"{"text":"key [redacted]"}"#
        );
        assert_eq!(
            redactor.clean_reply("data: 1712345678901234567 localhost".to_owned()),
            "data: [redacted] localhost"
        );
    }
}
