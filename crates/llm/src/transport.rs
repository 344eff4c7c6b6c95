//! One request over HTTP, one answer as text: bounded in size, never redirected; knows no dialect.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

use crate::secret::Secret;
use crate::{LlmError, sse};

/// The largest answer that is read, in bytes. The longest replies of today's models have about 1 MB.
const LARGEST: usize = 32 << 20;

/// Headers of answers that something depends on.
const KEPT: [&str; 4] = ["content-type", "date", "retry-after", "retry-after-ms"];

/// A request that carries its secrets.
pub(crate) struct HttpRequest {
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, Secret)>,
    pub(crate) body: String,
    pub(crate) timeout: Duration,
    /// Whether an event of a stream is its last.
    pub(crate) ends: fn(&sse::Event) -> bool,
}

/// An answer, whatever its status.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// In a few words.
    pub(crate) reason: String,
    /// Whether the request may have reached the provider, so that it may have to be paid.
    pub(crate) sent: bool,
}

pub(crate) type Sending<'a> = Pin<Box<dyn Future<Output = Result<HttpAnswer, Broken>> + Send + 'a>>;

/// Sends requests.
pub(crate) trait Transport: Send + Sync {
    /// Gets ready for requests to a URL.
    ///
    /// # Errors
    ///
    /// [`LlmError::Configuration`] when there can be none.
    fn prepare(&self, url: &str) -> Result<(), LlmError>;

    /// Sends one.
    fn send(&self, request: HttpRequest) -> Sending<'_>;
}

/// The real one. Connections are set up for what is needed: a replay needs none, and a server on this
/// computer no certificates.
#[derive(Default)]
pub(crate) struct Http {
    plain: OnceLock<reqwest::Client>,
    secure: OnceLock<reqwest::Client>,
}

impl Http {
    fn client(&self, url: &str) -> Result<&reqwest::Client, LlmError> {
        let secure = url.starts_with("https:");
        let cell = if secure { &self.secure } else { &self.plain };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        // Whoever was first to choose a provider of cryptography may keep it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            // A redirect to another host would carry the key there; no provider needs one.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(30))
            .user_agent(concat!("mle-smith/", env!("CARGO_PKG_VERSION")));
        if !secure {
            // Without certificates of its own it would ask for the system's, which may have none.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(|error| LlmError::Configuration {
            message: format!("HTTPS can't be set up: {}", chain(&error)),
            hint: "are the system's certificates installed (ca-certificates, or SSL_CERT_FILE)?"
                .to_owned(),
        })?;
        Ok(cell.get_or_init(|| client))
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpAnswer, Broken> {
        let client = self.client(&request.url).map_err(|error| Broken {
            reason: error.to_string(),
            sent: false,
        })?;
        let mut builder = client.post(&request.url).body(request.body);
        for (name, value) in &request.headers {
            let mut value =
                reqwest::header::HeaderValue::from_str(value.expose()).map_err(|_| Broken {
                    reason: format!("the header `{name}` has a value that HTTP can't carry"),
                    sent: false,
                })?;
            value.set_sensitive(true);
            builder = builder.header(name, value);
        }
        let mut response = builder.send().await.map_err(|error| broken(&error))?;
        let status = response.status().as_u16();
        let headers: BTreeMap<String, String> = KEPT
            .iter()
            .filter_map(|name| {
                let value = response.headers().get(*name)?.to_str().ok()?;
                Some(((*name).to_owned(), value.to_owned()))
            })
            .collect();
        let streamed = headers
            .get("content-type")
            .is_some_and(|kind| kind.starts_with("text/event-stream"));
        let mut reader = sse::Reader::default();
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| broken(&error))? {
            if body.len() + piece.len() > LARGEST {
                return Err(Broken {
                    reason: format!("the answer is larger than {} MiB", LARGEST >> 20),
                    sent: true,
                });
            }
            body.extend_from_slice(&piece);
            // Some servers leave the connection open after the last event.
            if streamed && reader.push(&piece).iter().any(request.ends) {
                break;
            }
        }
        Ok(HttpAnswer {
            status,
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }
}

impl Transport for Http {
    fn prepare(&self, url: &str) -> Result<(), LlmError> {
        self.client(url).map(drop)
    }

    fn send(&self, request: HttpRequest) -> Sending<'_> {
        let limit = request.timeout;
        Box::pin(async move {
            tokio::time::timeout(limit, self.exchange(request))
                .await
                .unwrap_or_else(|_| {
                    Err(Broken {
                        reason: format!("no answer within {} s", limit.as_secs()),
                        sent: true,
                    })
                })
        })
    }
}

fn broken(error: &reqwest::Error) -> Broken {
    let act = if error.is_connect() {
        "could not connect"
    } else if error.is_body() || error.is_decode() {
        "the answer broke off"
    } else {
        "the connection broke"
    };
    Broken {
        reason: format!("{act}: {}", root(error)),
        sent: !error.is_connect(),
    }
}

/// The innermost cause: it never has the URL, which may have a name and a password.
fn root(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(inner) = cause {
        texts.push(inner.to_string());
        cause = inner.source();
    }
    texts.join(": ")
}
