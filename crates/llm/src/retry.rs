//! Which answers are tried again, after how long, and which never; the trying itself is the model's.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::clock::Clock;

/// How long and how often a call is tried.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Most attempts of one call, at least 1. Those that the provider turned away until a moment that it named don't count.
    pub attempts: u32,
    /// Most time from the end of a call's first attempt to the end of its last, waiting for the provider included, waiting for
    /// other calls not. The first attempt has its own time limit only.
    pub deadline: Duration,
    /// The first wait, where the provider names none; it doubles from attempt to attempt.
    pub first_wait: Duration,
    /// The longest wait that doubling may reach. A wait that the provider names may be longer.
    pub longest_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 8,
            deadline: Duration::from_secs(30 * 60),
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// The wait before an attempt where the provider named one: at least that, and a little more by chance.
    pub(crate) fn after(&self, named: Duration, clock: &dyn Clock) -> Duration {
        let more = self.first_wait.min(named).mul_f64(clock.jitter());
        named.max(self.first_wait / 10).saturating_add(more)
    }

    /// The wait before an attempt, from 2, that the provider did not name: doubled each time, and of
    /// that between a half and all of it, so that calls that failed together do not come back together.
    pub(crate) fn wait(&self, attempt: u32, clock: &dyn Clock) -> Duration {
        let doublings = attempt.saturating_sub(2).min(30);
        let whole = self
            .first_wait
            .saturating_mul(1 << doublings)
            .min(self.longest_wait);
        whole.mul_f64(0.5 + 0.5 * clock.jitter())
    }
}

/// What an answer that is no reply means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Try again.
    Again,
    /// The provider is busy with us: try again, with fewer calls side by side.
    Slower,
    /// The account's quota is used up.
    Quota,
    /// The request is too long.
    TooLong,
    /// It will never be answered.
    Refused,
}

impl Failure {
    /// Whether there is no use in trying again.
    pub(crate) fn is_final(&self) -> bool {
        match self {
            Self::Again | Self::Slower => false,
            Self::Quota | Self::TooLong | Self::Refused => true,
        }
    }
}

/// What a status and a body mean.
pub(crate) fn classify(status: u16, body: &str) -> Failure {
    let said = told(body).to_lowercase();
    let says = |texts: &[&str]| texts.iter().any(|text| said.contains(text));
    // OpenAI and those that imitate it; 402 is DeepSeek's and OpenRouter's; the last two are Anthropic's.
    let quota = [
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "insufficient balance",
        "insufficient credits",
        "credit balance is too low",
    ];
    // OpenAI says so for good, Gemini of every minute's limit too, with the time when it is over.
    let spent = says(&["exceeded your current quota"])
        && !says(&["resource_exhausted", "retry in"])
        && told_wait(body).is_none();
    // OpenAI, llama-cpp-python and vLLM; llama.cpp; Anthropic, three times.
    let too_long = [
        "context_length_exceeded",
        "maximum context length",
        "exceed_context_size_error",
        "exceeds the available context size",
        "prompt is too long",
        "exceed context limit",
        "request_too_large",
        "context window",
    ];
    match status {
        402 => Failure::Quota,
        400 | 403 | 429 if spent || says(&quota) => Failure::Quota,
        400 | 413 | 422 | 500 if says(&too_long) => Failure::TooLong,
        413 => Failure::TooLong,
        429 | 529 => Failure::Slower,
        408 | 409 | 500..=599 => Failure::Again,
        _ => Failure::Refused,
    }
}

/// A body as JSON; Gemini's errors are in a list.
fn read(body: &str) -> Value {
    match serde_json::from_str(body).unwrap_or_default() {
        Value::Array(items) => items.into_iter().next().unwrap_or_default(),
        value => value,
    }
}

/// What a body says of its error, without what it may repeat of the request: prompts have any words. What is no JSON is said
/// as a whole.
fn told(body: &str) -> String {
    let value = read(body);
    if value.is_null() {
        return body.to_owned();
    }
    let error = ["", "/error", "/error/error", "/error/metadata"]
        .iter()
        .filter_map(|path| value.pointer(path));
    error
        .flat_map(|error| {
            // The last is OpenRouter's, for what another provider said.
            [
                "code", "type", "status", "message", "detail", "error", "raw",
            ]
            .iter()
            .filter_map(|name| error.get(*name)?.as_str())
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// The wait that Gemini names in the body: `"retryDelay": "11s"`.
fn told_wait(body: &str) -> Option<Duration> {
    let value = read(body);
    let details = value.pointer("/error/details")?.as_array()?;
    let delay = details
        .iter()
        .find_map(|detail| detail.get("retryDelay")?.as_str())?;
    wait_of(delay.trim().strip_suffix('s')?.parse().ok()?)
}

/// A wait of some seconds. None is no wait that anybody can mean, nor is a negative one.
fn wait_of(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|wait| !wait.is_zero())
}

/// What the provider says is wrong, in at most 300 characters.
pub(crate) fn message(body: &str) -> String {
    let value = read(body);
    let said = [
        "/error/message",
        "/error/error/message",
        "/message",
        "/detail",
        "/error",
    ]
    .iter()
    .filter_map(|path| value.pointer(path)?.as_str())
    .find(|text| !text.trim().is_empty())
    .unwrap_or(body);
    excerpt(said, 300)
}

/// The beginning of a text, on one line.
pub(crate) fn excerpt(text: &str, characters: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= characters {
        return line;
    }
    let cut: String = line.chars().take(characters).collect();
    format!("{cut}…")
}

/// How long the provider wants us to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date, or in the body. A moment
/// that has passed names no wait.
///
/// A date is measured against the answer's own `Date`, so that a wrong clock here does no harm.
pub(crate) fn named_wait(
    headers: &BTreeMap<String, String>,
    body: &str,
    clock: &dyn Clock,
) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.trim().parse::<f64>().ok();
    let until_date = || {
        let until = unix_seconds(headers.get("retry-after")?)?;
        let now = headers
            .get("date")
            .and_then(|date| unix_seconds(date))
            .unwrap_or_else(|| clock.unix_seconds());
        wait_of(until.saturating_sub(now) as f64)
    };
    number("retry-after-ms")
        .and_then(|value| wait_of(value / 1000.0))
        .or_else(|| number("retry-after").and_then(wait_of))
        .or_else(until_date)
        .or_else(|| told_wait(body))
}

/// Seconds since 1970 of a date as RFC 9110 prefers it, `Sun, 06 Nov 1994 08:49:37 GMT`; the two
/// obsolete forms are not read.
fn unix_seconds(date: &str) -> Option<u64> {
    let words: Vec<&str> = date.split_whitespace().collect();
    let [_, day, month, year, time, "GMT"] = words[..] else {
        return None;
    };
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = months.iter().position(|name| *name == month)? as u64 + 1;
    let (day, year): (u64, u64) = (day.parse().ok()?, year.parse().ok()?);
    let clock: Vec<u64> = time
        .split(':')
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    let [hours, minutes, seconds] = clock[..] else {
        return None;
    };
    if !(1970..10_000).contains(&year) || !(1..=31).contains(&day) {
        return None;
    }
    // Days of the proleptic Gregorian calendar, counted in years that begin in March (Hinnant, "chrono-
    // compatible low-level date algorithms").
    let shifted = if month <= 2 { year - 1 } else { year };
    let of_era = shifted % 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = (shifted / 400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    Some((days - 719_468) * 86_400 + hours * 3600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeClock;

    fn headers(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn statuses() {
        let cases = [
            (408, "", Failure::Again),
            (409, "", Failure::Again),
            (500, "", Failure::Again),
            (503, "", Failure::Again),
            (
                529,
                r#"{"type":"error","error":{"type":"overloaded_error"}}"#,
                Failure::Slower,
            ),
            (
                429,
                r#"{"error":{"code":"rate_limit_exceeded"}}"#,
                Failure::Slower,
            ),
            (
                429,
                r#"{"error":{"code":"insufficient_quota"}}"#,
                Failure::Quota,
            ),
            (402, "", Failure::Quota),
            (
                400,
                r#"{"error":{"message":"Your credit balance is too low to access"}}"#,
                Failure::Quota,
            ),
            (
                400,
                r#"{"error":{"code":"context_length_exceeded"}}"#,
                Failure::TooLong,
            ),
            (
                400,
                r#"{"error":{"type":"exceed_context_size_error"}}"#,
                Failure::TooLong,
            ),
            (
                400,
                r#"{"error":{"message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
                Failure::TooLong,
            ),
            (
                429,
                r#"[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan. Please retry in 11.66s.","status":"RESOURCE_EXHAUSTED"}}]"#,
                Failure::Slower,
            ),
            (
                429,
                r#"{"error":{"message":"You exceeded your current quota, please check your plan"}}"#,
                Failure::Quota,
            ),
            (
                422,
                r#"{"detail":[{"msg":"no such field","input":"a long context window, insufficient_quota"}]}"#,
                Failure::Refused,
            ),
            (400, "Error: maximum context length is 8", Failure::TooLong),
            (
                400,
                r#"{"error":{"message":"Provider returned error","metadata":{"raw":"prompt is too long: 9"}}}"#,
                Failure::TooLong,
            ),
            (413, "", Failure::TooLong),
            (400, "{}", Failure::Refused),
            (401, "", Failure::Refused),
            (404, "", Failure::Refused),
            (302, "", Failure::Refused),
        ];
        for (status, body, expected) in cases {
            assert_eq!(classify(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn waits_that_the_provider_names() {
        let clock = FakeClock::default();
        let wait = |pairs: &[(&str, &str)]| named_wait(&headers(pairs), "", &clock);
        assert_eq!(wait(&[]), None);
        assert_eq!(wait(&[("retry-after", "2")]), Some(Duration::from_secs(2)));
        for none in ["0", "-1", "nan", "1e300"] {
            assert_eq!(wait(&[("retry-after", none)]), None, "{none}");
        }
        let gemini = r#"[{"error": {"details": [{}, {"retryDelay": "11.5s"}]}}]"#;
        assert_eq!(
            named_wait(&headers(&[]), gemini, &clock),
            Some(Duration::from_millis(11_500))
        );
        assert_eq!(wait(&[("retry-after", "soon")]), None);
        assert_eq!(
            wait(&[("retry-after", "2"), ("retry-after-ms", "150")]),
            Some(Duration::from_millis(150))
        );
        assert_eq!(
            wait(&[
                ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"),
                ("date", "Sun, 06 Nov 1994 08:49:30 GMT"),
            ]),
            Some(Duration::from_secs(7))
        );
        assert_eq!(
            wait(&[("retry-after", "Thu, 01 Jan 1970 00:00:01 GMT")]),
            None,
            "a moment that has passed"
        );
    }

    #[test]
    fn dates() {
        assert_eq!(
            unix_seconds("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(784_111_777)
        );
        assert_eq!(
            unix_seconds("Thu, 29 Feb 2024 00:00:00 GMT"),
            Some(1_709_164_800)
        );
        assert_eq!(unix_seconds("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(unix_seconds("Sunday, 06-Nov-94 08:49:37 GMT"), None);
        assert_eq!(unix_seconds("Sun, 06 Foo 1994 08:49:37 GMT"), None);
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let policy = RetryPolicy::default();
        let clock = FakeClock::default();
        let waits: Vec<f64> = (2..12)
            .map(|attempt| policy.wait(attempt, &clock).as_secs_f64())
            .collect();
        assert_eq!(
            waits[..4],
            [0.75, 1.5, 3.0, 6.0],
            "half and a half of a half"
        );
        assert_eq!(waits[9], 45.0);
    }

    #[test]
    fn named_waits_have_a_floor_and_some_chance() {
        let policy = RetryPolicy::default();
        let clock = FakeClock::default();
        let after = |named| {
            policy
                .after(Duration::from_millis(named), &clock)
                .as_millis()
        };
        assert_eq!([after(1), after(400), after(60_000)], [100, 600, 60_500]);
    }

    #[test]
    fn messages_are_found_and_cut() {
        assert_eq!(
            message(r#"{"error":{"message":"no such\nmodel"}}"#),
            "no such model"
        );
        assert_eq!(message(r#"{"error":"boom"}"#), "boom");
        assert_eq!(message(r#"[{"error":{"message":"slow"}}]"#), "slow");
        assert_eq!(message("<html>502</html>"), "<html>502</html>");
        assert_eq!(message(&"x".repeat(500)).chars().count(), 301);
    }
}
