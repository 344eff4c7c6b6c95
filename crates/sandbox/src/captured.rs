//! An output stream as it is kept: its beginning, its length, a digest of all of it.
//!
//! It does not interpret the bytes; [`Captured::text`] is for people.

use std::borrow::Cow;

use serde::Serialize;

/// The beginning of a stream, and what is known of the rest.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Captured {
    /// The first bytes, at most [`crate::Limits::output_bytes`].
    pub bytes: Vec<u8>,
    /// Bytes read in all.
    pub total_bytes: u64,
    /// BLAKE3 of all bytes read, in hexadecimal.
    pub digest: String,
    /// True if the stream was longer than what is kept.
    pub truncated: bool,
}

impl Captured {
    /// The kept bytes as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// The last `count` kept lines as text.
    #[must_use]
    pub fn last_lines(&self, count: usize) -> String {
        let text = self.text();
        let lines: Vec<&str> = text.trim_end().lines().collect();
        lines[lines.len().saturating_sub(count)..].join("\n")
    }
}

impl std::fmt::Debug for Captured {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Captured")
            .field("text", &self.text())
            .field("total_bytes", &self.total_bytes)
            .field("truncated", &self.truncated)
            .finish_non_exhaustive()
    }
}

/// A stream while it is being read. Memory stays within the cap, however long the stream is.
pub(crate) struct Capture {
    kept: Vec<u8>,
    cap: u64,
    total_bytes: u64,
    hasher: blake3::Hasher,
}

impl Capture {
    pub(crate) fn new(cap: u64) -> Self {
        Self {
            kept: Vec::new(),
            cap,
            total_bytes: 0,
            hasher: blake3::Hasher::new(),
        }
    }

    pub(crate) fn push(&mut self, chunk: &[u8]) {
        let room = usize::try_from(self.cap)
            .unwrap_or(usize::MAX)
            .saturating_sub(self.kept.len());
        self.kept.extend_from_slice(&chunk[..chunk.len().min(room)]);
        self.total_bytes += chunk.len() as u64;
        self.hasher.update(chunk);
    }

    pub(crate) fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    pub(crate) fn finish(self) -> Captured {
        Captured {
            truncated: self.total_bytes > self.kept.len() as u64,
            bytes: self.kept,
            total_bytes: self.total_bytes,
            digest: self.hasher.finalize().to_hex().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture(cap: u64, chunks: &[&[u8]]) -> Captured {
        let mut capture = Capture::new(cap);
        for chunk in chunks {
            capture.push(chunk);
        }
        capture.finish()
    }

    #[test]
    fn what_is_dropped_still_counts_in_length_and_digest() {
        let captured = capture(5, &[b"abc", b"defg", b"h"]);
        assert_eq!(captured.bytes, b"abcde");
        assert_eq!(captured.total_bytes, 8);
        assert!(captured.truncated);
        assert_eq!(
            captured.digest,
            blake3::hash(b"abcdefgh").to_hex().to_string()
        );
    }

    #[test]
    fn a_stream_of_exactly_the_cap_is_whole() {
        assert!(!capture(3, &[b"ab", b"c"]).truncated);
        assert!(!capture(0, &[]).truncated);
        assert!(capture(0, &[b"x"]).truncated);
    }

    #[test]
    fn text_never_fails() {
        assert_eq!(capture(9, &[b"a\xff\n"]).text(), "a\u{fffd}\n");
        assert_eq!(capture(99, &[b"1\n2\n3\n"]).last_lines(2), "2\n3");
    }
}
