//! Why a model gave no reply.

use process::Fault;

/// Why a model gave no reply. Keys are never part of it, and of requests only what the provider repeats in at most 300
/// characters of its own.
#[derive(Debug, thiserror::Error)]
pub enum LlmError {
    /// The provider did not answer, or not usefully, for as long as was waited.
    #[error("`{model}` did not answer after {attempts} attempts: {reason}")]
    Outage {
        /// The model.
        model: String,
        /// How many attempts were made.
        attempts: u32,
        /// What the last one met.
        reason: String,
    },
    /// The provider refused the request for good: wrong key, unknown model, malformed request.
    #[error("the provider of `{model}` refused with status {status}: {message}")]
    Refused {
        /// The model.
        model: String,
        /// Status of HTTP.
        status: u16,
        /// What the provider says.
        message: String,
    },
    /// The request is longer than the model can read.
    #[error("the conversation is longer than `{model}` can read")]
    TooLong {
        /// The model.
        model: String,
    },
    /// The account's quota is used up.
    #[error("the quota of `{model}` is used up: {message}")]
    Quota {
        /// The model.
        model: String,
        /// What the provider says.
        message: String,
    },
    /// The next call could exceed a limit that the user set.
    #[error("the budget is spent: {limit}")]
    Budget {
        /// Which limit, how much of it is used, and what the next call could take.
        limit: String,
    },
    /// Nothing was recorded for a request.
    #[error("the cassette has no reply to this request: {difference}")]
    NotRecorded {
        /// How the nearest recorded request differs.
        difference: String,
    },
    /// The model can't be used as it is configured.
    #[error("the model can't be used: {message}")]
    Configuration {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// A cassette can't be read or written.
    #[error("a cassette could not be used")]
    Cassette {
        /// Which, and why.
        #[source]
        source: std::io::Error,
    },
}

impl LlmError {
    /// The class of trouble.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Outage { .. } => Fault::Transient,
            Self::Budget { .. } | Self::Quota { .. } => Fault::Budget,
            Self::Refused { .. }
            | Self::NotRecorded { .. }
            | Self::Configuration { .. }
            | Self::Cassette { .. }
            | Self::TooLong { .. } => Fault::Setup,
        }
    }

    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Outage { .. } => "run the same command later: it goes on where it stopped",
            Self::Refused {
                status: 401 | 403, ..
            } => "check the variable that holds the key, and the model's name",
            Self::Refused { message, .. }
                if message.contains("max_tokens") || message.contains("max_completion_tokens") =>
            {
                "set `max_tokens` to no more than the model can write; where the server wants the other of `max_tokens` and `max_completion_tokens`, say so in `max_tokens_field`"
            }
            Self::Refused { .. } => "check the model's name, the base URL and the dialect",
            Self::TooLong { .. } => {
                "configure a model that reads more, start its server with a longer context, or lower `max_tokens`, for which room is kept"
            }
            Self::Quota { .. } => "raise the account's quota, then run the same command",
            Self::Budget { .. } => {
                "raise the limit and run the same command: it goes on where it stopped"
            }
            Self::NotRecorded { .. } => {
                "record the cassette again, or check that dataset, options and version are those it was recorded with"
            }
            Self::Configuration { hint, .. } => hint,
            Self::Cassette { source } if source.kind() == std::io::ErrorKind::InvalidData => {
                "put its files back as they were recorded, or record it again"
            }
            Self::Cassette { .. } => "is the disk full, or the folder read-only?",
        };
        Some(hint.to_owned())
    }
}
