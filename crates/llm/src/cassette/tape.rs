//! The files of a cassette: one for each request, named by its digest, written at once or not at all. Long texts are beside them.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::texts::{Reader, Texts};
use super::{Cassette, CassetteMode, Provider, difference, texts};
use crate::LlmError;
use crate::secret::Redactor;
use crate::transport::{Broken, HttpAnswer};

/// Fields of a body that do not change what is replied, only how it is sent.
const VOLATILE: [&str; 2] = ["stream", "stream_options"];

/// What identifies a request: neither where it is sent nor who sends it.
pub(crate) fn canonical(dialect: &Value, path: &str, body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|name, _| !VOLATILE.contains(&name.as_str()));
    }
    json!({ "dialect": dialect, "path": path, "body": body })
}

/// The SHA-256 digest of a canonical request.
pub(crate) fn key(canonical: &Value) -> String {
    digest::digest_of(canonical)
        .expect("a JSON value has canonical JSON")
        .to_string()
}

/// A file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recording {
    request: Value,
    attempts: Vec<Attempt>,
    /// Digest of who answered. No part of the key, and nothing to a replay.
    #[serde(default)]
    provider: Option<String>,
}

/// What came of sending a request once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Attempt {
    /// An answer.
    Answer {
        status: u16,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
        /// JSON as it is, anything else as a list of lines.
        body: Body,
    },
    /// None: the connection broke.
    Broken { reason: String, sent: bool },
}

/// A body that reads back as the same text, up to blanks and the order of keys in JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Body {
    Json(Value),
    Lines(Vec<String>),
}

impl Body {
    fn of(text: &str) -> Self {
        match serde_json::from_str(text) {
            Ok(value) => Self::Json(value),
            Err(_) => Self::Lines(text.split('\n').map(str::to_owned).collect()),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Json(value) => value.to_string(),
            Self::Lines(lines) => lines.join("\n"),
        }
    }
}

impl Attempt {
    pub(crate) fn of(outcome: &Result<HttpAnswer, Broken>) -> Self {
        match outcome {
            Ok(answer) => Self::Answer {
                status: answer.status,
                headers: answer
                    .headers
                    .iter()
                    .filter(|(name, _)| name.starts_with("retry-after"))
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect(),
                body: Body::of(&answer.body),
            },
            Err(broken) => Self::Broken {
                reason: broken.reason.clone(),
                sent: broken.sent,
            },
        }
    }

    pub(crate) fn outcome(&self) -> Result<HttpAnswer, Broken> {
        match self {
            Self::Answer {
                status,
                headers,
                body,
            } => Ok(HttpAnswer {
                status: *status,
                headers: headers.clone(),
                body: body.text(),
            }),
            Self::Broken { reason, sent } => Err(Broken {
                reason: reason.clone(),
                sent: *sent,
            }),
        }
    }
}

/// The cassette of a process.
pub(crate) struct Tape {
    cassette: Cassette,
    redactor: Redactor,
    /// One lock for each request that was asked: equal ones are asked one after the other, and the
    /// first to end well answers for the others.
    asked: Mutex<BTreeMap<String, Arc<Mutex<bool>>>>,
}

/// What the cassette has for a request.
pub(crate) enum Found {
    /// Send it.
    Nothing,
    /// Replay it; `free` when this process, or an earlier one, has paid already.
    Attempts { attempts: Vec<Attempt>, free: bool },
}

/// Holds a request until its call has ended.
pub(crate) struct Ticket {
    done: Option<OwnedMutexGuard<bool>>,
}

impl Ticket {
    /// The call ended with a reply: equal requests of this process are answered by it.
    pub(crate) fn ended_well(mut self) {
        if let Some(done) = &mut self.done {
            **done = true;
        }
    }
}

impl Tape {
    pub(crate) fn new(cassette: Cassette, redactor: Redactor) -> Self {
        Self {
            cassette,
            redactor,
            asked: Mutex::default(),
        }
    }

    pub(crate) fn mode(&self) -> CassetteMode {
        self.cassette.mode
    }

    /// What was recorded for a request; `usable` tells whether an attempt ended with a reply. Waits while
    /// an equal request is under way.
    pub(crate) async fn find(
        &self,
        key: &str,
        canonical: &Value,
        provider: &Provider,
        usable: impl Fn(&Attempt) -> bool,
    ) -> Result<(Found, Ticket), LlmError> {
        let mode = self.cassette.mode;
        if mode == CassetteMode::Off {
            return Ok((Found::Nothing, Ticket { done: None }));
        }
        let lock = self
            .asked
            .lock()
            .await
            .entry(key.to_owned())
            .or_default()
            .clone();
        let done = lock.lock_owned().await;
        let again = *done;
        let recording = match (mode, again) {
            (CassetteMode::Record, false) => None,
            (CassetteMode::Auto, false) => self.readable(key)?.filter(|recording| {
                // The same name may mean another model there.
                provider.may_have(recording.provider.as_deref())
            }),
            (CassetteMode::Auto, true) => self.readable(key)?,
            _ => self.read(key)?,
        };
        let found = match (mode, recording) {
            (CassetteMode::Replay, None) => {
                return Err(LlmError::NotRecorded {
                    difference: self.nearest(canonical)?,
                });
            }
            (CassetteMode::Replay, Some(recording)) => Found::Attempts {
                attempts: recording.attempts,
                free: again,
            },
            (_, recording) => match recording.and_then(|mut recording| recording.attempts.pop()) {
                Some(last) if usable(&last) => Found::Attempts {
                    attempts: vec![last],
                    free: true,
                },
                _ => Found::Nothing,
            },
        };
        Ok((found, Ticket { done: Some(done) }))
    }

    /// Writes the attempts of a call that has ended.
    pub(crate) fn write(
        &self,
        key: &str,
        canonical: &Value,
        provider: &Provider,
        attempts: Vec<Attempt>,
    ) -> Result<(), LlmError> {
        if !matches!(
            self.cassette.mode,
            CassetteMode::Record | CassetteMode::Auto
        ) {
            return Ok(());
        }
        let mut texts = Texts::new();
        let mut request = self.redactor.clean_value(canonical.clone());
        // Before the texts of the whole: members of the body are shared as they are.
        let body = texts::share_body(request["body"].take(), &mut texts);
        let mut request = texts::share(request, &mut texts);
        request["body"] = body;
        let attempts = serde_json::to_value(attempts).expect("attempts are JSON");
        let attempts = texts::share(self.redactor.clean_value(attempts), &mut texts);
        let provider = match self.cassette.mode {
            CassetteMode::Auto => provider.exactly(),
            _ => provider.roughly(),
        };
        let text = texts::pretty(
            &json!({ "request": request, "attempts": attempts, "provider": provider }),
        );
        let folder = &self.cassette.folder;
        // The texts first: whoever sees the recording finds them.
        texts::write(folder, &texts)
            .and_then(|()| texts::write_atomically(&self.path(key), &text))
            .map_err(|source| LlmError::Cassette { source })
    }

    fn path(&self, key: &str) -> Utf8PathBuf {
        self.cassette.folder.join(format!("{key}.json"))
    }

    fn read(&self, key: &str) -> Result<Option<Recording>, LlmError> {
        let mut texts = Reader::new(&self.cassette.folder);
        read(&self.path(key), &mut texts).map_err(|source| LlmError::Cassette { source })
    }

    /// As [`Tape::read`], where a recording that was torn or changed can be made anew.
    fn readable(&self, key: &str) -> Result<Option<Recording>, LlmError> {
        match self.read(key) {
            Err(LlmError::Cassette { source }) if source.kind() == io::ErrorKind::InvalidData => {
                tracing::warn!(request = key, reason = %source, "a recording can't be read, and the model is asked again");
                Ok(None)
            }
            other => other,
        }
    }

    /// How the request differs from the recorded one that is most like it.
    fn nearest(&self, canonical: &Value) -> Result<String, LlmError> {
        let folder = &self.cassette.folder;
        let names = names(folder).map_err(|source| LlmError::Cassette { source })?;
        let mut texts = Reader::new(folder);
        let mut nearest: Option<(difference::Difference, Utf8PathBuf)> = None;
        for name in names {
            let Ok(Some(recording)) = read(&folder.join(&name), &mut texts) else {
                continue;
            };
            if let Some(difference) = difference::first(&recording.request, canonical)
                && nearest
                    .as_ref()
                    .is_none_or(|(best, _)| difference.equal > best.equal)
            {
                nearest = Some((difference, name));
            }
        }
        Ok(match nearest {
            Some((difference, name)) => self
                .redactor
                .clean(format!("{difference} (the nearest is {name})")),
            None => format!("`{folder}` has no recorded request"),
        })
    }
}

fn names(folder: &Utf8Path) -> io::Result<Vec<Utf8PathBuf>> {
    let entries = match fs_err::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = Utf8PathBuf::from(entry?.file_name().to_string_lossy().into_owned());
        if name.extension() == Some("json") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn read(path: &Utf8Path, texts: &mut Reader<'_>) -> io::Result<Option<Recording>> {
    let text = match fs_err::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let wrong = |error: serde_json::Error| {
        io::Error::new(io::ErrorKind::InvalidData, format!("`{path}`: {error}"))
    };
    let value = texts.expand(serde_json::from_str(&text).map_err(wrong)?)?;
    serde_json::from_value(value).map(Some).map_err(wrong)
}
