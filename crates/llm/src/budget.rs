//! What calls may cost together: reserved before each, settled after it; reads no price list.
//!
//! Money is counted in whole picodollars, so that sums do not depend on the order of calls.

use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;

use crate::{LlmError, Price, Usage};

/// What a run may use. `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// US dollars.
    pub max_usd: Option<f64>,
    /// Tokens in and out.
    pub max_tokens: Option<u64>,
    /// Time since the client was made.
    pub max_wall: Option<Duration>,
}

/// What was used, and what running calls hold.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// US dollars of the calls whose price is known, and the most that broken attempts may have cost.
    pub usd: f64,
    /// Tokens in and out, likewise.
    pub tokens: u64,
    /// US dollars that running calls may still cost.
    pub reserved_usd: f64,
    /// Tokens that they may still take.
    pub reserved_tokens: u64,
}

/// 10¹² of them are a US dollar; at least 1 a token, for prices down to 10⁻⁶ US dollars per million tokens.
const PICODOLLARS: f64 = 1e12;

/// Tokens and money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) tokens: u64,
    pub(crate) picodollars: u64,
}

impl Amount {
    fn and(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_add(other.tokens),
            picodollars: self.picodollars.saturating_add(other.picodollars),
        }
    }

    fn without(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_sub(other.tokens),
            picodollars: self.picodollars.saturating_sub(other.picodollars),
        }
    }

    pub(crate) fn usd(self) -> f64 {
        self.picodollars as f64 / PICODOLLARS
    }
}

pub(crate) fn picodollars(usd: f64) -> u64 {
    // A float-to-integer cast saturates; NaN becomes 0.
    (usd * PICODOLLARS).round() as u64
}

/// US dollars of some tokens at a price.
pub(crate) fn cost(usage: Usage, price: &Price) -> u64 {
    let per_token = |per_million: f64| picodollars(per_million / 1e6);
    let plain = usage
        .input
        .saturating_sub(usage.cache_read)
        .saturating_sub(usage.cache_write);
    [
        (plain, price.input),
        (usage.cache_read, price.cache_read.unwrap_or(price.input)),
        (usage.cache_write, price.cache_write.unwrap_or(price.input)),
        (usage.output, price.output),
    ]
    .into_iter()
    .map(|(tokens, per_million)| tokens.saturating_mul(per_token(per_million)))
    .fold(0, u64::saturating_add)
}

/// The most that one attempt can cost: all of the input at the dearest of its prices, all of the output.
pub(crate) fn most(input: u64, output: u64, price: Option<&Price>) -> Amount {
    let picodollars = price.map_or(0, |price| {
        let dearest = price
            .input
            .max(price.cache_read.unwrap_or(0.0))
            .max(price.cache_write.unwrap_or(0.0));
        let flat = Price {
            input: dearest,
            output: price.output,
            cache_read: None,
            cache_write: None,
        };
        cost(
            Usage {
                input,
                output,
                ..Usage::default()
            },
            &flat,
        )
    });
    Amount {
        tokens: input.saturating_add(output),
        picodollars,
    }
}

/// The budget of a process.
#[derive(Debug)]
pub(crate) struct Budget {
    max_picodollars: Option<u64>,
    max_tokens: Option<u64>,
    state: Mutex<State>,
    settled: Notify,
}

#[derive(Debug, Default)]
struct State {
    used: Amount,
    reserved: Amount,
}

/// What one attempt may cost, kept free for it. When it is dropped, as a call is that is given up, it is given back if
/// nothing was sent, and counted as used if something was.
#[derive(Debug)]
pub(crate) struct Reservation<'a> {
    budget: &'a Budget,
    amount: Amount,
    sent: bool,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            max_picodollars: limits.max_usd.map(picodollars),
            max_tokens: limits.max_tokens,
            state: Mutex::default(),
            settled: Notify::new(),
        }
    }

    /// Whether money is limited.
    pub(crate) fn limits_money(&self) -> bool {
        self.max_picodollars.is_some()
    }

    /// Keeps an amount free. Where it fits in what is not yet used, but not beside what running calls
    /// hold, it waits for them: whether a run ends must not depend on how many calls run side by side.
    ///
    /// # Errors
    ///
    /// [`LlmError::Budget`] when what is used and this amount exceed a limit.
    pub(crate) async fn reserve(&self, amount: Amount) -> Result<Reservation<'_>, LlmError> {
        loop {
            let settled = self.settled.notified();
            if let Some(reservation) = self.try_reserve(amount)? {
                return Ok(reservation);
            }
            settled.await;
        }
    }

    /// `None` when running calls hold what it needs.
    fn try_reserve(&self, amount: Amount) -> Result<Option<Reservation<'_>>, LlmError> {
        let mut state = self.lock();
        if let Some(limit) = self.exceeded(state.used.and(amount)) {
            return Err(LlmError::Budget {
                limit: self.describe(limit, state.used, amount),
            });
        }
        if self
            .exceeded(state.used.and(state.reserved).and(amount))
            .is_some()
        {
            return Ok(None);
        }
        state.reserved = state.reserved.and(amount);
        Ok(Some(Reservation {
            budget: self,
            amount,
            sent: false,
        }))
    }

    /// Counts what was used.
    fn charge(&self, amount: Amount) {
        let mut state = self.lock();
        state.used = state.used.and(amount);
    }

    pub(crate) fn spent(&self) -> Spent {
        let state = self.lock();
        Spent {
            usd: state.used.usd(),
            tokens: state.used.tokens,
            reserved_usd: state.reserved.usd(),
            reserved_tokens: state.reserved.tokens,
        }
    }

    fn exceeded(&self, amount: Amount) -> Option<Limit> {
        if self
            .max_picodollars
            .is_some_and(|most| amount.picodollars > most)
        {
            Some(Limit::Usd)
        } else if self.max_tokens.is_some_and(|most| amount.tokens > most) {
            Some(Limit::Tokens)
        } else {
            None
        }
    }

    fn describe(&self, limit: Limit, used: Amount, next: Amount) -> String {
        match limit {
            Limit::Usd => format!(
                "{:.6} of {:.6} US dollars are used, and the next call could cost {:.6}",
                used.usd(),
                Amount {
                    tokens: 0,
                    picodollars: self.max_picodollars.unwrap_or_default()
                }
                .usd(),
                next.usd()
            ),
            Limit::Tokens => format!(
                "{} of {} tokens are used, and the next call could take {}",
                used.tokens,
                self.max_tokens.unwrap_or_default(),
                next.tokens
            ),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[derive(Clone, Copy)]
enum Limit {
    Usd,
    Tokens,
}

impl Reservation<'_> {
    /// What is kept free.
    pub(crate) fn amount(&self) -> Amount {
        self.amount
    }

    /// From now on it may have to be paid, whatever becomes of the call.
    pub(crate) fn sends(&mut self) {
        self.sent = true;
    }

    /// Counts what was used, and frees the rest.
    pub(crate) fn settle(mut self, used: Amount) {
        self.sent = false;
        self.budget.charge(used);
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut state = self.budget.lock();
        state.reserved = state.reserved.without(self.amount);
        if self.sent {
            state.used = state.used.and(self.amount);
        }
        drop(state);
        self.budget.settled.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PRICE: Price = Price {
        input: 3.0,
        output: 15.0,
        cache_read: Some(0.3),
        cache_write: Some(3.75),
    };

    #[test]
    fn costs() {
        let usage = Usage {
            input: 1_000_000,
            cache_read: 500_000,
            cache_write: 100_000,
            output: 200_000,
        };
        // 0.4 × 3 + 0.5 × 0.3 + 0.1 × 3.75 + 0.2 × 15
        assert_eq!(cost(usage, &PRICE), 4_725_000_000_000);
        assert_eq!(most(1_000_000, 0, Some(&PRICE)).usd(), 3.75);
        assert_eq!(most(5, 7, None).tokens, 12);
    }

    #[test]
    fn a_call_that_could_exceed_is_refused() {
        let budget = Budget::new(&Limits {
            max_usd: Some(0.01),
            ..Limits::default()
        });
        let amount = most(1000, 1000, Some(&PRICE));
        let error = budget.try_reserve(amount).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the budget is spent: 0.000000 of 0.010000 US dollars are used, and the next call could cost 0.018750"
        );
        let tokens = Budget::new(&Limits {
            max_tokens: Some(10),
            ..Limits::default()
        });
        tokens.charge(Amount {
            tokens: 4,
            picodollars: 0,
        });
        assert!(tokens.try_reserve(most(3, 3, None)).unwrap().is_some());
        assert!(tokens.try_reserve(most(3, 4, None)).is_err());
    }

    #[test]
    fn a_call_waits_for_those_that_may_use_less() {
        let budget = Budget::new(&Limits {
            max_tokens: Some(10),
            ..Limits::default()
        });
        let first = budget.try_reserve(most(0, 8, None)).unwrap().unwrap();
        assert!(budget.try_reserve(most(0, 8, None)).unwrap().is_none());
        first.settle(most(0, 2, None));
        assert!(budget.try_reserve(most(0, 8, None)).unwrap().is_some());
    }

    #[test]
    fn a_call_that_is_given_up_was_paid_if_it_was_sent() {
        let budget = Budget::new(&Limits::default());
        drop(budget.try_reserve(most(1, 2, None)));
        assert_eq!(budget.spent().tokens, 0);
        let mut reservation = budget.try_reserve(most(1, 2, None)).unwrap().unwrap();
        reservation.sends();
        drop(reservation);
        assert_eq!(
            (budget.spent().tokens, budget.spent().reserved_tokens),
            (3, 0)
        );
        let mut reservation = budget.try_reserve(most(1, 2, None)).unwrap().unwrap();
        reservation.sends();
        reservation.settle(Amount::default());
        assert_eq!(budget.spent().tokens, 3);
    }

    /// What becomes of a call.
    #[derive(Clone, Copy, Debug)]
    enum Fate {
        /// It is given up before it was sent.
        Unsent,
        /// It dies without a word after it was sent.
        Lost,
        /// It is answered, and this part of the most it could take was used.
        Answered(f64),
    }

    fn price() -> impl Strategy<Value = Price> {
        let part = || prop_oneof![Just(0.0), 1e-6..0.01, 0.01..200.0_f64];
        let cached = || prop::option::of(part());
        (part(), part(), cached(), cached()).prop_map(|(input, output, cache_read, cache_write)| {
            Price {
                input,
                output,
                cache_read,
                cache_write,
            }
        })
    }

    fn kept_fate() -> impl Strategy<Value = Fate> {
        prop_oneof![
            1 => Just(Fate::Unsent),
            1 => Just(Fate::Lost),
            4 => (0.0..=1.0_f64).prop_map(Fate::Answered),
        ]
    }

    /// What a call that was answered took: no more than was reserved for it.
    fn taken(input: u64, output: u64, part: f64, price: &Price) -> Amount {
        let usage = Usage {
            input,
            output: (output as f64 * part) as u64,
            cache_read: (input as f64 * part) as u64 / 2,
            cache_write: input / 4,
        };
        Amount {
            tokens: usage.total(),
            picodollars: cost(usage, price),
        }
    }

    fn end(reservation: Reservation<'_>, actual: Amount, fate: Fate) -> Amount {
        let mut reservation = reservation;
        match fate {
            Fate::Unsent => Amount::default(),
            Fate::Lost => {
                let all = reservation.amount();
                reservation.sends();
                drop(reservation);
                all
            }
            Fate::Answered(_) => {
                reservation.sends();
                reservation.settle(actual);
                actual
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        /// Calls of random prices and sizes, in a random interleaving, never exceed a limit together: neither what is used nor
        /// what could be. Some are given up before they were sent, some die after it, which counts all that they could take.
        #[test]
        fn no_interleaving_exceeds_the_limit(
            limit in 1_u64..5_000,
            calls in prop::collection::vec((0_u64..400, 1_u64..400, price(), kept_fate()), 1..40),
            order in prop::collection::vec(0_usize..8, 0..120),
        ) {
            let max_usd = limit as f64 * 1e-6;
            let budget = Budget::new(&Limits { max_usd: Some(max_usd), max_tokens: Some(limit * 2), max_wall: None });
            let mut running: Vec<(Reservation<'_>, Amount, Fate)> = Vec::new();
            let mut calls = calls.into_iter();
            let mut true_cost = Amount::default();
            for pick in order {
                if pick < 4 {
                    if let Some((input, output, price, fate)) = calls.next()
                        && let Ok(Some(reservation)) = budget.try_reserve(most(input, output, Some(&price)))
                    {
                        let part = match fate { Fate::Answered(part) => part, _ => 1.0 };
                        let actual = taken(input, output, part, &price);
                        prop_assert!(actual.picodollars <= reservation.amount().picodollars);
                        running.push((reservation, actual, fate));
                    }
                } else if !running.is_empty() {
                    let (reservation, actual, fate) = running.remove(pick % running.len());
                    true_cost = true_cost.and(end(reservation, actual, fate));
                }
                let spent = budget.spent();
                prop_assert!(spent.usd + spent.reserved_usd <= max_usd + 1e-12);
                prop_assert!(spent.tokens + spent.reserved_tokens <= limit * 2);
                prop_assert!((spent.usd - true_cost.usd()).abs() < 1e-12);
                prop_assert_eq!(spent.tokens, true_cost.tokens);
            }
            drop(running);
            prop_assert_eq!(budget.spent().reserved_tokens, 0);
            prop_assert_eq!(budget.spent().reserved_usd, 0.0);
        }

        /// A provider that counts more than it was asked for can exceed a limit, by what it counted too much in the calls that
        /// were under way. No other call is begun then, however small.
        #[test]
        fn after_an_overrun_nothing_more_is_begun(
            sizes in prop::collection::vec((1_u64..400, 1_u64..400, 1_u8..10), 1..5),
            price in price(),
        ) {
            let all = sizes.iter().map(|(input, output, _)| most(*input, *output, Some(&price))).fold(Amount::default(), Amount::and);
            let budget = Budget::new(&Limits { max_usd: Some(all.usd()), max_tokens: Some(all.tokens), max_wall: None });
            let mut running = Vec::new();
            for (input, output, times) in &sizes {
                running.push((budget.try_reserve(most(*input, *output, Some(&price))).unwrap().unwrap(), *times));
            }
            let mut counted = 0;
            for (reservation, times) in running {
                let asked = reservation.amount();
                let actual = Amount { tokens: asked.tokens * (1 + u64::from(times)), ..asked };
                counted += end(reservation, actual, Fate::Answered(1.0)).tokens;
            }
            let spent = budget.spent();
            prop_assert!(spent.tokens > all.tokens);
            prop_assert_eq!((spent.tokens, spent.reserved_tokens), (counted, 0));
            let refused = budget.try_reserve(most(0, 1, Some(&price))).unwrap_err();
            prop_assert_eq!(refused.fault(), process::Fault::Budget);
            prop_assert!(refused.to_string().contains(" are used, and the next call could "), "{}", refused);
        }

        /// Tasks on several threads that wait for what others hold: all of them end, each with its call or a refusal, and no
        /// moment shows more than the limit.
        #[test]
        fn side_by_side_each_call_is_made_or_refused(
            limit in 1_u64..3_000,
            calls in prop::collection::vec((0_u64..400, 1_u64..400, price(), kept_fate()), 1..24),
        ) {
            let max_usd = limit as f64 * 1e-6;
            let budget = std::sync::Arc::new(Budget::new(&Limits { max_usd: Some(max_usd), max_tokens: Some(limit), max_wall: None }));
            let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap();
            let charged = threads.block_on(async {
                let running: Vec<_> = calls.into_iter().map(|(input, output, price, fate)| {
                    let budget = std::sync::Arc::clone(&budget);
                    tokio::spawn(async move {
                        let reservation = match budget.reserve(most(input, output, Some(&price))).await {
                            Ok(reservation) => reservation,
                            Err(LlmError::Budget { .. }) => return Amount::default(),
                            Err(error) => panic!("{error}"),
                        };
                        tokio::task::yield_now().await;
                        let spent = budget.spent();
                        assert!(spent.usd + spent.reserved_usd <= max_usd + 1e-12, "{spent:?} of {max_usd}");
                        assert!(spent.tokens + spent.reserved_tokens <= limit, "{spent:?} of {limit}");
                        let part = match fate { Fate::Answered(part) => part, _ => 1.0 };
                        end(reservation, taken(input, output, part, &price), fate)
                    })
                }).collect();
                let mut charged = Amount::default();
                for call in running {
                    let ended = tokio::time::timeout(Duration::from_secs(20), call).await;
                    charged = charged.and(ended.expect("it waits for nobody").unwrap());
                }
                charged
            });
            let spent = budget.spent();
            prop_assert_eq!((spent.tokens, spent.reserved_tokens), (charged.tokens, 0));
            prop_assert!(spent.tokens <= limit && spent.usd <= max_usd + 1e-12);
        }
    }
}
