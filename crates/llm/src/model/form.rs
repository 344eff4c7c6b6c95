//! In which form a reply is asked for: as strictly as the settings say, and less so where the server fails at that.
//!
//! Some servers refuse a JSON Schema, and some fail at it in a way that looks like an outage: llama.cpp's answers 500 to a
//! schema that it can't make a grammar of, however often it is asked. A form is doubted
//!
//! - when an error with status 400, 422 or 500 names the form: the next plainer one is then asked for as every request is;
//! - after [`SILENT`] answers of status 500 in a row that do not say why: each plainer form is then tried once.
//!
//! A form is given up only when the same server answers a plainer one, and then for as long as the client lives. Where it
//! answers none, nothing is remembered, and the call ends as it would have without a doubt: an outage stays one. So a call
//! takes at most [`SILENT`] attempts and one for each plainer form beyond those of the retry policy, each of them within the
//! budget. What is replayed takes the course that was recorded, whatever the order of calls; a run that goes on takes a reply that
//! is kept in whichever form it was given, and finds out about forms anew for what it has to ask.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::Model;
use crate::cassette::{self, CassetteMode, Found};
use crate::dialect;
use crate::json_tools;
use crate::outcome::status;
use crate::retry::Failure;
use crate::settings::{Settings, StructuredMode, ToolMode};
use crate::transport::{Broken, HttpAnswer};
use crate::{LlmError, Reply, Request};

/// After how many answers of status 500 in a row a form is doubted: waits between them last for a few seconds, in which a server
/// that was only restarted is back.
const SILENT: u32 = 3;

/// How servers name what they can't do. OpenAI, vLLM and others repeat the field's name; llama.cpp speaks of schema and grammar;
/// SGLang and those before it of guided decoding.
const NAMES: [&str; 6] = [
    "response_format",
    "schema",
    "grammar",
    "json_object",
    "text.format",
    "guided",
];

/// How long an exchange is tried, and whether its form may be what fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// As long as the policy says.
    Usual,
    /// The same, unless the form is doubted.
    Doubting,
    /// Once, to see whether another form is answered.
    Once,
}

/// Why a form is doubted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// An answer names it.
    Named,
    /// Answers of status 500 do not say why.
    Silent,
    /// It was not recorded; a plainer one may have been.
    NotRecorded,
}

/// An exchange that ended without a reply.
pub(super) struct Ended {
    pub(super) error: LlmError,
    pub(super) doubt: Option<Doubt>,
}

impl From<LlmError> for Ended {
    fn from(error: LlmError) -> Self {
        Self { error, doubt: None }
    }
}

impl Model {
    /// One call: a request in the strictest form that the server can do.
    pub(super) async fn call(&self, asked: &Request) -> Result<Reply, LlmError> {
        let adapted = match self.settings.tools {
            ToolMode::Json => Some(json_tools::adapt(asked)),
            ToolMode::Native => None,
        };
        let request = adapted.as_ref().unwrap_or(asked);
        let mut forms = self.forms(request);
        let kept = self.kept(request, &forms).await?;
        forms.drain(..kept);
        let (_, strictest) = &forms[0];
        let patience = if forms.len() > 1 {
            Patience::Doubting
        } else {
            Patience::Usual
        };
        let first = match self.exchange(asked, request, strictest, patience).await {
            Ok(reply) => return Ok(reply),
            Err(ended) => ended,
        };
        let Some(doubt) = first.doubt else {
            return Err(first.error);
        };
        for (place, (mode, body)) in forms.iter().enumerate().skip(1) {
            let patience = match doubt {
                Doubt::Silent => Patience::Once,
                Doubt::Named | Doubt::NotRecorded if place + 1 < forms.len() => Patience::Doubting,
                Doubt::Named | Doubt::NotRecorded => Patience::Usual,
            };
            match self.exchange(asked, request, body, patience).await {
                Ok(reply) => {
                    self.prefer(*mode, &first.error);
                    return Ok(reply);
                }
                // One that is doubted itself tells nothing yet: there is a plainer one.
                Err(ended) if ended.doubt.is_none() && decides(&ended.error, doubt) => {
                    return Err(ended.error);
                }
                Err(_) => {}
            }
        }
        match doubt {
            Doubt::Silent => self
                .exchange(asked, request, strictest, Patience::Usual)
                .await
                .map_err(|ended| ended.error),
            Doubt::Named | Doubt::NotRecorded => Err(first.error),
        }
    }

    /// The bodies of a request, from the strictest form that is not known to fail to the plainest; those that differ.
    fn forms(&self, request: &Request) -> Vec<(StructuredMode, Value)> {
        let strictest = self
            .shared
            .forms
            .get(&self.place(), self.settings.structured);
        let modes: &[StructuredMode] = match (&request.output, strictest) {
            (None, _) | (Some(_), StructuredMode::None) => &[StructuredMode::None],
            (Some(_), StructuredMode::JsonObject) => {
                &[StructuredMode::JsonObject, StructuredMode::None]
            }
            (Some(_), StructuredMode::Strict) => &[
                StructuredMode::Strict,
                StructuredMode::JsonObject,
                StructuredMode::None,
            ],
        };
        let mut forms: Vec<(StructuredMode, Value)> = Vec::new();
        for &structured in modes {
            let settings = Settings {
                structured,
                ..self.settings.clone()
            };
            let body = dialect::body(&settings, request);
            if forms.last().is_none_or(|(_, last)| *last != body) {
                forms.push((structured, body));
            }
        }
        forms
    }

    /// The place of the first form in which an earlier run was answered, where replies of one are kept: a reply that is paid is
    /// taken, though that run had given up a stricter form. The first place where there is none.
    async fn kept(
        &self,
        request: &Request,
        forms: &[(StructuredMode, Value)],
    ) -> Result<usize, LlmError> {
        if forms.len() < 2 || self.shared.tape.mode() != CassetteMode::Auto {
            return Ok(0);
        }
        for (place, (_, body)) in forms.iter().enumerate() {
            let canonical = self.canonical(body);
            let key = cassette::key(&canonical);
            let (found, _) = self.find(request, &key, &canonical).await?;
            if matches!(found, Found::Attempts { .. }) {
                return Ok(place);
            }
        }
        Ok(0)
    }

    /// Which model of which server this is.
    fn place(&self) -> (String, String) {
        (self.url.clone(), self.settings.model.clone())
    }

    /// From now on this form is the strictest that is asked for.
    fn prefer(&self, mode: StructuredMode, error: &LlmError) {
        // What is replayed has to be found in the form in which it was asked, before and after a form was given up.
        if self.shared.tape.mode() == CassetteMode::Replay {
            return;
        }
        tracing::warn!(
            model = %self.settings.model, %error,
            "the server fails at the form of a reply (`structured`), and is asked for a plainer one from now on"
        );
        self.shared.forms.set(self.place(), mode);
    }
}

/// Whether what an attempt met throws doubt on the form of its request. `silent` counts answers of status 500 in a row.
pub(super) fn doubt(
    outcome: &Result<HttpAnswer, Broken>,
    failure: &Failure,
    silent: &mut u32,
) -> Option<Doubt> {
    let status = status(outcome);
    *silent = if status == Some(500) { *silent + 1 } else { 0 };
    let names = || {
        let body = outcome.as_ref().map_or("", |answer| answer.body.as_str());
        let said = body.to_lowercase();
        NAMES.iter().any(|name| said.contains(name))
    };
    match status {
        Some(400 | 422 | 500) if names() => Some(Doubt::Named),
        // Gateways wrap what another server refused.
        Some(200..300) if *failure == Failure::Refused && names() => Some(Doubt::Named),
        _ if *silent >= SILENT => Some(Doubt::Silent),
        _ => None,
    }
}

/// Whether the failure of a plainer form is what the call ends with, rather than that of the strictest.
fn decides(error: &LlmError, doubt: Doubt) -> bool {
    match error {
        // A provider that was tried for as long as is usual is out, whatever it said of the form.
        LlmError::Outage { .. } => doubt != Doubt::Silent,
        // How the recorded run ended.
        LlmError::Refused { .. } | LlmError::TooLong { .. } => doubt == Doubt::NotRecorded,
        LlmError::NotRecorded { .. } => false,
        LlmError::Quota { .. }
        | LlmError::Budget { .. }
        | LlmError::Configuration { .. }
        | LlmError::Cassette { .. } => true,
    }
}

/// The strictest form that a model of a server was seen to do, where that is not the one of its settings.
#[derive(Debug, Default)]
pub(crate) struct Forms(Mutex<BTreeMap<(String, String), StructuredMode>>);

impl Forms {
    fn get(&self, place: &(String, String), usual: StructuredMode) -> StructuredMode {
        // Roles may have settings of their own: none is asked more strictly than it says.
        self.lock()
            .get(place)
            .map_or(usual, |known| plainer(*known, usual))
    }

    fn set(&self, place: (String, String), mode: StructuredMode) {
        let mut forms = self.lock();
        let known = forms.entry(place).or_insert(mode);
        *known = plainer(*known, mode);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(String, String), StructuredMode>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn plainer(one: StructuredMode, other: StructuredMode) -> StructuredMode {
    match (one, other) {
        (StructuredMode::None, _) | (_, StructuredMode::None) => StructuredMode::None,
        (StructuredMode::JsonObject, _) | (_, StructuredMode::JsonObject) => {
            StructuredMode::JsonObject
        }
        (StructuredMode::Strict, StructuredMode::Strict) => StructuredMode::Strict,
    }
}
