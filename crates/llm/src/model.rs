//! One call from its request to its reply: cassette, budget, attempts, waits, record.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::budget::{self, Amount, Reservation};
use crate::cassette::{self, Attempt, Found};
use crate::client::Shared;
use crate::dialect::{self, Parsed, Unusable};
use crate::gate::Gate;
use crate::json_tools;
use crate::outcome;
use crate::retry::{Failure, named_wait};
use crate::secret::Secret;
use crate::settings::{Price, Settings, ToolMode};
use crate::transport::{Broken, HttpAnswer, HttpRequest};
use crate::{CallRecord, Chat, Listener, LlmError, Reply, Request, Usage, Wait};

/// Tokens for a thousand bytes of a request that is not known better. Prose has about 250, code 330,
/// columns of numbers up to 500; what a model has counted is used as soon as it is more.
const TOKENS_PER_1000_BYTES: u64 = 500;

/// Tokens that providers add to every request: templates, and the instructions for tools.
const TOKENS_ADDED: u64 = 512;

/// The shortest request whose count of tokens tells something about others.
const TELLING_BYTES: u64 = 8192;

/// A model for one role.
pub struct Model {
    shared: Arc<Shared>,
    settings: Settings,
    url: String,
    /// The error is kept for the first call that is not replayed.
    headers: Result<Vec<(String, Secret)>, LlmError>,
    price: Option<Price>,
    gate: Arc<Gate>,
    listener: Arc<dyn Listener>,
    /// The most tokens for a thousand bytes that the provider has counted.
    density: AtomicU64,
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Chat for Model {
    fn model(&self) -> &str {
        &self.settings.model
    }

    fn context_tokens(&self) -> u64 {
        self.settings.context_tokens
    }

    fn ask<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, LlmError>> + Send + 'a>> {
        Box::pin(self.call(request))
    }
}

/// A request on its way.
struct Call<'a> {
    request: &'a Request,
    body: String,
    canonical: Value,
    key: String,
    started: Duration,
    /// What came of every attempt, for the cassette.
    made: Vec<Attempt>,
}

/// Where answers come from.
enum Source {
    Provider,
    Cassette {
        attempts: std::vec::IntoIter<Attempt>,
        free: bool,
    },
}

impl Model {
    pub(crate) fn new(
        shared: Arc<Shared>,
        settings: Settings,
        url: String,
        headers: Result<Vec<(String, Secret)>, LlmError>,
        price: Option<Price>,
        gate: Arc<Gate>,
        listener: Arc<dyn Listener>,
    ) -> Self {
        Self {
            shared,
            settings,
            url,
            headers,
            price,
            gate,
            listener,
            density: AtomicU64::new(TOKENS_PER_1000_BYTES),
        }
    }

    /// What it costs; `None` when that is unknown.
    pub fn price(&self) -> Option<Price> {
        self.price
    }

    /// How it is configured.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    async fn call(&self, asked: &Request) -> Result<Reply, LlmError> {
        let adapted = match self.settings.tools {
            ToolMode::Json => Some(json_tools::adapt(asked)),
            ToolMode::Native => None,
        };
        let request = adapted.as_ref().unwrap_or(asked);
        let body = dialect::body(&self.settings, request);
        let canonical = cassette::canonical(
            &json!(self.settings.dialect),
            dialect::path(self.settings.dialect),
            &body,
        );
        let key = cassette::key(&canonical);
        let found = self
            .shared
            .tape
            .find(&key, &canonical, |attempt| {
                outcome::interpret(self.settings.dialect, request, &attempt.outcome()).is_ok()
            })
            .await;
        let mut call = Call {
            request,
            body: dialect::compact(&body),
            canonical,
            key,
            started: self.shared.clock.elapsed(),
            made: Vec::new(),
        };
        let (found, ticket) = match found {
            // A run that was recorded until its budget was spent has nothing more on its cassette.
            Err(missing @ LlmError::NotRecorded { .. }) => {
                self.shared.budget.reserve(self.most(&call)).await?;
                return Err(missing);
            }
            other => other?,
        };
        let source = match found {
            Found::Nothing => Source::Provider,
            Found::Attempts { attempts, free } => Source::Cassette {
                attempts: attempts.into_iter(),
                free,
            },
        };
        let live = matches!(source, Source::Provider);
        let ended = self.attempts(&mut call, source).await;
        if live && !call.made.is_empty() {
            let made = std::mem::take(&mut call.made);
            self.shared.tape.write(&call.key, &call.canonical, made)?;
        }
        let (mut reply, mut record) = ended?;
        ticket.ended_well();
        if self.settings.tools == ToolMode::Json {
            json_tools::read_calls(asked, &mut reply);
            record.finish = reply.finish.clone();
        }
        outcome::give_ids(asked, &mut reply.calls);
        self.listener.called(&record);
        Ok(reply)
    }

    /// Tries until there is a reply, or no use in trying.
    async fn attempts(
        &self,
        call: &mut Call<'_>,
        mut source: Source,
    ) -> Result<(Reply, CallRecord), LlmError> {
        let mut attempt = 1;
        let mut last = "nothing was recorded for its attempts".to_owned();
        loop {
            let reservation = self.reserve(call, &source).await?;
            let outcome = match &mut source {
                Source::Provider => self.send(call).await?,
                Source::Cassette { attempts, .. } => match attempts.next() {
                    Some(recorded) => recorded.outcome(),
                    // The recorded run gave up here.
                    None => return Err(self.outage(attempt - 1, last)),
                },
            };
            let unusable = match outcome::interpret(self.settings.dialect, call.request, &outcome) {
                Ok(parsed) => {
                    return Ok(self.end(call, reservation, parsed, &outcome, attempt, &source));
                }
                Err(unusable) => Unusable {
                    reason: self.shared.redactor.clean(unusable.reason),
                    ..unusable
                },
            };
            outcome::settle_failed(reservation, &outcome);
            match unusable.failure {
                Failure::Again | Failure::Slower => {}
                Failure::Quota => {
                    return Err(LlmError::Quota {
                        model: self.settings.model.clone(),
                        message: outcome::said(&outcome, unusable),
                    });
                }
                Failure::TooLong => {
                    return Err(LlmError::TooLong {
                        model: self.settings.model.clone(),
                    });
                }
                Failure::Refused => {
                    return Err(LlmError::Refused {
                        model: self.settings.model.clone(),
                        status: outcome.as_ref().map_or(0, |answer| answer.status),
                        message: outcome::said(&outcome, unusable),
                    });
                }
            }
            last = unusable.reason;
            attempt += 1;
            if matches!(source, Source::Provider) {
                let named = outcome
                    .as_ref()
                    .ok()
                    .and_then(|answer| named_wait(&answer.headers, &*self.shared.clock));
                self.wait(call, attempt, named, &last).await?;
            }
        }
    }

    /// Waits before an attempt, or gives up.
    async fn wait(
        &self,
        call: &Call<'_>,
        attempt: u32,
        named: Option<Duration>,
        reason: &str,
    ) -> Result<(), LlmError> {
        let policy = &self.shared.retry;
        let clock = &*self.shared.clock;
        if attempt > policy.attempts.max(1) {
            return Err(self.outage(attempt - 1, reason.to_owned()));
        }
        let duration = named.unwrap_or_else(|| policy.wait(attempt, clock));
        let passed = clock.elapsed().saturating_sub(call.started);
        if passed.saturating_add(duration) > policy.deadline {
            return Err(self.outage(
                attempt - 1,
                format!(
                    "{reason}; the next attempt, after {:.1} s, would be too late",
                    duration.as_secs_f64()
                ),
            ));
        }
        self.shared.wall_allows(duration)?;
        self.listener.waits(&Wait {
            model: self.settings.model.clone(),
            duration,
            attempt,
            reason: reason.to_owned(),
        });
        tracing::debug!(model = %self.settings.model, attempt, ?duration, reason, "waits");
        clock.sleep(duration).await;
        Ok(())
    }

    fn outage(&self, attempts: u32, reason: String) -> LlmError {
        LlmError::Outage {
            model: self.settings.model.clone(),
            attempts,
            reason,
        }
    }

    /// The most that one attempt can cost. The provider keeps to `max_tokens`; how many tokens the request
    /// has is estimated from above.
    fn most(&self, call: &Call<'_>) -> Amount {
        let bytes = call.body.len() as u64;
        let density = self.density.load(Ordering::Relaxed);
        let input = bytes.saturating_mul(density).div_ceil(1000) + TOKENS_ADDED;
        budget::most(input, self.settings.max_tokens, self.price.as_ref())
    }

    /// Takes note of how many tokens a request had. Short ones say little: most of theirs is what the provider
    /// adds.
    fn learn_density(&self, bytes: u64, tokens: u64) {
        if bytes >= TELLING_BYTES {
            // A token has at least a byte; whoever counts more counts something else.
            let density = (tokens.saturating_mul(1000) / bytes).min(1000);
            self.density.fetch_max(density, Ordering::Relaxed);
        }
    }

    /// Keeps the cost of one attempt free; `None` for what costs nothing.
    async fn reserve(
        &self,
        call: &Call<'_>,
        source: &Source,
    ) -> Result<Option<Reservation<'_>>, LlmError> {
        if matches!(source, Source::Cassette { free: true, .. }) {
            return Ok(None);
        }
        self.shared.wall_left()?;
        self.shared.budget.reserve(self.most(call)).await.map(Some)
    }

    /// Sends once, and notes what came of it.
    async fn send(&self, call: &mut Call<'_>) -> Result<Result<HttpAnswer, Broken>, LlmError> {
        let headers = match &self.headers {
            Ok(headers) => headers.clone(),
            Err(error) => return Err(again(error)),
        };
        let pass = self.gate.enter().await;
        let mut timeout = Duration::from_secs(self.settings.timeout_seconds);
        // The first attempt has its whole time, however short the time for others is.
        if !call.made.is_empty() {
            let passed = self.shared.clock.elapsed().saturating_sub(call.started);
            timeout = timeout
                .min(self.shared.retry.deadline.saturating_sub(passed))
                .max(Duration::from_secs(1));
        }
        if let Some(left) = self.shared.wall_left()? {
            timeout = timeout.min(left);
        }
        let sent = self.shared.transport.send(HttpRequest {
            url: self.url.clone(),
            headers,
            body: call.body.clone(),
            timeout,
            ends: dialect::ends(self.settings.dialect),
        });
        let redactor = &self.shared.redactor;
        // From here on nobody sees a key, even if the provider has sent it back.
        let outcome = match sent.await {
            Ok(answer) => Ok(HttpAnswer {
                status: answer.status,
                headers: answer
                    .headers
                    .into_iter()
                    .map(|(name, value)| (name, redactor.clean(value)))
                    .collect(),
                body: match answer.status {
                    200..300 => redactor.clean_reply(answer.body),
                    _ => redactor.clean(answer.body),
                },
            }),
            Err(broken) => Err(Broken {
                reason: redactor.clean(broken.reason),
                sent: broken.sent,
            }),
        };
        match &outcome {
            Ok(answer) if matches!(answer.status, 429 | 529) => pass.turned_away(),
            Ok(answer) if answer.status < 400 => pass.succeeded(),
            _ => {}
        }
        call.made.push(Attempt::of(&outcome));
        Ok(outcome)
    }

    /// Settles a reply and makes its record.
    fn end(
        &self,
        call: &Call<'_>,
        reservation: Option<Reservation<'_>>,
        parsed: Parsed,
        outcome: &Result<HttpAnswer, Broken>,
        attempts: u32,
        source: &Source,
    ) -> (Reply, CallRecord) {
        let counted = parsed.usage;
        let picodollars = parsed
            .cost_usd
            .map(budget::picodollars)
            .or_else(|| Some(budget::cost(counted?, self.price.as_ref()?)));
        if let Some(usage) = counted {
            self.learn_density(call.body.len() as u64, usage.input);
        }
        if let Some(reservation) = reservation {
            let most = reservation.amount();
            // What the provider did not count may have been all of it.
            reservation.settle(Amount {
                tokens: counted.map_or(most.tokens, Usage::total),
                picodollars: picodollars.unwrap_or(most.picodollars),
            });
        }
        let cost_usd = picodollars.map(|picodollars| {
            Amount {
                tokens: 0,
                picodollars,
            }
            .usd()
        });
        let usage = counted.unwrap_or_default();
        let replayed = matches!(source, Source::Cassette { .. });
        let body = outcome.as_ref().map_or("", |answer| answer.body.as_str());
        let record = CallRecord {
            model: self.settings.model.clone(),
            request: call.key.clone(),
            reply: outcome::digest_of_body(body),
            usage,
            cost_usd,
            latency: self.shared.clock.elapsed().saturating_sub(call.started),
            attempts,
            finish: parsed.finish.clone(),
            replayed,
        };
        let reply = Reply {
            text: parsed.text,
            calls: parsed.calls,
            finish: parsed.finish,
            usage,
            cost_usd,
        };
        (reply, record)
    }
}

/// The same configuration error once more: errors of the system can't be cloned.
fn again(error: &LlmError) -> LlmError {
    LlmError::Configuration {
        message: match error {
            LlmError::Configuration { message, .. } => message.clone(),
            other => other.to_string(),
        },
        hint: error.hint().unwrap_or_default(),
    }
}
