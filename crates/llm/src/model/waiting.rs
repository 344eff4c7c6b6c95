//! How a call waits: before it is tried again, and for the other calls of its provider.

use std::time::Duration;

use super::{Call, Model};
use crate::gate::Pass;
use crate::{LlmError, Wait};

impl Model {
    /// How long to wait before an attempt; or gives up. Tells the listener.
    pub(super) fn wait(
        &self,
        call: &Call<'_>,
        attempt: u32,
        named: Option<Duration>,
        reason: &str,
    ) -> Result<Duration, LlmError> {
        let policy = &self.shared.retry;
        let clock = &*self.shared.clock;
        if call.failed >= policy.attempts.max(1) {
            return Err(self.outage(attempt - 1, reason.to_owned()));
        }
        let duration = match named {
            Some(named) => policy.after(named, clock),
            None => policy.wait(attempt, clock),
        };
        if self.tried_for(call).saturating_add(duration) > policy.deadline {
            return Err(self.outage(
                attempt - 1,
                format!(
                    "{reason}; the next attempt, after {:.1} s, would be too late",
                    duration.as_secs_f64()
                ),
            ));
        }
        self.shared.wall_allows(duration)?;
        self.tell_wait(attempt, duration, reason);
        Ok(duration)
    }

    fn tell_wait(&self, attempt: u32, duration: Duration, reason: &str) {
        self.listener.waits(&Wait {
            model: self.settings.model.clone(),
            duration,
            attempt,
            reason: reason.to_owned(),
        });
        tracing::debug!(model = %self.settings.model, attempt, ?duration, reason, "waits");
    }

    /// For how long the call has been tried again.
    pub(super) fn tried_for(&self, call: &Call<'_>) -> Duration {
        call.failing_since.map_or(Duration::ZERO, |since| {
            self.shared
                .clock
                .elapsed()
                .saturating_sub(since)
                .saturating_sub(call.queued)
        })
    }

    pub(super) fn outage(&self, attempts: u32, reason: String) -> LlmError {
        LlmError::Outage {
            model: self.settings.model.clone(),
            attempts,
            reason,
        }
    }

    /// Waits for a place at the provider. When it has told another call when to come back, this one comes later too.
    pub(super) async fn enter(&self, call: &mut Call<'_>) -> Result<Pass<'_>, LlmError> {
        let clock = &*self.shared.clock;
        let queues = clock.elapsed();
        let pass = self.gate.enter().await;
        loop {
            let closed = self.gate.closed_for(clock.elapsed());
            if closed.is_zero() {
                break;
            }
            self.shared.wall_allows(closed)?;
            let attempt = u32::try_from(call.made.len() + 1).unwrap_or(u32::MAX);
            self.tell_wait(attempt, closed, "the provider has turned away other calls");
            clock.sleep(closed).await;
        }
        call.queued += clock.elapsed().saturating_sub(queues);
        Ok(pass)
    }
}
