//! What all models of a process share: the budget, the cassette, the limits of providers, and the keys.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::budget::{Budget, Limits, Spent};
use crate::cassette::{Cassette, CassetteMode, Tape};
use crate::clock::{Clock, SystemClock};
use crate::estimate::Counts;
use crate::gate::Gate;
use crate::model::{Forms, Model};
use crate::prices::Prices;
use crate::retry::RetryPolicy;
use crate::secret::{Redactor, Secret};
use crate::settings::{Dialect, Price, Settings, checked_url, names_variable};
use crate::transport::{Http, Transport};
use crate::{Listener, LlmError};

/// How a client is made.
#[derive(Clone, Debug, Default)]
pub struct ClientOptions {
    /// What all calls together may use.
    pub budget: Limits,
    /// What is recorded and replayed.
    pub cassette: Cassette,
    /// What models cost whose settings do not say.
    pub prices: Prices,
    /// How long and how often a call is tried.
    pub retry: RetryPolicy,
}

/// What surrounds a client; tests put their own in its place.
#[derive(Clone)]
pub struct Surroundings {
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// The value of an environment variable.
    pub environment: Environment,
}

/// Looks up an environment variable.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock::start()),
            environment: Arc::new(|name| std::env::var(name).ok()),
        }
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Surroundings")
    }
}

/// The client of a process. Clones share everything.
#[derive(Clone)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) transport: Box<dyn Transport>,
    pub(crate) tape: Tape,
    pub(crate) budget: Budget,
    pub(crate) counts: Counts,
    pub(crate) forms: Forms,
    pub(crate) retry: RetryPolicy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) redactor: Redactor,
    /// When the client was made, on its clock, and the moment at which its time is over.
    wall: Option<(Duration, Duration)>,
    prices: Prices,
    environment: Environment,
    gates: Mutex<BTreeMap<String, Arc<Gate>>>,
}

impl Client {
    /// Makes a client; its time begins now.
    ///
    /// # Errors
    ///
    /// [`LlmError::Configuration`] when a limit is no number from 0.
    pub fn new(options: ClientOptions) -> Result<Self, LlmError> {
        Self::within(options, Surroundings::default())
    }

    /// Makes a client with a clock and an environment of the caller's.
    ///
    /// # Errors
    ///
    /// As [`Client::new`].
    pub fn within(options: ClientOptions, surroundings: Surroundings) -> Result<Self, LlmError> {
        limits_are_numbers(&options.budget)?;
        let redactor = Redactor::default();
        let clock = surroundings.clock;
        let started = clock.elapsed();
        Ok(Self {
            shared: Arc::new(Shared {
                transport: Box::new(Http::default()),
                tape: Tape::new(options.cassette, redactor.clone()),
                budget: Budget::new(&options.budget),
                counts: Counts::default(),
                forms: Forms::default(),
                retry: options.retry,
                wall: options
                    .budget
                    .max_wall
                    .map(|most| (most, started.saturating_add(most))),
                clock,
                redactor,
                prices: options.prices,
                environment: surroundings.environment,
                gates: Mutex::default(),
            }),
        })
    }

    /// A model for one role. Its key is read now, and nowhere else; a replay needs none.
    ///
    /// # Errors
    ///
    /// [`LlmError::Configuration`] when a variable is not set, a URL or header is malformed, HTTPS can't be
    /// set up, a price is no number from 0, or money is limited and the price unknown.
    pub fn model(
        &self,
        settings: &Settings,
        listener: Arc<dyn Listener>,
    ) -> Result<Model, LlmError> {
        let url = url(settings)?;
        let price = settings
            .price
            .or_else(|| Some(self.shared.prices.facts(settings)?.price));
        if self.shared.budget.limits_money() && price.is_none() {
            return Err(LlmError::Configuration {
                message: format!(
                    "money is limited, and the price of `{}` is unknown",
                    settings.model
                ),
                hint: "give its price in the model's settings (US dollars per million tokens), or a price list that has it, or limit tokens instead"
                    .to_owned(),
            });
        }
        price_is_number(settings, price.as_ref())?;
        let headers = match self.shared.tape.mode() {
            CassetteMode::Replay => Ok(Vec::new()),
            // Without its key it may still be replayed.
            CassetteMode::Auto => self.ready(settings, &url),
            CassetteMode::Off | CassetteMode::Record => Ok(self.ready(settings, &url)?),
        };
        let provider = url.trim_end_matches(crate::dialect::path(settings.dialect));
        let gate = self.gate(provider, settings.connections);
        Ok(Model::new(
            self.shared.clone(),
            settings.clone(),
            url,
            headers,
            price,
            gate,
            listener,
        ))
    }

    /// What all calls have used so far.
    pub fn spent(&self) -> Spent {
        self.shared.budget.spent()
    }

    fn gate(&self, provider: &str, connections: usize) -> Arc<Gate> {
        let mut gates = self
            .shared
            .gates
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let gate = gates
            .entry(provider.to_owned())
            .or_insert_with(|| Arc::new(Gate::new(connections)));
        gate.at_most(connections);
        gate.clone()
    }

    /// What is sent beside the body, once requests can be sent.
    fn ready(&self, settings: &Settings, url: &str) -> Result<Vec<(String, Secret)>, LlmError> {
        self.shared.transport.prepare(url)?;
        self.headers(settings)
    }

    /// What is sent beside the body, keys included.
    fn headers(&self, settings: &Settings) -> Result<Vec<(String, Secret)>, LlmError> {
        let mut headers = vec![("content-type".to_owned(), Secret::new("application/json"))];
        if settings.dialect == Dialect::Messages {
            headers.push(("anthropic-version".to_owned(), Secret::new("2023-06-01")));
        }
        if let Some(variable) = &settings.key_variable {
            let key = self.variable(settings, variable)?;
            headers.push(match settings.dialect {
                Dialect::Messages => ("x-api-key".to_owned(), key),
                Dialect::Chat | Dialect::Responses => {
                    let bearer = Secret::new(format!("Bearer {}", key.expose()));
                    ("authorization".to_owned(), bearer)
                }
            });
        }
        for (name, value) in &settings.headers {
            let value = match value.strip_prefix('$') {
                Some(variable) => self.variable(settings, variable)?,
                None => {
                    if is_credential(name) {
                        self.learn_credential(value);
                    }
                    Secret::new(value.as_str())
                }
            };
            headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            headers.push((name.to_lowercase(), value));
        }
        for (name, value) in &headers {
            let valid = reqwest::header::HeaderName::from_bytes(name.as_bytes()).is_ok()
                && reqwest::header::HeaderValue::from_str(value.expose()).is_ok();
            if !valid {
                return Err(LlmError::Configuration {
                    message: format!("HTTP can't carry the header `{name}`"),
                    hint: "is there a line break or a letter that is no ASCII in its value?"
                        .to_owned(),
                });
            }
        }
        Ok(headers)
    }

    /// Learns a value that was written out: with and without the scheme of authorization before it.
    fn learn_credential(&self, value: &str) {
        let redactor = &self.shared.redactor;
        redactor.learn(&Secret::new(value));
        if let Some((_, credential)) = value.trim().split_once(' ') {
            redactor.learn(&Secret::new(credential.trim()));
        }
    }

    fn variable(&self, settings: &Settings, name: &str) -> Result<Secret, LlmError> {
        if !names_variable(name) {
            return Err(LlmError::Configuration {
                message: format!(
                    "what `{}` names as a variable is no name of one",
                    settings.model
                ),
                hint: "give the name of the variable that holds the key, and never the key itself"
                    .to_owned(),
            });
        }
        let value = (self.shared.environment)(name).unwrap_or_default();
        if value.trim().is_empty() {
            return Err(LlmError::Configuration {
                message: format!(
                    "the environment variable `{name}`, which `{}` needs, is not set",
                    settings.model
                ),
                hint: format!("export {name}=…, or name another variable in the model's settings"),
            });
        }
        let secret = Secret::new(value.trim());
        self.shared.redactor.learn(&secret);
        Ok(secret)
    }
}

impl Shared {
    /// What is left of the time that all calls together may take; `None` when it is not limited.
    ///
    /// # Errors
    ///
    /// [`LlmError::Budget`] when nothing is left.
    pub(crate) fn wall_left(&self) -> Result<Option<Duration>, LlmError> {
        let Some((most, end)) = self.wall else {
            return Ok(None);
        };
        let left = end.saturating_sub(self.clock.elapsed());
        if left.is_zero() {
            return Err(self.wall_spent(most));
        }
        Ok(Some(left))
    }

    fn wall_spent(&self, most: Duration) -> LlmError {
        LlmError::Budget {
            limit: format!("the {} s that calls may take are over", most.as_secs()),
        }
    }

    /// Whether a wait ends in time.
    ///
    /// # Errors
    ///
    /// [`LlmError::Budget`] when it does not.
    pub(crate) fn wall_allows(&self, wait: Duration) -> Result<(), LlmError> {
        match (self.wall_left()?, self.wall) {
            (Some(left), Some((most, _))) if wait >= left => Err(self.wall_spent(most)),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("spent", &self.spent())
            .finish_non_exhaustive()
    }
}

fn limits_are_numbers(limits: &Limits) -> Result<(), LlmError> {
    match limits.max_usd {
        Some(usd) if !usd.is_finite() || usd < 0.0 => Err(LlmError::Configuration {
            message: format!("{usd} US dollars are no limit"),
            hint: "give a number from 0".to_owned(),
        }),
        _ => Ok(()),
    }
}

fn price_is_number(settings: &Settings, price: Option<&Price>) -> Result<(), LlmError> {
    let parts = price.map(|price| {
        [
            Some(price.input),
            Some(price.output),
            price.cache_read,
            price.cache_write,
        ]
    });
    let wrong = |part: &f64| !part.is_finite() || *part < 0.0;
    match parts.into_iter().flatten().flatten().find(wrong) {
        Some(part) => Err(LlmError::Configuration {
            message: format!("{part} is no price of `{}`", settings.model),
            hint: "give US dollars per million tokens".to_owned(),
        }),
        None => Ok(()),
    }
}

/// Whether a header of this name holds a key; others say who asks and for what, in words that replies may have too.
fn is_credential(header: &str) -> bool {
    let name = header.to_lowercase();
    ["auth", "key", "token", "secret", "password", "cookie"]
        .iter()
        .any(|part| name.contains(part))
}

/// Where requests of a dialect go.
fn url(settings: &Settings) -> Result<String, LlmError> {
    let refuse = |message: &str| LlmError::Configuration {
        message: format!("the base URL of `{}` {message}", settings.model),
        hint: "give it as `https://host/v1`; keys belong into `key_variable` or `headers`"
            .to_owned(),
    };
    let url = checked_url(&settings.base_url).map_err(refuse)?;
    let path = match url.path().trim_end_matches('/') {
        "" => "/v1",
        path => path,
    };
    Ok(format!(
        "{}{path}{}",
        url.origin().ascii_serialization(),
        crate::dialect::path(settings.dialect)
    ))
}
