//! One call from its request to its reply: cassette, budget, attempts, waits, record.

mod form;
mod waiting;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use serde_json::{Value, json};

pub(crate) use self::form::Forms;
use self::form::{Doubt, Ended, Patience};
use crate::budget::{self, Amount, Reservation};
use crate::cassette::{self, Attempt, CassetteMode, Found, Provider, Ticket};
use crate::client::Shared;
use crate::dialect::{self, Parsed, Unusable};
use crate::estimate;
use crate::gate::{Gate, Pass};
use crate::json_tools;
use crate::outcome;
use crate::retry::{Failure, named_wait};
use crate::secret::Secret;
use crate::settings::{Price, Settings, ToolMode};
use crate::transport::{Broken, HttpAnswer, HttpRequest};
use crate::{CallRecord, Chat, FailedAttempt, Listener, LlmError, Reply, Request, Usage};

/// A model for one role.
pub struct Model {
    shared: Arc<Shared>,
    settings: Settings,
    url: String,
    provider: Provider,
    /// The error is kept for the first call that is not replayed.
    headers: Result<Vec<(String, Secret)>, LlmError>,
    price: Option<Price>,
    gate: Arc<Gate>,
    listener: Arc<dyn Listener>,
    /// Whether it was told that the server does not read all.
    cut_off: AtomicBool,
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

    fn max_tokens(&self) -> u64 {
        self.settings.max_tokens
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
    /// When the first attempt had failed, and how long the call stood in queues since then.
    failing_since: Option<Duration>,
    queued: Duration,
    /// How many attempts failed, without those that were turned away until a moment that the provider named.
    failed: u32,
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
            provider: Provider::of(&url),
            url,
            headers,
            price,
            gate,
            listener,
            cut_off: AtomicBool::new(false),
        }
    }

    /// What it costs; `None` when that is unknown.
    pub fn price(&self) -> Option<Price> {
        self.price
    }

    /// A request in one form, from the cassette or the provider. `asked` is what the caller sees, `request` what is sent.
    async fn exchange(
        &self,
        asked: &Request,
        request: &Request,
        body: &Value,
        patience: Patience,
    ) -> Result<Reply, Ended> {
        let canonical = self.canonical(body);
        let key = cassette::key(&canonical);
        let found = self.find(request, &key, &canonical).await;
        let mut call = Call {
            request,
            body: dialect::compact(body),
            canonical,
            key,
            started: self.shared.clock.elapsed(),
            failing_since: None,
            queued: Duration::ZERO,
            failed: 0,
            made: Vec::new(),
        };
        let (found, ticket) = match found {
            // A run that was recorded until its budget was spent has nothing more on its cassette.
            Err(missing @ LlmError::NotRecorded { .. }) => {
                self.shared.budget.reserve(self.most(&call)).await?;
                return Err(Ended {
                    error: missing,
                    doubt: (patience == Patience::Doubting).then_some(Doubt::NotRecorded),
                });
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
        let ended = self.attempts(&mut call, source, patience).await;
        let written = if live && !call.made.is_empty() {
            let made = std::mem::take(&mut call.made);
            self.shared
                .tape
                .write(&call.key, &call.canonical, &self.provider, made)
        } else {
            Ok(())
        };
        let (mut reply, mut record) = ended?;
        if self.settings.tools == ToolMode::Json {
            json_tools::read_calls(asked, &mut reply);
            record.finish = reply.finish.clone();
        }
        outcome::give_ids(asked, &mut reply.calls);
        // It is paid, whatever becomes of its recording.
        self.listener.called(&record);
        match written {
            Ok(()) => ticket.ended_well(),
            Err(error) if self.shared.tape.mode() == CassetteMode::Auto => {
                tracing::warn!(model = %record.model, %error, "a reply is not kept for another run");
            }
            Err(error) => return Err(error.into()),
        }
        Ok(reply)
    }

    /// A request as cassettes hold it.
    fn canonical(&self, body: &Value) -> Value {
        cassette::canonical(
            &json!(self.settings.dialect),
            dialect::path(self.settings.dialect),
            body,
        )
    }

    /// What the cassette holds of a request.
    async fn find(
        &self,
        request: &Request,
        key: &str,
        canonical: &Value,
    ) -> Result<(Found, Ticket), LlmError> {
        let usable = |attempt: &Attempt| {
            outcome::interpret(self.settings.dialect, request, &attempt.outcome()).is_ok()
        };
        let tape = &self.shared.tape;
        tape.find(key, canonical, &self.provider, usable).await
    }

    /// Tries until there is a reply, or no use in trying.
    async fn attempts(
        &self,
        call: &mut Call<'_>,
        mut source: Source,
        patience: Patience,
    ) -> Result<(Reply, CallRecord), Ended> {
        let mut attempt = 1;
        let mut silent = 0;
        let mut last = "nothing was recorded for its attempts".to_owned();
        loop {
            let queues = self.shared.clock.elapsed();
            let mut reservation = self.reserve(call, &source).await?;
            call.queued += self.shared.clock.elapsed().saturating_sub(queues);
            let (outcome, pass) = match &mut source {
                Source::Provider => {
                    let (outcome, pass) = self.send(call, reservation.as_mut()).await?;
                    (outcome, Some(pass))
                }
                Source::Cassette { attempts, .. } => match attempts.next() {
                    Some(recorded) => (recorded.outcome(), None),
                    // The recorded run gave up here.
                    None => return Err(self.outage(attempt - 1, last).into()),
                },
            };
            let unusable = match outcome::interpret(self.settings.dialect, call.request, &outcome) {
                Ok(parsed) => {
                    if let Some(pass) = &pass {
                        pass.succeeded();
                    }
                    return Ok(self.end(call, reservation, parsed, &outcome, attempt, &source));
                }
                Err(unusable) => Unusable {
                    reason: self.shared.redactor.clean(unusable.reason),
                    ..unusable
                },
            };
            if let Some(pass) = pass
                && unusable.failure == Failure::Slower
            {
                pass.turned_away();
            }
            if let Some(reservation) = reservation {
                let usage = outcome::counted(self.settings.dialect, &outcome);
                let cost = usage.map(|usage| Amount {
                    tokens: usage.total(),
                    picodollars: self.price.map_or(0, |price| budget::cost(usage, &price)),
                });
                let charged = outcome::settle_failed(reservation, &outcome, &unusable, cost);
                if charged.tokens > 0 {
                    self.listener.failed(&FailedAttempt {
                        model: self.settings.model.clone(),
                        request: call.key.clone(),
                        attempt,
                        tokens: charged.tokens,
                        cost_usd: self.price.map(|_| charged.usd()),
                        counted: usage.is_some(),
                        reason: unusable.reason.clone(),
                        replayed: matches!(source, Source::Cassette { .. }),
                    });
                }
            }
            if call.failing_since.is_none() {
                call.failing_since = Some(self.shared.clock.elapsed());
                call.queued = Duration::ZERO;
            }
            let doubt = match (patience, &unusable.failure) {
                (Patience::Doubting, failure @ (Failure::Again | Failure::Refused)) => {
                    form::doubt(&outcome, failure, &mut silent)
                }
                _ => None,
            };
            if unusable.failure.is_final() {
                let error = self.ended(&outcome, unusable);
                return Err(Ended { error, doubt });
            }
            if doubt.is_some() || patience == Patience::Once {
                let error = self.outage(attempt, unusable.reason);
                return Err(Ended { error, doubt });
            }
            let slower = unusable.failure == Failure::Slower;
            last = unusable.reason;
            attempt += 1;
            if matches!(source, Source::Provider) {
                let named = outcome.as_ref().ok().and_then(|answer| {
                    named_wait(&answer.headers, &answer.body, &*self.shared.clock)
                });
                let until = named.filter(|_| slower);
                call.failed += u32::from(until.is_none());
                let waits = self.wait(call, attempt, named, &last)?;
                if until.is_some() {
                    self.gate
                        .close_until(self.shared.clock.elapsed().saturating_add(waits));
                }
                self.shared.clock.sleep(waits).await;
            }
        }
    }

    /// Why a call is not tried again.
    fn ended(&self, outcome: &Result<HttpAnswer, Broken>, unusable: Unusable) -> LlmError {
        let model = self.settings.model.clone();
        match unusable.failure {
            Failure::Quota => LlmError::Quota {
                model,
                message: outcome::said(outcome, unusable),
            },
            Failure::TooLong => LlmError::TooLong { model },
            Failure::Refused | Failure::Again | Failure::Slower => LlmError::Refused {
                model,
                status: outcome::status(outcome).unwrap_or(0),
                message: outcome::said(outcome, unusable),
            },
        }
    }

    /// The most that one attempt can cost: the provider keeps to `max_tokens`.
    fn most(&self, call: &Call<'_>) -> Amount {
        let counts = &self.shared.counts;
        let input = counts.most(&self.url, &self.settings.model, &call.body);
        budget::most(input, self.settings.max_tokens, self.price.as_ref())
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
    async fn send(
        &self,
        call: &mut Call<'_>,
        reservation: Option<&mut Reservation<'_>>,
    ) -> Result<(Result<HttpAnswer, Broken>, Pass<'_>), LlmError> {
        let headers = match &self.headers {
            Ok(headers) => headers.clone(),
            Err(error) => return Err(again(error)),
        };
        let pass = self.enter(call).await?;
        let mut timeout = Duration::from_secs(self.settings.timeout_seconds);
        // The first attempt has its whole time, however short the time for others is.
        if !call.made.is_empty() {
            timeout = timeout
                .min(
                    self.shared
                        .retry
                        .deadline
                        .saturating_sub(self.tried_for(call)),
                )
                .max(Duration::from_secs(1));
        }
        if let Some(left) = self.shared.wall_left()? {
            timeout = timeout.min(left);
        }
        if let Some(reservation) = reservation {
            reservation.sends();
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
        call.made.push(Attempt::of(&outcome));
        Ok((outcome, pass))
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
            let counts = &self.shared.counts;
            counts.learn(&self.url, &self.settings.model, &call.body, usage.input);
            let live = matches!(source, Source::Provider);
            if live
                && estimate::cut_off(&call.body, usage.input)
                && !self.cut_off.swap(true, Relaxed)
            {
                tracing::warn!(
                    model = %self.settings.model,
                    tokens = usage.input,
                    bytes = call.body.len(),
                    "the server seems to cut off what it is sent: start it with a longer context, and say in `context_tokens` how long that is"
                );
            }
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
