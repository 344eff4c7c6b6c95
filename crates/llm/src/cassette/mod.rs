//! Recorded exchanges: what they are, where they are kept, and how a request finds its own.
//!
//! A cassette stands at the boundary of HTTP, below retries and above the network: a replay goes through
//! the same parsing, budget and records as a run against a provider, and never waits.

mod difference;
mod provider;
mod tape;
mod texts;

use std::fmt;
use std::str::FromStr;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

pub(crate) use provider::Provider;
pub(crate) use tape::{Attempt, Found, Tape, Ticket, canonical, key};

/// What is done with recorded exchanges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CassetteMode {
    /// Nothing.
    #[default]
    Off,
    /// Every exchange is sent and written, over what was there. A request that comes again in the same
    /// process gets the same reply, since a replay could not tell the two apart.
    Record,
    /// Nothing is sent; a request that was not recorded is an error.
    Replay,
    /// What was recorded of the same provider, and ended well, is replayed for free; the rest is sent and written, and so is
    /// what can't be read.
    Auto,
}

/// A folder of recorded exchanges and what is done with it. Written as `MODE:FOLDER`, or `off`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cassette {
    /// What is done.
    pub mode: CassetteMode,
    /// Where; empty when nothing is done.
    pub folder: Utf8PathBuf,
}

impl Cassette {
    /// No recording and no replay.
    pub fn off() -> Self {
        Self::default()
    }
}

/// Why a text is no cassette.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseCassetteError {
    /// No such mode.
    #[error("`{0}` is none of `off`, `record:FOLDER`, `replay:FOLDER`, `auto:FOLDER`")]
    Mode(String),
    /// The folder is missing.
    #[error("`{0}` needs a folder: `{0}:FOLDER`")]
    Folder(String),
}

impl FromStr for Cassette {
    type Err = ParseCassetteError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (mode, folder) = text.split_once(':').unwrap_or((text, ""));
        let mode = match mode {
            "off" if folder.is_empty() => return Ok(Self::off()),
            "record" => CassetteMode::Record,
            "replay" => CassetteMode::Replay,
            "auto" => CassetteMode::Auto,
            _ => return Err(ParseCassetteError::Mode(text.to_owned())),
        };
        if folder.is_empty() {
            return Err(ParseCassetteError::Folder(mode.to_string()));
        }
        Ok(Self {
            mode,
            folder: folder.into(),
        })
    }
}

impl fmt::Display for Cassette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mode {
            CassetteMode::Off => f.write_str("off"),
            mode => write!(f, "{mode}:{}", self.folder),
        }
    }
}

impl fmt::Display for CassetteMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Record => "record",
            Self::Replay => "replay",
            Self::Auto => "auto",
        })
    }
}

impl Serialize for Cassette {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cassette {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_read() {
        for text in ["off", "record:a", "replay:tests/x", "auto:/a:b"] {
            let cassette: Cassette = text.parse().unwrap();
            assert_eq!(cassette.to_string(), text);
        }
        let refused = |text: &str| text.parse::<Cassette>().unwrap_err().to_string();
        assert_eq!(
            refused("replay"),
            "`replay` needs a folder: `replay:FOLDER`"
        );
        assert_eq!(
            refused("tape:x"),
            "`tape:x` is none of `off`, `record:FOLDER`, `replay:FOLDER`, `auto:FOLDER`"
        );
    }
}
