//! Time until an event, which may not have been seen to the end (right-censored), beside a predicted risk.

use super::{assert_finite, assert_same_rows};

/// Times, events and risks.
#[derive(Clone, Debug, PartialEq)]
pub struct Survival {
    times: Vec<f64>,
    events: Vec<bool>,
    risks: Vec<f64>,
}

impl Survival {
    /// `times` are when each row was last seen, in any unit; `events` whether the event happened then (`false` is a
    /// censored row); `risks` are predictions that are higher for an earlier event.
    ///
    /// # Panics
    ///
    /// When the sides differ in length, a number is not finite or a time is not above 0.
    pub fn new(times: Vec<f64>, events: Vec<bool>, risks: Vec<f64>) -> Self {
        assert_same_rows(times.len(), risks.len());
        assert_same_rows(times.len(), events.len());
        assert_finite(&times);
        assert_finite(&risks);
        assert!(times.iter().all(|time| *time > 0.0), "times are above 0");
        Self {
            times,
            events,
            risks,
        }
    }

    /// When each row was last seen, above 0.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// Whether the event happened at that time.
    pub fn events(&self) -> &[bool] {
        &self.events
    }

    /// Predicted risks, higher for an earlier event, finite.
    pub fn risks(&self) -> &[f64] {
        &self.risks
    }
}
