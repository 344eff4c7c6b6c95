//! How many calls run side by side to one provider: fewer after it complains, slowly more while it does not.

use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;

/// The limit of one provider: additive increase, multiplicative decrease, as TCP does it.
#[derive(Debug)]
pub(crate) struct Gate {
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Debug)]
struct State {
    most: usize,
    limit: f64,
    inside: usize,
    /// Counts decreases, so that calls that ran side by side and were all turned away count once.
    decreases: u64,
    /// The moment before which the provider wants no calls, on the clock of the client.
    closed_until: Duration,
}

/// A place inside; leaves when dropped.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    gate: &'a Gate,
    decreases: u64,
}

impl Gate {
    pub(crate) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            state: Mutex::new(State {
                most,
                limit: most as f64,
                inside: 0,
                decreases: 0,
                closed_until: Duration::ZERO,
            }),
            freed: Notify::new(),
        }
    }

    /// Another role uses the provider: the stricter limit holds.
    pub(crate) fn at_most(&self, most: usize) {
        let mut state = self.lock();
        state.most = state.most.min(most.max(1));
        state.limit = state.limit.min(state.most as f64);
    }

    /// The provider has told one call when to come back: it means all of them.
    pub(crate) fn close_until(&self, moment: Duration) {
        let mut state = self.lock();
        state.closed_until = state.closed_until.max(moment);
    }

    /// How long it stays closed.
    pub(crate) fn closed_for(&self, now: Duration) -> Duration {
        self.lock().closed_until.saturating_sub(now)
    }

    /// Waits for a place.
    pub(crate) async fn enter(&self) -> Pass<'_> {
        loop {
            let freed = self.freed.notified();
            if let Some(pass) = self.try_enter() {
                return pass;
            }
            freed.await;
        }
    }

    fn try_enter(&self) -> Option<Pass<'_>> {
        let mut state = self.lock();
        let allowed = (state.limit.floor() as usize).max(1);
        (state.inside < allowed).then(|| {
            state.inside += 1;
            Pass {
                gate: self,
                decreases: state.decreases,
            }
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// The provider answered.
    pub(crate) fn succeeded(&self) {
        let mut state = self.gate.lock();
        state.limit = (state.limit + 1.0 / state.limit).min(state.most as f64);
    }

    /// The provider said that it is too much.
    pub(crate) fn turned_away(&self) {
        let mut state = self.gate.lock();
        if state.decreases == self.decreases {
            state.decreases += 1;
            state.limit = (state.limit / 2.0).max(1.0);
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.gate.lock().inside -= 1;
        // All of them: after an increase more than one may enter.
        self.gate.freed.notify_waiters();
        self.gate.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_once_for_calls_that_ran_together_and_creeps_up() {
        let gate = Gate::new(8);
        let passes: Vec<Pass<'_>> = std::iter::from_fn(|| gate.try_enter()).collect();
        assert_eq!(passes.len(), 8);
        passes.iter().for_each(Pass::turned_away);
        drop(passes);
        let passes: Vec<Pass<'_>> = std::iter::from_fn(|| gate.try_enter()).collect();
        assert_eq!(passes.len(), 4);
        drop(passes);
        let pass = gate.try_enter().unwrap();
        pass.turned_away();
        assert_eq!(gate.lock().limit, 2.0);
        for _ in 0..3 {
            pass.succeeded();
        }
        assert!(gate.lock().limit > 3.0);
        for _ in 0..100 {
            pass.succeeded();
        }
        assert_eq!(gate.lock().limit, 8.0);
        gate.at_most(2);
        assert_eq!(gate.lock().limit, 2.0);
    }

    #[tokio::test]
    async fn never_more_inside_than_allowed_and_nobody_is_forgotten() {
        let gate = std::sync::Arc::new(Gate::new(3));
        let calls: Vec<_> = (0..50)
            .map(|index| {
                let gate = gate.clone();
                tokio::spawn(async move {
                    let pass = gate.enter().await;
                    assert!(gate.lock().inside <= 3);
                    tokio::task::yield_now().await;
                    if index % 7 == 0 {
                        pass.turned_away();
                    } else {
                        pass.succeeded();
                    }
                })
            })
            .collect();
        for call in calls {
            call.await.unwrap();
        }
        assert_eq!(gate.lock().inside, 0);
    }
}
