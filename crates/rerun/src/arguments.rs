//! The command line as typed values; help texts live here, nothing is done here.

use camino::Utf8PathBuf;
use clap::{Parser, ValueEnum};
use environment::RealiserChoice;

/// Execute published tasks again from their raw data and compare every byte
#[derive(Debug, Parser)]
#[command(name = "rerun", version, max_term_width = 100)]
#[command(after_help = "\
Exit codes: 0 identical · 1 bug · 2 usage · 11 something differs · 20 host not set up · \
21 outage · 130 interrupted")]
pub(crate) struct Arguments {
    /// Folders of tasks
    #[arg(required = true, value_name = "TASK")]
    pub(crate) tasks: Vec<Utf8PathBuf>,
    /// The raw data: a folder, file, archive or `sklearn:NAME`; tasks from `sklearn:NAME` need none
    #[arg(long, value_name = "DATASET")]
    pub(crate) raw: Option<String>,
    /// Print results as JSON on stdout, one task a line
    #[arg(long)]
    pub(crate) json: bool,
    /// Which realiser builds environments
    #[arg(long, value_enum, default_value_t, env = "SMITH_REALISER")]
    pub(crate) realiser: Realiser,
    /// Say more on stderr; twice for everything
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// Who builds an environment from its pinned parts; the bytes are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Realiser {
    /// Nix where it is installed, else the embedded realiser
    #[default]
    Auto,
    /// Nix
    Nix,
    /// The builder that comes with this program
    Embedded,
}

impl From<Realiser> for RealiserChoice {
    fn from(realiser: Realiser) -> Self {
        match realiser {
            Realiser::Auto => Self::Auto,
            Realiser::Nix => Self::Nix,
            Realiser::Embedded => Self::Embedded,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
