//! What the model calls of a run cost, by stage and agent: sums over events, no price is known here.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::event::{Event, ModelCall, ModelFailure};
use crate::history::History;

/// Model calls of one agent in one stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Spending {
    /// Name of the stage, e.g. `design`.
    pub stage: String,
    /// Name of the agent, e.g. `designer`.
    pub agent: String,
    /// Replies.
    pub calls: u64,
    /// Of these, replies that had been recorded before, for which nothing was sent.
    pub replayed: u64,
    /// Attempts beyond the first of each call.
    pub retries: u64,
    /// Tokens of the requests.
    pub input_tokens: u64,
    /// Of these, tokens from the provider's cache.
    pub cached_tokens: u64,
    /// Tokens of the replies.
    pub output_tokens: u64,
    /// US dollars that replies cost in this run; `None` when a price is unknown.
    pub cost_usd: Option<f64>,
    /// US dollars that the replayed ones would have cost; `None` when a price is unknown.
    pub replayed_usd: Option<f64>,
    /// Attempts of this run that gave no reply and may have to be paid. What they were charged stands in no other sum.
    pub failed: u64,
    /// Tokens that they were charged: those that the provider counted, else the most that there can have been.
    pub failed_tokens: u64,
    /// US dollars that they were charged; `None` when a price is unknown.
    pub failed_usd: Option<f64>,
}

impl Spending {
    fn of(stage: &str, agent: &str) -> Self {
        Self {
            stage: stage.to_owned(),
            agent: agent.to_owned(),
            cost_usd: Some(0.0),
            replayed_usd: Some(0.0),
            failed_usd: Some(0.0),
            ..Self::default()
        }
    }

    fn add_failure(&mut self, attempt: &ModelFailure) {
        self.failed += 1;
        self.failed_tokens = self.failed_tokens.saturating_add(attempt.tokens);
        self.failed_usd = self
            .failed_usd
            .zip(attempt.cost_usd)
            .map(|(sum, cost)| sum + cost);
    }

    fn add(&mut self, call: &ModelCall) {
        self.calls += 1;
        self.replayed += u64::from(call.replayed);
        self.retries += u64::from(call.attempts.saturating_sub(1));
        self.input_tokens += call.input_tokens;
        self.cached_tokens += call.cached_tokens;
        self.output_tokens += call.output_tokens;
        let sum = match call.replayed {
            false => &mut self.cost_usd,
            true => &mut self.replayed_usd,
        };
        *sum = sum.zip(call.cost_usd).map(|(sum, cost)| sum + cost);
    }
}

/// The sums of the last run, by stage and agent in the order of their first call.
pub(crate) fn of<'a>(history: &'a History) -> Vec<Spending> {
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut sums: Vec<Spending> = Vec::new();
    let mut place = |sums: &mut Vec<Spending>, stage: &'a str, agent: &'a str| {
        *places.entry((stage, agent)).or_insert_with(|| {
            sums.push(Spending::of(stage, agent));
            sums.len() - 1
        })
    };
    for entry in history.last_run() {
        match &entry.event {
            Event::ModelCalled(call) => {
                let place = place(&mut sums, &call.stage, &call.agent);
                sums[place].add(call);
            }
            // Nothing was sent, so there is nothing to pay.
            Event::ModelFailed(attempt) if !attempt.replayed => {
                let place = place(&mut sums, &attempt.stage, &attempt.agent);
                sums[place].add_failure(attempt);
            }
            _ => {}
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;
    use crate::Ledger;

    fn call(agent: &str, cost_usd: Option<f64>, attempts: u32) -> Event {
        Event::ModelCalled(ModelCall {
            stage: "design".to_owned(),
            subject: "iris--a-binary".to_owned(),
            agent: agent.to_owned(),
            model: "m".to_owned(),
            request: "1".repeat(64),
            reply: "2".repeat(64),
            input_tokens: 100,
            cached_tokens: 40,
            output_tokens: 10,
            cost_usd,
            latency_ms: 5,
            attempts,
            finish: "stop".to_owned(),
            replayed: attempts == 1,
        })
    }

    fn failure(agent: &str, tokens: u64, cost_usd: Option<f64>, replayed: bool) -> Event {
        Event::ModelFailed(ModelFailure {
            stage: "design".to_owned(),
            subject: "iris--a-binary".to_owned(),
            agent: agent.to_owned(),
            model: "m".to_owned(),
            request: "1".repeat(64),
            attempt: 1,
            tokens,
            cost_usd,
            counted: false,
            reason: "the answer broke off".to_owned(),
            replayed,
        })
    }

    #[test]
    fn failed_attempts_are_summed_beside_the_calls() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let mut ledger = Ledger::open(folder).unwrap();
        let start = Event::RunStarted {
            configuration: serde_json::Value::Null,
            versions: BTreeMap::new(),
        };
        for event in [
            start,
            failure("designer", 500, Some(0.5), false),
            failure("designer", 70, Some(0.25), false),
            failure("designer", 9, Some(9.0), true),
            call("designer", Some(1.0), 3),
            failure("judge", 1, None, false),
        ] {
            ledger.append(&event, 0).unwrap();
        }
        let sums = of(&History::read(folder).unwrap());
        let brief: Vec<_> = sums
            .iter()
            .map(|sum| (sum.calls, sum.failed, sum.failed_tokens, sum.failed_usd))
            .collect();
        assert_eq!(brief, [(1, 2, 570, Some(0.75)), (0, 1, 1, None)]);
        // Calls that never ended with a reply cost nothing that is known to be so.
        let costs: Vec<_> = sums.iter().map(|sum| sum.cost_usd).collect();
        assert_eq!(costs, [Some(1.0), Some(0.0)]);
    }

    #[test]
    fn one_unknown_price_makes_the_sum_unknown_and_earlier_runs_do_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let mut ledger = Ledger::open(folder).unwrap();
        let start = || Event::RunStarted {
            configuration: serde_json::Value::Null,
            versions: BTreeMap::new(),
        };
        for event in [
            start(),
            call("designer", Some(9.0), 1),
            start(),
            call("designer", Some(0.5), 1),
            call("designer", Some(0.25), 3),
            call("judge", Some(1.0), 1),
            call("judge", None, 1),
        ] {
            ledger.append(&event, 0).unwrap();
        }
        let sums = of(&History::read(folder).unwrap());
        let brief: Vec<_> = sums
            .iter()
            .map(|sum| (sum.agent.as_str(), sum.calls, sum.retries))
            .collect();
        assert_eq!(brief, [("designer", 2, 2), ("judge", 2, 0)]);
        // What was replayed cost nothing.
        let costs = |sum: &Spending| (sum.cost_usd, sum.replayed_usd);
        assert_eq!(costs(&sums[0]), (Some(0.25), Some(0.5)));
        assert_eq!(costs(&sums[1]), (Some(0.0), None));
        assert_eq!(
            (
                sums[0].input_tokens,
                sums[0].cached_tokens,
                sums[0].replayed
            ),
            (200, 80, 1)
        );
    }
}
