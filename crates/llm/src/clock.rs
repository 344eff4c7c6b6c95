//! Time and chance as the client needs them: elapsed time, waiting, and the jitter of waits.
//!
//! Neither may reach a cassette or a request: they differ between two equal runs.

use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::{BuildHasher, Hasher};
use std::pin::Pin;
use std::time::Duration;

use process::Stopwatch;

/// Time and chance. Tests put their own in its place, so that they take no time.
pub trait Clock: Send + Sync {
    /// Time since some fixed moment; never goes back.
    fn elapsed(&self) -> Duration;

    /// Seconds since 1970, for dates that providers send.
    fn unix_seconds(&self) -> u64;

    /// Waits.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// A number from 0 to below 1, another each time.
    fn jitter(&self) -> f64;
}

/// The clock of this computer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock {
    started: Stopwatch,
}

impl SystemClock {
    pub(crate) fn start() -> Self {
        Self {
            started: Stopwatch::start(),
        }
    }
}

impl Clock for SystemClock {
    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a date in `Retry-After` means nothing without today's; it decides how long is waited and nothing else"
    )]
    fn unix_seconds(&self) -> u64 {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |time| time.as_secs())
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn jitter(&self) -> f64 {
        // The standard library seeds each of these differently; that is all the chance a wait needs.
        let bits = RandomState::new().build_hasher().finish() >> 11;
        bits as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_is_below_one_and_varies() {
        let clock = SystemClock::start();
        let drawn: Vec<f64> = (0..100).map(|_| clock.jitter()).collect();
        assert!(drawn.iter().all(|value| (0.0..1.0).contains(value)));
        assert!(drawn.iter().any(|value| *value != drawn[0]));
    }
}
