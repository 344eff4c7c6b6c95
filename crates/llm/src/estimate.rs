//! The most tokens that a request can have, from its bytes and from what was counted before; counts no tokens itself.

use std::collections::VecDeque;
use std::sync::Mutex;

/// Tokens that providers add to a request: templates, and the instructions for tools.
const ADDED: u64 = 512;

/// How many requests are remembered, over all models.
const REMEMBERED: usize = 32;

/// More bytes a token than requests of text, code and schemas have: they come to 3 to 5.
const MOST_BYTES: u64 = 7;

/// Whether a request was counted as so short that the server can't have read all of it, as those do that cut off what exceeds
/// their context and say nothing.
pub(crate) fn cut_off(body: &str, tokens: u64) -> bool {
    tokens > 0 && body.len() as u64 / tokens >= MOST_BYTES
}

/// Requests that were counted.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    known: Mutex<VecDeque<Counted>>,
}

#[derive(Debug)]
struct Counted {
    /// Where it was sent, and which model was asked.
    model: (String, String),
    body: String,
    tokens: u64,
}

impl Counts {
    /// A bound from above. A token has at least a byte; some models split numbers into digits, and need one for nearly each.
    /// Of a request that begins and ends like one that was counted, only what is between has to be counted so.
    pub(crate) fn most(&self, url: &str, model: &str, body: &str) -> u64 {
        let known = self.lock();
        known
            .iter()
            .filter(|counted| counted.model.0 == url && counted.model.1 == model)
            .map(|counted| counted.tokens.saturating_add(between(&counted.body, body)))
            .fold(body.len() as u64, u64::min)
            .saturating_add(ADDED)
    }

    /// Takes note of how many tokens a request had.
    pub(crate) fn learn(&self, url: &str, model: &str, body: &str, tokens: u64) {
        let mut known = self.lock();
        known.push_front(Counted {
            model: (url.to_owned(), model.to_owned()),
            body: body.to_owned(),
            tokens,
        });
        known.truncate(REMEMBERED);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Counted>> {
        self.known
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// How many bytes of a text are between those with which it begins, and those with which it ends, as another does.
fn between(known: &str, text: &str) -> u64 {
    let (known, text) = (known.as_bytes(), text.as_bytes());
    let same = |(left, right): &(&u8, &u8)| left == right;
    let begins = known.iter().zip(text).take_while(same).count();
    let (known, text) = (&known[begins..], &text[begins..]);
    let ends = known
        .iter()
        .rev()
        .zip(text.iter().rev())
        .take_while(same)
        .count();
    (text.len() - ends) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_counts_too_little_has_not_read_all() {
        let body = "x".repeat(40_000);
        assert!(cut_off(&body, 4096));
        assert!(!cut_off(&body, 8000));
        assert!(!cut_off(&body, 0), "not counted");
    }

    #[test]
    fn only_what_is_new_is_bounded_by_its_bytes() {
        let counts = Counts::default();
        let first = format!("[{}]", "1".repeat(10_000));
        let longer = format!("[{}, 22]", "1".repeat(10_000));
        assert_eq!(counts.most("u", "m", &first), 10_002 + ADDED);
        counts.learn("u", "m", &first, 3000);
        assert_eq!(counts.most("u", "m", &longer), 3000 + 4 + ADDED);
        assert_eq!(counts.most("u", "m", &first), 3000 + ADDED);
        assert_eq!(counts.most("u", "other", &first), 10_002 + ADDED);
        assert_eq!(counts.most("v", "m", &first), 10_002 + ADDED);
        assert_eq!(counts.most("u", "m", "x"), 1 + ADDED);
        for number in 0..2 * REMEMBERED {
            counts.learn("u", "m", &number.to_string(), 1);
        }
        assert_eq!(counts.lock().len(), REMEMBERED);
    }
}
